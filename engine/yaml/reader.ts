/**
 * Reads YAML the way libyaml (which Ansible uses) does, several times faster than a full parser. It follows libyaml in
 * every detail of what it reads, and gives up, by answering undefined, on what is rare (complex keys, directives,
 * several documents) and on every mistake: then the `yaml` package reads the text, and explains what is wrong.
 */
import { AliasNode, type ContentNode, MappingNode, type Node, resolved, ScalarNode, SequenceNode } from './nodes.js'

const NEWLINE = 10
const TAB = 9
const SPACE = 32
/** Longest simple key, and what libyaml needs on one line. */
const KEY_LIMIT = 1024
/** Of calls; a level of nesting costs up to two. PyYAML gives up at about the same depth. */
const MAX_DEPTH = 600

/** The single document, null when there is none, undefined when another reader must look. */
export function readQuickly(text: string): Node | null | undefined {
  try {
    return new Reader(text).document()
  } catch (error) {
    if (error === GIVE_UP) return undefined
    throw error
  }
}

/** Something that libyaml refuses and the `yaml` package would accept. */
export class Mistake extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message)
  }
}

const GIVE_UP = new Error('not for the quick reader')

const isBlank = (code: number): boolean => code === SPACE || code === TAB
/** Blank, line break, or the end (NaN). */
const isBlankOrEnd = (code: number): boolean => code === SPACE || code === NEWLINE || code === TAB || Number.isNaN(code)
const isFlowIndicator = (code: number): boolean =>
  code === 0x2c || code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d

/** Characters that cannot begin a plain scalar (some may when no blank follows). */
const INDICATORS = new Set([...'-?:,[]{}#&*!|>\'"%@`'].map(char => char.charCodeAt(0)))

const ESCAPES: { readonly [letter: string]: string } = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
}

class Reader {
  #at = 0
  #lineStart = 0
  #depth = 0
  /** Did the last scalar span lines? Then it is no key. */
  #multiline = false
  readonly #text: string
  readonly #anchors = new Map<string, ContentNode>()

  constructor(text: string) {
    this.#text = text
  }

