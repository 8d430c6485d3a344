import { expect, it } from 'vitest'
import { pythonLiteral } from './literal.js'
import { pyRepr } from './repr.js'

it.each([
  ["{'a': [1, 2.0, (3,)], 'b': None}", "{'a': [1, 2.0, (3,)], 'b': None}"],
  ['1, 2', '(1, 2)'],
  ['-1', '-1'],
  ['-0.0', '-0.0'],
  ['1_000', '1000'],
  ['0x1f', '31'],
  ['5 # five', '5'],
  ["'a' 'b'", "'ab'"],
  ["r'\\d'", "'\\\\d'"],
  ["'\\x41\\u00e9\\n'", "'Aé\\n'"],
  ['"""a\nb"""', "'a\\nb'"],
  ['(1)', '1'],
  ['()', '()'],
  ['[1,\n 2]\n', '[1, 2]'],
  ['123456789012345678901', '123456789012345678901'],
  ['{1: 2, True: 3}', '{1: 3}'],
])('reads %s', (text, repr) => {
  const value = pythonLiteral(text)
  expect(value === undefined ? undefined : pyRepr(value)).toBe(repr)
})

it.each([
  'a',
  '0755',
  ' 1',
  '1 2',
  "'a",
  '[1',
  '1,,2',
  '{1}x',
  '1 + 1',
  'true',
  "b'a'",
  '__import__("os")',
  '-[1]',
  '[1]\n[2]',
  `${'['.repeat(5000)}`,
])('does not take %s for a literal', text => {
  expect(pythonLiteral(text)).toBeUndefined()
})
