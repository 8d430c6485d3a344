import { describe, expect, test } from 'vitest'
import { parseArguments, splitArguments, splitModuleText, textOf, unquote } from './freeform.js'

const plain = (text: string, command = false) =>
  Object.fromEntries([...parseArguments(text, { command })].map(([key, value]) => [key, textOf(value)]))

// Every expected value was recorded from Ansible 2.14 (parse_kv).
describe('arguments on one line', () => {
  test.each<[string, Record<string, string>]>([
    ['src=a dest=b', { src: 'a', dest: 'b' }],
    ['src="a b" dest=\'c d\'', { src: 'a b', dest: 'c d' }],
    ['msg="say \\"hi\\""', { msg: 'say "hi"' }],
    ['msg={{ a b }} x={{ c | default("d e") }}', { msg: '{{ a b }}', x: '{{ c | default("d e") }}' }],
    ['line=a\\=b', { line: 'a\\=b' }],
    ['a\\=b c=d', { _raw_params: 'a=b', c: 'd' }],
    ['x=a\\tb\\x41\\u00e9', { x: 'a\tbAé' }],
    ['x=\\101', { x: '\\101' }],
    ['flush_handlers', { _raw_params: 'flush_handlers' }],
    ['x=1 \\\n y=2', { x: '1', y: '2' }],
    ['', {}],
  ])('%j', (text, want) => expect(plain(text)).toEqual(want))

  test.each<[string, Record<string, string>]>([
    ['ls  -l   a=b', { _raw_params: 'ls  -l   a=b' }],
    ['touch x creates=x chdir="/a b"', { creates: 'x', chdir: '/a b', _raw_params: 'touch x' }],
    ['a\n  b\nc', { _raw_params: 'a\n  b\nc' }],
    ['echo "a\\nb" \\\n c', { _raw_params: 'echo "a\\nb" c' }],
    ["awk '{ print $1 }' creates={{ f }}", { _raw_params: "awk '{ print $1 }'", creates: '{{ f }}' }],
  ])('a command keeps its text: %j', (text, want) => expect(plain(text, true)).toEqual(want))

  test('an open quotation or block is an error that quotes the text', () => {
    for (const text of ["echo 'a", 'x={{ a', 'x={% if y']) {
      expect(() => splitArguments(text)).toThrow(
        `failed at splitting arguments, either an unbalanced jinja2 block or quotes: ${text}`,
      )
    }
  })

  test('quotes come off in pairs, and not when the last one is escaped', () => {
    expect([unquote('"a"'), unquote('\'a"'), unquote('"a\\"'), unquote('"')]).toEqual(['a', '\'a"', '"a\\"', '"'])
  })

  test('the first word of an action is its module', () => {
    expect(splitModuleText('copy  src=a dest="b c"')).toEqual({ module: 'copy', rest: 'src=a dest="b c"' })
  })
})
