import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type Dict, fromJson, type Value } from '../../python/values.js'
import { parseRecipients } from './mail-aliases.js'

// What DebOps' own filter gave for random lists of aliases.
const cases = JSON.parse(readFileSync(new URL('mail-aliases-cases.json', import.meta.url), 'utf8')) as {
  value: unknown
  gives?: unknown
  error?: string
}[]

test('random aliases give what the filter of DebOps gives, keys in their order', () => {
  for (const { value, gives, error } of cases) {
    const merge = () => inOrder(parseRecipients.apply!(fromJson(value) as never, []) as Value)
    if (error !== undefined) expect(merge, JSON.stringify(value)).toThrow(error.replace(/^\w+: /, ''))
    else expect(merge(), JSON.stringify(value)).toEqual(inOrder(fromJson(gives)))
  }
})

function inOrder(value: Value): unknown {
  if (value instanceof Map) return [...(value as Dict)].map(([key, inner]) => [inOrder(key), inOrder(inner)])
  return Array.isArray(value) ? value.map(inOrder) : value
}
