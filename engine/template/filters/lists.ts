/** Lists: picking, ordering, pairing, set arithmetic. */
import { Diagnostic } from '../../diagnostics.js'
import { arithmetic } from '../../python/arithmetic.js'
import { pyCompare, pyEquals, truthy } from '../../python/compare.js'
import { PyError, typeError, valueError } from '../../python/errors.js'
import { isIterable, items, iterate, pyLength } from '../../python/iterate.js'
import { pyInt, wholeNumber } from '../../python/numbers.js'
import { random as pythonRandom } from '../../python/random.js'
import { pyRepr, pyStr } from '../../python/repr.js'
import {
  int,
  isDict,
  isInt,
  isList,
  isNumber,
  type KeywordArguments,
  namedTuple,
  PyFloat,
  Tuple,
  tuple,
  typeName,
  type Value,
} from '../../python/values.js'
import { type Context, defineFilter } from '../define.js'
import { isUndef, Undef } from '../undefined.js'
import { attributeGetter, attributesGetter } from './attribute.js'

const argument = (message: string) => new Diagnostic(message, { code: 'filter-argument' })

export const length = defineFilter({
  summary: 'How many items, keys or characters',
  examples: [
    ['{{ [1, 2, 3] | length }}', 3],
    ["{{ 'abc' | count }}", 3],
  ],
  apply: (value: Value) => pyLength(value),
})

export const list = defineFilter({
  summary: 'A list of the items, keys or characters',
  examples: [
    ["{{ 'abc' | list }}", ['a', 'b', 'c']],
    ['{{ {1: 2} | list }}', [1]],
  ],
  apply: (value: Value) => [...iterate(value)],
})

export const first = defineFilter({
  summary: 'The first item',
  examples: [
    ['{{ [3, 1, 2] | first }}', 3],
    ["{{ [] | first | default('none') }}", 'none'],
  ],
  apply: (value: Value): Value => {
    for (const item of iterate(value)) return item
    return new Undef('No first item, sequence was empty.')
  },
})

export const last = defineFilter({
  summary: 'The last item',
  examples: [['{{ [3, 1, 2] | last }}', 2]],
  apply: (value: Value): Value => items(value).at(-1) ?? lastOf(items(value)),
})

const lastOf = (all: readonly Value[]): Value =>
  all.length > 0 ? all[all.length - 1]! : new Undef('No last item, sequence was empty.')

export const join = defineFilter({
  summary: 'The items as one text, with a separator between them',
  examples: [
    ["{{ ['a', 'b'] | join(',') | upper }}", 'A,B'],
    ["{{ [{'n': 'x'}, {'n': 'y'}] | join('-', attribute='n') }}", 'x-y'],
  ],
  signature: "d='', attribute=None",
  applyIn: (context, value: Value, separator: Value, attribute: Value) => {
    const pick = attributeGetter(context, attribute)
    return [...iterate(value)].map(item => pyStr(pick(item))).join(pyStr(separator))
  },
})

export const reverse = defineFilter({
  summary: 'The items, or the characters, from last to first',
  examples: [
    ["{{ 'abc' | reverse }}", 'cba'],
    ['{{ [1, 2] | reverse | list }}', [2, 1]],
  ],
  apply: (value: Value): Value => {
    if (typeof value === 'string') return [...value].reverse().join('')
    if (!isIterable(value)) throw argument('argument must be iterable')
    return [...iterate(value)].reverse()
  },
})

export const sort = defineFilter({
  summary: 'The items in order; text without regard to case unless asked',
  examples: [
    ["{{ ['b', 'A', 'c'] | sort }}", ['A', 'b', 'c']],
    ["{{ [{'n': 2}, {'n': 1}] | sort(attribute='n', reverse=true) | map(attribute='n') | list }}", [2, 1]],
  ],
  signature: 'reverse=False, case_sensitive=False, attribute=None',
  applyIn: (context, value: Value, reverse: Value, caseSensitive: Value, attribute: Value) => {
    const key = attributesGetter(context, attribute, { ignoreCase: !truthy(caseSensitive) })
    return sortedBy([...iterate(value)], key, truthy(reverse))
  },
})

