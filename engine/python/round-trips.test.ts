/** What is written comes back the same when it is read: random values through JSON, YAML and the shell. */
import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { loadYaml } from '../yaml/load.js'
import { pyEquals } from './compare.js'
import { dumps, loads } from './json.js'
import { random } from './random.js'
import { pyRepr } from './repr.js'
import { shlexQuote, shlexSplit } from './shlex.js'
import { type Dict, float, type Value } from './values.js'
import { dumpYaml } from './yaml-dump.js'

const source = random('round trips')
const WORDS = [
  'yes',
  'no',
  '012',
  '1_000',
  '1:30',
  '2020-01-01',
  'null',
  '~',
  '-',
  '- a',
  'a: b',
  'a #b',
  "it's",
  '"q"',
  'a\nb\n',
  ' pad ',
  'é',
  '日本',
  '😀',
  '\t',
  '=',
  '<<',
  '0x1f',
  '1e3',
  '\x07',
  'x'.repeat(90),
  'long words '.repeat(12),
  '',
]
const LETTERS = [...' \n\tab:#-\'"é\\,{}[]&*!?|>%@`012😀=x$();<']

const text = (): string =>
  source.below(2)
    ? source.choice(WORDS)
    : Array.from({ length: source.below(25) }, () => source.choice(LETTERS)).join('')

function value(depth = 0): Value {
  const kind = source.below(depth > 3 ? 6 : 9)
  if (kind < 3) return text()
  if (kind === 3) return source.choice<Value>([true, false, null])
  if (kind === 4) return source.choice<Value>([0, -7, 42, 12345678901234567890n])
  if (kind === 5) return float(source.choice([1, 0.1, 1e20, 1e-7, -2.5, 123456.789]))
  const count = source.below(4)
  if (kind < 8) return Array.from({ length: count }, () => value(depth + 1))
  const made: Dict = new Map()
  for (let index = 0; index < count; index++) made.set(text(), value(depth + 1))
  return made
}

describe('random values', () => {
  it('come back from JSON', () => {
    for (let round = 0; round < 500; round++) {
      const one = value()
      for (const options of [{}, { indent: 2 }, { ensureAscii: false }]) {
        const written = dumps(one, options)
        expect(pyEquals(loads(written), one), written).toBe(true)
      }
    }
  })

  it('come back from YAML', () => {
    for (let round = 0; round < 500; round++) {
      const one = value()
      for (const options of [{}, { flow: false, indent: 4 }, { width: 20 }]) {
        const written = dumpYaml(one, { allowUnicode: true, ...options })
        const read = loadYaml(written, { file: 'round trip', trusted: false })
        expect(pyEquals(read, one), `${pyRepr(one)}\n${written}\n${pyRepr(read)}`).toBe(true)
      }
    }
  })

  it('come back from a shell as the words they were', () => {
    const words = Array.from({ length: 300 }, text)
    const line = words.map(shlexQuote).join(' ')
    const script = `for word in ${line}; do printf '%s\\0' "$word"; done`
    const output = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })
    expect(output.split('\0').slice(0, -1)).toEqual(words)
    expect(shlexSplit(line)).toEqual(words)
  })
})
