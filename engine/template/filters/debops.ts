/**
 * DebOps' "universal configuration": lists of named items, in which a later item changes an earlier one of its name.
 * DebOps ships these filters in Python; nearly all of its roles use them. What they do is told at
 * https://docs.debops.org/en/master/user-guide/universal-configuration.html and was compared with them.
 */
import { arithmetic } from '../../python/arithmetic.js'
import { truthy } from '../../python/compare.js'
import { dictGet, dictHas, dictSet } from '../../python/dict.js'
import { PyError, typeError } from '../../python/errors.js'
import { items } from '../../python/iterate.js'
import { pyFloat, pyInt } from '../../python/numbers.js'
import { pyStr } from '../../python/repr.js'
import { type Dict, float, isDict, isInt, isList, typeName, type Value } from '../../python/values.js'
import { defineFilter } from '../define.js'

const described = (name: string, more: object = {}) => ({
  state: 'present',
  name,
  id: 0,
  weight: 0,
  separator: false,
  section: 'unknown',
  real_weight: 0,
  ...more,
})

export const parseKvConfig = defineFilter({
  summary: 'Named items merged and in order, for a file of keys and values',
  examples: [
    [
      "{{ [{'name': 'a', 'value': 1}, {'name': 'a', 'value': 2}] | debops.debops.parse_kv_config }}",
      [described('a', { value: 2 })],
    ],
    ["{{ [{'name': 'a', 'weight': 20}, 'b'] | debops.debops.parse_kv_config | map(attribute='name') }}", ['b', 'a']],
    ["{{ [{'a': 1, 'b': 2}] | debops.debops.parse_kv_config | map(attribute='value') }}", [1, 2]],
  ],
  signature: '*args, name="name", merge_keys=None, **kwargs',
  apply: (value: Value, name: Value, mergeKeys: Value, lists: Value[]): Value =>
    configuration([value, ...lists], name, mergeKeys),
})

export const parseKvItems = defineFilter({
  summary: 'Named items merged and in order, for files or sections that each have their options',
  examples: [
    [
      "{{ [{'name': 'f', 'path': '/p'}, {'name': 'f'}] | debops.debops.parse_kv_items | map(attribute='path') }}",
      ['/p'],
    ],
    ["{{ [{'name': 'f', 'a': 1}] | debops.debops.parse_kv_items(empty={'b': ['x', 'a']}) | map(attribute='b') }}", [1]],
    ["{{ ['f'] | debops.debops.parse_kv_items(defaults={'x': 3}) | map(attribute='x') }}", [3]],
  ],
  signature: '*args, name="name", defaults=None, empty=None, merge_keys=None, **kwargs',
  apply: (value: Value, name: Value, defaults: Value, empty: Value, mergeKeys: Value, lists: Value[]): Value => {
    const made = new Items(name, mergeKeys)
    elements([value, ...lists]).forEach((element, at) => {
      const given = named(element, name)
      const current = given && made.begin(given, at)
      if (!given || !current) return
      if (given.has('comment')) current.set('comment', given.get('comment')!)
      if (isDict(defaults))
        for (const [key, standard] of defaults) if (!dictHas(current, key)) dictSet(current, key, standard)
      made.finish(given, current)
      if (isDict(empty)) for (const [key, others] of empty) if (!dictHas(current, key)) fill(current, key, others)
    })
    return made.sorted()
  },
})

/** Items are put together here: a dict by name, in the order in which names were seen first. */
class Items {
  readonly #byName: Dict = new Map()
  readonly #mergeKeys: readonly Value[]

  constructor(
    readonly key: Value,
    mergeKeys: Value,
    readonly sections = false,
  ) {
    this.#mergeKeys = [...new Set([...(mergeKeys === null ? [] : items(mergeKeys)), 'options'])]
  }

