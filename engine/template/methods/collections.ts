/** Methods of list, tuple and dict. */
import { pyCompare, pyEquals, truthy } from '../../python/compare.js'
import { dictDelete, dictGet, dictHas, dictSet } from '../../python/dict.js'
import { PyError, typeError, valueError } from '../../python/errors.js'
import { items } from '../../python/iterate.js'
import { pyRepr } from '../../python/repr.js'
import {
  type Dict,
  isInt,
  type KeywordArguments,
  type List,
  Tuple,
  tuple,
  typeName,
  type Value,
} from '../../python/values.js'
import { type Methods, methods } from './method.js'
import { wantInt } from './text.js'

function clampIndex(length: number, value: Value, fallback: number): number {
  if (value === null) return fallback
  const index = wantInt(value)
  return index < 0 ? Math.max(0, index + length) : Math.min(index, length)
}

function indexOf(self: List, value: Value, start: Value, stop: Value): number {
  const to = clampIndex(self.length, stop, self.length)
  for (let index = clampIndex(self.length, start, 0); index < to; index++) {
    if (pyEquals(self[index]!, value)) return index
  }
  throw valueError(self instanceof Tuple ? 'tuple.index(x): x not in tuple' : `${pyRepr(value)} is not in list`)
}

const count = (self: List, value: Value) => self.filter(item => pyEquals(item, value)).length

export const tupleMethods: Methods = methods({
  'count(value)': count,
  'index(value, start=None, stop=None)': indexOf,
})

export const listMethods: Methods = methods({
  'count(value)': count,
  'index(value, start=None, stop=None)': indexOf,
  '!append(object)': (self: List, item: Value) => {
    self.push(item)
    return null
  },
  '!clear()': (self: List) => {
    self.length = 0
    return null
  },
  'copy()': (self: List) => [...self],
  '!extend(iterable)': (self: List, more: Value) => {
    self.push(...items(more))
    return null
  },
  '!insert(index, object)': (self: List, index: Value, item: Value) => {
    self.splice(clampIndex(self.length, index, 0), 0, item)
    return null
  },
  '!pop(index=-1)': (self: List, index: Value) => {
    if (self.length === 0) throw new PyError('IndexError', 'pop from empty list')
    const at = wantInt(index)
    const from = at < 0 ? at + self.length : at
    if (from < 0 || from >= self.length) throw new PyError('IndexError', 'pop index out of range')
    return self.splice(from, 1)[0]!
  },
  '!remove(value)': (self: List, value: Value) => {
    const at = self.findIndex(item => pyEquals(item, value))
    if (at < 0) throw valueError('list.remove(x): x not in list')
    self.splice(at, 1)
    return null
  },
  '!reverse()': (self: List) => {
    self.reverse()
    return null
  },
  '!sort(*, key=None, reverse=False)': (self: List, key: Value, reverse: Value) => {
    if (key !== null) throw typeError('sort(): key functions are not available in templates, use the sort filter')
    const sign = truthy(reverse) ? -1 : 1
    self.sort((a, b) => sign * pyCompare(a, b))
    return null
  },
})

/** Adds what `dict.update(source, **more)` would. */
export function updateDict(self: Dict, source: Value, more?: KeywordArguments): void {
  if (source instanceof Map) for (const [key, value] of source) dictSet(self, key, value)
  else if (source !== null) {
    let at = 0
    for (const pair of items(source)) {
      const parts = items(pair)
      if (parts.length !== 2) {
        throw valueError(`dictionary update sequence element #${at} has length ${parts.length}; 2 is required`)
      }
      dictSet(self, parts[0]!, parts[1]!)
      at++
    }
  }
  if (more) for (const [key, value] of more) self.set(key, value)
}

export const dictMethods: Methods = methods({
  '!clear()': (self: Dict) => {
    self.clear()
    return null
  },
  'copy()': (self: Dict) => new Map(self),
  'fromkeys(iterable, value=None)': (_self: Dict, keys: Value, value: Value) => {
    const made: Dict = new Map()
    for (const key of items(keys)) dictSet(made, key, value)
    return made
  },
  'get(key, default=None)': (self: Dict, key: Value, fallback: Value) =>
    dictGet(self, key) ?? (dictHas(self, key) ? null : fallback),
  'items()': (self: Dict) => Array.from(self, pair => tuple(pair)),
  'keys()': (self: Dict) => [...self.keys()],
  'values()': (self: Dict) => [...self.values()],
  '!pop(key, *default)': (self: Dict, key: Value, rest: Value[]) => {
    if (!dictHas(self, key)) {
      if (rest.length > 0) return rest[0]!
      throw new PyError('KeyError', pyRepr(key))
    }
    const value = dictGet(self, key)!
    dictDelete(self, key)
    return value
  },
  '!popitem()': (self: Dict) => {
    const last = [...self].at(-1)
    if (!last) throw new PyError('KeyError', "'popitem(): dictionary is empty'")
    self.delete(last[0])
    return tuple(last)
  },
  '!setdefault(key, default=None)': (self: Dict, key: Value, fallback: Value) => {
    if (!dictHas(self, key)) dictSet(self, key, fallback)
    return dictGet(self, key)!
  },
  '!update(other=None, **more)': (self: Dict, other: Value, more: KeywordArguments) => {
    if (other !== null && isInt(other)) throw typeError(`'${typeName(other)}' object is not iterable`)
    updateDict(self, other, more)
    return null
  },
})
