/** The corpus's way of writing values that JSON has no words for. */
import { pyStr } from '../../../engine/python/repr.js'
import { float, int, isFloat, PyObject, Tuple, tuple, typeName, type Value } from '../../../engine/python/values.js'
import { trusted } from '../../../engine/yaml/trust.js'

/** Reads a value; text with delimiters is a template when `templates`. */
export function decode(data: unknown, templates = false): Value {
  if (typeof data === 'string') return templates ? trusted(data) : data
  if (data === null || typeof data !== 'object') return data as Value
  if (Array.isArray(data)) return data.map(item => decode(item, templates))
  if ('$t' in data) {
    const { $t, v } = data as { $t: string; v: unknown }
    if ($t === 'f') {
      const number = Number(String(v).replace('inf', 'Infinity'))
      return float(number)
    }
    if ($t === 'i') return int(BigInt(v as string))
    if ($t === 't') return tuple((v as unknown[]).map(item => decode(item, templates)))
    if ($t === 'd')
      return new Map((v as [unknown, unknown][]).map(([key, item]) => [decode(key), decode(item, templates)]))
    return String(v)
  }
  return new Map(Object.entries(data).map(([key, item]) => [key, decode(item, templates)]))
}

/** Writes a value, so that results can be compared as text. */
export function encode(value: Value): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return { $t: 'i', v: String(value) }
  if (isFloat(value)) return { $t: 'f', v: pyStr(value) }
  if (typeof value === 'number') return value
  if (value instanceof Tuple) return { $t: 't', v: value.map(encode) }
  if (Array.isArray(value)) return Array.from(value, encode)
  if (value instanceof Map) return { $t: 'd', v: [...value].map(([key, item]) => [encode(key), encode(item)]) }
  if (value instanceof PyObject) return { $t: 'o', v: `${typeName(value)}:${safeStr(value)}` }
  return value
}

function safeStr(value: Value): string {
  try {
    return pyStr(value)
  } catch {
    return '?'
  }
}