  get(name: Value): Dict | undefined {
    return dictGet(this.#byName, name) as Dict | undefined
  }

  keep(name: Value, item: Dict): void {
    dictSet(this.#byName, name, item)
  }

  /** The item that an element makes or changes, with what all items have; undefined when the element is to be passed over. */
  begin(given: Dict, at: number): Dict | undefined {
    const name = dictGet(given, this.key)!
    const known = this.get(name)
    const state = given.get('state')
    if (state === 'ignore') return undefined
    if (state === 'append' && (known ? known.get('state') === 'init' : !this.sections)) return undefined
    const current: Dict = new Map(known)
    current.set('state', given.has('state') && state !== 'append' ? state! : nextState(known))
    dictSet(current, this.key, name)
    current.set('id', pyInt(known?.get('id') ?? at * 10))
    current.set('weight', pyInt(known?.get('weight') ?? 0))
    take('separator', given, current, false)
    if (this.sections) take('section', given, current, 'unknown')
    const source = given.has('copy_id_from') ? this.get(given.get('copy_id_from')!) : undefined
    if (source) current.set('id', idBehind(source))
    if (given.has('weight')) current.set('weight', pyInt(given.get('weight')!) + pyInt(current.get('weight')!))
    weigh(current)
    this.keep(name, current)
    return current
  }

  /** Lists within are items, too; all other keys are taken over. */
  finish(given: Dict, current: Dict): void {
    for (const key of this.#mergeKeys) {
      const more = dictGet(given, key)
      if (more === undefined) continue
      const all = arithmetic('+', dictGet(current, key) ?? [], more)
      dictSet(current, key, configuration([all], 'name', [...this.#mergeKeys]))
    }
    for (const [key, value] of given)
      if (!this.#own(key) && !this.#mergeKeys.includes(key)) dictSet(current, key, value)
  }

  #own(key: Value): boolean {
    return key === this.key || OWN.has(key) || (this.sections && (key === 'section' || key === 'value'))
  }

  sorted(): Value[] {
    for (const item of this.#byName.values() as Iterable<Dict>) {
      const value = item.get('value')
      if (value !== undefined && isDict(value)) item.set('value', byWeight([...value.values()]))
    }
    return byWeight([...this.#byName.values()])
  }
}

const OWN = new Set<Value>(['state', 'id', 'weight', 'real_weight', 'separator'])

function configuration(lists: readonly Value[], name: Value, mergeKeys: Value): Value[] {
  const made = new Items(name, mergeKeys, true)
  elements(lists).forEach((element, at) => {
    const given = named(element, name)
    if (given) {
      const current = made.begin(given, at)
      if (!current) return
      setValue(current, given)
      for (const key of ['option', 'comment']) if (given.has(key)) current.set(key, given.get(key)!)
      made.finish(given, current)
    } else if (isDict(element) && ![...element.keys()].every(key => NO_SHORTHAND.has(key))) {
      for (const [key, value] of element) {
        const known = made.get(key)
        const current: Dict = new Map(known)
        dictSet(current, name, key)
        current.set('state', 'present')
        current.set('id', pyInt(known?.get('id') ?? at * 10))
        current.set('weight', pyInt(known?.get('weight') ?? 0))
        current.set('section', known?.get('section') ?? 'unknown')
        weigh(current)
        setValue(current, new Map([['value', value]]))
        made.keep(key, current)
      }
    }
  })
  return made.sorted()
}

/** A dict of these alone is an item whose name is missing; any other is short for items with a value each. */
const NO_SHORTHAND = new Set<Value>(['state', 'section', 'weight', 'comment', 'value', 'option', 'copy_id_from'])

const elements = (lists: readonly Value[]): Value[] => lists.flatMap(list => [...items(list)])

function named(element: Value, name: Value): Dict | undefined {
  if (typeof element === 'string') return new Map<Value, Value>([[name, element]])
  return isDict(element) && dictHas(element, name) ? element : undefined
}

/** A field as it is given, or as it was before. */
function take(key: string, given: Dict, current: Dict, otherwise: Value): void {
  if (given.has(key)) current.set(key, given.get(key)!)
  else if (!current.has(key)) current.set(key, otherwise)
}

/** An item that was only prepared becomes active once it is meant again, if it has a value. */
function nextState(known: Dict | undefined): Value {
  if (!known || (known.get('state') === 'init' && hasValue(known))) return 'present'
  return known.get('state') ?? null
}

function hasValue(item: Dict): boolean {
  for (const [key, inner] of item) {
    if (key === 'value') return true
    if (isDict(inner) && hasValue(inner)) return true
    if (isList(inner) && inner.some(one => isDict(one) && hasValue(one))) return true
  }
  return false
}

/** A value that is one thing replaces what was there; a list is merged item by item, which are kept by name until the end. */
function setValue(current: Dict, given: Dict): void {
  if (!given.has('value')) return
  const value = given.get('value')!
  if (isList(value)) {
    const before = current.get('value')
    const byName: Dict = new Map(before !== undefined && isDict(before) ? before : [])
    for (const [index, element] of value.entries()) mergeListed(byName, element, Number(current.get('id')) * 10 + index)
    if (byName.size > 0) current.set('value', byName)
  } else if (!isDict(value)) current.set('value', cast(value, given.get('value_cast') ?? null))
}

function mergeListed(byName: Dict, element: Value, id: number): void {
  if (isDict(element)) {
    const name = element.has('param') ? element.get('param')! : element.get('name')
    if (name === undefined || !truthy(name) || element.get('state') === 'ignore') return
    const known = dictGet(byName, name) as Dict | undefined
    const item: Dict = new Map(known)
    item.set('name', name)
    const source = element.has('copy_id_from') ? dictGet(byName, element.get('copy_id_from')!) : undefined
    item.set('id', source && isDict(source) ? idBehind(source) : id)
    item.set('weight', pyInt(element.get('weight') ?? 0) + pyInt(known?.get('weight') ?? 0))
    item.set('state', element.has('state') ? element.get('state')! : 'present')
    weigh(item)
    for (const [key, value] of element) if (!LISTED.has(key)) dictSet(item, key, value)
    dictSet(byName, name, item)
  } else if ((typeof element === 'string' || isInt(element)) && !dictHas(byName, element)) {
    const item: Dict = new Map<Value, Value>([
      ['name', element],
      ['id', id],
      ['weight', 0],
      ['state', 'present'],
    ])
    weigh(item)
    dictSet(byName, element, item)
  }
}

const LISTED = new Set<Value>(['name', 'param', 'id', 'weight', 'state', 'real_weight', 'copy_id_from'])

function cast(value: Value, type: Value): Value {
  switch (type) {
    case 'null':
    case 'none':
    case 'None':
      return null
    case 'int':
    case 'integer':
      return pyInt(value)
    case 'str':
    case 'string':
      return pyStr(value)
    case 'bool':
    case 'boolean':
      return truthy(value)
    case 'float': {
      return float(pyFloat(value))
    }
    default:
      return value
  }
}

/** A field that is missing takes the first of others that is there. */
function fill(current: Dict, key: Value, others: Value): void {
  for (const other of items(others)) {
    const value = dictGet(current, other)
    if (value === undefined) continue
    dictSet(current, key, value)
    return
  }
}

const idBehind = (source: Dict): number => pyInt(source.get('id')!) + pyInt(source.get('weight') ?? 0)

function weigh(item: Dict): void {
  item.set('real_weight', pyInt(item.get('id')!) + pyInt(item.get('weight')!))
}

function byWeight(all: Value[]): Value[] {
  const weight = (item: Value) => {
    if (!isDict(item)) throw typeError(`'${typeName(item)}' object is not subscriptable`)
    const found = item.get('real_weight')
    if (found === undefined) throw new PyError('KeyError', "'real_weight'")
    return Number(found)
  }
  return all
    .map(item => ({ item, weight: weight(item) }))
    .sort((a, b) => a.weight - b.weight)
    .map(({ item }) => item)
}
