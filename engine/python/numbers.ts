/** int(), float() and round() as Python has them. */
import { PyError, typeError, valueError } from './errors.js'
import { pyRepr } from './repr.js'
import { asNumber, float, int, isFloat, isInt, isNumber, typeName, type Value } from './values.js'

/** int(text, base); undefined where Python raises ValueError. Base 0 reads prefixes. */
export function intFromText(text: string, base = 10): number | bigint | undefined {
  const found = /^([+-]?)(0[xX]|0[oO]|0[bB])?(_?[0-9a-zA-Z]+(?:_[0-9a-zA-Z]+)*)$/.exec(asciiDigits(text.trim()))
  if (!found) return undefined
  const [, sign, prefix] = found
  let digits = found[3]!
  let radix = base
  if (prefix) {
    const meant = { x: 16, o: 8, b: 2 }[prefix[1]!.toLowerCase()]!
    if (base === 0 || base === meant) radix = meant
    else digits = prefix + digits
  } else {
    if (base === 0 && /^0[0_]*[1-9a-zA-Z]/.test(digits)) return undefined
    if (base === 0) radix = 10
    if (digits.startsWith('_')) return undefined
  }
  let value = 0n
  for (const digit of digits.replaceAll('_', '').toLowerCase()) {
    const worth = Number.parseInt(digit, 36)
    if (worth >= radix) return undefined
    value = value * BigInt(radix) + BigInt(worth)
  }
  return int(sign === '-' ? -value : value)
}

/** float(text); undefined where Python raises ValueError. */
export function floatFromText(text: string): number | undefined {
  const trimmed = asciiDigits(text.trim())
  const word = /^([+-]?)(?:(inf|infinity)|nan)$/i.exec(trimmed)
  if (word) return word[2] ? (word[1] === '-' ? -Infinity : Infinity) : Number.NaN
  if (!/^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/.test(trimmed))
    return undefined
  return Number(trimmed.replaceAll('_', ''))
}

/** Decimal digits of other scripts count as digits in Python. */
function asciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, digit => {
    const code = digit.codePointAt(0)!
    if (code < 0x80) return digit
    let zero = code
    while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero--
    return String(code - zero)
  })
}

/** int(value) for numbers: towards zero. */
export function truncated(value: number): number | bigint {
  if (Number.isNaN(value)) throw valueError('cannot convert float NaN to integer')
  if (!Number.isFinite(value)) throw new PyError('OverflowError', 'cannot convert float infinity to integer')
  return int(BigInt(Math.trunc(value)))
}

/** int(value): undefined for what Python refuses with TypeError or ValueError. */
export function intOf(value: Value, base = 10): number | bigint | undefined {
  if (typeof value === 'string') return intFromText(value, base)
  if (typeof value === 'boolean') return Number(value)
  if (isInt(value)) return value as number | bigint
  if (isFloat(value)) {
    const number = asNumber(value)
    return Number.isNaN(number) ? undefined : truncated(number)
  }
  return undefined
}

/** float(value); undefined for what Python refuses. */
export function floatOf(value: Value): number | undefined {
  if (typeof value === 'string') return floatFromText(value)
  return isNumber(value) ? asNumber(value) : undefined
}

/** The JS number of an argument that must be an int. */
export function wholeNumber(value: Value): number {
  if (isInt(value)) return Number(value)
  throw typeError(`'${typeName(value)}' object cannot be interpreted as an integer`)
}

/** The JS number of something that must be a number. */
export function realNumber(value: Value): number {
  if (isNumber(value)) return asNumber(value)
  throw typeError(`must be real number, not ${typeName(value)}`)
}

/** round(value, digits): half to even on the exact value; an int stays an int. */
export function rounded(value: Value, digits: number | null): Value {
  if (isInt(value)) {
    if (digits === null || digits >= 0) return typeof value === 'boolean' ? Number(value) : (value as Value)
    const unit = 10n ** BigInt(-digits)
    const whole = BigInt(value)
    const rest = ((whole % unit) + unit) % unit
    const low = whole - rest
    const up = rest * 2n > unit || (rest * 2n === unit && (low / unit) % 2n !== 0n)
    return int(up ? low + unit : low)
  }
  if (!isFloat(value)) throw typeError(`type ${typeName(value)} doesn't define __round__ method`)
  const number = asNumber(value)
  if (digits === null) return truncated(roundHalfEven(number, 0))
  if (!Number.isFinite(number)) return number
  return float(roundHalfEven(number, digits))
}

function roundHalfEven(number: number, digits: number): number {
  if (digits > 22 || !Number.isFinite(number)) return number
  if (digits < 0) {
    const unit = 10 ** -digits
    return roundHalfEven(number / unit, 0) * unit
  }
  if (Math.abs(number) >= 1e21) return number
  const exact = number.toFixed(100)
  const cut = exact.indexOf('.') + 1 + digits
  const tie = exact[cut] === '5' && /^0*$/.test(exact.slice(cut + 1))
  if (number === 0) return number
  if (!tie) return Number(number.toFixed(digits))
  const shorter = exact.slice(0, cut)
  const last = shorter.replace('.', '').at(-1)!
  const even = Number(last) % 2 === 0
  const away = number < 0 ? -1 : 1
  return even ? Number(shorter) : Number((Number(shorter) + away * 10 ** -digits).toFixed(digits))
}

/** int(value) as a number of JS; throws what Python does for what it cannot read. */
export function pyInt(value: Value): number {
  const number = intOf(value)
  if (number !== undefined) return Number(number)
  throw typeof value === 'string'
    ? valueError(`invalid literal for int() with base 10: ${pyRepr(value)}`)
    : typeError(`int() argument must be a string, a bytes-like object or a real number, not '${typeName(value)}'`)
}

/** float(value) as a number of JS; throws what Python does for what it cannot read. */
export function pyFloat(value: Value): number {
  const number = floatOf(value)
  if (number !== undefined) return number
  throw typeof value === 'string'
    ? valueError(`could not convert string to float: ${pyRepr(value)}`)
    : typeError(`float() argument must be a string or a real number, not '${typeName(value)}'`)
}

/** left % right of numbers, with the sign of the divisor. */
export function modulo(left: Value, right: Value): Value {
  if (typeof left === 'string') throw typeError('not all arguments converted during string formatting')
  if (!isNumber(left) || !isNumber(right))
    throw typeError(`unsupported operand type(s) for %: '${typeName(left)}' and '${typeName(right)}'`)
  if (asNumber(right) === 0) throw new PyError('ZeroDivisionError', 'integer modulo by zero')
  if (isInt(left) && isInt(right)) {
    const [a, b] = [BigInt(left), BigInt(right)]
    return int(((a % b) + b) % b)
  }
  const rest = asNumber(left) % asNumber(right)
  return float(rest !== 0 && rest < 0 !== asNumber(right) < 0 ? rest + asNumber(right) : rest)
}
