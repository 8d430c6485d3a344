/** Python's text formatting: the `%` operator, `str.format` and format specifications. */
import { dictGet } from './dict.js'
import { PyError, typeError, valueError } from './errors.js'
import { floatRepr, pyRepr, pyStr } from './repr.js'
import {
  asNumber,
  isInt,
  isNumber,
  type KeywordArguments,
  PyFloat,
  PyObject,
  Tuple,
  typeName,
  type Value,
} from './values.js'

const CONVERSION = /%(?:\(((?:[^()]|\([^()]*\))*)\))?([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+)?)?[hlL]?([\s\S])?/g
const MAX_WIDTH = 10_000_000

/** `template % argument`. */
export function percentFormat(template: string, argument: Value): string {
  const values = argument instanceof Tuple ? [...argument] : [argument]
  let used = 0
  let usedMapping = false
  const next = (): Value => {
    if (used >= values.length) throw typeError('not enough arguments for format string')
    return values[used++]!
  }
  const width = (text: string | undefined): number | undefined => {
    if (text === undefined) return undefined
    if (text !== '*') return checkWidth(Number(text))
    const given = next()
    if (!isInt(given)) throw typeError('* wants int')
    return checkWidth(Number(given))
  }
  const result = template.replace(CONVERSION, (whole, key, flags: string, widthText, precisionText, letter, at) => {
    if (letter === undefined) throw valueError('incomplete format')
    if (letter === '%') return '%'
    if (!'diouxXeEfFgGcrsa'.includes(letter)) {
      const code = letter.charCodeAt(0).toString(16)
      throw valueError(`unsupported format character '${letter}' (0x${code}) at index ${at + whole.length - 1}`)
    }
    let value: Value | undefined
    if (key !== undefined) {
      if (!(argument instanceof Map) && !(argument instanceof PyObject && argument.item))
        throw typeError('format requires a mapping')
      value = argument instanceof Map ? dictGet(argument, key) : argument.item!(key)
      if (value === undefined) throw new PyError('KeyError', pyRepr(key))
      usedMapping = true
    }
    let fieldWidth = width(widthText)
    let precision = whole.includes('.') ? (width(precisionText) ?? 0) : undefined
    let left = flags.includes('-')
    if (fieldWidth !== undefined && fieldWidth < 0) {
      left = true
      fieldWidth = -fieldWidth
    }
    if (precision !== undefined && precision < 0) precision = 0
    value ??= key === undefined ? next() : null
    const { sign, prefix, digits, numeric } = converted(value, letter, flags, precision)
    const bare = sign + prefix + digits
    const missing = (fieldWidth ?? 0) - [...bare].length
    if (missing <= 0) return bare
    if (left) return bare + ' '.repeat(missing)
    if (numeric && flags.includes('0')) return sign + prefix + '0'.repeat(missing) + digits
    return ' '.repeat(missing) + bare
  })
  if (
    used < values.length &&
    !usedMapping &&
    !(argument instanceof Map) &&
    !(argument instanceof PyObject && argument.item)
  ) {
    // Python takes a list for a mapping here, and does not mind what is left of it.
    if (!Array.isArray(argument) || argument instanceof Tuple)
      throw typeError('not all arguments converted during string formatting')
  }
  return result
}

function checkWidth(width: number): number {
  if (width > MAX_WIDTH) throw valueError('width too big')
  return width
}

interface Piece {
  readonly sign: string
  readonly prefix: string
  readonly digits: string
  readonly numeric: boolean
}
const textPiece = (digits: string): Piece => ({ sign: '', prefix: '', digits, numeric: false })

