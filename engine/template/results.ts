/** What the parts that a template printed amount to: text, or a value. */
import { pythonLiteral } from '../python/literal.js'
import { pyStr } from '../python/repr.js'
import { Unknown } from '../python/unknown.js'
import { PyRange, type Value } from '../python/values.js'
import { LenientUndef } from './undefined.js'

/**
 * - `value` a sole expression gives its value; several parts give text, which becomes a list, dict or bool when it reads as one
 * - `text` always text: template files
 * - `native`, `classic` what ansible-core 2.14 does with jinja2_native on and off; kept to compare with recorded results
 */
export type ResultMode = 'value' | 'text' | 'native' | 'classic'

/** Collects what a template prints. */
export interface Output {
  text(text: string): void
  value(value: Value): void
  result(): Value
}

export class TextOutput implements Output {
  #text = ''
  text(text: string): void {
    this.#text += text
  }
  value(value: Value): void {
    if (typeof value === 'string') this.#text += value
    else if (value !== null) this.#text += pyStr(printed(value))
  }
  result(): string {
    return this.#text
  }
}

/** A range is printed as the list it stands for. */
const printed = (value: Value): Value => (value instanceof PyRange ? [...value] : value)

class PartsOutput implements Output {
  readonly #parts: Value[] = []
  #hasText = false
  constructor(private readonly mode: ResultMode) {}
  text(text: string): void {
    this.#hasText = true
    this.#parts.push(text)
  }
  value(value: Value): void {
    this.#parts.push(value instanceof LenientUndef ? value.str() : printed(value))
  }
  result(): Value {
    return this.mode === 'value'
      ? valueOfParts(this.#parts, this.#hasText)
      : this.mode === 'native'
        ? nativeResult(this.#parts)
        : classicResult(this.#parts)
  }
}

export const newOutput = (mode: ResultMode): Output => (mode === 'text' ? new TextOutput() : new PartsOutput(mode))

/** Printed nowhere: the top level of an imported template. */
export const NOWHERE: Output = { text() {}, value() {}, result: () => '' }

function joined(parts: readonly Value[], none: string): string | Unknown {
  let text = ''
  for (const part of parts) {
    if (part instanceof Unknown) return part
    text += part === null ? none : pyStr(part)
  }
  return text
}

function valueOfParts(parts: readonly Value[], hasText: boolean): Value {
  if (parts.length === 1 && !hasText) return parts[0]!
  const text = joined(parts, '')
  return typeof text === 'string' ? containerOrBool(text) : text
}

const JSON_NAMES: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['null', null],
])

/** Before 2.19, text that reads as a list, dict or bool becomes one; roles build lists with loops that way. */
export function containerOrBool(text: string): Value {
  if (text === 'True') return true
  if (text === 'False') return false
  const first = text[0]
  if ((first !== '{' && first !== '[') || text.startsWith('{{')) return text
  const read = pythonLiteral(text, { names: JSON_NAMES })
  return read === undefined ? text : read
}

function nativeResult(parts: readonly Value[]): Value {
  if (parts.length === 0) return null
  const only = parts[0]!
  if (parts.length === 1 && typeof only !== 'string') return only
  const text = joined(parts, 'None')
  if (typeof text !== 'string') return text
  const read = pythonLiteral(text)
  return read === undefined ? text : read
}

function classicResult(parts: readonly Value[]): Value {
  const text = joined(parts, '')
  return typeof text === 'string' ? containerOrBool(text) : text
}

/** What native mode makes of the sole value of a template. */
export function soleResult(mode: ResultMode, value: Value, exempt: boolean): Value {
  if (mode === 'value' || exempt) return value instanceof LenientUndef ? '' : value
  if (mode === 'native') return nativeResult([value instanceof LenientUndef ? '' : value])
  return classicResult([value])
}
