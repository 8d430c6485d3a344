/**
 * Python's `re` on JavaScript's RegExp: the pattern is translated, so that playbooks' regular expressions mean what they
 * say. Two things JavaScript cannot do are refused with a clear error (conditionals; atomic groups and possessive
 * repeats); two differ silently: a reference to a group that took no part matches the empty string, and a group inside
 * a repeat forgets its text when a later round skips it.
 */

import { Diagnostic } from '../diagnostics.js'
import { controlEscapes } from './escapes.js'

export interface RegExpFlags {
  readonly ignorecase?: boolean
  readonly multiline?: boolean
  readonly dotall?: boolean
  readonly verbose?: boolean
  /** `\w \d \s` are ASCII only, as in patterns over bytes (the modules lineinfile, replace, …). */
  readonly ascii?: boolean
}

const cache = new Map<string, RegExp>()

/** The RegExp that means what this Python pattern means; not global, so `exec` and `test` search anew each time. */
export function pythonRegExp(pattern: string, flags: RegExpFlags = {}): RegExp {
  const { ignorecase, multiline, dotall, verbose, ascii } = flags
  const key = `${+!!ignorecase}${+!!multiline}${+!!dotall}${+!!verbose}${+!!ascii}${pattern}`
  let made = cache.get(key)
  if (!made) {
    made = compile(pattern, { ignorecase, multiline, dotall, verbose, ascii })
    if (cache.size > 2000) cache.clear()
    cache.set(key, made)
  }
  return made
}

/** Escapes what is special in a Python pattern, as re.escape does. */
export function escapeRegExp(text: string): string {
  return text.replace(/[()[\]{}?*+\-|^$\\.&~# \t\n\r\v\f]/g, '\\$&')
}

/** The first match anywhere, at or after `from`. */
export function search(pattern: RegExp, text: string, from = 0): RegExpExecArray | null {
  return run(variant(pattern, 'g'), text, from)
}

/** A match that starts exactly at `from`. */
export function matchAt(pattern: RegExp, text: string, from = 0): RegExpExecArray | null {
  return run(variant(pattern, 'y'), text, from)
}

/** A match of the whole text. */
export function fullMatch(pattern: RegExp, text: string): RegExpExecArray | null {
  return run(variant(pattern, 'full'), text, 0)
}

/** All matches from left to right; empty ones count also right after another match, as in Python 3.7 and later. */
export function* findIter(pattern: RegExp, text: string): Generator<RegExpExecArray> {
  const prefersEmpty = /\||[*+?}]\?/.test(pattern.source)
  let at = 0
  while (at <= text.length) {
    const found = search(pattern, text, at)
    if (!found) return
    yield found
    at = found.index + found[0].length
    if (found[0] !== '') continue
    // After an empty match Python first tries for a longer one at the same place.
    const longer = prefersEmpty ? notEmptyAt(pattern, text, at) : null
    if (longer) {
      yield longer
      at += longer[0].length
    } else at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
  }
}

function notEmptyAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  const before = [...text.slice(0, at)].length
  return run(new RegExp(`(?:${pattern.source})(?<!^[\\s\\S]{${before}})`, `${pattern.flags}y`), text, at)
}

/** What re.findall gives: whole matches, the one group's text, or a list of the groups' texts. */
export function findAll(pattern: RegExp, text: string): (string | string[])[] {
  const all: (string | string[])[] = []
  for (const found of findIter(pattern, text)) {
    const groups = found.slice(1).map(group => group ?? '')
    all.push(groups.length === 0 ? found[0] : groups.length === 1 ? groups[0]! : groups)
  }
  return all
}

/** re.sub with a replacement template; `count` 0 means all. Answers the text and how many were replaced. */
export function substitute(
  pattern: RegExp,
  replacement: string | ((found: RegExpExecArray) => string),
  text: string,
  count = 0,
): { text: string; count: number } {
  const expand =
    typeof replacement === 'function' ? replacement : replacementTemplate(replacement, groupsOf(pattern), pattern)
  let out = ''
  let from = 0
  let done = 0
  for (const found of findIter(pattern, text)) {
    out += text.slice(from, found.index) + expand(found)
    from = found.index + found[0].length
    done++
    if (count > 0 && done >= count) break
  }
  return { text: out + text.slice(from), count: done }
}