/** Stable, like Python's sorted(); reversed keeps the order of equals too. */
export function sortedBy(all: readonly Value[], key: (item: Value) => Value, reverse = false): Value[] {
  const keyed = all.map(item => ({ item, key: key(item) }))
  keyed.sort((a, b) => (reverse ? pyCompare(b.key, a.key) : pyCompare(a.key, b.key)))
  return keyed.map(({ item }) => item)
}

export const unique = defineFilter({
  summary: 'The items without repetitions, in the order they came; text without regard to case unless asked',
  examples: [
    ['{{ [1, 2, 1, 3] | unique }}', [1, 2, 3]],
    ["{{ ['a', 'A'] | unique }}", ['a']],
    ["{{ ['a', 'A'] | unique(case_sensitive=true) }}", ['a', 'A']],
  ],
  signature: 'case_sensitive=None, attribute=None',
  applyIn: (context, value: Value, caseSensitive: Value, attribute: Value) => {
    const key = attributeGetter(context, attribute, { ignoreCase: caseSensitive === null || !truthy(caseSensitive) })
    const all = [...iterate(value)]
    const keys = all.map(key)
    if (keys.some(isUnhashable)) {
      if (truthy(caseSensitive) || attribute !== null || caseSensitive === false)
        if (caseSensitive !== true || attribute !== null)
          throw new Diagnostic(
            "Jinja2's unique filter failed and we cannot fall back to Ansible's version as it does not support the parameters supplied",
            { code: 'filter-argument' },
          )
      return distinct(all)
    }
    return distinct(all, keys)
  },
})

const isUnhashable = (value: Value): boolean =>
  isDict(value) || (isList(value) && (typeName(value) === 'list' || value.some(isUnhashable)))

/** Items whose keys are all different, the first of equals. */
export function distinct(all: readonly Value[], keys: readonly Value[] = all): Value[] {
  const seenText = new Set<Value>()
  const seen: Value[] = []
  return all.filter((_, at) => {
    const key = keys[at]!
    if (typeof key === 'string') {
      if (seenText.has(key)) return false
      seenText.add(key)
      return true
    }
    if (seen.some(known => pyEquals(known, key))) return false
    seen.push(key)
    return true
  })
}

const contains = (all: readonly Value[]) => {
  const texts = new Set(all.filter(item => typeof item === 'string'))
  const others = all.filter(item => typeof item !== 'string')
  return (item: Value) => (typeof item === 'string' ? texts.has(item) : others.some(one => pyEquals(one, item)))
}

/** Members of the one, then of the other; what Python's + does not join is an error, but sets are made of what is hashable. */
function together(left: Value, right: Value): Value[] {
  const hashable = (value: Value) => !isDict(value) && (!isList(value) || value instanceof Tuple)
  const apart = (value: Value) => typeof value === 'string' || isDict(value)
  if (!(hashable(left) && hashable(right)) && (apart(left) || apart(right))) arithmetic('+', left, right)
  return [...iterate(left), ...iterate(right)]
}

export const union = defineFilter({
  summary: 'What is in either list, once',
  examples: [['{{ [3, 1, 2, 3] | union([5, 4]) }}', [3, 1, 2, 5, 4]]],
  signature: 'b',
  apply: (value: Value, other: Value) => distinct(together(value, other)),
})

export const intersect = defineFilter({
  summary: 'What is in both lists, once',
  examples: [['{{ [1, 2, 2, 3] | intersect([3, 2]) }}', [2, 3]]],
  signature: 'b',
  apply: (value: Value, other: Value) => distinct([...iterate(value)].filter(contains([...iterate(other)]))),
})