function converted(value: Value, letter: string, flags: string, precision: number | undefined): Piece {
  const cut = (text: string) => (precision === undefined ? text : [...text].slice(0, precision).join(''))
  switch (letter) {
    case 's':
      return textPiece(cut(pyStr(value)))
    case 'r':
      return textPiece(cut(value instanceof PyObject ? value.debugRepr() : pyRepr(value)))
    case 'a':
      return textPiece(cut(asciiRepr(value)))
    case 'c': {
      if (typeof value === 'string' && [...value].length === 1) return textPiece(value)
      if (isInt(value)) return textPiece(String.fromCodePoint(Number(value)))
      throw typeError('%c requires int or char')
    }
    case 'd':
    case 'i':
    case 'u':
    case 'x':
    case 'X':
    case 'o': {
      let whole: bigint
      if (isInt(value)) whole = BigInt(value)
      else if (isNumber(value) && 'diu'.includes(letter)) whole = truncated(asNumber(value))
      else if ('diu'.includes(letter))
        throw typeError(`%${letter} format: a real number is required, not ${typeName(value)}`)
      else throw typeError(`%${letter} format: an integer is required, not ${typeName(value)}`)
      const sign = whole < 0n ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
      const magnitude = whole < 0n ? -whole : whole
      const radix = letter === 'o' ? 8 : letter === 'x' || letter === 'X' ? 16 : 10
      let digits = magnitude.toString(radix)
      if (precision !== undefined) digits = digits.padStart(precision, '0')
      let prefix = flags.includes('#') ? (radix === 16 ? '0x' : radix === 8 ? '0o' : '') : ''
      if (letter === 'X') {
        digits = digits.toUpperCase()
        prefix = prefix.toUpperCase()
      }
      return { sign, prefix, digits, numeric: true }
    }
  }
  if (!isNumber(value)) throw typeError(`must be real number, not ${typeName(value)}`)
  const number = asNumber(value)
  const negative = number < 0 || Object.is(number, -0)
  const sign = negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
  return {
    sign,
    prefix: '',
    digits: floatDigits(Math.abs(number), letter, precision ?? 6, flags.includes('#')),
    numeric: true,
  }
}

function truncated(number: number): bigint {
  if (Number.isNaN(number)) throw valueError('cannot convert float NaN to integer')
  if (!Number.isFinite(number)) throw new PyError('OverflowError', 'cannot convert float infinity to integer')
  return BigInt(Math.trunc(number))
}

/** repr() with everything outside ASCII escaped. */
export function asciiRepr(value: Value): string {
  return pyRepr(value).replace(/[^\x00-\x7f]/gu, char => {
    const point = char.codePointAt(0)!
    if (point < 0x100) return `\\x${point.toString(16).padStart(2, '0')}`
    if (point < 0x10000) return `\\u${point.toString(16).padStart(4, '0')}`
    return `\\U${point.toString(16).padStart(8, '0')}`
  })
}

/** Digits of a non-negative float in style e, f or g (upper case letters likewise). */
function floatDigits(number: number, letter: string, precision: number, alternate: boolean): string {
  const lower = letter.toLowerCase()
  let text: string
  if (Number.isNaN(number)) text = 'nan'
  else if (!Number.isFinite(number)) text = 'inf'
  else if (lower === 'f') text = fixed(number, precision)
  else if (lower === 'e') text = exponential(number, precision)
  else text = general(number, precision, alternate)
  if (alternate && precision === 0 && /^\d+$/.test(text)) text += '.'
  return letter === lower ? text : text.toUpperCase()
}

/** toFixed for any size and precision, rounding the exact binary value half to even. */
export function fixed(number: number, precision: number): string {
  if (precision <= 100 && Math.abs(number) < 1e21) {
    const text = number.toFixed(precision)
    // toFixed rounds exact ties up; Python to even.
    if (isTie(number, precision)) return evenTie(number, precision)
    return text
  }
  const [digits, scale] = exactDecimal(number)
  return scaled(digits, scale, precision)
}

/** The number as digits × 10^-scale, exactly. */
function exactDecimal(number: number): [bigint, number] {
  let scale = 0
  let value = number
  while (!Number.isInteger(value)) {
    value *= 2
    scale++
  }
  // number = value / 2^scale = value × 5^scale / 10^scale
  return [BigInt(value) * 5n ** BigInt(scale), scale]
}