/** match.expand(template): the template with the groups of this match. */
export function expandTemplate(pattern: RegExp, template: string, found: RegExpExecArray): string {
  return replacementTemplate(template, groupsOf(pattern), pattern)(found)
}

/** re.split: the pieces, with the groups' texts between them. */
export function splitBy(pattern: RegExp, text: string, maxsplit = 0): (string | null)[] {
  const pieces: (string | null)[] = []
  let from = 0
  let done = 0
  for (const found of findIter(pattern, text)) {
    pieces.push(text.slice(from, found.index), ...found.slice(1).map(group => group ?? null))
    from = found.index + found[0].length
    if (maxsplit > 0 && ++done >= maxsplit) break
  }
  pieces.push(text.slice(from))
  return pieces
}

/** How many groups a translated pattern has. */
export function groupsOf(pattern: RegExp): number {
  return info.get(pattern)?.groups ?? new RegExp(`${pattern.source}|`, pattern.flags).exec('')!.length - 1
}

/** The number of a named group; undefined when there is none. */
export function groupNumber(pattern: RegExp, name: string): number | undefined {
  return info.get(pattern)?.names.get(name)
}

const info = new WeakMap<RegExp, { groups: number; names: ReadonlyMap<string, number> }>()
const variants = new WeakMap<RegExp, Map<string, RegExp>>()

function variant(pattern: RegExp, kind: 'g' | 'y' | 'full'): RegExp {
  const known = variants.get(pattern) ?? new Map<string, RegExp>()
  variants.set(pattern, known)
  let made = known.get(kind)
  if (!made) {
    const flags = pattern.flags.replace(/[gy]/g, '')
    made =
      kind === 'full' ? new RegExp(`(?:${pattern.source})$`, `${flags}y`) : new RegExp(pattern.source, flags + kind)
    known.set(kind, made)
  }
  return made
}

function run(pattern: RegExp, text: string, from: number): RegExpExecArray | null {
  pattern.lastIndex = from
  return pattern.exec(text)
}

// ---- replacement templates ----

function replacementTemplate(template: string, groups: number, pattern: RegExp): (found: RegExpExecArray) => string {
  const parts: (string | number)[] = []
  let literal = ''
  const group = (number: number, at: number) => {
    if (number > groups) throw problem(`invalid group reference ${number}`, template, at)
    if (literal) parts.push(literal)
    literal = ''
    parts.push(number)
  }
  let at = 0
  while (at < template.length) {
    const character = template[at++]!
    if (character !== '\\') {
      literal += character
      continue
    }
    const next = template[at]
    if (next === undefined) throw problem('bad escape (end of pattern)', template, at - 1)
    at++
    if (next === 'g') {
      if (template[at] !== '<') throw problem('missing <', template, at)
      const end = template.indexOf('>', at)
      if (end === -1) {
        if (at + 1 === template.length) throw problem('missing group name', template, at + 1)
        throw problem('missing >, unterminated name', template, at + 1)
      }
      const name = template.slice(at + 1, end)
      if (name === '') throw problem('missing group name', template, at + 1)
      if (/^[0-9]+$/.test(name)) group(Number(name), at + 1)
      else if (!identifier.test(name)) throw problem(`bad character in group name '${name}'`, template, at + 1)
      else {
        const number = groupNumber(pattern, name)
        if (number === undefined) throw new Diagnostic(`unknown group name '${name}'`, { code: 'regexp' })
        group(number, at + 1)
      }
      at = end + 1
    } else if (next === '0') {
      const digits = /^[0-7]{0,2}/.exec(template.slice(at))![0]
      literal += String.fromCharCode(Number.parseInt(`0${digits}`, 8))
      at += digits.length
    } else if (/[1-9]/.test(next)) {
      const start = at - 2
      const second = template[at]
      if (second !== undefined && /[0-9]/.test(second)) {
        const third = template[at + 1]
        if (/[0-7]/.test(next) && /[0-7]/.test(second) && third !== undefined && /[0-7]/.test(third)) {
          const code = Number.parseInt(next + second + third, 8)
          if (code > 0o377)
            throw problem(`octal escape value \\${next}${second}${third} outside of range 0-0o377`, template, start)
          literal += String.fromCharCode(code)
          at += 2
          continue
        }
        at++
        group(Number(next + second), start + 1)
      } else group(Number(next), start + 1)
    } else if (next in controlEscapes) literal += controlEscapes[next]
    else if (/[a-zA-Z]/.test(next)) throw problem(`bad escape \\${next}`, template, at - 2)
    else literal += `\\${next}`
  }
  if (literal) parts.push(literal)
  return found => parts.map(part => (typeof part === 'string' ? part : (found[part] ?? ''))).join('')
}

