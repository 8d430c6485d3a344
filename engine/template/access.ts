/** `value.name` and `value[key]`: the only doors from a template into a value. Everything not listed here is undefined. */
import { dictGet } from '../python/dict.js'
import { PyError, typeError, valueError } from '../python/errors.js'
import { strFormat } from '../python/format.js'
import { pyRepr } from '../python/repr.js'
import {
  isFloat,
  isInt,
  isNumber,
  type KeywordArguments,
  NamedTuple,
  PyFloat,
  PyObject,
  PyRange,
  Tuple,
  tuple,
  typeName,
  type Value,
} from '../python/values.js'
import { LazyDict } from './lazy-dict.js'
import { dictMethods, listMethods, tupleMethods } from './methods/collections.js'
import type { Method } from './methods/method.js'
import { floatMethods, intMethods, numberAttribute } from './methods/numbers.js'
import { textMethods } from './methods/text.js'
import { bind } from './signature.js'
import { PySlice } from './slice.js'
import { Undef } from './undefined.js'

/** A method that was not called yet: `{{ x.upper }}`. */
export class BoundMethod extends PyObject {
  readonly typeName = 'builtin_function_or_method'
  constructor(
    readonly self: Value,
    readonly name: string,
  ) {
    super()
  }
  override repr(): string {
    return `<built-in method ${this.name} of ${typeName(this.self)} object>`
  }
  override call(args: readonly Value[], kwargs: KeywordArguments): Value {
    return callMethod(this.self, this.name, args, kwargs)!
  }
}

function methodOf(self: Value, name: string): Method | undefined {
  if (typeof self === 'string') return textMethods.get(name)
  if (self instanceof Map) return dictMethods.get(name)
  if (Array.isArray(self))
    return (self instanceof Tuple || self instanceof PyRange ? tupleMethods : listMethods).get(name)
  if (isInt(self)) return intMethods.get(name)
  if (isFloat(self)) return floatMethods.get(name)
  return undefined
}

/** Calls a built-in method; undefined when the type has none of this name. */
export function callMethod(
  self: Value,
  name: string,
  args: readonly Value[],
  kwargs: KeywordArguments,
): Value | undefined {
  if (typeof self === 'string' && (name === 'format' || name === 'format_map')) {
    if (name === 'format') return strFormat(self, args, kwargs, { attribute: strictAttribute, item: strictItem })
    const mapping = args[0]
    if (!(mapping instanceof Map)) throw typeError('format_map() argument must be a dict')
    const named = new Map<string, Value>()
    for (const [key, value] of mapping) if (typeof key === 'string') named.set(key, value)
    return strFormat(self, [], named, { attribute: strictAttribute, item: strictItem })
  }
  const method = methodOf(self, name)
  if (!method) return undefined
  return method.run(self as never, ...(bind(name, method.parameters, args, kwargs) as never[]))
}

const hasMethod = (self: Value, name: string): boolean =>
  methodOf(self, name) !== undefined || (typeof self === 'string' && (name === 'format' || name === 'format_map'))

const strictAttribute = (value: Value, name: string): Value => {
  const found = value instanceof PyObject ? attribute(value, name) : undefined
  if (found === undefined) throw new PyError('AttributeError', `'${typeName(value)}' object has no attribute '${name}'`)
  return found instanceof Undef ? found.fail() : found
}
const strictItem = (value: Value, key: Value): Value => {
  const found = item(value, key)
  return found instanceof Undef ? found.fail() : found
}

/** How Jinja names an object in its messages. */
const described = (value: Value): string => (value === null ? 'None' : `${typeName(value)} object`)
const missing = (value: Value, key: Value): Undef =>
  typeof key === 'string'
    ? new Undef(`'${described(value)}' has no attribute ${pyRepr(key)}`)
    : new Undef(
        `${described(value)} has no element ${key instanceof PyObject && !(key instanceof PyFloat) ? '' : pyRepr(key)}`,
      )

/** `value.name`: attribute or method first, then the dict's item. */
export function attribute(value: Value, name: string): Value {
  if (value instanceof Map) {
    const known = value.get(name)
    // Nearly every access is to a plain key; methods win only where both exist.
    if (known !== undefined && !dictMethods.has(name)) return known
    if (dictMethods.has(name)) return new BoundMethod(value, name)
    return missing(value, name)
  }
  if (value instanceof PyObject && !(value instanceof PyFloat)) {
    let found = value.attribute?.(name)
    if (found === undefined) found = value.item?.(name)
    return found === undefined ? missing(value, name) : found
  }
  if (value instanceof NamedTuple) {
    const index = value.names.indexOf(name)
    if (index >= 0) return value[index]!
  }
  if (hasMethod(value, name)) return new BoundMethod(value, name)
  if (isNumber(value)) return numberAttribute(value, name) ?? missing(value, name)
  return missing(value, name)
}

/** `value[key]`: item first, then the attribute of that name. */
export function item(value: Value, key: Value): Value {
  if (key instanceof PySlice) return sliced(value, key)
  if (value instanceof Map) {
    const known = dictGet(value, key)
    if (known !== undefined) return known
  } else if (typeof value === 'string' || Array.isArray(value)) {
    if (isInt(key)) {
      const found = elementAt(value, Number(key))
      if (found !== undefined) return found
      return missing(value, key)
    }
  } else if (value instanceof PyObject && !(value instanceof PyFloat)) {
    const known = value.item?.(key)
    if (known !== undefined) return known
    if (typeof key === 'string') {
      const named = value.attribute?.(key)
      if (named !== undefined) return named
      if (value instanceof LazyDict && value.missing) return new Undef(value.missing(key))
    }
    return missing(value, key)
  }
  if (key instanceof Undef) return key
  if (typeof key === 'string') {
    if (hasMethod(value, key)) return new BoundMethod(value, key)
    if (isNumber(value)) return numberAttribute(value, key) ?? missing(value, key)
  }
  return missing(value, key)
}

function elementAt(value: string | Value[], index: number): Value | undefined {
  if (typeof value === 'string') {
    const units = /[\ud800-\udfff]/.test(value) ? Array.from(value) : value
    return units[index < 0 ? index + units.length : index]
  }
  return value[index < 0 ? index + value.length : index]
}

function sliced(value: Value, slice: PySlice): Value {
  if (value instanceof Undef) return value
  if (value instanceof Map) throw typeError("unhashable type: 'slice'")
  if (typeof value !== 'string' && !Array.isArray(value)) {
    const sliceable = value instanceof PyObject ? value.item?.(slice) : undefined
    if (sliceable === undefined) throw typeError(`'${typeName(value)}' object is not subscriptable`)
    return sliceable
  }
  const units = typeof value === 'string' ? Array.from(value) : value
  const picked = slice.indices(units.length).map(index => units[index]!)
  if (typeof value === 'string') return picked.join('')
  return value instanceof Tuple ? tuple(picked) : (picked as Value[])
}

/** Puts the parts of an unpacked value in `count` places, exactly. */
export function unpacked(values: readonly Value[], count: number): readonly Value[] {
  if (values.length > count) throw valueError(`too many values to unpack (expected ${count})`)
  if (values.length < count) throw valueError(`not enough values to unpack (expected ${count}, got ${values.length})`)
  return values
}
