/** Python's json module: dumps with its separators, escapes and floats; loads that keeps ints, floats and big ints apart. */
import { Diagnostic } from '../diagnostics.js'
import { compareStrings } from './compare.js'
import { floatRepr } from './repr.js'
import { type Dict, float, isDict, isList, PyFloat, type PyObject, typeName, type Value } from './values.js'

export interface DumpOptions {
  /** Spaces (or the text) of one level; null or undefined puts everything on one line. */
  readonly indent?: number | string | null
  readonly sortKeys?: boolean
  /** Escapes everything beyond ASCII; default true. */
  readonly ensureAscii?: boolean
  /** Between items, and between key and value. */
  readonly separators?: readonly [string, string]
  readonly skipKeys?: boolean
  readonly allowNan?: boolean
  /** What stands for an object that JSON does not have; undefined: it is an error. */
  readonly represent?: (object: PyObject) => Value | undefined
}

/** json.dumps */
export function dumps(value: Value, options: DumpOptions = {}): string {
  const { indent = null, sortKeys = false, ensureAscii = true, allowNan = true } = options
  const step = typeof indent === 'number' ? ' '.repeat(Math.max(0, indent)) : indent
  const [itemSeparator, keySeparator] = options.separators ?? [step === null ? ', ' : ',', ': ']
  const open = new Set<object>()
  const text = (string: string) => quoted(string, ensureAscii)
  return write(value, '\n')

  function write(value: Value, newline: string): string {
    if (value === null) return 'null'
    if (typeof value === 'string') return text(value)
    if (typeof value === 'boolean' || typeof value === 'bigint') return String(value)
    if (typeof value === 'number') return Number.isInteger(value) ? integer(value) : real(value)
    if (value instanceof PyFloat) return real(value.value)
    if (isList(value)) return container(value, '[', ']', newline, inner => value.map(item => write(item, inner)))
    if (isDict(value)) {
      return container(value, '{', '}', newline, inner => {
        const entries = [...value].flatMap(([key, item]) => {
          const name = keyText(key)
          return name === undefined ? [] : [[key, name, item] as const]
        })
        if (sortKeys) entries.sort((a, b) => compareKeys(a[0], b[0]))
        return entries.map(([, name, item]) => text(name) + keySeparator + write(item, inner))
      })
    }
    const stand = options.represent?.(value)
    if (stand === undefined)
      throw new Diagnostic(`Object of type ${value.typeName} is not JSON serializable`, { code: 'TypeError' })
    return write(stand, newline)
  }

  function container(of: object, start: string, end: string, newline: string, parts: (inner: string) => string[]) {
    if (open.has(of)) throw new Diagnostic('Circular reference detected', { code: 'ValueError' })
    open.add(of)
    const inner = step === null ? '' : newline + step
    const written = parts(inner)
    open.delete(of)
    if (written.length === 0) return start + end
    if (step === null) return start + written.join(itemSeparator) + end
    return start + inner + written.join(itemSeparator + inner) + newline + end
  }

  function real(value: number): string {
    if (Number.isFinite(value)) return floatRepr(value)
    if (!allowNan) throw new Diagnostic('Out of range float values are not JSON compliant', { code: 'ValueError' })
    return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
  }

  function keyText(key: Value): string | undefined {
    if (typeof key === 'string') return key
    if (key === null) return 'null'
    if (typeof key === 'boolean' || typeof key === 'bigint') return String(key)
    if (typeof key === 'number') return Number.isInteger(key) ? integer(key) : real(key)
    if (key instanceof PyFloat) return real(key.value)
    const stand = isList(key) ? undefined : options.represent?.(key as PyObject)
    if (typeof stand === 'string') return stand
    if (options.skipKeys) return undefined
    throw new Diagnostic(`keys must be str, int, float, bool or None, not ${typeName(key)}`, { code: 'TypeError' })
  }
}

const integer = (value: number) => (Number.isSafeInteger(value) ? String(value) : BigInt(value).toString())

function compareKeys(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b)
  const [left, right] = [numeric(a), numeric(b)]
  if (left === undefined || right === undefined) {
    const message = `'<' not supported between instances of '${typeName(a)}' and '${typeName(b)}'`
    throw new Diagnostic(message, { code: 'TypeError' })
  }
  return left < right ? -1 : left > right ? 1 : 0
}

const numeric = (value: Value): number | bigint | undefined =>
  typeof value === 'boolean'
    ? Number(value)
    : typeof value === 'number' || typeof value === 'bigint'
      ? value
      : value instanceof PyFloat
        ? value.value
        : undefined

