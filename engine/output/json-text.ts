/** Any value as the JSON that a person reads: letters stay letters, and what JSON lacks is written as text. */
import { compareStrings } from '../python/compare.js'
import { floatRepr, pyStr } from '../python/repr.js'
import { isDict, PyFloat, type Value } from '../python/values.js'
import { TemplateString, VaultString } from '../yaml/trust.js'

export interface JsonStyle {
  /** Spaces per level; null: one line. */
  readonly indent?: number | null
  readonly sortKeys?: boolean
}

export function jsonText(value: Value, { indent = null, sortKeys = true }: JsonStyle): string {
  return write(value, '\n')

  function write(value: Value, newline: string): string {
    if (value === null) return 'null'
    if (typeof value === 'string') return JSON.stringify(value)
    if (typeof value === 'number') return Number.isInteger(value) ? String(value) : floatRepr(value)
    if (typeof value !== 'object') return String(value)
    if (value instanceof PyFloat) return floatRepr(value.value)
    if (Array.isArray(value)) return container('[', ']', newline, inner => value.map(item => write(item, inner)))
    if (isDict(value)) {
      return container('{', '}', newline, inner => {
        const entries = [...value].map(([key, item]) => [typeof key === 'string' ? key : pyStr(key), item] as const)
        if (sortKeys) entries.sort(([a], [b]) => compareStrings(a, b))
        return entries.map(([key, item]) => `${JSON.stringify(key)}: ${write(item, inner)}`)
      })
    }
    if (value instanceof TemplateString) return JSON.stringify(value.text)
    if (value instanceof VaultString) return JSON.stringify(value.ciphertext)
    return JSON.stringify(pyStr(value))
  }

  function container(open: string, close: string, newline: string, parts: (inner: string) => string[]): string {
    const inner = indent === null ? '' : newline + ' '.repeat(indent)
    const written = parts(inner)
    if (written.length === 0) return open + close
    return indent === null
      ? open + written.join(', ') + close
      : open + inner + written.join(`,${inner}`) + newline + close
  }
}