const identifier = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u

function problem(message: string, pattern: string, at: number): Diagnostic {
  const before = pattern.slice(0, at)
  const newline = before.lastIndexOf('\n')
  const where = pattern.includes('\n')
    ? ` at position ${[...before].length} (line ${before.split('\n').length}, column ${at - newline})`
    : ` at position ${[...before].length}`
  return new Diagnostic(message + where, { code: 'regexp' })
}

// ---- patterns ----

type Flags = { -readonly [K in keyof RegExpFlags]: RegExpFlags[K] | undefined }

/** Thrown when flags for the whole pattern turn up on the way: translation starts again with them. */
class Restart {
  constructor(readonly flags: Flags) {}
}

function compile(pattern: string, flags: Flags, expandCase = false): RegExp {
  try {
    const translation = new Translation(pattern, flags, expandCase)
    const source = translation.whole()
    const made = new RegExp(source, flags.ignorecase && !expandCase ? 'iv' : 'v')
    info.set(made, { groups: translation.groups, names: translation.names })
    return made
  } catch (error) {
    if (error instanceof Restart) return compile(pattern, { ...flags, ...error.flags }, expandCase)
    if (error === scopedCase) return compile(pattern, flags, true)
    if (error instanceof SyntaxError)
      throw new Diagnostic(`regular expression cannot be used here: ${pattern}: ${error.message}`, { code: 'regexp' })
    throw error
  }
}

const scopedCase = Symbol('case sensitivity differs inside the pattern')

const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const unicodeSets: Record<string, string> = { d: '\\p{Nd}', w: '\\p{L}\\p{N}_', s: SPACE }
const asciiSets: Record<string, string> = { d: '0-9', w: 'a-zA-Z0-9_', s: ' \\t-\\r' }
const flagLetters: Record<string, keyof RegExpFlags | 'unicode' | 'locale'> = {
  i: 'ignorecase',
  m: 'multiline',
  s: 'dotall',
  x: 'verbose',
  a: 'ascii',
  u: 'unicode',
  L: 'locale',
}

class Translation {
  groups = 0
  readonly names = new Map<string, number>()
  readonly #open = new Set<number>()
  #at = 0

  constructor(
    readonly pattern: string,
    readonly flags: Flags,
    readonly expandCase: boolean,
  ) {}

