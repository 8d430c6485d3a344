/** Walking over values as Python does. */
import { typeError } from './errors.js'
import { PyObject, typeName, type Value } from './values.js'

/** The items of a list or tuple, keys of a dict, characters of a string. */
export function iterate(value: Value): Iterable<Value> {
  if (Array.isArray(value)) return value
  if (typeof value === 'string') return value
  if (value instanceof Map) return value.keys()
  if (value instanceof PyObject && value.iterate) return value.iterate()
  throw typeError(`'${typeName(value)}' object is not iterable`)
}

/** As `list(value)`, but a list or tuple comes back as it is. */
export function items(value: Value): readonly Value[] {
  return Array.isArray(value) ? value : [...iterate(value)]
}

export const isIterable = (value: Value): boolean =>
  Array.isArray(value) ||
  typeof value === 'string' ||
  value instanceof Map ||
  (value instanceof PyObject && value.iterate !== undefined)

/** `len(value)`; strings are counted in code points. */
export function pyLength(value: Value): number {
  if (Array.isArray(value)) return value.length
  if (typeof value === 'string') return codePoints(value)
  if (value instanceof Map) return value.size
  if (value instanceof PyObject && value.length) return value.length()
  throw typeError(`object of type '${typeName(value)}' has no len()`)
}

function codePoints(text: string): number {
  let count = text.length
  for (let index = 0; index < text.length - 1; index++) {
    const unit = text.charCodeAt(index)
    if (unit >= 0xd800 && unit < 0xdc00) {
      const next = text.charCodeAt(index + 1)
      if (next >= 0xdc00 && next < 0xe000) {
        count--
        index++
      }
    }
  }
  return count
}
