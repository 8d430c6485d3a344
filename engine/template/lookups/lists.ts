/** Lookups that only rearrange what they are given; with_items and its kin are these. */
import { Diagnostic } from '../../diagnostics.js'
import { truthy } from '../../python/compare.js'
import { dictGet } from '../../python/dict.js'
import { random } from '../../python/random.js'
import { pyRepr, pyStr } from '../../python/repr.js'
import { type Dict, isDict, isList, tuple, type Value } from '../../python/values.js'
import { defineLookup } from '../define.js'
import { cartesian as combinations } from '../filters/lists.js'
import { flattenOnce, lookupError } from './terms.js'

export const items = defineLookup({
  summary: 'The items, one level of lists taken apart',
  examples: [["{{ query('items', 1, [2, [3]]) }}", [1, 2, [3]]]],
  run: ({ terms }) => flattenOnce(terms),
})

export const list = defineLookup({
  summary: 'The terms as they are',
  examples: [["{{ query('list', 1, [2]) }}", [1, [2]]]],
  run: ({ terms }) => [...terms],
})

export const dict = defineLookup({
  summary: 'The pairs of dicts as dicts with key and value',
  examples: [["{{ query('dict', {'a': 1}) }}", [{ key: 'a', value: 1 }]]],
  run: ({ terms }) =>
    terms.flatMap(term => {
      if (!isDict(term)) throw lookupError('with_dict expects a dict')
      return [...term].map(
        ([key, value]): Dict =>
          new Map<Value, Value>([
            ['key', key],
            ['value', value],
          ]),
      )
    }),
})

export const indexedItems = defineLookup({
  summary: 'Pairs of a number from 0 and an item',
  examples: [
    [
      "{{ query('indexed_items', ['a', 'b']) }}",
      [
        [0, 'a'],
        [1, 'b'],
      ],
    ],
  ],
  run: ({ terms }) => flattenOnce(terms).map((item, at) => tuple([at, item])),
})

/** What a loop over the term meets: of a dict its keys. */
const asList = (term: Value): Value[] => (isList(term) ? [...term] : isDict(term) ? [...term.keys()] : [term])

export const nested = defineLookup({
  summary: 'Every combination of one item from each list',
  examples: [
    [
      "{{ query('nested', ['a', 'b'], [1]) }}",
      [
        ['a', 1],
        ['b', 1],
      ],
    ],
    ["{{ query('nested', {'k': 1}, [[2, [3]]]) }}", [['k', 2, 3]]],
  ],
  run: ({ terms }) => {
    if (terms.length === 0) throw lookupError('with_nested requires at least one element in the nested list')
    const [first, ...others] = terms.map(asList)
    // Each further list takes one level off what was combined before.
    const rows = others.reduce<Value[]>(
      (made, list) => made.flatMap(before => list.map(item => flattenOnce([before, item]))),
      first!,
    )
    return rows.map(row => flattenOnce(asList(row)))
  },
})

export const cartesian = defineLookup({
  summary: 'Every combination of one item from each list',
  examples: [
    [
      "{{ query('community.general.cartesian', ['a'], [1, 2]) }}",
      [
        ['a', 1],
        ['a', 2],
      ],
    ],
  ],
  run: ({ terms }) => {
    if (terms.length === 0) throw lookupError('with_cartesian requires at least one element in each list')
    return combinations(terms.map(asList)).map(row => flattenOnce(row))
  },
})

export const together = defineLookup({
  summary: 'The items of several lists side by side; short lists are filled with none',
  examples: [
    [
      "{{ query('together', ['a', 'b'], [1]) }}",
      [
        ['a', 1],
        ['b', null],
      ],
    ],
  ],
  run: ({ terms }) => {
    if (terms.length === 0) throw lookupError('with_together requires at least one element in each list')
    const columns = terms.map(asList)
    const length = Math.max(...columns.map(column => column.length))
    return Array.from({ length }, (_, row) => flattenOnce(columns.map(column => column[row] ?? null)))
  },
})