function scaled(digits: bigint, scale: number, precision: number): string {
  let rounded: bigint
  if (scale <= precision) rounded = digits * 10n ** BigInt(precision - scale)
  else {
    const unit = 10n ** BigInt(scale - precision)
    const half = unit / 2n
    const remainder = digits % unit
    rounded = digits / unit
    if (remainder > half || (remainder === half && rounded % 2n === 1n)) rounded += 1n
  }
  const text = rounded.toString().padStart(precision + 1, '0')
  return precision === 0 ? text : `${text.slice(0, -precision)}.${text.slice(-precision)}`
}

const isTie = (number: number, precision: number): boolean => {
  if (precision > 22) return false
  const shifted = number * 10 ** precision * 2
  return Number.isInteger(shifted) && shifted % 2 !== 0
}
function evenTie(number: number, precision: number): string {
  const negative = number < 0
  const [digits, scale] = exactDecimal(Math.abs(number))
  return (negative ? '-' : '') + scaled(digits, scale, precision)
}

function exponential(number: number, precision: number): string {
  const [mantissa, exponent] = number.toExponential(Math.min(precision, 100)).split('e') as [string, string]
  const sign = exponent.startsWith('-') ? '-' : '+'
  return `${mantissa}e${sign}${exponent.replace(/[-+]/, '').padStart(2, '0')}`
}

function general(number: number, precision: number, alternate: boolean): string {
  const digits = precision === 0 ? 1 : precision
  if (number === 0) return alternate ? `0.${'0'.repeat(digits - 1)}` : '0'
  const exponent = Number(number.toExponential(Math.min(digits - 1, 100)).split('e')[1])
  const styled =
    exponent < -4 || exponent >= digits ? exponential(number, digits - 1) : fixed(number, digits - 1 - exponent)
  if (alternate) return styled
  const [mantissa, power] = styled.split('e') as [string, string | undefined]
  const trimmed = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa
  return power === undefined ? trimmed : `${trimmed}e${power}`
}

/** How `str.format` reaches into its arguments: `{a.b[c]}`. */
export interface FormatAccess {
  attribute(value: Value, name: string): Value
  item(value: Value, key: Value): Value
}

