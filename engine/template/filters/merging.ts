/** community.general's ways to merge, count and sort. */
import { Diagnostic } from '../../diagnostics.js'
import { truthy } from '../../python/compare.js'
import { dictGet, dictHas, dictSet } from '../../python/dict.js'
import { typeError, valueError } from '../../python/errors.js'
import { items } from '../../python/iterate.js'
import { pyRepr, pyStr } from '../../python/repr.js'
import { type Dict, isDict, isList, typeName, type Value } from '../../python/values.js'
import { looseOrder } from '../../python/versions.js'
import { defineFilter } from '../define.js'
import { merged } from './dicts.js'
import { distinct, sortedBy } from './lists.js'

const bad = (message: string) => new Diagnostic(message, { code: 'filter-type' })

export const dict = defineFilter({
  summary: 'A dict of a list of pairs',
  examples: [["{{ [['a', 1], ['b', 2]] | community.general.dict }}", { a: 1, b: 2 }]],
  apply: (value: Value) => {
    if (isDict(value)) return new Map(value)
    const made: Dict = new Map()
    items(value).forEach((pair, at) => {
      const parts = items(pair)
      if (parts.length !== 2)
        throw valueError(`dictionary update sequence element #${at} has length ${parts.length}; 2 is required`)
      dictSet(made, parts[0]!, parts[1]!)
    })
    return made
  },
})

export const dictKv = defineFilter({
  summary: 'A dict with this one value under a key',
  examples: [["{{ 'v' | community.general.dict_kv('k') }}", { k: 'v' }]],
  signature: 'key',
  apply: (value: Value, key: Value): Dict => new Map([[key, value]]),
})

export const listsMergeby = defineFilter({
  summary: 'Lists of dicts merged: those with the same value under a key become one',
  examples: [
    [
      "{{ [{'n': 'a', 'x': 1}] | community.general.lists_mergeby([{'n': 'a', 'y': 2}, {'n': 'b'}], 'n') }}",
      [{ n: 'a', x: 1, y: 2 }, { n: 'b' }],
    ],
  ],
  signature: '*terms, recursive=False, list_merge="replace"',
  apply: (value: Value, recursive: Value, listMerge: Value, terms: Value[]) => {
    const all = [value, ...terms]
    const key = all.pop()!
    if (all.length === 0) throw bad('At least one list and index are needed.')
    const lists = all.flatMap((list): Value[][] => {
      if (!isList(list))
        throw bad(
          `All arguments before the argument index for community.general.lists_mergeby must be lists. ${pyStr(list)} is <class '${typeName(list)}'>`,
        )
      return list.length > 0 && list.every(isList) ? (list as Value[][]) : [list]
    })
    if (typeof key !== 'string')
      throw bad(
        `First argument after the lists for community.general.lists_mergeby must be string. ${pyStr(key)} is <class '${typeName(key)}'>`,
      )
    if (lists.length === 1) return lists[0]!
    const byKey: Dict = new Map()
    for (const item of lists.flat()) {
      if (!isDict(item))
        throw bad(
          `Elements of list arguments for lists_mergeby must be dictionaries. ${pyStr(item)} is <class '${typeName(item)}'>`,
        )
      const of = dictGet(item, key)
      if (of === undefined) continue
      const before = dictGet(byKey, of)
      dictSet(byKey, of, before === undefined ? item : merged(before, item, truthy(recursive), listMerge))
    }
    return sortedBy([...byKey.values()], item => dictGet(item as Dict, key)!)
  },
})