  document(): Node | null {
    if (/[\x85\u2028\u2029]/.test(this.#text)) throw GIVE_UP
    this.#skip(true)
    if (this.#text.charCodeAt(this.#at) === 0x25 && this.#at === this.#lineStart) throw GIVE_UP
    let keyAllowed = true
    if (this.#marker('---')) {
      this.#at += 3
      keyAllowed = this.#skip(false)
      if (this.#marker('---')) throw GIVE_UP
    } else if (this.#marker('...')) throw GIVE_UP
    if (this.#at >= this.#text.length || this.#marker('...')) {
      this.#end()
      return null
    }
    const node = this.#node(-1, keyAllowed, false)
    this.#end()
    return node
  }

  /** After the document there may only be `...` and comments. */
  #end(): void {
    this.#skip(true)
    if (this.#marker('...')) {
      this.#at += 3
      this.#skip(true)
    }
    if (this.#at < this.#text.length) throw GIVE_UP
  }

  #marker(marker: string): boolean {
    return (
      this.#at === this.#lineStart &&
      this.#text.startsWith(marker, this.#at) &&
      isBlankOrEnd(this.#text.charCodeAt(this.#at + 3))
    )
  }

  get #column(): number {
    return this.#at - this.#lineStart
  }

  /** To the next token, over blanks, comments and line ends; true when a line ended. Tabs only within a line. */
  #skip(atLineStart: boolean, flow = false): boolean {
    const text = this.#text
    let crossed = false
    for (;;) {
      const code = text.charCodeAt(this.#at)
      if (code === SPACE) this.#at++
      else if (code === TAB && (flow || (!crossed && !atLineStart))) this.#at++
      else if (code === 0x23) {
        const end = text.indexOf('\n', this.#at)
        this.#at = end === -1 ? text.length : end
      } else if (code === NEWLINE) {
        this.#at++
        this.#lineStart = this.#at
        crossed = true
      } else return crossed
    }
  }

  /** A node below a collection of that indent; `indentless`: a sequence may stand in the collection's own column. */
  #node(indent: number, keyAllowed: boolean, indentless: boolean): Node {
    if (++this.#depth > MAX_DEPTH) throw new Mistake('the values are nested too deeply', this.#at)
    const node = this.#nodeAt(indent, keyAllowed, indentless)
    this.#depth--
    return node
  }

  #nodeAt(indent: number, keyAllowed: boolean, indentless: boolean): Node {
    const start = this.#at
    const column = this.#column
    const code = this.#text.charCodeAt(start)
    if (code === 0x2a) return this.#aliasOrGiveUp()
    if (code !== 0x26 && code !== 0x21) return this.#content(indent, keyAllowed, start, column, undefined, undefined)
    const { tag, anchor } = this.#properties()
    const crossed = this.#skip(false)
    const belongs = !crossed || this.#column > indent || (indentless && this.#column === indent && this.#isEntry())
    if (this.#at >= this.#text.length || !belongs || this.#docMarker()) {
      this.#rewind()
      return this.#named(new ScalarNode('', true, start), tag, anchor)
    }
    if (!crossed) return this.#content(indent, keyAllowed, start, column, tag, anchor)
    const next = this.#text.charCodeAt(this.#at)
    if (next === 0x26 || next === 0x21 || next === 0x2a) throw GIVE_UP
    return this.#collected(indent, this.#at, this.#column, tag, anchor)
  }

  /** Content on a line of its own, with properties from the line before: they belong to the collection. */
  #collected(
    indent: number,
    start: number,
    column: number,
    tag: string | undefined,
    anchor: string | undefined,
  ): ContentNode {
    if (this.#isEntry()) return this.#sequence(column, this.#named(new SequenceNode(start), tag, anchor))
    const key = this.#scalarOrFlow(indent)
    if (!this.#colonFollows(start)) return this.#named(key, tag, anchor)
    if (key.kind !== 'scalar') throw GIVE_UP
    return this.#mapping(column, key, this.#named(new MappingNode(start), tag, anchor))
  }

  #content(
    indent: number,
    keyAllowed: boolean,
    start: number,
    column: number,
    tag: string | undefined,
    anchor: string | undefined,
  ): ContentNode {
    if (this.#isEntry()) {
      if (!keyAllowed || tag !== undefined || anchor !== undefined) throw GIVE_UP
      return this.#sequence(column, new SequenceNode(start))
    }
    const node = this.#scalarOrFlow(indent)
    if (!this.#colonFollows(start)) return this.#named(node, tag, anchor)
    if (!keyAllowed || node.kind !== 'scalar') throw GIVE_UP
    return this.#mapping(column, this.#named(node, tag, anchor), new MappingNode(start))
  }

  #named<T extends ContentNode>(node: T, tag: string | undefined, anchor: string | undefined): T {
    node.tag = tag
    if (anchor !== undefined) {
      if (this.#anchors.has(anchor)) throw GIVE_UP
      this.#anchors.set(anchor, node)
      node.anchored = true
    }
    return node
  }

  #properties(): { readonly tag: string | undefined; readonly anchor: string | undefined } {
    let tag: string | undefined
    let anchor: string | undefined
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === 0x26 && anchor === undefined) anchor = this.#name()
      else if (code === 0x21 && tag === undefined) tag = this.#tag()
      else return { tag, anchor }
      while (isBlank(this.#text.charCodeAt(this.#at))) this.#at++
    }
  }

  #name(): string {
    const match = this.#match(/[&*]([A-Za-z0-9_-]+)/y)
    if (!match || !/[\s?:,\]}%@`]|^$/.test(this.#text.charAt(this.#at))) throw GIVE_UP
    return match[1]!
  }

  #tag(): string {
    const match = this.#match(/!(!?)([\w-]*)/y)!
    if (!isBlankOrEnd(this.#text.charCodeAt(this.#at))) throw GIVE_UP
    const [, standard, name] = match
    if (standard) {
      if (!name) throw GIVE_UP
      return `tag:yaml.org,2002:${name}`
    }
    return `!${name}`
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#text)
    if (match) this.#at = pattern.lastIndex
    return match
  }

  #alias(): Node {
    const start = this.#at
    const target = this.#anchors.get(this.#name())
    if (!target) throw GIVE_UP
    return new AliasNode(target, start)
  }

  #aliasOrGiveUp(): Node {
    const start = this.#at
    const node = this.#alias()
    if (this.#colonFollows(start)) throw GIVE_UP
    return node
  }

  #isEntry(): boolean {
    return this.#text.charCodeAt(this.#at) === 0x2d && isBlankOrEnd(this.#text.charCodeAt(this.#at + 1))
  }

  /** Is what was just read a key? Leaves the position alone unless it is; then it stands after the colon. */
  #colonFollows(start: number): boolean {
    const text = this.#text
    let at = this.#at
    while (isBlank(text.charCodeAt(at))) at++
    if (text.charCodeAt(at) !== 0x3a || !isBlankOrEnd(text.charCodeAt(at + 1))) return false
    if (this.#multiline || at - start > KEY_LIMIT) throw GIVE_UP
    this.#at = at + 1
    return true
  }

  #scalarOrFlow(indent: number): ContentNode {
    this.#multiline = false
    const code = this.#text.charCodeAt(this.#at)
    if (code === 0x7c || code === 0x3e) return this.#block(indent)
    if (code === 0x7b || code === 0x5b) {
      const line = this.#lineStart
      const node = code === 0x7b ? this.#flowMapping() : this.#flowSequence()
      this.#multiline = line !== this.#lineStart
      return node
    }
    return this.#scalar(indent, false)
  }

  #scalar(indent: number, flow: boolean): ScalarNode {
    const start = this.#at
    const code = this.#text.charCodeAt(start)
    this.#multiline = false
    if (code === 0x22) return new ScalarNode(this.#doubleQuoted(), false, start)
    if (code === 0x27) return new ScalarNode(this.#singleQuoted(), false, start)
    if (INDICATORS.has(code)) {
      const next = this.#text.charCodeAt(start + 1)
      const fine =
        (code === 0x2d && !isBlank(next)) || (!flow && (code === 0x3f || code === 0x3a) && !isBlankOrEnd(next))
      if (!fine) throw GIVE_UP
    }
    if (code === TAB) throw new Mistake('found a tab where a value or a key should begin', start)
    if (isBlankOrEnd(code)) throw GIVE_UP
    return new ScalarNode(this.#plain(indent, flow), true, start)
  }

  #plain(indent: number, flow: boolean): string {
    const text = this.#text
    let result = ''
    for (;;) {
      const from = this.#at
      let end = from
      // `end` is after the last character that is no blank; blanks before a comment or a colon do not count.
      let at = from
      for (;;) {
        const code = text.charCodeAt(at)
        if (Number.isNaN(code) || code === NEWLINE) break
        if (code === SPACE || code === TAB) {
          at++
          if (text.charCodeAt(at) === 0x23) break
          continue
        }
        if (code === 0x3a) {
          const next = text.charCodeAt(at + 1)
          if (isBlankOrEnd(next)) break
          if (flow && isFlowIndicator(next)) throw new Mistake("found unexpected ':'", at)
        } else if (flow && isFlowIndicator(code)) break
        at++
        end = at
      }
      result += text.slice(from, end)
      this.#at = end
      if (text.charCodeAt(at) !== NEWLINE) return result
      const breaks = this.#foldTo(at, indent, flow)
      if (breaks === 0) return result
      this.#multiline = true
      result += breaks === 1 ? ' ' : '\n'.repeat(breaks - 1)
    }
  }

  /** From the end of a line to a continuation of the scalar; 0 when there is none, else how many lines ended. */
  #foldTo(lineEnd: number, indent: number, flow: boolean): number {
    const text = this.#text
    let at = lineEnd
    let lineStart = this.#lineStart
    let breaks = 0
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === NEWLINE) {
        breaks++
        at++
        lineStart = at
      } else if (code === SPACE) at++
      else if (code === TAB) {
        if (!flow && at - lineStart <= indent) throw GIVE_UP
        at++
      } else break
    }
    const code = text.charCodeAt(at)
    if (Number.isNaN(code) || code === 0x23 || (!flow && at - lineStart <= indent)) return 0
    if (at === lineStart && /^(?:---|\.\.\.)(?:\s|$)/.test(text.slice(at, at + 4))) return 0
    // In flow an indicator ends the scalar on the new line as well; the next token is read from there.
    if (flow && isFlowIndicator(code)) return 0
    if (code === 0x3a && isBlankOrEnd(text.charCodeAt(at + 1))) throw GIVE_UP
    this.#at = at
    this.#lineStart = lineStart
    return breaks
  }

  #singleQuoted(): string {
    const text = this.#text
    const from = this.#at + 1
    let end = text.indexOf("'", from)
    while (end !== -1 && text.charCodeAt(end + 1) === 0x27) end = text.indexOf("'", end + 2)
    if (end === -1) throw GIVE_UP
    this.#at = end + 1
    const raw = text.slice(from, end)
    return this.#unfolded(raw.includes("'") ? raw.replaceAll("''", "'") : raw, from)
  }

  /** Joins the lines of a quoted scalar that has no escapes left. */
  #unfolded(raw: string, from: number): string {
    if (!raw.includes('\n')) return raw
    this.#multiline = true
    this.#lineStart = this.#text.lastIndexOf('\n', this.#at - 1) + 1
    if (/\n(?:---|\.\.\.)(?:\s|$)/.test(this.#text.slice(from, this.#at))) throw GIVE_UP
    return flow(raw, false)
  }

  #doubleQuoted(): string {
    const text = this.#text
    const from = this.#at + 1
    let end = from
    let escaped = false
    for (;;) {
      const code = text.charCodeAt(end)
      if (Number.isNaN(code)) throw GIVE_UP
      if (code === 0x22) break
      if (code === 0x5c) {
        escaped = true
        end++
      }
      end++
    }
    this.#at = end + 1
    const raw = text.slice(from, end)
    if (!escaped) return this.#unfolded(raw, from)
    if (raw.includes('\n')) {
      this.#multiline = true
      this.#lineStart = text.lastIndexOf('\n', end) + 1
      if (/\n(?:---|\.\.\.)(?:\s|$)/.test(raw)) throw GIVE_UP
    }
    return flow(raw, true)
  }

  #block(indent: number): ScalarNode {
    const text = this.#text
    const start = this.#at
    const folded = text.charCodeAt(start) === 0x3e
    const header = this.#match(/[|>](?:([-+])([1-9])?|([1-9])([-+])?)?[ \t]*(?:#[^\n]*)?(?=\n|$)/y)
    if (!header) throw GIVE_UP
    const chomp = header[1] ?? header[4]
    const increment = Number(header[2] ?? header[3] ?? 0)
    // The lookahead `$` without the m flag is the end of the text.
    if (text.charCodeAt(this.#at) === NEWLINE) this.#nextLine()
    let wanted = increment > 0 ? Math.max(indent, 0) + increment : 0
    let trailing: number
    ;({ breaks: trailing, indent: wanted } = this.#blockBreaks(wanted, indent))
    let result = ''
    let leading = false
    let leadingBlank = false
    while (this.#column === wanted && this.#at < text.length) {
      const blank = isBlank(text.charCodeAt(this.#at))
      if (folded && leading && !leadingBlank && !blank) {
        if (trailing === 0) result += ' '
      } else if (leading) result += '\n'
      if (trailing > 0) result += '\n'.repeat(trailing)
      leadingBlank = blank
      const end = text.indexOf('\n', this.#at)
      result += text.slice(this.#at, end === -1 ? text.length : end)
      this.#at = end === -1 ? text.length : end
      leading = end !== -1
      if (leading) this.#nextLine()
      trailing = this.#blockBreaks(wanted, indent).breaks
    }
    if (chomp !== '-') {
      if (leading) result += '\n'
      if (chomp === '+' && trailing > 0) result += '\n'.repeat(trailing)
    }
    // What follows stands at the beginning of a line: go back there, so that its column counts.
    this.#rewind()
    this.#multiline = true
    return new ScalarNode(result, false, start)
  }

  #nextLine(): void {
    this.#at++
    this.#lineStart = this.#at
  }

  /** Empty lines of a block, and its indent when that is still to be found (0). */
  #blockBreaks(wanted: number, indent: number): { breaks: number; indent: number } {
    const text = this.#text
    let breaks = 0
    let widest = 0
    for (;;) {
      while ((wanted === 0 || this.#column < wanted) && text.charCodeAt(this.#at) === SPACE) this.#at++
      if (this.#column > widest) widest = this.#column
      const code = text.charCodeAt(this.#at)
      if (code === TAB && (wanted === 0 || this.#column < wanted)) throw GIVE_UP
      if (code !== NEWLINE) break
      this.#nextLine()
      breaks++
    }
    return { breaks, indent: wanted > 0 ? wanted : Math.max(widest, indent + 1, 1) }
  }

  /** Entries in one column; the position is at the first dash. */
  #sequence(column: number, node: SequenceNode): SequenceNode {
    if (++this.#depth > MAX_DEPTH) throw new Mistake('the values are nested too deeply', this.#at)
    for (;;) {
      this.#at++
      const dash = this.#at
      const crossed = this.#skip(true)
      const outside = crossed && this.#column <= column && !this.#isBlockIn(column)
      if (this.#at >= this.#text.length || outside || this.#docMarker()) {
        this.#rewind()
        node.items.push(new ScalarNode('', true, dash))
      } else node.items.push(this.#node(column, true, false))
      if (!this.#nextMember(column)) break
      if (!this.#isEntry()) {
        this.#rewind()
        break
      }
    }
    this.#depth--
    return node
  }

  /** libyaml takes a block scalar whose header stands in the very column of its key. */
  #isBlockIn(column: number): boolean {
    const code = this.#text.charCodeAt(this.#at)
    return this.#column === column && (code === 0x7c || code === 0x3e)
  }

  #docMarker(): boolean {
    return this.#marker('---') || this.#marker('...')
  }

  /** After a member: is there something in the same column? Anything further right is a mistake. */
  #nextMember(column: number): boolean {
    const lineStart = this.#at === this.#lineStart
    const crossed = this.#skip(lineStart) || lineStart
    if (this.#at >= this.#text.length || this.#docMarker()) return false
    if (!crossed || this.#column > column) throw GIVE_UP
    if (this.#column === column) return true
    this.#rewind()
    return false
  }

  /** Back to the beginning of the line, so that whoever goes on sees that this token is the first of its line. */
  #rewind(): void {
    if (this.#at < this.#text.length) this.#at = this.#lineStart
  }

  /** Pairs in one column; the position is after the first colon. */
  #mapping(column: number, first: ContentNode, node: MappingNode): MappingNode {
    if (++this.#depth > MAX_DEPTH) throw new Mistake('the values are nested too deeply', this.#at)
    let key: Node = first
    for (;;) {
      node.keys.push(key)
      node.values.push(this.#value(column))
      if (!this.#nextMember(column)) break
      key = this.#key(column)
    }
    this.#depth--
    return node
  }

  #value(column: number): Node {
    const colon = this.#at
    const crossed = this.#skip(false)
    if (this.#at >= this.#text.length || this.#docMarker()) return new ScalarNode('', true, colon)
    if (!crossed) return this.#node(column, false, true)
    if (this.#column > column) return this.#node(column, true, true)
    if (this.#column === column && this.#isEntry()) return this.#sequence(column, new SequenceNode(this.#at))
    if (this.#isBlockIn(column)) return this.#block(column)
    this.#rewind()
    return new ScalarNode('', true, colon)
  }

  #key(column: number): ContentNode {
    const start = this.#at
    const code = this.#text.charCodeAt(start)
    if (code === 0x26 || code === 0x21) {
      const { tag, anchor } = this.#properties()
      if (this.#text.charCodeAt(this.#at) === NEWLINE) throw GIVE_UP
      const key = this.#named(this.#scalar(column, false), tag, anchor)
      if (!this.#colonFollows(start)) throw GIVE_UP
      return key
    }
    if (this.#isEntry()) throw GIVE_UP
    const key = this.#scalar(column, false)
    if (!this.#colonFollows(start)) throw GIVE_UP
    return key
  }

  #flowNode(): Node {
    const code = this.#text.charCodeAt(this.#at)
    const start = this.#at
    if (code === 0x2a) return this.#alias()
    let tag: string | undefined
    let anchor: string | undefined
    if (code === 0x26 || code === 0x21) {
      ;({ tag, anchor } = this.#properties())
      this.#skip(false, true)
      const next = this.#text.charCodeAt(this.#at)
      if (next === 0x2c || next === 0x5d || next === 0x7d || next === 0x3a) {
        return this.#named(new ScalarNode('', true, start), tag, anchor)
      }
    }
    const next = this.#text.charCodeAt(this.#at)
    if (next === 0x7b) return this.#flowMapping(tag, anchor)
    if (next === 0x5b) return this.#flowSequence(tag, anchor)
    return this.#named(this.#scalar(-1, true), tag, anchor)
  }

  /** A colon that makes what was read before it a key: libyaml wants both on one line. */
  #flowColon(lineStart: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== 0x3a) return false
    if (this.#multiline || lineStart !== this.#lineStart) throw GIVE_UP
    this.#at++
    return true
  }

  #flowValue(): Node {
    const colon = this.#at
    this.#skip(false, true)
    const code = this.#text.charCodeAt(this.#at)
    if (code === 0x2c || code === 0x7d || code === 0x5d) return new ScalarNode('', true, colon)
    return this.#flowNode()
  }

  #flowSequence(tag?: string, anchor?: string): SequenceNode {
    if (++this.#depth > MAX_DEPTH) throw new Mistake('the values are nested too deeply', this.#at)
    const node = this.#named(new SequenceNode(this.#at), tag, anchor)
    this.#at++
    for (;;) {
      this.#skip(false, true)
      if (this.#flowEnd(0x5d)) break
      const lineStart = this.#lineStart
      const start = this.#at
      const item = this.#flowNode()
      const multiline = this.#multiline
      this.#skip(false, true)
      this.#multiline = multiline
      if (this.#flowColon(lineStart)) {
        const pair = new MappingNode(start)
        if (resolvedKind(item) !== 'scalar') throw GIVE_UP
        pair.keys.push(item)
        pair.values.push(this.#flowValue())
        node.items.push(pair)
        this.#skip(false, true)
      } else node.items.push(item)
      if (!this.#flowComma(0x5d)) break
    }
    this.#depth--
    this.#multiline = false
    return node
  }

  #flowMapping(tag?: string, anchor?: string): MappingNode {
    if (++this.#depth > MAX_DEPTH) throw new Mistake('the values are nested too deeply', this.#at)
    const node = this.#named(new MappingNode(this.#at), tag, anchor)
    this.#at++
    for (;;) {
      this.#skip(false, true)
      if (this.#flowEnd(0x7d)) break
      const lineStart = this.#lineStart
      const key = this.#flowNode()
      if (resolvedKind(key) !== 'scalar') throw GIVE_UP
      const multiline = this.#multiline
      const end = this.#at
      this.#skip(false, true)
      this.#multiline = multiline
      node.keys.push(key)
      if (this.#flowColon(lineStart)) {
        node.values.push(this.#flowValue())
        this.#skip(false, true)
      } else node.values.push(new ScalarNode('', true, end))
      if (!this.#flowComma(0x7d)) break
    }
    this.#depth--
    this.#multiline = false
    return node
  }

  #flowEnd(close: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== close) return false
    this.#at++
    return true
  }

  /** True after a comma, false after the closing bracket. */
  #flowComma(close: number): boolean {
    const code = this.#text.charCodeAt(this.#at)
    if (code !== 0x2c && code !== close) throw GIVE_UP
    this.#at++
    return code === 0x2c
  }
}

const resolvedKind = (node: Node) => resolved(node).kind

const PLAIN_RUN = /[^\\ \t\n]+/y
const ESCAPE = /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|([\s\S]))/y

/** The text between quotes: lines joined, blanks at their ends dropped, escapes resolved where there are any. */
function flow(raw: string, escapes: boolean): string {
  let out = ''
  let at = 0
  const skipBlanks = () => {
    while (isBlank(raw.charCodeAt(at))) at++
  }
  /** Over line ends and the blanks around them; answers how many ended. */
  const breaks = (): number => {
    let count = 0
    while (raw.charCodeAt(at) === NEWLINE) {
      count++
      at++
      skipBlanks()
    }
    return count
  }
  while (at < raw.length) {
    const code = raw.charCodeAt(at)
    if (isBlank(code)) {
      const from = at
      skipBlanks()
      if (raw.charCodeAt(at) !== NEWLINE) out += raw.slice(from, at)
    } else if (code === NEWLINE) {
      const count = breaks()
      out += count === 1 ? ' ' : '\n'.repeat(count - 1)
    } else if (code === 0x5c && escapes) {
      if (raw.charCodeAt(at + 1) === NEWLINE) {
        // An escaped line end joins the lines; empty lines after it stay.
        at++
        out += '\n'.repeat(breaks() - 1)
        continue
      }
      ESCAPE.lastIndex = at
      const match = ESCAPE.exec(raw)!
      out += escaped(match)
      at = ESCAPE.lastIndex
    } else if (code === 0x5c) {
      out += '\\'
      at++
    } else {
      PLAIN_RUN.lastIndex = at
      out += PLAIN_RUN.exec(raw)![0]
      at = PLAIN_RUN.lastIndex
    }
  }
  return out
}

function escaped([, x, u, long, letter]: RegExpExecArray): string {
  const digits = x ?? u ?? long
  if (digits === undefined) {
    const meant = ESCAPES[letter!]
    if (meant === undefined) throw GIVE_UP
    return meant
  }
  const point = Number.parseInt(digits, 16)
  if (point > 0x10ffff) throw GIVE_UP
  return String.fromCodePoint(point)
}
