/** Truth, equality, order and membership, by Python's rules. */
import { dictGet, dictHas } from './dict.js'
import { typeError } from './errors.js'
import { asNumber, isNumber, PyFloat, PyObject, PyRange, Tuple, typeName, type Value } from './values.js'

/** `bool(value)`. */
export function truthy(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === '' || value === 0n) return false
  if (typeof value !== 'object') return true
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Map) return value.size > 0
  if (value instanceof PyFloat) return value.value !== 0
  return value.truth()
}

/** `left == right`. */
export function pyEquals(left: Value, right: Value): boolean {
  if (typeof left === 'string' && typeof right === 'string') return left === right
  if (left instanceof PyObject && !(left instanceof PyFloat)) return left.equals(right)
  if (right instanceof PyObject && !(right instanceof PyFloat)) return right.equals(left)
  if (left === right) return true
  if (isNumber(left)) return isNumber(right) && compareNumbers(left, right) === 0
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false
    if (sequenceKind(left) !== sequenceKind(right)) return false
    return left.every((item, index) => pyEquals(item, right[index]!))
  }
  if (left instanceof Map) {
    if (!(right instanceof Map) || left.size !== right.size) return false
    for (const [key, value] of left) {
      const other = dictGet(right, key)
      if (other === undefined || !pyEquals(value, other)) return false
    }
    return true
  }
  return false
}

const sequenceKind = (value: Value[]): number => (value instanceof Tuple ? 1 : value instanceof PyRange ? 2 : 0)

type Numeric = number | bigint | boolean | PyFloat

/** Negative, zero or positive; NaN when either is. */
function compareNumbers(left: Numeric, right: Numeric): number {
  if (typeof left === 'bigint' || typeof right === 'bigint') {
    const a = left instanceof PyFloat ? left.value : typeof left === 'boolean' ? Number(left) : left
    const b = right instanceof PyFloat ? right.value : typeof right === 'boolean' ? Number(right) : right
    return a < b ? -1 : a > b ? 1 : a === b || Number(a) === Number(b) ? 0 : Number.NaN
  }
  const a = asNumber(left)
  const b = asNumber(right)
  return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN
}

/** Order by code point, which is not the order of UTF-16 units. */
export function compareStrings(left: string, right: string): number {
  if (left === right) return 0
  const shared = Math.min(left.length, right.length)
  for (let index = 0; index < shared; index++) {
    let a = left.charCodeAt(index)
    let b = right.charCodeAt(index)
    if (a === b) continue
    if (a >= 0xd800 && b >= 0xd800) {
      a = a >= 0xe000 ? a - 0x800 : a + 0x2000
      b = b >= 0xe000 ? b - 0x800 : b + 0x2000
    }
    return a - b
  }
  return left.length - right.length
}

/** For `<` and friends: negative, zero, positive or NaN. `operator` is for the error when the types have no order. */
export function pyCompare(left: Value, right: Value, operator = '<'): number {
  if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right)
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right)
  if (
    Array.isArray(left) &&
    Array.isArray(right) &&
    sequenceKind(left) === sequenceKind(right) &&
    !(left instanceof PyRange)
  ) {
    const shared = Math.min(left.length, right.length)
    for (let index = 0; index < shared; index++) {
      if (!pyEquals(left[index]!, right[index]!)) return pyCompare(left[index]!, right[index]!, operator)
    }
    return left.length - right.length
  }
  if (left instanceof PyObject && left.compare) {
    const order = left.compare(right)
    if (order !== undefined) return order
  }
  if (right instanceof PyObject && right.compare) {
    const order = right.compare(left)
    if (order !== undefined) return -order
  }
  throw typeError(`'${operator}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`)
}

/** `item in container`. */
export function pyContains(container: Value, item: Value): boolean {
  if (typeof container === 'string') {
    if (typeof item !== 'string') {
      if (item instanceof PyObject) item.equals('')
      throw typeError(`'in <string>' requires string as left operand, not ${typeName(item)}`)
    }
    return container.includes(item)
  }
  if (Array.isArray(container)) {
    if (typeof item === 'string')
      return container.includes(item) || container.some(one => one instanceof PyObject && pyEquals(one, item))
    return container.some(one => one === item || pyEquals(one, item))
  }
  if (container instanceof Map) return dictHas(container, item)
  if (container instanceof PyObject) {
    if (container.contains) return container.contains(item)
    if (container.iterate) {
      for (const one of container.iterate()) if (pyEquals(one, item)) return true
      return false
    }
  }
  throw typeError(`argument of type '${typeName(container)}' is not iterable`)
}
