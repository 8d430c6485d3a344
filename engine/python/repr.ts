/** `str()` and `repr()`. */
import { PyFloat, PyObject, PyRange, Tuple, type Value } from './values.js'

/** `str(value)`. */
export function pyStr(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatRepr(value)
  if (value instanceof PyObject && !(value instanceof PyFloat)) return value.str()
  return pyRepr(value)
}

/** `repr(value)`. */
export function pyRepr(value: Value): string {
  return repr(value, [])
}

function repr(value: Value, inside: readonly object[]): string {
  switch (typeof value) {
    case 'string':
      return stringRepr(value)
    case 'number':
      return Number.isInteger(value) ? String(value) : floatRepr(value)
    case 'bigint':
      return String(value)
    case 'boolean':
      return value ? 'True' : 'False'
  }
  if (value === null) return 'None'
  if (value instanceof PyFloat) return floatRepr(value.value)
  if (value instanceof PyObject) return value.repr()
  const within = [...inside, value]
  if (value instanceof PyRange) return `range(${value.bounds.slice(0, value.bounds[2] === 1 ? 2 : 3).join(', ')})`
  if (Array.isArray(value)) {
    if (inside.includes(value)) return value instanceof Tuple ? '(...)' : '[...]'
    const parts = value.map(item => repr(item, within))
    if (value instanceof Tuple) return parts.length === 1 ? `(${parts[0]},)` : `(${parts.join(', ')})`
    return `[${parts.join(', ')}]`
  }
  if (inside.includes(value)) return '{...}'
  const parts: string[] = []
  for (const [key, item] of value) parts.push(`${repr(key, within)}: ${repr(item, within)}`)
  return `{${parts.join(', ')}}`
}

/** A float as Python prints it: shortest digits that read back, exponent from 1e16 and below 1e-4. */
export function floatRepr(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0'
  const [digits, exponentText] = value.toExponential().split('e') as [string, string]
  const exponent = Number(exponentText)
  if (exponent >= 16 || exponent < -4) {
    const sign = exponent < 0 ? '-' : '+'
    return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  const plain =
    exponent < 0 ? value.toFixed(Math.min(100, digits.replace(/[-.]/g, '').length - 1 - exponent)) : String(value)
  return plain.includes('.') ? plain : `${plain}.0`
}

const ESCAPES: { readonly [char: string]: string } = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' }
const UNPRINTABLE = /[\\\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu

function stringRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replace(UNPRINTABLE, char => {
    const known = ESCAPES[char]
    if (known !== undefined) return known
    const point = char.codePointAt(0)!
    if (point < 0x100) return `\\x${point.toString(16).padStart(2, '0')}`
    if (point < 0x10000) return `\\u${point.toString(16).padStart(4, '0')}`
    return `\\U${point.toString(16).padStart(8, '0')}`
  })
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote
}