/** `template.format(*args, **kwargs)`. */
export function strFormat(
  template: string,
  args: readonly Value[],
  kwargs: KeywordArguments,
  access: FormatAccess,
): string {
  let automatic = 0
  let numbering: 'automatic' | 'manual' | undefined
  const number = (kind: 'automatic' | 'manual') => {
    if (numbering !== undefined && numbering !== kind) {
      const [from, to] =
        kind === 'manual'
          ? ['automatic field numbering', 'manual field specification']
          : ['manual field specification', 'automatic field numbering']
      throw valueError(`cannot switch from ${from} to ${to}`)
    }
    numbering = kind
  }
  const argument = (name: string): Value => {
    if (name === '') {
      number('automatic')
      return positional(automatic++)
    }
    if (/^\d+$/.test(name)) {
      number('manual')
      return positional(Number(name))
    }
    const value = kwargs.get(name)
    if (value === undefined) throw new PyError('KeyError', pyRepr(name))
    return value
  }
  const positional = (index: number): Value => {
    if (index >= args.length) {
      throw new PyError('IndexError', `Replacement index ${index} out of range for positional args tuple`)
    }
    return args[index]!
  }
  const expand = (text: string, depth: number): string => {
    if (depth < 0) throw valueError('Max string recursion exceeded')
    let out = ''
    let at = 0
    while (at < text.length) {
      const char = text[at]!
      if ((char === '{' || char === '}') && text[at + 1] === char) {
        out += char
        at += 2
      } else if (char === '}') throw valueError("Single '}' encountered in format string")
      else if (char !== '{') {
        out += char
        at++
      } else {
        const end = fieldEnd(text, at)
        out += field(text.slice(at + 1, end), depth)
        at = end + 1
      }
    }
    return out
  }
  const field = (text: string, depth: number): string => {
    const match = /^([^!:[]*(?:\[[^\]]*\][^!:[]*)*)(?:!([\s\S]?))?(?::([\s\S]*))?$/.exec(text)
    if (!match) throw valueError("expected ':' after conversion specifier")
    let value = reach(match[1]!)
    const conversion = match[2]
    if (conversion !== undefined) {
      if (conversion === 'r') value = pyRepr(value)
      else if (conversion === 's') value = pyStr(value)
      else if (conversion === 'a') value = asciiRepr(value)
      else throw valueError(`Unknown conversion specifier ${conversion || "'}'"}`)
    }
    return formatValue(value, expand(match[3] ?? '', depth - 1))
  }
  const reach = (path: string): Value => {
    const [name] = /^[^.[]*/.exec(path)!
    let value = argument(name)
    const rest = path.slice(name.length)
    const steps = rest.match(/\.[^.[]+|\[[^\]]+\]/g) ?? []
    if (steps.join('') !== rest) throw valueError('Empty attribute in format string')
    for (const step of steps) {
      if (step.startsWith('.')) value = access.attribute(value, step.slice(1))
      else {
        const key = step.slice(1, -1)
        value = access.item(value, /^\d+$/.test(key) ? Number(key) : key)
      }
    }
    return value
  }
  return expand(template, 2)
}

function fieldEnd(text: string, open: number): number {
  let depth = 0
  for (let at = open; at < text.length; at++) {
    if (text[at] === '{') depth++
    else if (text[at] === '}' && --depth === 0) return at
  }
  if (open === text.length - 1) throw valueError("Single '{' encountered in format string")
  throw valueError("expected '}' before end of string")
}

const SPEC = /^(?:([\s\S])?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/u

/** `format(value, spec)`. */
export function formatValue(value: Value, spec: string): string {
  if (value instanceof PyObject && !(value instanceof PyFloat)) {
    const special = value.binary?.('format', spec, false)
    if (typeof special === 'string') return special
  }
  if (spec === '') return pyStr(value)
  const match = SPEC.exec(spec)
  if (!match) throw valueError('Invalid format specifier')
  const [, fillGiven, alignGiven, signFlag, negativeZero, alternate, zero, widthText, grouping, precisionText, type] =
    match
  const width = checkWidth(Number(widthText ?? 0))
  const precision = precisionText === undefined ? undefined : checkWidth(Number(precisionText))
  let fill = fillGiven ?? ' '
  let align = alignGiven
  if (zero && align === undefined) {
    fill = '0'
    align = isNumber(value) ? '=' : '<'
  }
  if (negativeZero && (typeof value === 'string' || isInt(value))) {
    throw valueError(
      `Negative zero coercion (z) not allowed in ${typeof value === 'string' ? 'string' : 'integer'} format specifier`,
    )
  }
  if (typeof value === 'string') {
    if (type !== undefined && type !== 's') throw unknownCode(type, value)
    if (align === '=') throw valueError("'=' alignment not allowed in string format specifier")
    if (signFlag) throw valueError('Sign not allowed in string format specifier')
    if (alternate) throw valueError('Alternate form (#) not allowed in string format specifier')
    if (grouping) throw valueError(`Cannot specify '${grouping}' with 's'.`)
    const text = precision === undefined ? value : [...value].slice(0, precision).join('')
    return aligned('', text, fill, align ?? '<', width)
  }
  if (!isNumber(value)) throw typeError(`unsupported format string passed to ${typeName(value)}.__format__`)
  if (typeof value === 'boolean' && type === undefined && precision === undefined) {
    // Without a type letter a bool is formatted as an int.
    return formatValue(Number(value), spec)
  }
  const { negative, prefix, digits } =
    isInt(value) && !(type && 'eEfFgG%'.includes(type))
      ? intPiece(value, type, Boolean(alternate), precision)
      : floatPiece(asNumber(value), type, precision, Boolean(alternate), isInt(value))
  const sign = negative ? '-' : signFlag === '+' ? '+' : signFlag === ' ' ? ' ' : ''
  let body = digits
  if (grouping) {
    const size = type && 'bBoxX'.includes(type) ? 4 : 3
    const fillTo = fill === '0' && align === '=' ? width - sign.length - prefix.length : 0
    body = grouped(digits, grouping, size, fillTo)
  }
  return aligned(sign + prefix, body, fill, align ?? '>', width)
}

function unknownCode(type: string, value: Value): PyError {
  return valueError(`Unknown format code '${type}' for object of type '${typeName(value)}'`)
}

function intPiece(
  value: number | bigint | boolean,
  type: string | undefined,
  alternate: boolean,
  precision: number | undefined,
) {
  const whole = BigInt(value)
  const negative = whole < 0n
  const magnitude = negative ? -whole : whole
  if (precision !== undefined) throw valueError('Precision not allowed in integer format specifier')
  switch (type) {
    case undefined:
    case 'd':
    case 'n':
      return { negative, prefix: '', digits: magnitude.toString() }
    case 'b':
      return { negative, prefix: alternate ? '0b' : '', digits: magnitude.toString(2) }
    case 'o':
      return { negative, prefix: alternate ? '0o' : '', digits: magnitude.toString(8) }
    case 'x':
      return { negative, prefix: alternate ? '0x' : '', digits: magnitude.toString(16) }
    case 'X':
      return { negative, prefix: alternate ? '0X' : '', digits: magnitude.toString(16).toUpperCase() }
    case 'c':
      return { negative: false, prefix: '', digits: String.fromCodePoint(Number(magnitude)) }
  }
  throw unknownCode(type, typeof value === 'boolean' ? Number(value) : value)
}

function floatPiece(
  number: number,
  type: string | undefined,
  precision: number | undefined,
  alternate: boolean,
  wasInt: boolean,
) {
  const negative = number < 0 || Object.is(number, -0)
  const magnitude = Math.abs(number)
  if (type === undefined) {
    if (precision === undefined) return { negative, prefix: '', digits: floatRepr(magnitude) }
    let digits = floatDigits(magnitude, 'g', precision, alternate)
    if (!wasInt && /^\d+$/.test(digits) && digits.length < Math.max(precision, 1)) digits += '.0'
    return { negative, prefix: '', digits }
  }
  if (type === '%')
    return { negative, prefix: '', digits: `${floatDigits(magnitude * 100, 'f', precision ?? 6, alternate)}%` }
  if ('eEfFgG'.includes(type))
    return { negative, prefix: '', digits: floatDigits(magnitude, type, precision ?? 6, alternate) }
  if (type === 'n') return { negative, prefix: '', digits: floatDigits(magnitude, 'g', precision ?? 6, alternate) }
  throw unknownCode(type, float0)
}
const float0 = new PyFloat(0)

function grouped(digits: string, separator: string, size: number, fillTo: number): string {
  const [, whole, rest] = /^([0-9a-fA-F]*)(.*)$/s.exec(digits)!
  let filled = whole!
  const withSeparators = (text: string) => text.replace(new RegExp(`\\B(?=(?:[0-9a-fA-F]{${size}})+$)`, 'g'), separator)
  while (withSeparators(filled).length + rest!.length < fillTo) filled = `0${filled}`
  return withSeparators(filled) + rest
}

function aligned(prefix: string, body: string, fill: string, align: string, width: number): string {
  const missing = width - [...prefix].length - [...body].length
  if (missing <= 0) return prefix + body
  if (align === '<') return prefix + body + fill.repeat(missing)
  if (align === '=') return prefix + fill.repeat(missing) + body
  if (align === '^') return fill.repeat(missing >> 1) + prefix + body + fill.repeat(missing - (missing >> 1))
  return fill.repeat(missing) + prefix + body
}