  whole(): string {
    const source = this.alternatives(this.flags, true)
    if (this.#at < this.pattern.length) throw this.problem('unbalanced parenthesis', this.#at)
    return source
  }

  problem(message: string, at: number): Diagnostic {
    return problem(message, this.pattern, at)
  }

  take(text: string): boolean {
    if (!this.pattern.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  alternatives(flags: Flags, outermost = false): string {
    const branches: string[] = []
    do branches.push(this.sequence(flags, outermost && branches.length === 0))
    while (this.take('|'))
    return branches.join('|')
  }

  sequence(flags: Flags, outermost: boolean): string {
    let out = ''
    // The last item, which a repeat would apply to: undefined when nothing can be repeated.
    let item: { text: string; kind: 'atom' | 'look' | 'anchor' | 'repeat' } | undefined
    const push = (text: string, kind: 'atom' | 'look' | 'anchor' | 'repeat' = 'atom') => {
      if (item) out += item.text
      item = { text, kind }
    }
    while (this.#at < this.pattern.length) {
      const start = this.#at
      const character = String.fromCodePoint(this.pattern.codePointAt(start)!)
      if (character === '|' || character === ')') break
      if (flags.verbose && this.skipVerbose()) continue
      this.#at += character.length
      switch (character) {
        case '\\':
          push(...this.escape(flags, start))
          break
        case '[':
          push(this.characterSet(flags, start))
          break
        case '.':
          push(flags.dotall ? '[\\s\\S]' : '[^\\n]')
          break
        case '^':
          push(flags.multiline ? '(?<![^\\n])' : '^', 'anchor')
          break
        case '$':
          push(flags.multiline ? '(?![^\\n])' : '(?=\\n?$)', 'anchor')
          break
        case '(': {
          const made = this.group(flags, start, outermost && out === '' && !item)
          if (made) push(made.text, made.look ? 'look' : 'atom')
          break
        }
        case '*':
        case '+':
        case '?':
        case '{': {
          const repeat = this.repeat(character, start)
          if (repeat === undefined) {
            push('\\{')
            break
          }
          if (!item || item.kind === 'anchor') throw this.problem('nothing to repeat', start)
          if (item.kind === 'repeat') throw this.problem('multiple repeat', start)
          item = { text: (item.kind === 'look' ? `(?:${item.text})` : item.text) + repeat, kind: 'repeat' }
          break
        }
        default:
          push(this.literal(character, flags))
      }
    }
    return out + (item?.text ?? '')
  }

  skipVerbose(): boolean {
    const skipped = /^(?:[ \t\n\r\v\f]|#[^\n]*)+/.exec(this.pattern.slice(this.#at))
    if (!skipped) return false
    this.#at += skipped[0].length
    return true
  }

  repeat(character: string, start: number): string | undefined {
    let text = character
    if (character === '{') {
      const range = /^(\d*)(?:(,)(\d*))?\}/.exec(this.pattern.slice(this.#at))
      if (!range || (range[1] === '' && range[2] === undefined)) return undefined
      this.#at += range[0].length
      const [, least, comma, most] = range
      if (comma && most && Number(least || 0) > Number(most))
        throw this.problem('min repeat greater than max repeat', start)
      text = `{${least || 0}${comma ?? ''}${most ?? ''}}`
    }
    if (this.take('?')) return `${text}?`
    if (this.pattern[this.#at] === '+') throw this.problem(`possessive repeat ${character}+ is not supported`, start)
    return text
  }

  group(flags: Flags, start: number, atStart: boolean): { text: string; look?: boolean } | undefined {
    if (!this.take('?')) return { text: this.capture(flags, start) }
    if (this.take(':')) return { text: `(?:${this.inside(flags, start)})` }
    if (this.take('#')) {
      const end = this.pattern.indexOf(')', this.#at)
      if (end === -1) throw this.problem('missing ), unterminated comment', start)
      this.#at = end + 1
      return undefined
    }
    for (const look of ['=', '!', '<=', '<!'])
      if (this.take(look)) return { text: `(?${look}${this.inside(flags, start)})`, look: true }
    if (this.take('P<')) return { text: this.capture(flags, start, this.name('>')) }
    if (this.take('P=')) {
      const nameAt = this.#at
      const name = this.name(')')
      const number = this.names.get(name)
      if (number === undefined) throw this.problem(`unknown group name '${name}'`, nameAt)
      return { text: this.reference(number, nameAt) }
    }
    if (this.take('(')) throw this.problem('conditional groups (?(id)yes|no) are not supported', start)
    if (this.take('>')) throw this.problem('atomic groups (?>...) are not supported', start)
    return this.inlineFlags(flags, start, atStart)
  }

  inlineFlags(flags: Flags, start: number, atStart: boolean): { text: string } | undefined {
    const found = /^([aiLmsux]*)(?:-([imsx]+))?([:)])/.exec(this.pattern.slice(this.#at))
    if (!found || (found[1] === '' && found[2] === undefined)) {
      const next = this.pattern[this.#at]
      if (next === undefined) throw this.problem('unexpected end of pattern', this.#at)
      throw this.problem(
        `unknown extension ?${next === 'P' || next === '<' ? this.pattern.slice(this.#at, this.#at + 2) : next}`,
        start + 1,
      )
    }
    this.#at += found[0].length
    const changed: Flags = {}
    for (const letter of found[1]!) {
      const flag = flagLetters[letter]!
      if (flag === 'locale')
        throw this.problem("bad inline flags: cannot use 'L' flag with a str pattern", this.#at - 1)
      if (flag === 'unicode') changed.ascii = false
      else changed[flag] = true
    }
    for (const letter of found[2] ?? '') changed[flagLetters[letter] as keyof RegExpFlags] = false
    if (found[3] === ')') {
      if (found[2] !== undefined) throw this.problem('missing :', this.#at - 1)
      // Flags for the whole pattern; before Python 3.11 they could stand anywhere.
      const news = Object.entries(changed).some(([name, on]) => !!this.flags[name as keyof RegExpFlags] !== on)
      if (news) throw new Restart(changed)
      void atStart
      return undefined
    }
    if (changed.ignorecase !== undefined && !!changed.ignorecase !== !!flags.ignorecase && !this.expandCase)
      throw scopedCase
    return { text: `(?:${this.inside({ ...flags, ...changed }, start)})` }
  }

  name(end: string): string {
    const start = this.#at
    const at = this.pattern.indexOf(end, start)
    const name = at === -1 ? this.pattern.slice(start) : this.pattern.slice(start, at)
    if (name === '') throw this.problem('missing group name', start)
    if (at === -1) throw this.problem(`missing ${end}, unterminated name`, start)
    if (!identifier.test(name)) throw this.problem(`bad character in group name '${name}'`, start)
    this.#at = at + 1
    return name
  }

  capture(flags: Flags, start: number, name?: string): string {
    const number = ++this.groups
    if (name !== undefined) {
      if (this.names.has(name))
        throw this.problem(
          `redefinition of group name '${name}' as group ${number}; was group ${this.names.get(name)}`,
          start + 4,
        )
      this.names.set(name, number)
    }
    this.#open.add(number)
    const body = this.inside(flags, start)
    this.#open.delete(number)
    return `(${name === undefined ? '' : `?<${name}>`}${body})`
  }

  inside(flags: Flags, start: number): string {
    const body = this.alternatives(flags)
    if (!this.take(')')) throw this.problem('missing ), unterminated subpattern', start)
    return body
  }

  reference(number: number, at: number): string {
    if (this.#open.has(number)) throw this.problem('cannot refer to an open group', at)
    return `(?:\\${number})`
  }

  escape(flags: Flags, start: number): [string, 'atom' | 'anchor'] {
    const next = this.pattern[this.#at]
    if (next === undefined) throw this.problem('bad escape (end of pattern)', start)
    const word = `[${this.set('w', flags)}]`
    switch (next) {
      case 'A':
        this.#at++
        return ['^', 'anchor']
      case 'Z':
        this.#at++
        return ['$', 'anchor']
      case 'b':
        this.#at++
        return [`(?:(?<=${word})(?!${word})|(?<!${word})(?=${word}))`, 'anchor']
      case 'B':
        this.#at++
        return [`(?:(?<=${word})(?=${word})|(?<!${word})(?!${word}))`, 'anchor']
    }
    if ('dwsDWS'.includes(next)) {
      this.#at++
      const set = this.set(next.toLowerCase(), flags)
      return [next === next.toLowerCase() ? `[${set}]` : `[^${set}]`, 'atom']
    }
    if (next >= '1' && next <= '9') {
      const octal = /^[0-3][0-7][0-7]/.exec(this.pattern.slice(this.#at))
      if (octal) {
        this.#at += 3
        return [this.literal(String.fromCharCode(Number.parseInt(octal[0], 8)), flags), 'atom']
      }
      const digits = /^[0-9]{1,2}/.exec(this.pattern.slice(this.#at))![0]
      this.#at += digits.length
      const number = Number(digits)
      if (number > this.groups) throw this.problem(`invalid group reference ${number}`, start + 1)
      return [this.reference(number, start), 'atom']
    }
    return [this.literal(this.characterEscape(start), flags), 'atom']
  }

  /** An escape that stands for one character, in a set or outside. */
  characterEscape(start: number): string {
    const rest = this.pattern.slice(this.#at)
    const next = rest[0]!
    const code = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(0[0-7]{0,2}|[0-7]{3}))/.exec(rest)
    if (code) {
      this.#at += code[0].length
      const value =
        code[4] === undefined ? Number.parseInt(code[1] ?? code[2] ?? code[3]!, 16) : Number.parseInt(code[4], 8)
      if (value > 0x10ffff) throw this.problem(`bad escape \\${code[0]}`, start)
      return String.fromCodePoint(value)
    }
    if (next in controlEscapes && next !== 'b') {
      this.#at++
      return controlEscapes[next]!
    }
    if (next === 'x' || next === 'u' || next === 'U') {
      const partial = /^[xuU][0-9a-fA-F]*/.exec(rest)![0].slice(0, { x: 2, u: 4, U: 8 }[next] + 1)
      throw this.problem(`incomplete escape \\${partial}`, start)
    }
    if (next === 'N') throw this.problem('named characters \\N{...} are not supported', start)
    if (/[a-zA-Z0-9]/.test(next)) throw this.problem(`bad escape \\${next}`, start)
    const character = String.fromCodePoint(rest.codePointAt(0)!)
    this.#at += character.length
    return character
  }

  set(letter: string, flags: Flags): string {
    return (flags.ascii ? asciiSets : unicodeSets)[letter]!
  }

  literal(character: string, flags: Flags): string {
    if (this.expandCase && flags.ignorecase) {
      const variants = caseVariants(character)
      if (variants.length > 1) return `[${variants.map(quoteInSet).join('')}]`
    }
    return /[\^$\\.*+?()[\]{}|/]/.test(character) ? `\\${character}` : visible(character)
  }

  characterSet(flags: Flags, start: number): string {
    const negated = this.take('^')
    let body = ''
    const first = this.#at
    for (;;) {
      if (this.#at >= this.pattern.length) throw this.problem('unterminated character set', start)
      if (this.pattern[this.#at] === ']' && this.#at !== first) break
      const itemAt = this.#at
      const from = this.setItem(flags)
      if (this.pattern[this.#at] === '-' && this.pattern[this.#at + 1] !== ']' && this.#at + 1 < this.pattern.length) {
        this.#at++
        const to = this.setItem(flags)
        const span = this.pattern.slice(itemAt, this.#at)
        if (from.character === undefined || to.character === undefined)
          throw this.problem(`bad character range ${span}`, itemAt)
        if (from.character.codePointAt(0)! > to.character.codePointAt(0)!)
          throw this.problem(`bad character range ${span}`, itemAt)
        body += this.range(from.character, to.character, flags)
      } else if (from.character === undefined) body += from.set
      else if (this.expandCase && flags.ignorecase) body += caseVariants(from.character).map(quoteInSet).join('')
      else body += quoteInSet(from.character)
    }
    this.#at++
    return `[${negated ? '^' : ''}${body}]`
  }

  setItem(flags: Flags): { character: string; set?: undefined } | { character?: undefined; set: string } {
    const start = this.#at
    if (start >= this.pattern.length) throw this.problem('unterminated character set', start)
    const character = String.fromCodePoint(this.pattern.codePointAt(start)!)
    this.#at += character.length
    if (character !== '\\') return { character }
    const next = this.pattern[this.#at]
    if (next === undefined) throw this.problem('bad escape (end of pattern)', start)
    if ('dwsDWS'.includes(next)) {
      this.#at++
      const set = this.set(next.toLowerCase(), flags)
      return { set: next === next.toLowerCase() ? set : `[^${set}]` }
    }
    if (next === 'b') {
      this.#at++
      return { character: '\b' }
    }
    return { character: this.characterEscape(start) }
  }

  range(from: string, to: string, flags: Flags): string {
    let out = `${quoteInSet(from)}-${quoteInSet(to)}`
    if (this.expandCase && flags.ignorecase) {
      const [low, high] = [from.codePointAt(0)!, to.codePointAt(0)!]
      for (let code = low; code <= Math.min(high, low + 2000); code++)
        for (const other of caseVariants(String.fromCodePoint(code)))
          if (other.codePointAt(0)! < low || other.codePointAt(0)! > high) out += quoteInSet(other)
    }
    return out
  }
}

function caseVariants(character: string): string[] {
  const all = new Set([character, character.toLowerCase(), character.toUpperCase()])
  return [...all].filter(one => [...one].length === 1)
}

const quoteInSet = (character: string) =>
  /[!-/:-@[-`{-~]/.test(character) ? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}` : visible(character)

/** Control characters and lone surrogates as escapes, so that the made source stays printable. */
const visible = (character: string) =>
  /[\x00-\x1f\x7f\u2028\u2029\ud800-\udfff]/.test(character) && character.length === 1
    ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
    : character
