/**
 * PyYAML's dump, byte for byte: people compare the files that to_yaml and to_nice_yaml have written for years. Ansible
 * uses the emitter of libyaml where there is one (everywhere), which folds and quotes a little differently from PyYAML's own.
 */
import { Diagnostic } from '../diagnostics.js'
import { compareStrings } from './compare.js'
import { floatRepr } from './repr.js'
import { isDict, isList, PyFloat, type PyObject, type Value } from './values.js'

export interface YamlDumpOptions {
  readonly indent?: number | null
  readonly width?: number | null
  readonly allowUnicode?: boolean
  readonly sortKeys?: boolean
  readonly explicitStart?: boolean
  readonly explicitEnd?: boolean
  /** true: all flow, false: all block, null: flow for collections that hold only plain scalars. */
  readonly flow?: boolean | null
  /** The style of every scalar: `"`, `'`, `|`, `>`. */
  readonly style?: string | null
  readonly canonical?: boolean
  readonly lineBreak?: string
  readonly version?: readonly [number, number] | null
  /** What stands for an object that is no plain data; undefined: it is an error. */
  readonly represent?: (object: PyObject) => Value | Tagged | undefined
}

/** A scalar with its own tag, such as `!vault`. */
export class Tagged {
  constructor(
    readonly tag: string,
    readonly text: string,
    readonly style: string | null,
  ) {}
}

type Node =
  | { kind: 'scalar'; tag: string; text: string; style: string | null }
  | { kind: 'sequence'; flow: boolean; items: Node[] }
  | { kind: 'mapping'; flow: boolean; pairs: [Node, Node][] }
type Scalar = Extract<Node, { kind: 'scalar' }>

/** yaml.dump of one document. */
export function dumpYaml(value: Value, options: YamlDumpOptions = {}): string {
  const root = represent(value, options)
  return new Emitter(options, anchorsOf(root)).document(root)
}

// ---- values to nodes ----

function represent(
  value: Value,
  { flow = null, style = null, sortKeys = true, represent: stand }: YamlDumpOptions,
): Node {
  const seen = new Map<object, Node>()
  return node(value)

  function node(value: Value): Node {
    if (value === null) return scalar('null', 'null')
    if (typeof value === 'string') return scalar('str', value)
    if (typeof value === 'boolean') return scalar('bool', String(value))
    if (typeof value === 'bigint') return scalar('int', String(value))
    if (typeof value === 'number')
      return Number.isInteger(value) ? scalar('int', BigInt(value).toString()) : scalar('float', floatText(value))
    if (value instanceof PyFloat) return scalar('float', floatText(value.value))
    const known = seen.get(value)
    if (known) return known
    if (isList(value)) {
      const made: Node = { kind: 'sequence', flow: false, items: [] }
      if (value.length > 0 || value.constructor === Array) seen.set(value, made)
      made.items = value.map(node)
      made.flow = flow ?? made.items.every(isPlain)
      return made
    }
    if (isDict(value)) {
      const made: Node = { kind: 'mapping', flow: false, pairs: [] }
      seen.set(value, made)
      const entries = sortKeys ? sorted([...value]) : [...value]
      made.pairs = entries.map(([key, item]) => [node(key), node(item)])
      made.flow = flow ?? made.pairs.every(pair => pair.every(isPlain))
      return made
    }
    const other = stand?.(value)
    if (other === undefined)
      throw new Diagnostic(`cannot represent an object of type ${value.typeName} in YAML`, { code: 'yaml' })
    const made: Node =
      other instanceof Tagged ? { kind: 'scalar', tag: other.tag, text: other.text, style: other.style } : node(other)
    // Text is never an alias, whatever stood for it.
    if (typeof other !== 'string') seen.set(value, made)
    return made
  }

  function scalar(tag: string, text: string): Scalar {
    return { kind: 'scalar', tag, text, style }
  }
}

const isPlain = (node: Node) => node.kind === 'scalar' && !node.style

function floatText(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf'
  const text = floatRepr(value)
  return text.includes('.') ? text : text.replace('e', '.0e')
}

/** Sorted by key; as in PyYAML, keys that do not compare leave the order alone. */
function sorted(entries: [Value, Value][]): [Value, Value][] {
  try {
    return entries.toSorted(([a], [b]) => compareKeys(a, b))
  } catch {
    return entries
  }
}

