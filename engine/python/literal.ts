/** Python's literals, as `ast.literal_eval` reads them. */
import { dictSet } from './dict.js'
import { unescapeString } from './escapes.js'
import { type Dict, float, int, tuple, type Value } from './values.js'

export interface LiteralOptions {
  /** Bare names besides True, False and None, with their values. */
  readonly names?: ReadonlyMap<string, Value>
}

/** The value of a Python literal; undefined when the text is not one. */
export function pythonLiteral(text: string, options: LiteralOptions = {}): Value | undefined {
  const reader = new LiteralReader(text, options.names)
  try {
    return reader.whole()
  } catch (error) {
    if (error === NOT_A_LITERAL) return undefined
    throw error
  }
}

const NOT_A_LITERAL = new Error('not a Python literal')
const MAX_DEPTH = 200
const NUMBER =
  /(?:0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+|(?:\d(?:_?\d)*)?\.\d(?:_?\d)*(?:[eE][+-]?\d(?:_?\d)*)?|\d(?:_?\d)*\.?(?:[eE][+-]?\d(?:_?\d)*)?)/y
const STRING =
  /([rRuUbB]{0,2})("""(?:\\[\s\S]|[^\\])*?"""|'''(?:\\[\s\S]|[^\\])*?'''|"(?:\\[\s\S]|[^"\\\n])*"|'(?:\\[\s\S]|[^'\\\n])*')/y
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
const BLANK = /(?:[ \t\f]|\\\n)*/y
const BLANK_IN_BRACKETS = /(?:\s|#[^\n]*|\\\n)*/y

class LiteralReader {
  #at = 0
  #brackets = 0
  constructor(
    private readonly text: string,
    private readonly names: ReadonlyMap<string, Value> | undefined,
  ) {}

  whole(): Value {
    if (/^[ \t]/.test(this.text)) throw NOT_A_LITERAL
    const value = this.#tupleOrValue(undefined)
    BLANK.lastIndex = this.#at
    if (!/^\s*(#[^\n]*)?\s*$/.test(this.text.slice(this.#at))) throw NOT_A_LITERAL
    return value
  }

  #skip() {
    const blank = this.#brackets > 0 ? BLANK_IN_BRACKETS : BLANK
    blank.lastIndex = this.#at
    this.#at += blank.exec(this.text)![0].length
  }
  #take(symbol: string): boolean {
    this.#skip()
    if (!this.text.startsWith(symbol, this.#at)) return false
    this.#at += symbol.length
    return true
  }
  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.text)
    if (match) this.#at += match[0].length
    return match
  }
  #expect(symbol: string) {
    if (!this.#take(symbol)) throw NOT_A_LITERAL
  }

  #tupleOrValue(close: string | undefined): Value {
    const first = this.#value()
    if (!this.#take(',')) return first
    const items = [first]
    for (;;) {
      this.#skip()
      const next = this.text[this.#at]
      if (close === undefined ? next === undefined || next === '#' || next === '\n' : next === close) break
      items.push(this.#value())
      if (!this.#take(',')) break
    }
    return tuple(items)
  }

  #value(): Value {
    const first = this.#operand()
    // 1+2j is the only arithmetic Python allows here, and complex numbers have no place in a playbook.
    this.#skip()
    return first
  }

  #operand(): Value {
    this.#skip()
    const next = this.text[this.#at]
    if (next === '-' || next === '+') {
      this.#at++
      const operand = this.#operand()
      if (typeof operand === 'number') {
        if (next === '+') return operand
        return operand === 0 ? 0 : -operand
      }
      if (typeof operand === 'bigint') return next === '-' ? -operand : operand
      if (operand instanceof Object && 'value' in operand && typeof operand.value === 'number')
        return float(next === '-' ? -operand.value : operand.value)
      throw NOT_A_LITERAL
    }
    if (next === '[' || next === '(' || next === '{') {
      if (++this.#brackets > MAX_DEPTH) throw NOT_A_LITERAL
      this.#at++
      const value = next === '[' ? this.#list() : next === '(' ? this.#parenthesised() : this.#dict()
      this.#brackets--
      return value
    }
    const string = this.#string()
    if (string !== undefined) return string
    const name = this.#match(NAME)?.[0]
    if (name !== undefined) {
      if (name === 'True') return true
      if (name === 'False') return false
      if (name === 'None') return null
      const known = this.names?.get(name)
      if (known === undefined) throw NOT_A_LITERAL
      return known
    }
    const number = this.#match(NUMBER)?.[0]
    if (!number || /[\w]/.test(this.text[this.#at] ?? '')) throw NOT_A_LITERAL
    const parsed = pythonNumber(number)
    if (parsed === undefined) throw NOT_A_LITERAL
    return parsed
  }

  #string(): string | undefined {
    let result: string | undefined
    for (;;) {
      this.#skip()
      const match = this.#match(STRING)
      if (!match) return result
      const prefix = match[1]!.toLowerCase()
      if (prefix.includes('b')) throw NOT_A_LITERAL
      const quotes = match[2]!.startsWith('"""') || match[2]!.startsWith("'''") ? 3 : 1
      const inner = match[2]!.slice(quotes, -quotes)
      const decoded = prefix.includes('r') ? inner : unescapeString(inner)
      if (decoded === undefined) throw NOT_A_LITERAL
      result = (result ?? '') + decoded
    }
  }

  #list(): Value {
    const items: Value[] = []
    while (!this.#take(']')) {
      items.push(this.#value())
      if (this.#take(',')) continue
      this.#expect(']')
      break
    }
    return items
  }

  #parenthesised(): Value {
    if (this.#take(')')) return tuple([])
    const value = this.#tupleOrValue(')')
    this.#expect(')')
    return value
  }

  #dict(): Value {
    const dict: Dict = new Map()
    while (!this.#take('}')) {
      const key = this.#value()
      this.#expect(':')
      dictSet(dict, key, this.#value())
      if (this.#take(',')) continue
      this.#expect('}')
      break
    }
    return dict
  }
}

/** The value of a Python number literal without sign; undefined when it is none. */
export function pythonNumber(text: string): Value | undefined {
  const digits = text.replaceAll('_', '')
  if (/^0[xXoObB]/.test(digits)) return int(BigInt(digits.toLowerCase()))
  if (/[.eE]/.test(digits)) return float(Number(digits))
  if (/^0\d/.test(digits) && /[1-9]/.test(digits)) return undefined
  const number = Number(digits)
  return Number.isSafeInteger(number) ? number : int(BigInt(digits))
}
