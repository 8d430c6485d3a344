/** Template text to tokens, by Jinja's rules for delimiters, whitespace and literals; token types are nunjucks'. */
import { Diagnostic } from '../diagnostics.js'
import { unescapeString } from '../python/escapes.js'
import { pythonNumber } from '../python/literal.js'
import type { Value } from '../python/values.js'

export type TokenType =
  | 'data'
  | 'block-start'
  | 'block-end'
  | 'variable-start'
  | 'variable-end'
  | 'string'
  | 'int'
  | 'float'
  | 'symbol'
  | 'operator'
  | 'tilde'
  | 'pipe'
  | 'comma'
  | 'colon'
  | 'left-paren'
  | 'right-paren'
  | 'left-bracket'
  | 'right-bracket'
  | 'left-curly'
  | 'right-curly'

/** Lines and columns count from 0, as nunjucks' do. */
export interface Token {
  readonly type: TokenType
  readonly value: string
  /** Of a string or number: what it stands for. */
  readonly constant?: Value
  readonly lineno: number
  readonly colno: number
}

export interface Syntax {
  readonly trim_blocks: boolean
  readonly lstrip_blocks: boolean
  readonly block_start_string: string
  readonly block_end_string: string
  readonly variable_start_string: string
  readonly variable_end_string: string
  readonly comment_start_string: string
  readonly comment_end_string: string
  readonly line_statement_prefix: string | undefined
  readonly line_comment_prefix: string | undefined
  readonly newline_sequence: string
  /** Keep the last newline of the text instead of dropping one. */
  readonly keep_trailing_newline: boolean
  /** Backslashes of constants in `{{ }}` are kept, as in strings of playbooks: there they are often regular expressions. */
  readonly keep_backslashes: boolean
}

/** A template that cannot be read; line and column count from 1 and are relative to its text. */
export class TemplateSyntaxError extends Diagnostic {
  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
    hint?: string,
  ) {
    super(message, { code: 'template-syntax', hint })
    this.name = 'TemplateSyntaxError'
  }
}

type Region = 'comment' | 'block' | 'variable' | 'line-statement' | 'line-comment'

interface Patterns {
  readonly root: RegExp
  /** Region of each tag of `root`, in the order of its groups. */
  readonly regions: readonly Region[]
  readonly blockEnd: RegExp
  readonly variableEnd: RegExp
  readonly commentEnd: RegExp
  readonly rawEnd: RegExp
}

const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
const patternCache = new Map<string, Patterns>()

function patternsFor(syntax: Syntax): Patterns {
  const key = JSON.stringify([
    syntax.block_start_string,
    syntax.block_end_string,
    syntax.variable_start_string,
    syntax.variable_end_string,
    syntax.comment_start_string,
    syntax.comment_end_string,
    syntax.line_statement_prefix,
    syntax.line_comment_prefix,
    syntax.trim_blocks,
  ])
  let patterns = patternCache.get(key)
  if (!patterns) {
    patterns = makePatterns(syntax)
    patternCache.set(key, patterns)
  }
  return patterns
}

function makePatterns(syntax: Syntax): Patterns {
  const block = quoted(syntax.block_start_string)
  const blockEnd = quoted(syntax.block_end_string)
  const variableEnd = quoted(syntax.variable_end_string)
  const commentEnd = quoted(syntax.comment_end_string)
  const suffix = syntax.trim_blocks ? '\\n?' : ''
  const tags: { length: number; name: Region; pattern: string }[] = [
    { length: syntax.comment_start_string.length, name: 'comment', pattern: quoted(syntax.comment_start_string) },
    { length: syntax.block_start_string.length, name: 'block', pattern: block },
    { length: syntax.variable_start_string.length, name: 'variable', pattern: quoted(syntax.variable_start_string) },
  ]
  if (syntax.line_statement_prefix) {
    const pattern = `^[ \\t\\v]*${quoted(syntax.line_statement_prefix)}`
    tags.push({ length: syntax.line_statement_prefix.length, name: 'line-statement', pattern })
  }
  if (syntax.line_comment_prefix) {
    const pattern = `(?:^|(?<=\\S))[^\\S\\r\\n]*${quoted(syntax.line_comment_prefix)}`
    tags.push({ length: syntax.line_comment_prefix.length, name: 'line-comment', pattern })
  }
  // Longest first; Jinja breaks ties by the rule's name, last in the alphabet first.
  tags.sort((a, b) => b.length - a.length || (a.name < b.name ? 1 : -1))
  const raw = `(${block}([-+]?)\\s*raw\\s*(?:-${blockEnd}\\s*|${blockEnd}))`
  return {
    root: new RegExp([raw, ...tags.map(tag => `(${tag.pattern}([-+]?))`)].join('|'), 'gm'),
    regions: tags.map(tag => tag.name),
    blockEnd: new RegExp(`\\+${blockEnd}|-${blockEnd}\\s*|${blockEnd}${suffix}`, 'y'),
    variableEnd: new RegExp(`-${variableEnd}\\s*|${variableEnd}`, 'y'),
    commentEnd: new RegExp(`\\+${commentEnd}|-${commentEnd}\\s*|${commentEnd}${suffix}`, 'g'),
    rawEnd: new RegExp(`${block}([-+]?)\\s*endraw\\s*(?:\\+${blockEnd}|-${blockEnd}\\s*|${blockEnd}${suffix})`, 'g'),
  }
}

