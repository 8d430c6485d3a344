import { execFileSync, spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { encodeText } from '../python/surrogateescape.js'
import { hereDocument, quote, quoteAll, raw, sh } from './quote.js'

const shells = [['dash'], ['bash', '--posix'], ['busybox', 'ash']].filter(
  ([program]) => spawnSync(program!, ['-c', 'true']).error === undefined,
)

/** Strings made of what breaks shells, the same on every run. */
function nasty(count: number): string[] {
  const pieces = [
    "'",
    '"',
    '\\',
    '$',
    '`',
    ' ',
    '\n',
    '\t',
    '*',
    '?',
    '[',
    '!',
    '~',
    '#',
    '-',
    '=',
    '%',
    '\r',
    '\x7f',
    '\x01',
    'é',
    '€',
    '😀',
    '\udc80',
    '\udcff',
    '\udc81',
    'if',
    'a',
    '0',
  ]
  let seed = 7
  const next = (below: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff
    return (seed >> 8) % below
  }
  return Array.from({ length: count }, () =>
    Array.from({ length: next(12) }, () => pieces[next(pieces.length)]).join(''),
  )
}

test.each(shells)('every word arrives as it is in %s', (...shell) => {
  const words = ['', '-n', '--', 'if', '{', ...nasty(400)]
  const script = `printf '%s\\0' ${quoteAll(words)}`
  const out = execFileSync(shell[0]!, shell.slice(1), { input: encodeText(script), maxBuffer: 1 << 26 })
  expect(out.equals(encodeText(words.map(word => `${word}\0`).join('')))).toBe(true)
})

test('plain words stay readable and reserved words do not become syntax', () => {
  expect([quote('/etc/a.conf'), quote('a b'), quote("it's"), quote('done'), quote('A=1'), quote('')]).toEqual([
    '/etc/a.conf',
    "'a b'",
    "'it'\\''s'",
    "'done'",
    "'A=1'",
    "''",
  ])
})

test('sh quotes values, spreads lists and lets raw pieces through', () => {
  expect(sh`ls ${['-l', 'a b']} ${raw('| head')} -n ${3}`).toBe("ls -l 'a b' | head -n 3")
})

test('a NUL byte is refused', () => {
  expect(() => quote('a\0b')).toThrow('NUL')
})

test('shell text inside shell text has to be raw: quoted it would be one word', () => {
  const inner = sh`echo ${'a b'}`
  // @ts-expect-error: the compiler tells them apart.
  expect(sh`${inner}`).toBe(quote(inner))
  expect(sh`${raw(inner)}; true`).toBe("echo 'a b'; true")
})

test.each(shells)('no line ends a here-document but its own: %s', (...shell) => {
  const lines = "a\nUNDERSTUDY_END\nUNDERSTUDY_END_\necho $(echo run) `x` 'q\n"
  const said = execFileSync(shell[0]!, [...shell.slice(1), '-c', `cat ${hereDocument(lines)}`], { encoding: 'utf8' })
  expect(said).toBe(lines)
})
