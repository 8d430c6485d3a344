/** Dicts: merging, turning into lists and back, ordering. */
import { Diagnostic } from '../../diagnostics.js'
import { pyEquals, truthy } from '../../python/compare.js'
import { dictGet, dictHas, dictSet } from '../../python/dict.js'
import { typeError } from '../../python/errors.js'
import { iterate } from '../../python/iterate.js'
import { dumps } from '../../python/json.js'
import { pyRepr, pyStr } from '../../python/repr.js'
import { type Dict, isDict, isList, type KeywordArguments, tuple, typeName, type Value } from '../../python/values.js'
import { defineFilter } from '../define.js'
import { isUndef, Undef } from '../undefined.js'
import { flattened, sortedBy } from './lists.js'

const bad = (message: string) => new Diagnostic(message, { code: 'filter-type' })
const className = (value: Value) => `<class '${typeName(value)}'>`

export type ListMerge = 'replace' | 'keep' | 'append' | 'prepend' | 'append_rp' | 'prepend_rp'
const listMerges: readonly Value[] = ['replace', 'keep', 'append', 'prepend', 'append_rp', 'prepend_rp']

export const combine = defineFilter({
  summary: 'Dicts merged, later ones winning; recursive merges dicts within, list_merge says what becomes of lists',
  examples: [
    ["{{ {'a': 1, 'b': 1} | combine({'b': 2}) }}", { a: 1, b: 2 }],
    ["{{ {'a': {'x': 1}} | combine({'a': {'y': 2}}, recursive=true) }}", { a: { x: 1, y: 2 } }],
    ["{{ {'l': [1, 2]} | combine({'l': [2, 3]}, list_merge='append_rp') }}", { l: [1, 2, 3] }],
  ],
  signature: '*terms, **kwargs',
  apply: (value: Value, terms: Value[], kwargs: KeywordArguments) => {
    for (const name of kwargs.keys())
      if (name !== 'recursive' && name !== 'list_merge')
        throw bad("'recursive' and 'list_merge' are the only valid keyword arguments")
    const recursive = truthy(kwargs.get('recursive') ?? false)
    const listMerge = kwargs.get('list_merge') ?? 'replace'
    const dicts = flattened([value, ...terms], 1, true)
    const undefinedOne = dicts.find(isUndef)
    if (undefinedOne) return undefinedOne
    if (dicts.length === 0) return new Map()
    if (dicts.length === 1) return dicts[0]!
    return dicts.reduceRight((high, low) => merged(low, high, recursive, listMerge))
  },
})

/** One dict over another, as hash_behaviour and combine do it. */
export function merged(low: Value, high: Value, recursive: boolean, listMerge: Value): Value {
  if (!listMerges.includes(listMerge))
    throw bad(
      `merge_hash: 'list_merge' argument can only be equal to 'replace', 'keep', 'append', 'prepend', 'append_rp' or 'prepend_rp'`,
    )
  if (!isDict(low) || !isDict(high))
    throw bad(
      `failed to combine variables, expected dicts but got a '${typeName(low)}' and a '${typeName(high)}': \n${shown(low)}\n${shown(high)}`,
    )
  return mergedDicts(low, high, recursive, listMerge as ListMerge)
}

const shown = (value: Value) => dumps(value, { represent: object => pyStr(object) })

function mergedDicts(low: Dict, high: Dict, recursive: boolean, listMerge: ListMerge): Dict {
  if (low.size === 0 || pyEquals(low, high)) return new Map(high)
  const all: Dict = new Map(low)
  for (const [key, value] of high) {
    const before = dictGet(all, key)
    if (before === undefined) dictSet(all, key, value)
    else if (isDict(before) && isDict(value)) {
      dictSet(all, key, recursive ? mergedDicts(before, value, recursive, listMerge) : value)
    } else if (isList(before) && isList(value)) dictSet(all, key, mergedLists(before, value, listMerge))
    else dictSet(all, key, value)
  }
  return all
}

function mergedLists(low: readonly Value[], high: readonly Value[], how: ListMerge): Value[] {
  const without = (from: readonly Value[], drop: readonly Value[]) =>
    from.filter(item => !drop.some(one => pyEquals(one, item)))
  switch (how) {
    case 'replace':
      return [...high]
    case 'keep':
      return [...low]
    case 'append':
      return [...low, ...high]
    case 'prepend':
      return [...high, ...low]
    case 'append_rp':
      return [...without(low, high), ...high]
    case 'prepend_rp':
      return [...high, ...without(low, high)]
  }
}

