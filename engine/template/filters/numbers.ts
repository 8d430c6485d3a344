/** Numbers: reading, rounding, powers, sizes for people. */
import { Diagnostic } from '../../diagnostics.js'
import { truthy } from '../../python/compare.js'
import { PyError, typeError, valueError } from '../../python/errors.js'
import {
  floatFromText,
  floatOf,
  intOf,
  pyFloat,
  realNumber,
  rounded,
  truncated,
  wholeNumber,
} from '../../python/numbers.js'
import { pyStr } from '../../python/repr.js'
import { asNumber, float, isInt, isNumber, typeName, type Value } from '../../python/values.js'
import { defineFilter } from '../define.js'

export const abs = defineFilter({
  summary: 'The number without its sign',
  examples: [['{{ -5 | abs }}', 5]],
  apply: (value: Value): Value => {
    if (!isNumber(value)) throw typeError(`bad operand type for abs(): '${typeName(value)}'`)
    if (typeof value === 'bigint') return value < 0n ? -value : value
    const size = Math.abs(asNumber(value))
    return isInt(value) ? size : float(size)
  },
})

export const int = defineFilter({
  summary: 'The value as a whole number, or the default when it is none',
  examples: [
    ["{{ '42' | int }}", 42],
    ["{{ '3.7' | int }}", 3],
    ["{{ 'x' | int(-1) }}", -1],
    ["{{ '0x1f' | int(base=16) }}", 31],
  ],
  signature: 'default=0, base=10',
  apply: (value: Value, other: Value, base: Value): Value => {
    // A base that is no number is as bad as a number that is none: Jinja tries for a float then.
    const whole = isInt(base) ? intOf(value, wholeNumber(base)) : undefined
    if (whole !== undefined) return whole
    const number = floatOf(value)
    return number === undefined || Number.isNaN(number) ? other : truncated(number)
  },
})

export const floatFilter = defineFilter({
  summary: 'The value as a floating point number, or the default when it is none',
  examples: [
    ["{{ '3.5' | float }}", 3.5],
    ["{{ 'x' | float(1.5) }}", 1.5],
  ],
  signature: 'default=0.0',
  apply: (value: Value, other: Value): Value => {
    const number = floatOf(value)
    return number === undefined ? other : float(number)
  },
})

export const round = defineFilter({
  summary: 'Rounds to a number of digits; method common, ceil or floor',
  examples: [
    ['{{ 42.55 | round }}', 43.0],
    ["{{ 42.55 | round(1, 'floor') }}", 42.5],
    ['{{ 2.5 | round | int }}', 2],
  ],
  signature: "precision=0, method='common'",
  apply: (value: Value, precision: Value, method: Value): Value => {
    if (method === 'common') return rounded(value, precision === null ? null : wholeNumber(precision))
    if (method !== 'ceil' && method !== 'floor')
      throw new Diagnostic('method must be common, ceil or floor', { code: 'filter-argument' })
    const unit = 10 ** wholeNumber(precision)
    const whole = Math[method](realNumber(value) * unit)
    return float(whole === 0 ? 0 : whole / unit)
  },
})

export const log = defineFilter({
  summary: 'The logarithm, natural unless a base is given',
  examples: [['{{ 8 | log(2) }}', 3.0]],
  signature: 'base=2.718281828459045',
  apply: (value: Value, base: Value): Value => {
    const number = mathNumber(value, 'log')
    const to = mathNumber(base, 'log')
    if (number <= 0 || to <= 0) throw valueError('math domain error')
    if (to === 10) return float(Math.log10(number))
    if (base === Math.E) return float(Math.log(number))
    if (Math.log(to) === 0) throw new PyError('ZeroDivisionError', 'float division by zero')
    return float(Math.log(number) / Math.log(to))
  },
})

function mathNumber(value: Value, name: string): number {
  if (isNumber(value)) return asNumber(value)
  throw new Diagnostic(`${name}() can only be used on numbers: must be real number, not ${typeName(value)}`, {
    code: 'filter-type',
  })
}

export const pow = defineFilter({
  summary: 'The number to a power, as a float',
  examples: [['{{ 2 | pow(5) }}', 32.0]],
  signature: 'y',
  apply: (value: Value, exponent: Value): Value => {
    const [x, y] = [mathNumber(value, 'pow'), mathNumber(exponent, 'pow')]
    return power(x, y)
  },
})

function power(x: number, y: number): Value {
  const result = x ** y
  if (Number.isNaN(result) && !Number.isNaN(x) && !Number.isNaN(y)) throw valueError('math domain error')
  if (x === 0 && y < 0) throw valueError('math domain error')
  if (!Number.isFinite(result) && Number.isFinite(x) && Number.isFinite(y))
    throw new PyError('OverflowError', 'math range error')
  return float(x === 1 || y === 0 ? 1 : result)
}

export const root = defineFilter({
  summary: 'The square root, or another root',
  examples: [
    ['{{ 16 | root }}', 4.0],
    ['{{ 27 | root(3) | round(5) }}', 3.0],
  ],
  signature: 'base=2',
  apply: (value: Value, base: Value): Value => {
    const [x, y] = [mathNumber(value, 'root'), mathNumber(base, 'root')]
    if (y === 2) {
      if (x < 0) throw valueError('math domain error')
      return float(Math.sqrt(x))
    }
    if (y === 0) throw new PyError('ZeroDivisionError', 'float division by zero')
    return power(x, 1 / y)
  },
})

