/** Questions in JMESPath. */
import { registerFunction, search, TYPE_ARRAY_NUMBER, TYPE_ARRAY_STRING } from '@jmespath-community/jmespath'
import { Diagnostic } from '../../diagnostics.js'
import { compareStrings } from '../../python/compare.js'
import { pyStr } from '../../python/repr.js'
import { fromJson, isDict, isList, type Json, PyFloat, type Value } from '../../python/values.js'
import { defineFilter } from '../define.js'

// The library's sort() orders numbers as if they were text.
registerFunction(
  'sort',
  ([list]) =>
    [...(list as (string | number)[])].sort((a, b) =>
      typeof a === 'number' && typeof b === 'number' ? a - b : compareStrings(String(a), String(b)),
    ),
  [{ types: [TYPE_ARRAY_STRING, TYPE_ARRAY_NUMBER] }],
  { override: true },
)

/** As plain data; whole floats become whole numbers on the way. */
function plain(value: Value): Json {
  if (value instanceof PyFloat) return value.value
  if (isList(value)) return value.map(plain)
  if (isDict(value)) return Object.fromEntries([...value].map(([key, item]) => [pyStr(key), plain(item)]))
  if (value !== null && typeof value === 'object') return pyStr(value)
  return typeof value === 'bigint' ? Number(value) : value
}

export const jsonQuery = defineFilter({
  summary: 'What a JMESPath expression finds in the value',
  examples: [
    ["{{ [{'n': 'a', 'p': 80}, {'n': 'b', 'p': 8080}] | community.general.json_query('[?p > `80`].n') }}", ['b']],
    ["{{ {'a': {'b': 1}} | community.general.json_query('a.b') }}", 1],
    ["{{ [] | community.general.json_query('bad[') }}", { error: 'JMESPathError in json_query filter plugin' }],
  ],
  signature: 'expr',
  apply: (value: Value, expression: Value) => {
    try {
      return fromJson(search(plain(value) as never, pyStr(expression), { enable_legacy_literals: true }))
    } catch (error) {
      throw new Diagnostic(`JMESPathError in json_query filter plugin:\n${(error as Error).message}`, {
        code: 'json-query',
      })
    }
  },
})
