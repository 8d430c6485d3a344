/** JSON as Python's json module reads it, with positions; Ansible tries it before YAML on every file. */
import { type Dict, float, type List, type Value } from '../python/values.js'
import { remember, type Source } from './positions.js'
import { trusted, VaultString } from './trust.js'

export interface JsonMarks {
  readonly trusted: boolean
  /** Opens `{"__ansible_vault": …}`. */
  readonly decrypt: (ciphertext: string) => string
}

/** The value, or undefined when the text is not JSON. */
export function readJson(source: Source, marks: JsonMarks): Value | undefined {
  try {
    return new JsonReader(source, marks).whole()
  } catch (error) {
    if (error === NOT_JSON) return undefined
    throw error
  }
}

const NOT_JSON = new Error('not JSON')
const MAX_DEPTH = 600
const NUMBER = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/y
const PLAIN = /[^"\\\u0000-\u001f]*/y
const ESCAPES: { readonly [char: string]: string } = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}
const WORDS: readonly [string, Value][] = [
  ['null', null],
  ['true', true],
  ['false', false],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]

class JsonReader {
  #at = 0
  #unsafe = 0
  #depth = 0
  readonly #text: string
  constructor(
    private readonly source: Source,
    private readonly marks: JsonMarks,
  ) {
    this.#text = source.text
  }

  whole(): Value {
    const value = this.#value()
    this.#blank()
    if (this.#at < this.#text.length) throw NOT_JSON
    return value
  }

  #blank() {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at++
    }
  }

  #take(char: string): boolean {
    this.#blank()
    if (this.#text[this.#at] !== char) return false
    this.#at++
    return true
  }

  #value(): Value {
    // Deeper than any real file, and far from where the stack ends.
    if (++this.#depth > MAX_DEPTH) throw NOT_JSON
    const value = this.#valueHere()
    this.#depth--
    return value
  }

  #valueHere(): Value {
    this.#blank()
    const start = this.#at
    switch (this.#text[start]) {
      case '{':
        return this.#dict()
      case '[':
        return this.#list()
      case '"': {
        const text = this.#string()
        return this.marks.trusted && this.#unsafe === 0 && text.includes('{')
          ? trusted(text, this.source.at(start))
          : text
      }
    }
    for (const [word, value] of WORDS) {
      if (!this.#text.startsWith(word, start)) continue
      this.#at += word.length
      return value
    }
    return this.#number()
  }

  #number(): Value {
    NUMBER.lastIndex = this.#at
    const match = NUMBER.exec(this.#text)
    if (!match) throw NOT_JSON
    this.#at += match[0].length
    if (match[1] !== undefined || match[2] !== undefined) return float(Number(match[0]))
    const number = Number(match[0])
    return Number.isSafeInteger(number) ? number + 0 : BigInt(match[0])
  }

  #string(): string {
    let result = ''
    this.#at++
    for (;;) {
      PLAIN.lastIndex = this.#at
      result += PLAIN.exec(this.#text)![0]
      this.#at = PLAIN.lastIndex
      const char = this.#text[this.#at++]
      if (char === '"') return result
      if (char !== '\\') throw NOT_JSON
      const letter = this.#text[this.#at++] ?? ''
      if (letter === 'u') {
        const digits = this.#text.slice(this.#at, this.#at + 4)
        if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw NOT_JSON
        result += String.fromCharCode(Number.parseInt(digits, 16))
        this.#at += 4
      } else {
        const meant = ESCAPES[letter]
        if (meant === undefined) throw NOT_JSON
        result += meant
      }
    }
  }

  #list(): Value {
    const start = this.#at++
    const list: List = []
    const offsets: number[] = []
    if (!this.#take(']')) {
      do {
        this.#blank()
        offsets.push(this.#at)
        list.push(this.#value())
      } while (this.#take(','))
      if (!this.#take(']')) throw NOT_JSON
    }
    remember(list, { source: this.source, start, keyOffsets: offsets, valueOffsets: offsets })
    return list
  }

  #dict(): Value {
    const start = this.#at++
    const dict: Dict = new Map()
    const keys: Value[] = []
    const keyOffsets: number[] = []
    const valueOffsets: number[] = []
    if (!this.#take('}')) {
      do {
        this.#blank()
        if (this.#text[this.#at] !== '"') throw NOT_JSON
        keyOffsets.push(this.#at)
        const key = this.#string()
        if (!this.#take(':')) throw NOT_JSON
        this.#blank()
        valueOffsets.push(this.#at)
        const unsafe = key === '__ansible_unsafe' || key === '__ansible_vault'
        if (unsafe) this.#unsafe++
        const value = this.#value()
        if (unsafe) this.#unsafe--
        keys.push(key)
        dict.set(key, value)
      } while (this.#take(','))
      if (!this.#take('}')) throw NOT_JSON
    }
    const unsafe = dict.get('__ansible_unsafe')
    if (unsafe !== undefined) return unsafe
    const vault = dict.get('__ansible_vault')
    if (typeof vault === 'string') return new VaultString(vault, this.marks.decrypt, this.source.at(start))
    remember(dict, { source: this.source, start, keys, keyOffsets, valueOffsets })
    return dict
  }
}