export const flattened = defineLookup({
  summary: 'All lists taken apart, whatever their depth; nulls are dropped',
  examples: [["{{ query('community.general.flattened', [1, [2, [3]]], none) }}", [1, 2, 3]]],
  run: ({ terms }) => fullyFlat(terms),
})

function fullyFlat(terms: readonly Value[]): Value[] {
  return terms.flatMap(term => {
    if (term === null || term === 'None' || term === 'null') return []
    return isList(term) ? fullyFlat(term) : [term]
  })
}

export const subelements = defineLookup({
  summary: 'Pairs of an item and each member of a list in it',
  examples: [
    [
      "{{ query('subelements', [{'n': 'a', 'k': [1, 2]}], 'k') }}",
      [
        [{ n: 'a' }, 1],
        [{ n: 'a' }, 2],
      ],
    ],
    [
      "{{ query('subelements', [{'n': 'a', 'k': [1]}, {'n': 'b'}], 'k', {'flags': none, 'skip_missing': 'yes'}) }}",
      [[{ n: 'a' }, 1]],
    ],
  ],
  options: { skip_missing: { type: 'bool', default: false, summary: 'leave out items without the list' } },
  run: ({ terms, options }) => {
    const bad = (message: string) => new Diagnostic(`subelements lookup expects ${message}`, { code: 'lookup' })
    if (terms.length < 2 || terms.length > 3) throw bad('a list of two or three items, ')
    const [given, path, flags] = terms
    if (typeof path !== 'string')
      throw bad('a list of two or three items, first a dict or a list, second a string pointing to the subkey')
    const first = isList(given!) || isDict(given!) ? given : [given!]
    let skipMissing = options.skip_missing
    if (flags !== undefined) {
      if (!isDict(flags))
        throw bad('a list of two or three items, the optional third item must be a dict with flags skip_missing')
      // Other flags are overlooked, and what is no word of truth is false.
      skipMissing = /^(?:y|yes|on|1|true|t|1\.0)$/i.test(pyStr(flags.get('skip_missing') ?? false))
    }
    if (isDict(first!) && truthy(first.get('skipped') ?? false)) return []
    const found: Value[] = []
    for (const item of isDict(first!) ? first.values() : (first as Value[])) {
      if (!isDict(item)) throw bad(`a dictionary, got '${pyRepr(item)}'`)
      if (item.has('skipped')) continue
      let inside: Value = item
      const keys = path.split('.')
      for (const [at, key] of keys.entries()) {
        const next: Value | undefined = isDict(inside) ? dictGet(inside, key) : undefined
        if (next === undefined) {
          if (skipMissing) {
            inside = []
            break
          }
          throw lookupError(`could not find '${key}' key in iterated item '${pyRepr(inside)}'`)
        }
        if (at === keys.length - 1) {
          if (!isList(next)) throw lookupError(`the key ${key} should point to a list, got '${pyRepr(next)}'`)
        } else if (!isDict(next)) {
          if (skipMissing) {
            inside = []
            break
          }
          throw lookupError(`the key ${key} should point to a dictionary, got '${pyRepr(next)}'`)
        }
        inside = next
      }
      // Unlike the filter of the same name, the lookup leaves the list itself out of the item.
      const outer = withoutPath(item, keys)
      for (const member of inside as Value[]) found.push(tuple([outer, member]))
    }
    return found
  },
})

function withoutPath(item: Dict, [key, ...rest]: readonly string[]): Dict {
  const copy: Dict = new Map(item)
  const next = item.get(key!)
  if (rest.length === 0) copy.delete(key!)
  else if (isDict(next)) copy.set(key!, withoutPath(next, rest))
  return copy
}

export const randomChoice = defineLookup({
  summary: 'One of the terms, by chance',
  examples: [["{{ lookup('random_choice', 'a', 'a') }}", 'a']],
  once: true,
  run: ({ terms }) => (terms.length === 0 ? [] : [random(null).choice(terms)]),
})
