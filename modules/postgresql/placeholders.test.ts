import { expect, test } from 'vitest'
import type { Value } from '../../engine/python/values.js'
import { filled, preparedArguments } from './placeholders.js'

const map = (values: { [name: string]: Value }) => new Map<Value, Value>(Object.entries(values))

test.each<[string, Value[] | { [name: string]: Value }, string]>([
  ["SELECT '100%%', %s", [1], "SELECT '100%', 1"],
  ["SELECT '100%%'", [1], "SELECT '100%%'"],
  ['SELECT 5 % 2', [], 'SELECT 5 % 2'],
  ['SELECT 1 -%s, %s, %s', [-1, true, null], 'SELECT 1 - -1, true, NULL'],
  ['SELECT %s', [[1, 2]], "SELECT '{1, 2}'"],
  ['SELECT %(a-b)s, %(a-b)s', { 'a-b': "it's", more: 1 }, "SELECT 'it''s', 'it''s'"],
])('fills %s', (text, given, sql) => {
  const args = Array.isArray(given) ? preparedArguments(given, undefined) : preparedArguments(undefined, map(given))
  expect(filled(text, args)).toEqual({ sql })
})

test.each<[string, Value[] | { [name: string]: Value }, string]>([
  ['SELECT %s', [1, 2], 'not all arguments converted during string formatting'],
  ["SELECT '%', %s", [1], 'list index out of range'],
  ['SELECT %d', [1], "unsupported format character 'd' (0x64) at index 8"],
  ['SELECT %(a)s', [1], 'list indices must be integers or slices, not str'],
  ['SELECT %(b)s', { a: 1 }, "'b'"],
  ['SELECT %(a)s, %s', { a: 1 }, "argument formats can't be mixed"],
  ['SELECT %s', [new Map()], "can't adapt type 'dict'"],
])('complains of %s', (text, given, complaint) => {
  const args = Array.isArray(given) ? preparedArguments(given, undefined) : preparedArguments(undefined, map(given))
  expect(filled(text, args)).toEqual({ complaint })
})