export const difference = defineFilter({
  summary: 'What is in this list and not in the other, once',
  examples: [['{{ [1, 2, 2, 3] | difference([3]) }}', [1, 2]]],
  signature: 'b',
  apply: (value: Value, other: Value) => {
    const known = contains([...iterate(other)])
    return distinct([...iterate(value)].filter(item => !known(item)))
  },
})

export const symmetricDifference = defineFilter({
  summary: 'What is in only one of the lists, once',
  examples: [['{{ [1, 2] | symmetric_difference([2, 3]) }}', [1, 3]]],
  signature: 'b',
  apply: (value: Value, other: Value) => {
    const all = together(value, other)
    const [inLeft, inRight] = [contains([...iterate(value)]), contains([...iterate(other)])]
    return distinct(all).filter(item => !(inLeft(item) && inRight(item)))
  },
})

export const map = defineFilter({
  summary: 'A filter applied to each item, or an attribute of each',
  examples: [
    ["{{ ['a', 'b'] | map('upper') | list }}", ['A', 'B']],
    ["{{ [{'n': 1}, {}] | map(attribute='n', default=0) | list }}", [1, 0]],
  ],
  signature: '*args, **kwargs',
  applyIn: (context, value: Value, args: Value[], kwargs: KeywordArguments) => {
    const all = truthyItems(value)
    return all.length === 0 ? [] : all.map(mapped(context, args, kwargs))
  },
})

function mapped(context: Context, args: readonly Value[], kwargs: KeywordArguments): (item: Value) => Value {
  if (args.length === 0 && kwargs.has('attribute')) {
    for (const name of kwargs.keys())
      if (name !== 'attribute' && name !== 'default') throw argument(`Unexpected keyword argument '${name}'`)
    return attributeGetter(context, kwargs.get('attribute')!, { fallback: kwargs.get('default') ?? null })
  }
  if (args.length === 0) throw argument('map requires a filter argument')
  const [name, ...rest] = args
  return item => context.filter(pyStr(name!), item, rest, kwargs)
}

const truthyItems = (value: Value): Value[] => (truthy(value) ? [...iterate(value)] : [])

function chosen(
  context: Context,
  value: Value,
  args: readonly Value[],
  kwargs: KeywordArguments,
  byAttribute: boolean,
  wanted: boolean,
): Value[] {
  const all = truthyItems(value)
  if (all.length === 0) return []
  let pick = (item: Value) => item
  let rest = args
  if (byAttribute) {
    if (args.length === 0) throw argument('Missing parameter for attribute name')
    pick = attributeGetter(context, args[0]!)
    rest = args.slice(1)
  }
  const [name, ...testArgs] = rest
  const holds =
    name === undefined
      ? (item: Value) => truthy(item)
      : (item: Value) => context.test(pyStr(name), item, testArgs, kwargs)
  return all.filter(item => holds(pick(item)) === wanted)
}

export const select = defineFilter({
  summary: 'The items for which a test holds, or which are true',
  examples: [
    ["{{ [1, 2, 3] | select('odd') | list }}", [1, 3]],
    ["{{ ['', 'a'] | select | list }}", ['a']],
  ],
  signature: '*args, **kwargs',
  applyIn: (context, value: Value, args: Value[], kwargs: KeywordArguments) =>
    chosen(context, value, args, kwargs, false, true),
})

export const reject = defineFilter({
  summary: 'The items for which a test does not hold',
  examples: [["{{ [1, 2, 3] | reject('odd') | list }}", [2]]],
  signature: '*args, **kwargs',
  applyIn: (context, value: Value, args: Value[], kwargs: KeywordArguments) =>
    chosen(context, value, args, kwargs, false, false),
})

export const selectattr = defineFilter({
  summary: 'The items for whose attribute a test holds',
  examples: [
    ["{{ [{'n': 1}, {'n': 2}] | selectattr('n', 'equalto', 2) | list }}", [{ n: 2 }]],
    ["{{ [{'n': 1}, {}] | selectattr('n', 'defined') | list }}", [{ n: 1 }]],
  ],
  signature: '*args, **kwargs',
  applyIn: (context, value: Value, args: Value[], kwargs: KeywordArguments) =>
    chosen(context, value, args, kwargs, true, true),
})

