/** JSON as Python's json module reads it (https://docs.python.org/3/library/json.html): NaN, big integers, its messages. */
import { Diagnostic } from '../diagnostics.js'
import { type Dict, float, type List, type Value } from './values.js'

/** Where the parts of a list or dict stand in the text; a list has no keys. */
export interface Places {
  /** Offset of the opening bracket. */
  readonly start: number
  readonly keys: readonly string[]
  readonly keyOffsets: readonly number[]
  readonly valueOffsets: readonly number[]
}

/** Python gives up a little before its limit of 1,000 frames. */
const deepest = 990

export class JsonReader {
  #at = 0
  #depth = 0
  constructor(private readonly text: string) {}

  /** The one value that the text is; throws a Diagnostic with code 'json' otherwise. */
  document(): Value {
    if (this.text.startsWith('\ufeff')) throw this.#problem('Unexpected UTF-8 BOM (decode using utf-8-sig)', 0)
    this.#space()
    const value = this.#value()
    this.#space()
    if (this.#at < this.text.length) throw this.#problem('Extra data', this.#at)
    return value
  }

  /** What becomes of a text, list or dict that was read: readers that keep more override these. */
  protected madeText(text: string, _start: number): Value {
    return text
  }
  protected madeList(list: List, _places: Places): Value {
    return list
  }
  protected madeDict(dict: Dict, _places: Places): Value {
    return dict
  }
  /** Told around the reading of a dict's value. */
  protected entering(_key: string): void {}
  protected leaving(_key: string): void {}

  #problem(message: string, at: number): Diagnostic {
    const before = this.text.slice(0, at)
    const line = before.split('\n').length
    const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1
    const position = [...before].length
    return new Diagnostic(`${message}: line ${line} column ${column} (char ${position})`, { code: 'json' })
  }

  #space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at++
    }
  }

  #value(): Value {
    const start = this.#at
    const next = this.text[start]
    if (next === '"') return this.madeText(this.#string(), start)
    if (next === '{' || next === '[') {
      if (++this.#depth > deepest)
        throw new Diagnostic('maximum recursion depth exceeded while decoding a JSON document', { code: 'json' })
      const value = next === '{' ? this.#dict(start) : this.#list(start)
      this.#depth--
      return value
    }
    for (const [word, value] of words) {
      if (!this.text.startsWith(word, start)) continue
      this.#at += word.length
      return value
    }
    number.lastIndex = start
    const found = number.exec(this.text)
    if (!found) throw this.#problem('Expecting value', start)
    this.#at += found[0].length
    const [, whole, fraction, exponent] = found
    if (fraction !== undefined || exponent !== undefined) return float(Number(found[0]))
    const small = Number(whole)
    return Number.isSafeInteger(small) ? small + 0 : BigInt(whole!)
  }

  #list(start: number): Value {
    const items: List = []
    const valueOffsets: number[] = []
    for (const at of this.#parts(']')) {
      valueOffsets.push(at)
      items.push(this.#value())
    }
    return this.madeList(items, { start, keys: [], keyOffsets: valueOffsets, valueOffsets })
  }

  #dict(start: number): Value {
    const made: Dict = new Map()
    const keys: string[] = []
    const keyOffsets: number[] = []
    const valueOffsets: number[] = []
    for (const at of this.#parts('}')) {
      if (this.text[at] !== '"') throw this.#problem('Expecting property name enclosed in double quotes', at)
      const key = this.#string()
      this.#space()
      if (this.text[this.#at] !== ':') throw this.#problem("Expecting ':' delimiter", this.#at)
      this.#at++
      this.#space()
      keys.push(key)
      keyOffsets.push(at)
      valueOffsets.push(this.#at)
      this.entering(key)
      made.set(key, this.#value())
      this.leaving(key)
    }
    return this.madeDict(made, { start, keys, keyOffsets, valueOffsets })
  }

  /** Offsets of what stands between commas up to the closing bracket; whoever asks reads it. */
  *#parts(end: ']' | '}'): Iterable<number> {
    this.#at++
    this.#space()
    if (this.text[this.#at] !== end) {
      for (;;) {
        yield this.#at
        this.#space()
        if (this.text[this.#at] === end) break
        if (this.text[this.#at] !== ',') throw this.#problem("Expecting ',' delimiter", this.#at)
        this.#at++
        this.#space()
      }
    }
    this.#at++
  }

  #string(): string {
    const start = this.#at++
    let out = ''
    for (;;) {
      plain.lastIndex = this.#at
      out += plain.exec(this.text)![0]
      this.#at = plain.lastIndex
      const next = this.text[this.#at]
      if (next === undefined) throw this.#problem('Unterminated string starting at', start)
      if (next === '"') break
      if (next !== '\\') throw this.#problem('Invalid control character at', this.#at)
      const letter = this.text[this.#at + 1]
      if (letter === undefined) throw this.#problem('Unterminated string starting at', start)
      if (letter === 'u') {
        const code = this.text.slice(this.#at + 2, this.#at + 6)
        if (!/^[0-9a-fA-F]{4}$/.test(code)) throw this.#problem('Invalid \\uXXXX escape', this.#at + 1)
        out += String.fromCharCode(Number.parseInt(code, 16))
        this.#at += 6
        continue
      }
      const meant = escapes[letter]
      if (meant === undefined) throw this.#problem('Invalid \\escape', this.#at)
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
const plain = /[^"\\\x00-\x1f]*/y
const escapes: { readonly [letter: string]: string } = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
