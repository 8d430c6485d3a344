/** The `yaml` package as the thorough reader: rare constructs, several documents, and what is wrong with a text. */
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isSeq,
  type Node as PackageNode,
  parseAllDocuments,
  type Scalar,
} from 'yaml'
import { Diagnostic } from '../diagnostics.js'
import { hintFor } from './hints.js'
import { AliasNode, type ContentNode, MappingNode, type Node, ScalarNode, SequenceNode } from './nodes.js'
import type { Source } from './positions.js'

export interface ParsedDocument {
  readonly root: Node | null
  readonly start: number
}

/** All documents of a text; throws a Diagnostic for the first mistake. */
export function parseDocuments(source: Source): ParsedDocument[] {
  checkDepth(source)
  const documents = parseAllDocuments(source.text, {
    version: '1.1',
    schema: 'failsafe',
    resolveKnownTags: false,
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  // An empty stream carries its own list of problems.
  const holders = 'empty' in documents ? [documents] : documents
  for (const document of holders) {
    const error = document.errors[0] ?? document.warnings.find(({ code }) => code === 'BAD_DIRECTIVE')
    if (error) throw syntaxError(error.message, error.pos[0], source)
  }
  return documents.map(document => ({
    root: document.contents ? new Converter(source).node(document.contents as PackageNode) : null,
    start: (document as Document).range?.[0] ?? 0,
  }))
}

/** The package recurses: text made to be deep would exhaust the stack. Quotes are not minded, so the limit is generous. */
function checkDepth(source: Source): void {
  const { text } = source
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x5b || code === 0x7b) depth++
    else if ((code === 0x5d || code === 0x7d) && depth > 0) depth--
    if (depth > 500) throw syntaxError('the values are nested too deeply', at, source)
  }
  const deep = /^(?: {600}|(?:[-?] ){300})/m.exec(text)
  if (deep) throw syntaxError('the values are nested too deeply', deep.index, source)
}

/** The parser's complaint, or a better one when the lines around it show what was meant. */
export function syntaxError(problem: string, offset: number, source: Source): Diagnostic {
  const guess = hintFor(source.text, source.at(offset), problem)
  return new Diagnostic(`Syntax Error while loading YAML. ${guess?.message ?? problem}`, {
    code: 'yaml-syntax',
    at: guess?.at ?? source.at(offset),
    hint: guess?.hint,
  })
}

class Converter {
  readonly #anchors = new Map<string, ContentNode>()
  constructor(private readonly source: Source) {}

  node(node: PackageNode | null): Node {
    const start = node?.range?.[0] ?? 0
    if (!node) return new ScalarNode('', true, start)
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source)
      if (!target) throw this.#fail(`found undefined alias '${node.source}'`, start)
      return new AliasNode(target, start)
    }
    if (isMap(node)) {
      const made = this.#named(new MappingNode(start), node)
      for (const item of node.items) this.#pair(item, made)
      return made
    }
    if (isSeq(node)) {
      const made = this.#named(new SequenceNode(start), node)
      for (const item of node.items) made.items.push(this.#item(item))
      return made
    }
    const { value, type } = node as Scalar
    let text = value === null || value === undefined ? '' : String(value)
    // A block at the end of a text without a final newline has none either, says libyaml.
    if (type?.startsWith('BLOCK') && /^[^\n]*\n(?:[^\n]*\n)*?[^\s#]/.test(this.#sourceOf(node))) {
      throw this.#fail('did not find expected <document start>: the lines of a block must be indented', start)
    }
    const atEnd = !this.source.text.endsWith('\n') && (node.range?.[1] ?? 0) >= this.source.text.length
    if (atEnd && type?.startsWith('BLOCK') && text.endsWith('\n')) text = text.slice(0, -1)
    return this.#named(new ScalarNode(text, type === 'PLAIN' || type === undefined, start), node)
  }

  #sourceOf(node: PackageNode): string {
    const [from, to] = node.range ?? [0, 0]
    return this.source.text.slice(from, to)
  }

  #item(item: unknown): Node {
    if (!isPair(item)) return this.node(item as PackageNode | null)
    const made = new MappingNode((item.key as PackageNode | null)?.range?.[0] ?? 0)
    this.#pair(item, made)
    return made
  }

  #pair({ key, value }: { key: unknown; value: unknown }, made: MappingNode): void {
    const keyNode = this.node(key as PackageNode | null)
    if (keyNode.kind === 'scalar' && keyNode.plain && keyNode.text === '' && !this.#marked(keyNode.start)) {
      throw this.#fail('did not find expected key', keyNode.start)
    }
    const [from, to] = (key as PackageNode | null)?.range ?? [0, 0]
    if (this.source.text.slice(from, to).includes('\n') && !this.#marked(from)) {
      throw this.#fail("could not find expected ':': a key must be on one line", from)
    }
    made.keys.push(keyNode)
    made.values.push(value ? this.node(value as PackageNode) : new ScalarNode('', true, keyNode.start))
  }

  /** An empty key must be written as one: with `?` before it, a tag or an anchor; YAML 1.1 knows no bare `: value`. */
  #marked(start: number): boolean {
    const before = this.source.text.slice(Math.max(0, start - 200), start).replace(/(?:\s|#[^\n]*\n)+$/, '')
    return /\?$/.test(before) || /[!&][^\s]*$/.test(before)
  }

  #named<T extends ContentNode>(made: T, node: PackageNode): T {
    made.tag = node.tag
    const anchor = (node as { anchor?: string }).anchor
    if (anchor) {
      if (this.#anchors.has(anchor)) throw this.#fail(`found duplicate anchor '${anchor}'`, made.start)
      this.#anchors.set(anchor, made)
      made.anchored = true
    }
    return made
  }

  #fail(problem: string, offset: number): Diagnostic {
    return new Diagnostic(`Syntax Error while loading YAML. ${problem}`, {
      code: 'yaml-syntax',
      at: this.source.at(offset),
    })
  }
}