export const rejectattr = defineFilter({
  summary: 'The items for whose attribute a test does not hold',
  examples: [["{{ [{'n': 1}, {'n': 2}] | rejectattr('n', 'equalto', 2) | list }}", [{ n: 1 }]]],
  signature: '*args, **kwargs',
  applyIn: (context, value: Value, args: Value[], kwargs: KeywordArguments) =>
    chosen(context, value, args, kwargs, true, false),
})

/** The items of a group, with the names Jinja gives the two members. */
export const groupby = defineFilter({
  summary: 'The items in groups by an attribute: pairs of its value and a list',
  examples: [
    ["{{ [{'t': 'b'}, {'t': 'a'}] | groupby('t') | map('first') | list }}", ['a', 'b']],
    ["{{ [{'t': 1}, {}] | groupby('t', default=0) | map('first') | list }}", [0, 1]],
  ],
  signature: 'attribute, default=None, case_sensitive=False',
  applyIn: (context, value: Value, attribute: Value, fallback: Value, caseSensitive: Value) => {
    const sensitive = truthy(caseSensitive)
    const key = attributeGetter(context, attribute, { ignoreCase: !sensitive, fallback })
    const written = attributeGetter(context, attribute, { fallback })
    const groups: { key: Value; name: Value; items: Value[] }[] = []
    for (const item of sortedBy([...iterate(value)], key)) {
      const of = key(item)
      const group = groups.at(-1)
      if (group && pyEquals(group.key, of)) group.items.push(item)
      else groups.push({ key: of, name: written(item), items: [item] })
    }
    return groups.map(({ name, items }) => namedTuple({ grouper: name, list: items }))
  },
})

export const batch = defineFilter({
  summary: 'Lists of so many items each, the last filled up when asked',
  examples: [
    ['{{ [1, 2, 3] | batch(2) | list }}', [[1, 2], [3]]],
    [
      "{{ [1, 2, 3] | batch(2, 'x') | list }}",
      [
        [1, 2],
        [3, 'x'],
      ],
    ],
  ],
  signature: 'linecount, fill_with=None',
  apply: (value: Value, count: Value, fill: Value) => {
    const size = wholeNumber(count)
    const batches: Value[][] = []
    let batch: Value[] = []
    for (const item of iterate(value)) {
      if (batch.length === size) {
        batches.push(batch)
        batch = []
      }
      batch.push(item)
    }
    if (batch.length > 0) {
      if (fill !== null) while (batch.length < size) batch.push(fill)
      batches.push(batch)
    }
    return batches
  },
})

export const slice = defineFilter({
  summary: 'The items dealt out to so many lists',
  examples: [
    [
      '{{ [1, 2, 3, 4, 5] | slice(2) | list }}',
      [
        [1, 2, 3],
        [4, 5],
      ],
    ],
  ],
  signature: 'slices, fill_with=None',
  apply: (value: Value, count: Value, fill: Value) => {
    const all = [...iterate(value)]
    const slices = wholeNumber(count)
    if (slices === 0) throw new PyError('ZeroDivisionError', 'integer division or modulo by zero')
    const each = Math.floor(all.length / slices)
    const longer = all.length - each * slices
    return Array.from({ length: slices }, (_, at) => {
      const start = at * each + Math.min(at, longer)
      const end = (at + 1) * each + Math.min(at + 1, longer)
      const part = all.slice(start, end)
      if (fill !== null && at >= longer) part.push(fill)
      return part
    })
  },
})