export const counter = defineFilter({
  summary: 'How often each item comes',
  examples: [["{{ 'abca' | community.general.counter }}", { a: 2, b: 1, c: 1 }]],
  apply: (value: Value) => {
    if (typeof value !== 'string' && !isList(value))
      throw bad(
        `Argument for community.general.counter must be a sequence (string or list). ${pyStr(value)} is <class '${typeName(value)}'>`,
      )
    const counts: Dict = new Map()
    for (const item of items(value)) {
      if (isDict(item) || (isList(item) && typeName(item) === 'list'))
        throw bad(
          `community.general.counter needs a sequence with hashable elements (int, float or str) - unhashable type: '${typeName(item)}'`,
        )
      dictSet(counts, item, Number(dictGet(counts, item) ?? 0) + 1)
    }
    return counts
  },
})

export const groupbyAsDict = defineFilter({
  summary: 'The dicts of a list by the value of an attribute, which must differ',
  examples: [["{{ [{'n': 'a'}] | community.general.groupby_as_dict('n') }}", { a: { n: 'a' } }]],
  signature: 'attribute',
  apply: (value: Value, attribute: Value) => {
    if (!isList(value)) throw bad('Input is not a sequence')
    const made: Dict = new Map()
    value.forEach((item, at) => {
      if (!isDict(item)) throw bad(`Sequence element #${at} is not a mapping`)
      const of = dictGet(item, attribute)
      if (of === undefined) throw bad(`Attribute not contained in element #${at} of sequence`)
      if (dictHas(made, of)) throw bad(`Multiple sequence entries have attribute value ${pyRepr(of)}`)
      dictSet(made, of, item)
    })
    return made
  },
})

export const versionSort = defineFilter({
  summary: 'Versions in their order',
  examples: [["{{ ['1.10', '1.2'] | community.general.version_sort }}", ['1.2', '1.10']]],
  signature: 'reverse=False',
  apply: (value: Value, reverse: Value) => {
    const direction = truthy(reverse) ? -1 : 1
    return items(value)
      .map(version)
      .sort((a, b) => direction * looseOrder(a, b))
  },
})

function version(value: Value): string {
  if (typeof value !== 'string') throw typeError(`expected string or bytes-like object, got '${typeName(value)}'`)
  return value
}

const lists = (all: readonly Value[]): Value[][] =>
  all.map(list => {
    if (!isList(list)) throw typeError(`Argument must be a list, not ${typeName(list)}`)
    return list
  })
const holds = (list: readonly Value[]) => (item: Value) => distinct([...list, item]).length === distinct(list).length

export const listsUnion = defineFilter({
  summary: 'What is in any of the lists, once',
  examples: [['{{ [1] | community.general.lists_union([2], [1, 3]) }}', [1, 2, 3]]],
  signature: '*args, flatten=False',
  apply: (value: Value, _flatten: Value, others: Value[]) => distinct(lists([value, ...others]).flat()),
})

export const listsIntersect = defineFilter({
  summary: 'What is in all of the lists, once',
  examples: [['{{ [1, 2] | community.general.lists_intersect([2, 3], [2]) }}', [2]]],
  signature: '*args, flatten=False',
  apply: (value: Value, _flatten: Value, others: Value[]) =>
    lists([value, ...others]).reduce((left, right) => distinct(left).filter(holds(right))),
})

export const listsDifference = defineFilter({
  summary: 'What is in the first list and in none of the others, once',
  examples: [['{{ [1, 2, 3] | community.general.lists_difference([2], [3]) }}', [1]]],
  signature: '*args, flatten=False',
  apply: (value: Value, _flatten: Value, others: Value[]) =>
    lists([value, ...others]).reduce((left, right) => distinct(left).filter(item => !holds(right)(item))),
})

export const listsSymmetricDifference = defineFilter({
  summary: 'What is in one list and not in the one before, for each list in turn',
  examples: [['{{ [1, 2] | community.general.lists_symmetric_difference([2, 3]) }}', [1, 3]]],
  signature: '*args, flatten=False',
  apply: (value: Value, _flatten: Value, others: Value[]) =>
    lists([value, ...others]).reduce((left, right) => [
      ...distinct(left).filter(item => !holds(right)(item)),
      ...distinct(right).filter(item => !holds(left)(item)),
    ]),
})