const SIZES = ['B', 'K', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'] as const

export const humanReadable = defineFilter({
  summary: 'A number of bytes (or bits) as people write it',
  examples: [
    ['{{ 1024 | human_readable }}', '1.00 KB'],
    ['{{ 1048576 | human_readable(isbits=true) }}', '1.00 Mb'],
    ["{{ 10240 | human_readable(unit='M') }}", '0.01 MB'],
  ],
  signature: 'isbits=False, unit=None',
  apply: (value: Value, isbits: Value, unit: Value) => {
    const bad = (why: string) =>
      new Diagnostic(`human_readable() failed on bad input: ${why}`, { code: 'filter-argument' })
    const base = truthy(isbits) ? 'bits' : 'Bytes'
    const wanted = unit === null ? undefined : pyStr(unit).toUpperCase()
    if (!isNumber(value)) {
      if (wanted === undefined) throw bad(`'>=' not supported between instances of '${typeName(value)}' and 'int'`)
      throw bad(`unsupported operand type(s) for /: '${typeName(value)}' and 'int'`)
    }
    const size = asNumber(value)
    let level = SIZES.length - 1
    while (level > 0 && !(wanted === undefined ? size >= 1024 ** level : wanted === SIZES[level])) level--
    const suffix = level === 0 ? base : SIZES[level]! + base[0]
    return `${twoDigits(size / 1024 ** level)} ${suffix}`
  },
})

const twoDigits = (number: number) => fixed(number, 2)

/** '%.Nf' % number */
function fixed(number: number, digits: number): string {
  if (!Number.isFinite(number)) return Number.isNaN(number) ? 'nan' : number > 0 ? 'inf' : '-inf'
  if (Math.abs(number) >= 1e21) return `${BigInt(number)}.${'0'.repeat(digits)}`
  const value = asNumber(rounded(float(number), digits) as number)
  return `${value === 0 && (number < 0 || Object.is(number, -0)) ? '-' : ''}${value.toFixed(digits)}`.replace('--', '-')
}

export const humanToBytes = defineFilter({
  summary: 'The bytes (or bits) in a size that people write',
  examples: [
    ["{{ '1.5 MB' | human_to_bytes }}", 1572864],
    ["{{ '1Mb' | human_to_bytes(isbits=true) }}", 1048576],
    ["{{ '10' | human_to_bytes('K') }}", 10240],
  ],
  signature: 'default_unit=None, isbits=False',
  apply: (value: Value, defaultUnit: Value, isbits: Value) => humanBytes(pyStr(value), defaultUnit, truthy(isbits)),
})

function humanBytes(text: string, defaultUnit: Value, isbits: boolean): Value {
  const bad = (message: string) => new Diagnostic(`human_to_bytes() ${message}`, { code: 'filter-argument' })
  const found = /^[ \t\n\r\f\v]*(\p{Nd}+\.?\p{Nd}*|\.\p{Nd}+)[ \t\n\r\f\v]*([A-Za-z]+)?/u.exec(text)
  if (!found) throw bad(`can't interpret following string: ${text}`)
  const amount = floatFromText(found[1]!)
  if (amount === undefined) throw bad(`can't interpret following number: ${found[1]} (original input string: ${text})`)
  const unit = found[2] ?? (defaultUnit === null ? null : pyStr(defaultUnit))
  if (unit === null) return rounded(float(amount), null)
  const key = unit[0]!.toUpperCase()
  const level = SIZES.indexOf(key as 'B')
  if (level === -1) {
    const known = SIZES.toReversed().join(', ')
    throw bad(`failed to convert ${text} (unit = ${unit}). The suffix must be one of ${known}`)
  }
  if (unit.length > 1) {
    const [full, wrong] = isbits ? ['bit', 'Byte'] : ['byte', 'bit']
    void wrong
    const short = isbits ? 'b' : 'B'
    const okay =
      level === 0
        ? unit.toLowerCase().startsWith(full!)
        : unit[1] === short || unit.slice(1).toLowerCase().startsWith(full!)
    if (!okay) {
      const expected = level === 0 ? (isbits ? 'bits' : 'bytes') : `${key}${short}`
      throw bad(
        `failed to convert ${text}. Value is not a valid string (expect ${expected} in ${isbits ? 'bits' : 'bytes'} mode)`,
      )
    }
  }
  return rounded(float(amount * 1024 ** level), null)
}

export const filesizeformat = defineFilter({
  summary: 'A file size as people write it, in powers of 1000 or (binary) 1024',
  examples: [
    ['{{ 1000000 | filesizeformat }}', '1.0 MB'],
    ['{{ 1048576 | filesizeformat(true) }}', '1.0 MiB'],
  ],
  signature: 'binary=False',
  apply: (value: Value, binary: Value) => {
    const bytes = pyFloat(value)
    const base = truthy(binary) ? 1024 : 1000
    if (bytes === 1) return '1 Byte'
    if (bytes < base) return `${Math.trunc(bytes)} Bytes`
    const names = 'kMGTPEZY'
    let unit = base
    let level = 0
    while (level < names.length - 1 && bytes >= unit * base) {
      unit *= base
      level++
    }
    const prefix = truthy(binary) ? `${names[level]!.toUpperCase()}i` : names[level]!
    return `${fixed(bytes / unit, 1)} ${prefix}B`
  },
})