function extreme(context: Context, value: Value, caseSensitive: Value, attribute: Value, sign: 1 | -1): Value {
  const key = attributeGetter(context, attribute, { ignoreCase: !truthy(caseSensitive) })
  let best: Value | undefined
  let bestKey: Value = null
  for (const item of iterate(value)) {
    const itemKey = key(item)
    if (best === undefined || pyCompare(itemKey, bestKey, sign > 0 ? '>' : '<') * sign > 0) {
      best = item
      bestKey = itemKey
    }
  }
  return best === undefined ? new Undef('No aggregated item, sequence was empty.') : best
}

export const min = defineFilter({
  summary: 'The smallest item',
  examples: [['{{ [3, 1, 2] | min }}', 1]],
  signature: 'case_sensitive=False, attribute=None',
  applyIn: (context, value: Value, caseSensitive: Value, attribute: Value) =>
    extreme(context, value, caseSensitive, attribute, -1),
})

export const max = defineFilter({
  summary: 'The largest item',
  examples: [
    ['{{ [3, 1, 2] | max }}', 3],
    ["{{ [{'n': 1}, {'n': 2}] | max(attribute='n') }}", { n: 2 }],
  ],
  signature: 'case_sensitive=False, attribute=None',
  applyIn: (context, value: Value, caseSensitive: Value, attribute: Value) =>
    extreme(context, value, caseSensitive, attribute, 1),
})

export const sum = defineFilter({
  summary: 'The sum of the items, or of an attribute; start=[] joins lists',
  examples: [
    ['{{ [1, 2, 3] | sum }}', 6],
    ['{{ [[1], [2]] | sum(start=[]) }}', [1, 2]],
    ["{{ [{'n': 1}, {'n': 2}] | sum(attribute='n') }}", 3],
  ],
  signature: 'attribute=None, start=0',
  applyIn: (context, value: Value, attribute: Value, start: Value) => {
    if (typeof start === 'string') throw typeError("sum() can't sum strings [use ''.join(seq) instead]")
    const pick = attributeGetter(context, attribute)
    let total: Value = start
    for (const item of iterate(value)) {
      const part = pick(item)
      if (isUndef(part)) throw part.error()
      total = arithmetic('+', total, part)
    }
    return total
  },
})

const isSequence = (value: Value): value is Value[] => isList(value)

export const flatten = defineFilter({
  summary: 'Lists in the list taken apart; levels limits how deep, nulls are dropped unless skip_nulls is false',
  examples: [
    ['{{ [1, [2, [3, none]]] | flatten }}', [1, 2, 3]],
    ['{{ [1, [2, [3]]] | flatten(levels=1) }}', [1, 2, [3]]],
  ],
  signature: 'levels=None, skip_nulls=True',
  apply: (value: Value, levels: Value, skipNulls: Value) =>
    flattened(value, levels === null ? null : pyInt(levels), truthy(skipNulls)),
})

export function flattened(value: Value, levels: number | null, skipNulls: boolean): Value[] {
  const flat: Value[] = []
  for (const item of iterate(value)) {
    if (skipNulls && (item === null || item === 'None' || item === 'null')) continue
    if (isSequence(item) && (levels === null || levels >= 1))
      flat.push(...flattened(item, levels === null ? null : levels - 1, skipNulls))
    else flat.push(item)
  }
  return flat
}

