/** Any value as the JSON that a person reads: letters stay letters, and what JSON lacks is written as text. */
import { dumps } from '../python/json.js'
import { pyStr } from '../python/repr.js'
import type { Value } from '../python/values.js'
import { TemplateString, VaultString } from '../yaml/trust.js'

export interface JsonStyle {
  /** Spaces per level; null: one line. */
  readonly indent?: number | null
  readonly sortKeys?: boolean
  readonly separators?: readonly [string, string]
}

export function jsonText(value: Value, { sortKeys = true, ...style }: JsonStyle): string {
  const options = { ...style, ensureAscii: false, represent: asText }
  try {
    return dumps(value, { ...options, sortKeys })
  } catch {
    // Keys of different types have no order.
    return dumps(value, { ...options, sortKeys: false })
  }
}

/** What stands for a value that is neither plain data nor a container. */
export function asText(object: Value): string {
  if (object instanceof TemplateString) return object.text
  return object instanceof VaultString ? object.ciphertext : pyStr(object)
}