const WHITESPACE = /\s+/y
const FLOAT = /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?[eE][+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/y
const INTEGER = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*/y
/** Most names; the letters of the whole world take milliseconds to compile. */
const ASCII_NAME = /[A-Za-z_]\w*(?![\w\u0080-\uffff])/y
const NAME = /[\p{L}\p{N}\p{M}\p{Pc}]+/uy
const IDENTIFIER = /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u
const STRING = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y
const OPERATOR = /\*\*|\/\/|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y

const TYPES: { readonly [operator: string]: TokenType } = {
  '~': 'tilde',
  '|': 'pipe',
  ',': 'comma',
  ':': 'colon',
  '(': 'left-paren',
  ')': 'right-paren',
  '[': 'left-bracket',
  ']': 'right-bracket',
  '{': 'left-curly',
  '}': 'right-curly',
}
const CLOSING: { readonly [open: string]: string } = { '(': ')', '[': ']', '{': '}' }

/** Tokens of a whole template. */
export function lex(source: string, syntax: Syntax): Token[] {
  return new Lexer(source, syntax).template()
}

/** Tokens of a bare expression. */
export function lexExpression(source: string, syntax: Syntax): Token[] {
  return new Lexer(source, { ...syntax, keep_trailing_newline: true }).expression()
}

class Lexer {
  readonly #text: string
  readonly #syntax: Syntax
  readonly #patterns: Patterns
  readonly #tokens: Token[] = []
  #at = 0
  // Where line and column were last counted up to.
  #counted = 0
  #line = 0
  #lineStart = 0

  constructor(source: string, syntax: Syntax) {
    let text = source.includes('\r') ? source.replace(/\r\n?/g, '\n') : source
    if (!syntax.keep_trailing_newline && text.endsWith('\n')) text = text.slice(0, -1)
    this.#text = text
    this.#syntax = syntax
    this.#patterns = patternsFor(syntax)
  }

  template(): Token[] {
    const text = this.#text
    const { root, regions } = this.#patterns
    let lineStarting = true
    for (;;) {
      root.lastIndex = this.#at
      const match = root.exec(text)
      if (!match) break
      const start = match.index
      let region: Region | 'raw' = 'raw'
      let sign = match[2]
      if (match[1] === undefined) {
        let group = 3
        while (match[group] === undefined) group += 2
        region = regions[(group - 3) / 2]!
        sign = match[group + 1]
      }
      this.#data(this.#at, start, sign, region !== 'variable', lineStarting)
      this.#at = root.lastIndex
      lineStarting = match[0].endsWith('\n')
      if (region === 'raw') lineStarting = this.#raw(start)
      else if (region === 'comment') lineStarting = this.#comment(start)
      else if (region === 'line-comment') {
        const end = text.indexOf('\n', this.#at)
        this.#at = end < 0 ? text.length : end
        lineStarting = false
      } else lineStarting = this.#tag(region, start)
    }
    this.#data(this.#at, text.length, '', false, false)
    return this.#tokens
  }

  expression(): Token[] {
    const brackets: string[] = []
    while (this.#at < this.#text.length) this.#code(brackets)
    return this.#tokens
  }

  #push(type: TokenType, value: string, offset: number, constant?: Value) {
    this.#countTo(offset)
    const colno = offset - this.#lineStart
    this.#tokens.push(
      constant === undefined
        ? { type, value, lineno: this.#line, colno }
        : { type, value, constant, lineno: this.#line, colno },
    )
  }

  #countTo(offset: number) {
    for (;;) {
      const newline = this.#text.indexOf('\n', this.#counted)
      if (newline < 0 || newline >= offset) break
      this.#line++
      this.#lineStart = this.#counted = newline + 1
    }
    this.#counted = Math.max(this.#counted, offset)
  }

  #fail(message: string, offset: number): never {
    const before = this.#text.slice(0, offset)
    const line = before.split('\n').length
    throw new TemplateSyntaxError(message, line, offset - (before.lastIndexOf('\n') + 1) + 1)
  }

  #data(from: number, to: number, sign: string | undefined, strippable: boolean, lineStarting: boolean) {
    let text = this.#text.slice(from, to)
    if (sign === '-') text = text.trimEnd()
    else if (sign !== '+' && strippable && this.#syntax.lstrip_blocks) {
      const lineAt = text.lastIndexOf('\n') + 1
      if ((lineAt > 0 || lineStarting) && /^\s*$/.test(text.slice(lineAt))) text = text.slice(0, lineAt)
    }
    if (text === '') return
    const { newline_sequence } = this.#syntax
    this.#push('data', newline_sequence === '\n' ? text : text.replaceAll('\n', newline_sequence), from)
  }

  #raw(start: number): boolean {
    const { rawEnd } = this.#patterns
    const from = this.#at
    rawEnd.lastIndex = from
    const end = rawEnd.exec(this.#text)
    if (!end) this.#fail('Missing end of raw directive', start)
    this.#data(from, end.index, end[1], true, this.#text[from - 1] === '\n')
    this.#at = rawEnd.lastIndex
    return end[0].endsWith('\n')
  }

  #comment(start: number): boolean {
    const { commentEnd } = this.#patterns
    commentEnd.lastIndex = this.#at
    const end = commentEnd.exec(this.#text)
    if (!end) this.#fail('Missing end of comment tag', start)
    this.#at = commentEnd.lastIndex
    return end[0].endsWith('\n')
  }

  /** The inside of a tag up to and with its end. */
  #tag(region: Region, start: number): boolean {
    const variable = region === 'variable'
    this.#push(variable ? 'variable-start' : 'block-start', '', start)
    const brackets: string[] = []
    for (;;) {
      if (brackets.length === 0) {
        const ended = region === 'line-statement' ? this.#lineStatementEnd() : this.#tagEnd(variable)
        if (ended !== undefined) return ended
      }
      // The parser reports what it was waiting for, which says more than "unclosed tag".
      if (this.#at >= this.#text.length) return false
      this.#code(brackets, variable)
    }
  }

  #tagEnd(variable: boolean): boolean | undefined {
    const end = variable ? this.#patterns.variableEnd : this.#patterns.blockEnd
    end.lastIndex = this.#at
    const match = end.exec(this.#text)
    if (!match) return undefined
    this.#push(variable ? 'variable-end' : 'block-end', '', this.#at)
    this.#at = end.lastIndex
    return match[0].endsWith('\n')
  }

  #lineStatementEnd(): boolean | undefined {
    const match = /[^\S\n]*(?:\n|$)/y
    match.lastIndex = this.#at
    const end = match.exec(this.#text)
    if (!end) return undefined
    this.#push('block-end', '', this.#at)
    this.#at = match.lastIndex
    return end[0].endsWith('\n')
  }

  #code(brackets: string[], variable = false) {
    const text = this.#text
    const at = this.#at
    if (this.#skip(WHITESPACE)) return
    const float = this.#match(FLOAT)
    if (float !== undefined) return this.#push('float', float, at, pythonNumber(float)!)
    const integer = this.#match(INTEGER)
    if (integer !== undefined) return this.#push('int', integer, at, pythonNumber(integer)!)
    const plain = this.#match(ASCII_NAME)
    if (plain !== undefined) return this.#push('symbol', plain, at)
    const name = this.#match(NAME)
    if (name !== undefined) {
      if (!IDENTIFIER.test(name)) this.#fail('Invalid character in identifier', at)
      return this.#push('symbol', name, at)
    }
    const string = this.#match(STRING)
    if (string !== undefined) {
      const inner = string.slice(1, -1)
      const constant =
        variable && this.#syntax.keep_backslashes && inner.includes('\\')
          ? inner.replace(/\\([\s\S])/g, (pair, escaped) => (escaped === string[0] ? escaped : pair))
          : unescapeString(inner)
      if (constant === undefined) this.#fail('truncated or invalid escape in a string constant', at)
      return this.#push('string', string, at, constant)
    }
    const operator = this.#match(OPERATOR)
    if (operator === undefined) this.#fail(`unexpected char ${JSON.stringify(text[at])} at ${at}`, at)
    if (CLOSING[operator] !== undefined) brackets.push(CLOSING[operator])
    else if (operator === ')' || operator === ']' || operator === '}') {
      const expected = brackets.pop()
      if (expected === undefined) this.#fail(`unexpected '${operator}'`, at)
      if (expected !== operator) this.#fail(`unexpected '${operator}', expected '${expected}'`, at)
    }
    this.#push(TYPES[operator] ?? 'operator', operator, at)
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    if (!pattern.test(this.#text)) return false
    this.#at = pattern.lastIndex
    return true
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (!match) return undefined
    this.#at = pattern.lastIndex
    return match[0]
  }
}