const shortEscapes: Record<string, string> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
}

function quoted(text: string, ensureAscii: boolean): string {
  const written = (unit: string) => shortEscapes[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return `"${text.replace(ensureAscii ? /["\\]|[^ -~]/g : /["\\\x00-\x1f]/g, written)}"`
}

/** json.loads */
export function loads(text: string): Value {
  return new Reader(text).document()
}

class Reader {
  #at = 0
  constructor(private readonly text: string) {}

  document(): Value {
    if (this.text.startsWith('\ufeff')) throw this.problem('Unexpected UTF-8 BOM (decode using utf-8-sig)', 0)
    this.space()
    const value = this.value()
    this.space()
    if (this.#at < this.text.length) throw this.problem('Extra data', this.#at)
    return value
  }

  problem(message: string, at: number): Diagnostic {
    const before = this.text.slice(0, at)
    const line = before.split('\n').length
    const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1
    const position = [...before].length
    return new Diagnostic(`${message}: line ${line} column ${column} (char ${position})`, { code: 'json' })
  }

  space(): void {
    while (' \t\n\r'.includes(this.text[this.#at] ?? 'x')) this.#at++
  }

  value(): Value {
    const start = this.#at
    const next = this.text[start]
    if (next === '"') return this.string()
    if (next === '{') return this.dict()
    if (next === '[') return this.list()
    for (const [word, value] of words) {
      if (!this.text.startsWith(word, start)) continue
      this.#at += word.length
      return value
    }
    number.lastIndex = start
    const found = number.exec(this.text)
    if (!found) throw this.problem('Expecting value', start)
    this.#at += found[0].length
    const [, whole, fraction, exponent] = found
    if (fraction !== undefined || exponent !== undefined) return float(Number(found[0]))
    const small = Number(whole)
    return Number.isSafeInteger(small) ? small + 0 : BigInt(whole!)
  }

  list(): Value {
    this.#at++
    const items: Value[] = []
    this.space()
    if (this.text[this.#at] === ']') {
      this.#at++
      return items
    }
    for (;;) {
      items.push(this.value())
      this.space()
      const end = this.text[this.#at]
      if (end === ']') break
      if (end !== ',') throw this.problem("Expecting ',' delimiter", this.#at)
      this.#at++
      this.space()
    }
    this.#at++
    return items
  }

  dict(): Value {
    this.#at++
    const made: Dict = new Map()
    this.space()
    if (this.text[this.#at] === '}') {
      this.#at++
      return made
    }
    for (;;) {
      if (this.text[this.#at] !== '"') throw this.problem('Expecting property name enclosed in double quotes', this.#at)
      const key = this.string()
      this.space()
      if (this.text[this.#at] !== ':') throw this.problem("Expecting ':' delimiter", this.#at)
      this.#at++
      this.space()
      made.set(key, this.value())
      this.space()
      const end = this.text[this.#at]
      if (end === '}') break
      if (end !== ',') throw this.problem("Expecting ',' delimiter", this.#at)
      this.#at++
      this.space()
    }
    this.#at++
    return made
  }

  string(): string {
    const start = this.#at++
    let out = ''
    for (;;) {
      const chunk = /[^"\\\x00-\x1f]*/y
      chunk.lastIndex = this.#at
      out += chunk.exec(this.text)![0]
      this.#at = chunk.lastIndex
      const next = this.text[this.#at]
      if (next === undefined) throw this.problem('Unterminated string starting at', start)
      if (next === '"') break
      if (next !== '\\') throw this.problem('Invalid control character at', this.#at)
      const letter = this.text[this.#at + 1]
      if (letter === undefined) throw this.problem('Unterminated string starting at', start)
      if (letter === 'u') {
        const code = this.text.slice(this.#at + 2, this.#at + 6)
        if (!/^[0-9a-fA-F]{4}$/.test(code)) throw this.problem('Invalid \\uXXXX escape', this.#at + 1)
        out += String.fromCharCode(Number.parseInt(code, 16))
        this.#at += 6
        continue
      }
      const meant = longEscapes[letter]
      if (meant === undefined) throw this.problem('Invalid \\escape', this.#at)
      out += meant
      this.#at += 2
    }
    this.#at++
    return out
  }
}

const words: readonly [string, Value][] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]
const number = /(-?(?:0|[1-9]\d*))(\.\d+)?([eE][-+]?\d+)?/y
const longEscapes: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