function compareKeys(a: Value, b: Value): number {
  if (typeof a === 'string' && typeof b === 'string') return compareStrings(a, b)
  if (isList(a) && isList(b)) {
    for (let at = 0; at < Math.min(a.length, b.length); at++) {
      const order = compareKeys(a[at]!, b[at]!)
      if (order !== 0) return order
    }
    return a.length - b.length
  }
  const [left, right] = [sortNumber(a), sortNumber(b)]
  return left < right ? -1 : left > right ? 1 : 0
}

function sortNumber(value: Value): number | bigint {
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (value instanceof PyFloat) return value.value
  throw new TypeError('not comparable')
}

/** Names for the collections that occur more than once. */
function anchorsOf(root: Node): Map<Node, string> {
  const counts = new Map<Node, number>()
  const count = (node: Node) => {
    const before = counts.get(node) ?? 0
    counts.set(node, before + 1)
    if (before > 0) return
    if (node.kind === 'sequence') node.items.forEach(count)
    if (node.kind === 'mapping') for (const pair of node.pairs) pair.forEach(count)
  }
  count(root)
  const anchors = new Map<Node, string>()
  const repeated: Node[] = []
  // PyYAML numbers an anchor when it meets the node for the second time.
  const met = new Set<Node>()
  const walk = (node: Node) => {
    if (met.has(node)) {
      if (!anchors.has(node)) {
        repeated.push(node)
        anchors.set(node, `id${String(repeated.length).padStart(3, '0')}`)
      }
      return
    }
    met.add(node)
    if (node.kind === 'sequence') node.items.forEach(walk)
    if (node.kind === 'mapping') for (const pair of node.pairs) pair.forEach(walk)
  }
  walk(root)
  return anchors
}

/** The type that YAML 1.1 reads a plain scalar as. */
export function plainType(text: string): string {
  if (text === '') return 'null'
  if (/^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/.test(text)) return 'bool'
  if (floatPattern.test(text)) return 'float'
  if (intPattern.test(text)) return 'int'
  if (text === '<<') return 'merge'
  if (/^(?:~|null|Null|NULL)$/.test(text)) return 'null'
  if (timestampPattern.test(text)) return 'timestamp'
  if (text === '=') return 'value'
  return 'str'
}

const floatPattern =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const intPattern =
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/
const timestampPattern =
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::[0-9]{2})?))?)$/

// ---- nodes to text ----

interface Analysis {
  readonly multiline: boolean
  readonly flowPlain: boolean
  readonly blockPlain: boolean
  readonly singleQuoted: boolean
  readonly block: boolean
}

interface Context {
  readonly mapping?: boolean
  readonly simpleKey?: boolean
}

class Emitter {
  readonly #indent: number
  readonly #width: number
  readonly #newline: string
  readonly #unicode: boolean
  readonly #canonical: boolean
  readonly #named = new Set<Node>()
  #out = ''
  #column = 0
  #level: number | undefined
  #flow = 0
  #whitespace = true
  #indention = true
  #openEnded = false

  constructor(
    private readonly options: YamlDumpOptions,
    private readonly anchors: ReadonlyMap<Node, string>,
  ) {
    const { indent, width } = options
    this.#indent = indent && indent > 1 && indent < 10 ? indent : 2
    const wanted = width ?? 80
    this.#width = wanted < 0 ? Number.POSITIVE_INFINITY : wanted > this.#indent * 2 ? wanted : 80
    this.#newline = options.lineBreak ?? '\n'
    this.#unicode = options.allowUnicode ?? false
    this.#canonical = options.canonical ?? false
  }

