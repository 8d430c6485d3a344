/** Python's json module: dumps with its separators, escapes and floats; loads that keeps ints, floats and big ints apart. */
import { Diagnostic } from '../diagnostics.js'
import { compareStrings } from './compare.js'
import { JsonReader } from './json-reader.js'
import { floatRepr } from './repr.js'
import { isDict, isList, PyFloat, type PyObject, typeName, type Value } from './values.js'

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

/** json.loads; throws a Diagnostic with Python's message where the text is not JSON. */
export function loads(text: string): Value {
  return new JsonReader(text).document()
}
