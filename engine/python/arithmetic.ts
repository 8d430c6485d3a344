/** Python's arithmetic operators over values: exact ints of any size, floats that stay floats, sequences that repeat. */
import { PyError, typeError } from './errors.js'
import { percentFormat } from './format.js'
import {
  asNumber,
  float,
  int,
  isInt,
  isList,
  isNumber,
  PyFloat,
  PyObject,
  PyRange,
  Tuple,
  tuple,
  typeName,
  type Value,
} from './values.js'

type Numeric = number | bigint | boolean | PyFloat
export type Operator = '+' | '-' | '*' | '/' | '//' | '%' | '**'

/** More digits than any playbook needs; keeps a typo from eating the controller's memory. */
const MAX_BITS = 4_000_000
const MAX_LENGTH = 256 * 1024 * 1024

/** `left OPERATOR right`. */
export function arithmetic(operator: Operator, left: Value, right: Value): Value {
  if (isNumber(left) && isNumber(right)) return numeric(operator, left, right)
  const special = objectOperation(operator, left, right)
  if (special !== undefined) return special
  switch (operator) {
    case '+':
      if (typeof left === 'string' && typeof right === 'string') return left + right
      if (isList(left) && typeName(left) === typeName(right) && isList(right) && !(left instanceof PyRange)) {
        return left instanceof Tuple ? tuple([...left, ...right]) : [...left, ...right]
      }
      if (typeof left === 'string') throw typeError(`can only concatenate str (not "${typeName(right)}") to str`)
      if (isList(left)) {
        const kind = typeName(left)
        throw typeError(`can only concatenate ${kind} (not "${typeName(right)}") to ${kind}`)
      }
      break
    case '*':
      if (isInt(right) && (typeof left === 'string' || isList(left))) return repeat(left, Number(right))
      if (isInt(left) && (typeof right === 'string' || isList(right))) return repeat(right, Number(left))
      if (typeof left === 'string' || isList(left)) {
        throw typeError(`can't multiply sequence by non-int of type '${typeName(right)}'`)
      }
      break
    case '%':
      if (typeof left === 'string') return percentFormat(left, right)
  }
  const shown = operator === '**' ? '** or pow()' : operator
  throw typeError(`unsupported operand type(s) for ${shown}: '${typeName(left)}' and '${typeName(right)}'`)
}

/** What a date, an Unknown or another object makes of an operator; undefined: nothing. */
export function objectOperation(operator: string, left: Value, right: Value): Value | undefined {
  if (left instanceof PyObject && left.binary) {
    const result = left.binary(operator, right, false)
    if (result !== undefined) return result
  }
  if (right instanceof PyObject && right.binary) return right.binary(operator, left, true)
  return undefined
}

function numeric(operator: Operator, left: Numeric, right: Numeric): Value {
  if (isInt(left) && isInt(right)) return ints(operator, left, right)
  const a = asNumber(left)
  const b = asNumber(right)
  if ((typeof left === 'bigint' && !Number.isFinite(a)) || (typeof right === 'bigint' && !Number.isFinite(b))) {
    throw new PyError('OverflowError', 'int too large to convert to float')
  }
  switch (operator) {
    case '+':
      return float(a + b)
    case '-':
      return float(a - b)
    case '*':
      return float(a * b)
    case '/':
      if (b === 0) throw divisionByZero('float division by zero')
      return float(a / b)
    case '//':
      if (b === 0) throw divisionByZero('float floor division by zero')
      return float(floorQuotient(a, b))
    case '%':
      if (b === 0) throw divisionByZero('float modulo')
      return float(floatModulo(a, b))
    case '**':
      return floatPower(a, b)
  }
}

function floatModulo(a: number, b: number): number {
  const remainder = a % b
  if (remainder !== 0) return remainder < 0 !== b < 0 ? remainder + b : remainder
  return b < 0 ? -0 : 0
}

function floorQuotient(a: number, b: number): number {
  const remainder = a % b
  let quotient = (a - remainder) / b
  if (remainder !== 0 && remainder < 0 !== b < 0) quotient -= 1
  if (quotient === 0) return a / b < 0 || Object.is(a / b, -0) ? -0 : 0
  const floored = Math.floor(quotient)
  return quotient - floored > 0.5 ? floored + 1 : floored
}

function floatPower(a: number, b: number): Value {
  if (a === 0 && b < 0) throw divisionByZero('0.0 cannot be raised to a negative power')
  const result = a ** b
  if (a === 1 || b === 0) return float(1)
  if (Number.isNaN(result) && !Number.isNaN(a) && !Number.isNaN(b)) {
    throw new PyError('ValueError', 'a negative number to a fractional power is complex, which is not supported')
  }
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b)) {
    throw new PyError('OverflowError', "(34, 'Numerical result out of range')")
  }
  return float(result)
}