export const zip = defineFilter({
  summary: 'Items of several lists side by side, as long as the shortest',
  examples: [
    [
      "{{ [1, 2, 3] | zip(['a', 'b']) | list }}",
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
  ],
  signature: '*args',
  apply: (value: Value, others: Value[]) => {
    const columns = [value, ...others].map(one => [...iterate(one)])
    const length = Math.min(...columns.map(column => column.length))
    return Array.from({ length }, (_, row) => tuple(columns.map(column => column[row]!)))
  },
})

export const zipLongest = defineFilter({
  summary: 'Items of several lists side by side, as long as the longest',
  examples: [
    [
      "{{ [1, 2] | zip_longest(['a'], fillvalue='x') | list }}",
      [
        [1, 'a'],
        [2, 'x'],
      ],
    ],
  ],
  signature: '*args, fillvalue=None',
  apply: (value: Value, fill: Value, others: Value[]) => {
    const columns = [value, ...others].map(one => [...iterate(one)])
    const length = Math.max(...columns.map(column => column.length))
    return Array.from({ length }, (_, row) => tuple(columns.map(column => (row < column.length ? column[row]! : fill))))
  },
})

export const product = defineFilter({
  summary: 'Every combination of one item from each list',
  examples: [
    [
      "{{ [1, 2] | product(['a']) | list }}",
      [
        [1, 'a'],
        [2, 'a'],
      ],
    ],
  ],
  signature: '*args, repeat=1',
  apply: (value: Value, repeat: Value, others: Value[]) => {
    const lists = [value, ...others].map(one => [...iterate(one)])
    const all = Array.from({ length: wholeNumber(repeat) }, () => lists).flat()
    holdable(all.map(list => list.length))
    return cartesian(all).map(tuple)
  },
})

/** Every way to take one item of each list; the last list runs fastest. */
export const cartesian = (lists: readonly (readonly Value[])[]): Value[][] =>
  lists.reduce<Value[][]>((rows, list) => rows.flatMap(row => list.map(item => [...row, item])), [[]])

const MOST_ROWS = 10_000_000

/** Python makes rows one at a time as they are asked for; here all are held, so there is an end to how many. */
function holdable(factors: readonly number[]): void {
  const rows = factors.reduce((product, factor) => product * factor, 1)
  if (rows > MOST_ROWS)
    throw new Diagnostic(`${rows.toPrecision(3)} combinations are more than can be held (${MOST_ROWS})`, {
      code: 'filter-type',
    })
}

function arrangements(all: readonly Value[], size: number, ordered: boolean): Value[] {
  const found: Value[] = []
  holdable(
    size > all.length ? [0] : Array.from({ length: size }, (_, at) => (all.length - at) / (ordered ? 1 : at + 1)),
  )
  const walk = (picked: number[]) => {
    if (picked.length === size) {
      found.push(tuple(picked.map(at => all[at]!)))
      return
    }
    for (let at = ordered ? 0 : (picked.at(-1) ?? -1) + 1; at < all.length; at++)
      if (!ordered || !picked.includes(at)) walk([...picked, at])
  }
  if (size <= all.length) walk([])
  return found
}

/** How many to take, as itertools wants it. */
function taken(size: Value): number {
  const count = wholeNumber(size)
  if (count < 0) throw valueError('r must be non-negative')
  return count
}

export const permutations = defineFilter({
  summary: 'Every order of the items, or of so many of them',
  examples: [
    [
      '{{ [1, 2] | permutations | list }}',
      [
        [1, 2],
        [2, 1],
      ],
    ],
  ],
  signature: 'r=None',
  apply: (value: Value, size: Value) => {
    const all = [...iterate(value)]
    return arrangements(all, size === null ? all.length : taken(size), true)
  },
})

export const combinations = defineFilter({
  summary: 'Every choice of so many items, in their order',
  examples: [
    [
      '{{ [1, 2, 3] | combinations(2) | list }}',
      [
        [1, 2],
        [1, 3],
        [2, 3],
      ],
    ],
  ],
  signature: 'r',
  apply: (value: Value, size: Value) => arrangements([...iterate(value)], taken(size), false),
})

export const subelements = defineFilter({
  summary: 'Pairs of each item and each member of a list in it',
  examples: [["{{ [{'n': 'a', 'k': [1, 2]}] | subelements('k') | map('last') | list }}", [1, 2]]],
  signature: 'subelements, skip_missing=False',
  apply: (value: Value, path: Value, skipMissing: Value) => pairsWithin(value, path, truthy(skipMissing)),
})

/** Pairs of an item and a member of the list that `path` leads to in it. */
export function pairsWithin(value: Value, path: Value, skipMissing: boolean): Value[] {
  const bad = (message: string) => new Diagnostic(message, { code: 'filter-type' })
  if (!isDict(value) && !isList(value)) throw bad('obj must be a list of dicts or a nested dict')
  const keys = isList(path) ? path : typeof path === 'string' ? path.split('.') : undefined
  if (!keys) throw bad('subelements must be a list or a string')
  const pairs: Value[] = []
  for (const element of isDict(value) ? value.values() : value) {
    let inner: Value = element
    for (const key of keys) {
      if (!isDict(inner)) throw bad(`the key ${pyStr(key)} should point to a dictionary, got '${pyStr(inner)}'`)
      const next = inner.get(key)
      if (next === undefined) {
        if (skipMissing) {
          inner = []
          break
        }
        throw bad(`could not find ${pyRepr(key)} key in iterated item ${pyRepr(inner)}`)
      }
      inner = next
    }
    if (!isList(inner)) throw bad(`the key ${pyRepr(keys.at(-1) ?? null)} should point to a list, got ${pyRepr(inner)}`)
    for (const member of inner) pairs.push(tuple([element, member]))
  }
  return pairs
}

export const extract = defineFilter({
  summary: 'The member of a container that the value is the key of, and what lies deeper',
  examples: [
    ["{{ 'a' | extract({'a': {'x': 1}}, 'x') }}", 1],
    ["{{ [0, 2] | map('extract', ['x', 'y', 'z']) | list }}", ['x', 'z']],
  ],
  signature: 'container, morekeys=None',
  applyIn: (context, key: Value, container: Value, more: Value) => {
    const keys = more === null ? [key] : isList(more) ? [key, ...more] : [key, more]
    return keys.reduce((inside, one) => context.item(inside, one), container)
  },
})

export const random = defineFilter({
  summary: 'A random item, or a random number below the value; with a seed always the same one',
  examples: [
    ["{{ 60 | random(seed='web01') }}", 22],
    ["{{ [3, 1, 2] | random(seed='x') }}", 2],
    ["{{ 100 | random(1, 10, seed='host1') }}", 71],
  ],
  signature: 'start=None, step=None, seed=None',
  applyIn: (context, value: Value, start: Value, step: Value, seed: Value) => {
    const draw = (): Value => {
      const source = pythonRandom(seed)
      if (typeof value === 'bigint') {
        const big = (one: Value, fallback: bigint) => (truthy(one) ? BigInt(stepNumber(one)) : fallback)
        return int(source.bigRange(big(start, 0n), value, big(step, 1n)))
      }
      if (isNumber(value)) {
        // Python takes a float where it is a whole number.
        const end = truthy(value) ? stepNumber(value) : 0
        return source.range(truthy(start) ? stepNumber(start) : 0, end, truthy(step) ? stepNumber(step) : 1)
      }
      if (isIterable(value)) {
        if (truthy(start) || truthy(step)) throw bad('start and step can only be used with integer values')
        return source.choice(items(value))
      }
      throw bad('random can only be used on sequences and integers')
    }
    const bad = (message: string) => new Diagnostic(message, { code: 'filter-type' })
    return seed === null ? context.once(draw) : draw()
  },
})

function stepNumber(value: Value): number {
  if (isInt(value)) return Number(value)
  if (value instanceof PyFloat) return value.value
  if (typeof value === 'number') throw typeError("'float' object cannot be interpreted as an integer")
  return wholeNumber(value)
}

export const shuffle = defineFilter({
  summary: 'The items in random order; with a seed always the same one',
  examples: [["{{ [1, 2, 3, 4, 5] | shuffle(seed='x') }}", [5, 2, 1, 4, 3]]],
  signature: 'seed=None',
  applyIn: (context, value: Value, seed: Value) => {
    if (!isIterable(value)) return value
    const shuffled = () => pythonRandom(seed).shuffle([...iterate(value)])
    return seed === null ? context.once(shuffled) : shuffled()
  },
})