export const dict2items = defineFilter({
  summary: 'A list of dicts with key and value, one for each pair',
  examples: [
    ["{{ {'a': 1} | dict2items }}", [{ key: 'a', value: 1 }]],
    ["{{ {'a': 1} | dict2items(key_name='name', value_name='n') }}", [{ name: 'a', n: 1 }]],
  ],
  signature: "key_name='key', value_name='value'",
  apply: (value: Value, keyName: Value, valueName: Value) => {
    if (!isDict(value)) throw bad(`dict2items requires a dictionary, got ${className(value)} instead.`)
    return [...value].map(
      ([key, item]): Dict =>
        new Map([
          [keyName, key],
          [valueName, item],
        ]),
    )
  },
})

export const items2dict = defineFilter({
  summary: 'A dict of a list of dicts that have key and value',
  examples: [["{{ [{'key': 'a', 'value': 1}] | items2dict }}", { a: 1 }]],
  signature: "key_name='key', value_name='value'",
  apply: (value: Value, keyName: Value, valueName: Value) => {
    if (!isList(value)) throw bad(`items2dict requires a list, got ${className(value)} instead.`)
    const made: Dict = new Map()
    for (const item of value) {
      if (!isDict(item)) {
        throw bad(`items2dict requires a list of dictionaries, got ${pyRepr(value)} instead.`)
      }
      const key = dictGet(item, keyName)
      const held = dictGet(item, valueName)
      if (key === undefined || held === undefined)
        throw bad(
          `items2dict requires each dictionary in the list to contain the keys '${pyStr(keyName)}' and '${pyStr(valueName)}', got ${pyRepr(value)} instead.`,
        )
      dictSet(made, key, held)
    }
    return made
  },
})

export const dictsort = defineFilter({
  summary: 'The pairs of a dict in order of their keys or values',
  examples: [
    ["{{ {'b': 1, 'A': 2} | dictsort | map('first') | list }}", ['A', 'b']],
    ["{{ {'b': 1, 'a': 2} | dictsort(by='value') | map('first') | list }}", ['b', 'a']],
  ],
  signature: "case_sensitive=False, by='key', reverse=False",
  apply: (value: Value, caseSensitive: Value, by: Value, reverse: Value) => {
    if (by !== 'key' && by !== 'value')
      throw new Diagnostic('You can only sort by either "key" or "value"', { code: 'filter-argument' })
    if (!isDict(value)) throw typeError(`'${typeName(value)}' object has no attribute 'items'`)
    const fold = (key: Value) => (typeof key === 'string' && !truthy(caseSensitive) ? key.toLowerCase() : key)
    const pairs: Value[] = [...value].map(tuple)
    return sortedBy(pairs, pair => fold((pair as Value[])[by === 'key' ? 0 : 1]!), truthy(reverse))
  },
})

export const itemPairs = defineFilter({
  summary: 'The pairs of a dict; nothing when it is undefined',
  examples: [["{{ {'a': 1} | items | list }}", [['a', 1]]]],
  acceptsUndefined: true,
  apply: (value: Value) => {
    if (isUndef(value)) return []
    if (!isDict(value)) throw typeError('Can only get item pairs from a mapping.')
    return [...value].map(tuple)
  },
})

export const attr = defineFilter({
  summary: 'An attribute of the value, never an item',
  examples: [["{{ 'ab' | attr('nosuch') | default('none') }}", 'none']],
  signature: 'name',
  applyIn: (context, value: Value, name: Value) => {
    const text = pyStr(name)
    if (isDict(value) && dictHas(value, text)) {
      // The engine looks for items where there is no attribute; this filter must not.
      return new Undef(`'dict object' has no attribute '${text}'`)
    }
    return context.attribute(value, text)
  },
})

export const rekeyOnMember = defineFilter({
  summary: 'A list (or dict) of dicts as a dict, each under the value of one of its members',
  examples: [["{{ [{'name': 'a', 'n': 1}] | rekey_on_member('name') }}", { a: { name: 'a', n: 1 } }]],
  signature: "key, duplicates='error'",
  apply: (value: Value, key: Value, duplicates: Value) => {
    if (duplicates !== 'error' && duplicates !== 'overwrite')
      throw bad(`duplicates parameter to rekey_on_member has unknown value: ${pyStr(duplicates)}`)
    if (!isDict(value) && (typeof value === 'string' || !isList(value)))
      throw bad('Type is not a valid list, set, or dict')
    const made: Dict = new Map()
    for (const item of isDict(value) ? value.values() : iterate(value)) {
      if (!isDict(item)) throw bad('List item is not a valid dict')
      const name = dictGet(item, key)
      if (name === undefined) throw bad(`Key ${pyStr(key)} was not found`)
      const known = dictGet(made, name)
      if (known !== undefined && truthy(known) && duplicates === 'error')
        throw bad(`Key ${pyStr(name)} is not unique, cannot correctly turn into dict`)
      dictSet(made, name, item)
    }
    return made
  },
})