function ints(operator: Operator, left: number | bigint | boolean, right: number | bigint | boolean): Value {
  const a = typeof left === 'boolean' ? Number(left) : left
  const b = typeof right === 'boolean' ? Number(right) : right
  if (typeof a === 'number' && typeof b === 'number') {
    const quick = smallInts(operator, a, b)
    if (quick !== undefined) return quick
  }
  return bigInts(operator, BigInt(a), BigInt(b))
}

/** The result while everything fits a double exactly; undefined: use bigints. */
function smallInts(operator: Operator, a: number, b: number): Value | undefined {
  let result: number
  switch (operator) {
    case '+':
      result = a + b
      break
    case '-':
      result = a - b
      break
    case '*':
      result = a * b
      break
    case '/':
      if (b === 0) throw divisionByZero('division by zero')
      return float(a / b + 0)
    case '//':
      if (b === 0) throw divisionByZero('integer division or modulo by zero')
      result = Math.floor(a / b)
      // The quotient may have been rounded up to the next whole number.
      if (Math.abs(a) > 2 ** 50) return undefined
      break
    case '%':
      if (b === 0) throw divisionByZero('integer division or modulo by zero')
      result = a % b
      if (result !== 0 && result < 0 !== b < 0) result += b
      break
    case '**':
      if (b < 0) {
        if (a === 0) throw divisionByZero('0.0 cannot be raised to a negative power')
        return float(a ** b)
      }
      result = a ** b
      break
  }
  return Number.isSafeInteger(result) ? result + 0 : undefined
}

function bigInts(operator: Operator, a: bigint, b: bigint): Value {
  switch (operator) {
    case '+':
      return int(a + b)
    case '-':
      return int(a - b)
    case '*':
      return int(a * b)
    case '/': {
      if (b === 0n) throw divisionByZero('division by zero')
      const quotient = exactQuotient(a, b)
      if (!Number.isFinite(quotient))
        throw new PyError('OverflowError', 'integer division result too large for a float')
      return float(quotient)
    }
    case '//':
    case '%': {
      if (b === 0n) throw divisionByZero('integer division or modulo by zero')
      const remainder = a % b
      const adjust = remainder !== 0n && remainder < 0n !== b < 0n
      if (operator === '%') return int(adjust ? remainder + b : remainder)
      return int(adjust ? a / b - 1n : a / b)
    }
    case '**': {
      if (b < 0n) return float(Number(a) ** Number(b))
      if (b > 0n && a !== 0n && a !== 1n && a !== -1n) {
        if (BigInt(a.toString(2).length) * b > BigInt(MAX_BITS))
          throw new PyError('OverflowError', 'result of ** is too large')
      }
      return int(a ** b)
    }
  }
}

/** a / b correctly rounded, also where neither fits a double. */
function exactQuotient(a: bigint, b: bigint): number {
  const direct = Number(a) / Number(b)
  const limit = 9007199254740992n
  if (-limit <= a && a <= limit && -limit <= b && b <= limit) return direct
  const negative = a < 0n !== b < 0n
  let top = a < 0n ? -a : a
  const bottom = b < 0n ? -b : b
  const shift = top.toString(2).length - bottom.toString(2).length - 64
  let quotient: bigint
  if (shift < 0) top <<= BigInt(-shift)
  const divisor = shift > 0 ? bottom << BigInt(shift) : bottom
  quotient = top / divisor
  // A sticky bit keeps the later rounding honest.
  if (top % divisor !== 0n) quotient |= 1n
  const value = Number(quotient) * 2 ** shift
  return negative ? -value : value
}

const divisionByZero = (message: string): PyError => new PyError('ZeroDivisionError', message)

function repeat(sequence: string | Value[], count: number): Value {
  const times = Math.max(0, count)
  if (sequence.length * times > MAX_LENGTH) throw new PyError('OverflowError', 'repeated sequence is too long')
  if (typeof sequence === 'string') return sequence.repeat(times)
  const items: Value[] = []
  for (let index = 0; index < times; index++) items.push(...sequence)
  return sequence instanceof Tuple ? tuple(items) : items
}

/** `-value`. */
export function negate(value: Value): Value {
  if (typeof value === 'number') return value === 0 ? 0 : -value
  if (typeof value === 'boolean') return value ? -1 : 0
  if (typeof value === 'bigint') return int(-value)
  if (value instanceof PyFloat) return new PyFloat(-value.value)
  if (value instanceof PyObject && value.binary) {
    const result = value.binary('neg', null, false)
    if (result !== undefined) return result
  }
  throw typeError(`bad operand type for unary -: '${typeName(value)}'`)
}

/** `+value`. */
export function positive(value: Value): Value {
  if (typeof value === 'boolean') return Number(value)
  if (isNumber(value)) return value
  if (value instanceof PyObject && value.binary) {
    const result = value.binary('pos', null, false)
    if (result !== undefined) return result
  }
  throw typeError(`bad operand type for unary +: '${typeName(value)}'`)
}
