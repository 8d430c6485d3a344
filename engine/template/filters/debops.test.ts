import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Dict, fromJson, type Value } from '../../python/values.js'
import { parseKvConfig, parseKvItems } from './debops.js'

interface Case {
  filter: string
  items: unknown
  options: { name?: unknown; defaults?: unknown; empty?: unknown; merge_keys?: unknown }
  gives: unknown
}

// What DebOps' own filters gave for random items.
const cases = JSON.parse(readFileSync(new URL('debops-cases.json', import.meta.url), 'utf8')) as Case[]

const apply = ({ filter, items, options }: Case): Value => {
  const option = (name: keyof Case['options'], otherwise: Value = null) =>
    options[name] === undefined ? otherwise : fromJson(options[name])
  const given = fromJson(items) as never
  return filter === 'parse_kv_config'
    ? (parseKvConfig.apply!(given, option('name', 'name'), option('merge_keys'), []) as Value)
    : (parseKvItems.apply!(
        given,
        option('name', 'name'),
        option('defaults'),
        option('empty'),
        option('merge_keys'),
        [],
      ) as Value)
}

test('random items give what the filters of DebOps give, keys in their order', () => {
  for (const one of cases) {
    expect(inOrder(apply(one)), JSON.stringify(one.items)).toEqual(inOrder(fromJson(one.gives)))
  }
})

test('a list that is merged with something else is an error', () => {
  const items = fromJson([{ name: 'a', options: 'text' }]) as never
  expect(() => parseKvItems.apply!(items, 'name', null, null, null, [])).toThrow(
    'can only concatenate list (not "str") to list',
  )
})

test('a weight that is no number is an error', () => {
  const items = fromJson([{ name: 'a', weight: 'heavy' }]) as never
  expect(() => parseKvConfig.apply!(items, 'name', null, [])).toThrow("invalid literal for int() with base 10: 'heavy'")
})

test('a value that is cast to what it cannot be is an error', () => {
  const items = fromJson([{ name: 'a', value: 'x', value_cast: 'float' }]) as never
  expect(() => parseKvConfig.apply!(items, 'name', null, [])).toThrow("could not convert string to float: 'x'")
})

function inOrder(value: Value): unknown {
  if (value instanceof Map) return [...(value as Dict)].map(([key, inner]) => [inOrder(key), inOrder(inner)])
  return Array.isArray(value) ? value.map(inOrder) : value
}