  document(root: Node): string {
    const { version, explicitStart, explicitEnd } = this.options
    if (version) {
      this.indicator('%YAML', true)
      this.indicator(`${version[0]}.${version[1]}`, true)
      this.indent()
    }
    if (explicitStart || this.#canonical || version) {
      this.indent()
      this.indicator('---', true)
      if (this.#canonical) this.indent()
    }
    this.node(root, {})
    this.indent()
    if (explicitEnd || this.#openEnded) {
      this.indicator('...', true)
      this.indent()
    }
    return this.#out
  }

  node(node: Node, context: Context): void {
    const anchor = this.anchors.get(node)
    if (anchor !== undefined) {
      const again = this.#named.has(node)
      this.#named.add(node)
      this.indicator(`${again ? '*' : '&'}${anchor}`, true)
      if (again) {
        // A colon right behind an alias would belong to its name.
        if (context.simpleKey) this.write(' ')
        return
      }
    }
    if (node.kind !== 'scalar' && this.#canonical) this.indicator(node.kind === 'sequence' ? '!!seq' : '!!map', true)
    if (node.kind === 'scalar') this.scalar(node, context)
    else if (node.kind === 'sequence') {
      if (this.#flow || this.#canonical || node.flow || node.items.length === 0) this.flowSequence(node.items)
      else this.blockSequence(node.items, context)
    } else if (this.#flow || this.#canonical || node.flow || node.pairs.length === 0) this.flowMapping(node.pairs)
    else this.blockMapping(node.pairs)
  }

  deeper(flow: boolean, indentless: boolean, body: () => void): void {
    const before = this.#level
    if (before === undefined) this.#level = flow ? this.#indent : 0
    else if (!indentless) this.#level = before + this.#indent
    body()
    this.#level = before
  }

  blockSequence(items: readonly Node[], context: Context): void {
    this.deeper(false, !!context.mapping && !this.#indention, () => {
      for (const item of items) {
        this.indent()
        this.indicator('-', true, false, true)
        this.node(item, {})
      }
    })
  }

  blockMapping(pairs: readonly [Node, Node][]): void {
    this.deeper(false, false, () => {
      for (const [key, value] of pairs) {
        this.indent()
        if (this.isSimpleKey(key)) {
          this.node(key, { mapping: true, simpleKey: true })
          this.indicator(':', false)
        } else {
          this.indicator('?', true, false, true)
          this.node(key, { mapping: true })
          this.indent()
          this.indicator(':', true, false, true)
        }
        this.node(value, { mapping: true })
      }
    })
  }

  flowSequence(items: readonly Node[]): void {
    this.indicator('[', true, true)
    this.flowItems(items, ']', item => this.node(item, {}))
  }

  flowMapping(pairs: readonly [Node, Node][]): void {
    this.indicator('{', true, true)
    this.flowItems(pairs, '}', ([key, value]) => {
      if (!this.#canonical && this.isSimpleKey(key)) {
        this.node(key, { mapping: true, simpleKey: true })
        this.indicator(':', false)
      } else {
        this.indicator('?', true)
        this.node(key, { mapping: true })
        if (this.#canonical || this.#column > this.#width) this.indent()
        this.indicator(':', true)
      }
      this.node(value, { mapping: true })
    })
  }

  flowItems<T>(items: readonly T[], end: string, write: (item: T) => void): void {
    this.#flow++
    this.deeper(true, false, () => {
      items.forEach((item, at) => {
        if (at > 0) this.indicator(',', false)
        if (this.#canonical || this.#column > this.#width) this.indent()
        write(item)
      })
    })
    this.#flow--
    if (this.#canonical && items.length > 0) {
      this.indicator(',', false)
      this.indent()
    }
    this.indicator(end, false)
  }

  /** May this node stand before a colon on one line: no more than 128 bytes, no line breaks. */
  isSimpleKey(node: Node): boolean {
    const anchor = this.anchors.get(node)
    const length = anchor === undefined ? 0 : Buffer.byteLength(anchor)
    if (anchor !== undefined && this.#named.has(node)) return length <= 128
    if (node.kind !== 'scalar') {
      if ((node.kind === 'sequence' ? node.items : node.pairs).length > 0) return false
      return length <= 128
    }
    if (analyze(node.text, this.#unicode).multiline) return false
    const tag = this.tagOf(node, plainType(node.text))
    return length + Buffer.byteLength(tag) + Buffer.byteLength(node.text) <= 128
  }

  /** The tag that must be written; empty when the text alone tells. */
  tagOf(node: Scalar, detected: string): string {
    return this.#canonical || (node.tag !== detected && node.tag !== 'str') ? shortTag(node.tag) : ''
  }

  scalar(node: Scalar, context: Context): void {
    const analysis = analyze(node.text, this.#unicode)
    const detected = plainType(node.text)
    const tag = this.tagOf(node, detected)
    const style = this.styleOf(node, analysis, detected, context, tag === '')
    if (tag !== '') this.indicator(tag, true)
    else if (style !== '' && node.tag !== 'str') this.indicator('!', true)
    this.deeper(true, false, () => {
      const split = !context.simpleKey
      const characters = [...node.text]
      if (style === '"') this.doubleQuoted(characters, split)
      else if (style === "'") this.singleQuoted(characters, split)
      else if (style === '>') this.folded(characters)
      else if (style === '|') this.literal(characters)
      else this.plain(characters, split)
    })
  }

  styleOf(node: Scalar, analysis: Analysis, detected: string, context: Context, untagged: boolean): string {
    let style = node.style ?? ''
    if (this.#canonical || (context.simpleKey && analysis.multiline)) return '"'
    if (style === '') {
      if (!(this.#flow ? analysis.flowPlain : analysis.blockPlain)) style = "'"
      if (node.text === '' && (this.#flow || context.simpleKey)) style = "'"
      if (untagged && node.tag !== detected) style = "'"
    }
    if (style === "'" && !analysis.singleQuoted) return '"'
    if ((style === '|' || style === '>') && (!analysis.block || this.#flow || context.simpleKey)) return '"'
    return style
  }

  // ---- writing ----

  write(text: string): void {
    this.#out += text
    this.#column += [...text].length
  }

  indicator(text: string, needsSpace: boolean, whitespace = false, indention = false): void {
    this.write(this.#whitespace || !needsSpace ? text : ` ${text}`)
    this.#whitespace = whitespace
    this.#indention = this.#indention && indention
    this.#openEnded = false
  }

  indent(): void {
    const level = this.#level ?? 0
    if (!this.#indention || this.#column > level || (this.#column === level && !this.#whitespace)) this.lineBreak()
    if (this.#column < level) this.write(' '.repeat(level - this.#column))
    this.#whitespace = true
    this.#indention = true
  }

  lineBreak(text = this.#newline): void {
    this.#out += text
    this.#column = 0
  }

  /** A line break of the text itself. */
  textBreak(character: string): void {
    this.lineBreak(character === '\n' ? undefined : character)
    this.#indention = true
  }

  plain(text: readonly string[], split: boolean): void {
    if (!this.#whitespace && (text.length > 0 || this.#flow)) this.write(' ')
    this.foldable(text, split, '')
    this.#whitespace = false
    this.#indention = false
  }

  singleQuoted(text: readonly string[], split: boolean): void {
    this.indicator("'", true)
    this.foldable(text, split, "'")
    this.indicator("'", false)
    this.#whitespace = false
    this.#indention = false
  }

  /** Plain or single-quoted text: lines are folded at single spaces, line breaks are doubled. */
  foldable(text: readonly string[], split: boolean, quote: string): void {
    let spaces = false
    let breaks = false
    text.forEach((character, at) => {
      if (character === ' ') {
        const inside = quote === '' || (at > 0 && at < text.length - 1)
        if (split && !spaces && this.#column > this.#width && inside && text[at + 1] !== ' ') this.indent()
        else this.write(' ')
        spaces = true
      } else if (isBreak(character)) {
        if (!breaks && character === '\n') this.lineBreak()
        this.textBreak(character)
        breaks = true
      } else {
        if (breaks) this.indent()
        this.write(character === quote ? quote + quote : character)
        this.#indention = false
        spaces = false
        breaks = false
      }
    })
    if (breaks && quote !== '') this.indent()
  }

  doubleQuoted(text: readonly string[], split: boolean): void {
    this.indicator('"', true)
    let spaces = false
    text.forEach((character, at) => {
      if (!this.bare(character)) {
        this.write(escaped(character))
        spaces = false
      } else if (character === ' ') {
        if (split && !spaces && this.#column > this.#width && at > 0 && at < text.length - 1) {
          this.indent()
          if (text[at + 1] === ' ') this.write('\\')
        } else this.write(' ')
        spaces = true
      } else {
        this.write(character)
        spaces = false
      }
    })
    this.indicator('"', false)
    this.#whitespace = false
    this.#indention = false
  }

  /** May this character stand in double quotes as it is. */
  bare(character: string): boolean {
    if (isBreak(character) || '"\\\ufeff'.includes(character)) return false
    return isPrintable(character, this.#unicode)
  }

  blockHeader(mark: string, text: readonly string[]): void {
    let hints = ''
    if (text[0] === ' ' || isBreak(text[0])) hints += this.#indent
    if (!isBreak(text.at(-1))) hints += '-'
    else if (text.length === 1 || isBreak(text.at(-2))) hints += '+'
    this.indicator(mark + hints, true)
    if (hints.endsWith('+')) this.#openEnded = true
    this.lineBreak()
    this.#indention = true
    this.#whitespace = true
  }

  literal(text: readonly string[]): void {
    this.blockHeader('|', text)
    let breaks = true
    for (const character of text) {
      if (isBreak(character)) {
        this.textBreak(character)
        breaks = true
      } else {
        if (breaks) this.indent()
        this.write(character)
        this.#indention = false
        breaks = false
      }
    }
  }

  folded(text: readonly string[]): void {
    this.blockHeader('>', text)
    let breaks = true
    let leadingSpaces = true
    text.forEach((character, at) => {
      if (isBreak(character)) {
        if (!breaks && !leadingSpaces && character === '\n') {
          const next = text.slice(at).find(one => !isBreak(one))
          if (next !== undefined && !isBlank(next)) this.lineBreak()
        }
        this.textBreak(character)
        breaks = true
      } else {
        if (breaks) {
          this.indent()
          leadingSpaces = character === ' ' || character === '\t'
        }
        if (!breaks && character === ' ' && text[at + 1] !== ' ' && this.#column > this.#width) this.indent()
        else this.write(character)
        this.#indention = false
        breaks = false
      }
    })
  }
}

const isBreak = (character: string | undefined) => character !== undefined && '\r\n\x85\u2028\u2029'.includes(character)
const isBlank = (character: string | undefined) =>
  character === undefined || ' \t\0'.includes(character) || isBreak(character)
const shortTag = (tag: string) => (tag.startsWith('!') ? tag : `!!${tag}`)

const escapes: Record<string, string> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
}

function escaped(character: string): string {
  const short = escapes[character]
  if (short !== undefined) return `\\${short}`
  const code = character.codePointAt(0)!
  const hex = code.toString(16).toUpperCase()
  return code <= 0xff
    ? `\\x${hex.padStart(2, '0')}`
    : code <= 0xffff
      ? `\\u${hex.padStart(4, '0')}`
      : `\\U${hex.padStart(8, '0')}`
}

/** Which styles can hold this text. */
function analyze(text: string, unicode: boolean): Analysis {
  if (text === '') return { multiline: false, flowPlain: false, blockPlain: true, singleQuoted: true, block: false }
  const characters = [...text]
  let blockIndicators = text.startsWith('---') || text.startsWith('...')
  let flowIndicators = blockIndicators
  let lineBreaks = false
  let special = false
  let breakSpace = false
  let spaceBreak = false
  let previous: 'space' | 'break' | undefined
  characters.forEach((character, at) => {
    const spaceFollows = isBlank(characters[at + 1])
    if (at === 0) {
      if ('#,[]{}&*!|>\'"%@`'.includes(character)) flowIndicators = blockIndicators = true
      if ('?:'.includes(character)) {
        flowIndicators = true
        if (spaceFollows) blockIndicators = true
      }
      if (character === '-' && spaceFollows) flowIndicators = blockIndicators = true
    } else {
      if (',?[]{}'.includes(character)) flowIndicators = true
      if (character === ':') {
        flowIndicators = true
        if (spaceFollows) blockIndicators = true
      }
      if (character === '#' && isBlank(characters[at - 1])) flowIndicators = blockIndicators = true
    }
    if (isBreak(character)) lineBreaks = true
    if (!isPrintable(character, unicode)) special = true
    if (character === ' ') {
      if (previous === 'break') breakSpace = true
      previous = 'space'
    } else if (isBreak(character)) {
      if (previous === 'space') spaceBreak = true
      previous = 'break'
    } else previous = undefined
  })
  const edge = (character: string | undefined) => character === ' ' || isBreak(character)
  const edges = edge(characters[0]) || edge(characters.at(-1))
  const plain = !edges && !breakSpace && !spaceBreak && !special && !lineBreaks
  return {
    multiline: lineBreaks,
    flowPlain: plain && !flowIndicators,
    blockPlain: plain && !blockIndicators,
    singleQuoted: !breakSpace && !spaceBreak && !special,
    block: characters.at(-1) !== ' ' && !spaceBreak && !special,
  }
}

/** libyaml's idea of printable: nothing beyond the basic plane, no byte order mark. */
function isPrintable(character: string, unicode: boolean): boolean {
  const code = character.codePointAt(0)!
  if (character === '\n' || (code >= 0x20 && code <= 0x7e)) return true
  return unicode && ((code >= 0xa0 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd && code !== 0xfeff))
}
