/** YAML text → values with positions, read as Ansible (PyYAML, YAML 1.1) reads it. */
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import { PyBytes } from '../python/bytes.js'
import { dictHas, dictSet } from '../python/dict.js'
import { JsonReader } from '../python/json-reader.js'
import { PySet } from '../python/set.js'
import { type Dict, type List, tuple, type Value } from '../python/values.js'
import { parseDocuments, syntaxError } from './documents.js'
import { hintFor } from './hints.js'
import { readJson } from './json.js'
import { type ContentNode, type MappingNode, type Node, resolved, type ScalarNode, type SequenceNode } from './nodes.js'
import { remember, Source } from './positions.js'
import { Mistake, readQuickly } from './reader.js'
import { BadScalar, parseBool, parseFloat11, parseInt11, parseTimestamp, resolvePlain } from './scalars.js'
import { looksLikeTemplate, rememberKey, TemplateString, VaultString } from './trust.js'

/** Opens `!vault` values; the vault stage implements it. */
export interface VaultDecrypter {
  /** The plain text of a `$ANSIBLE_VAULT;…` envelope; throws a Diagnostic when no secret opens it. */
  decrypt(ciphertext: string): string
}

export interface LoadOptions {
  /** Name for positions and errors. */
  readonly file: string
  /** True for text from playbooks, vars, inventory and the command line: its templates will be rendered. */
  readonly trusted: boolean
  readonly vault?: VaultDecrypter | undefined
  /** What to do about a key that a dict has twice: `warn` (default), refuse it, or pass over it. */
  readonly duplicateKeys?: string | undefined
  /** Told about duplicate keys. */
  readonly warn?: ((message: string) => void) | undefined
}

const STANDARD = 'tag:yaml.org,2002:'

/** The single document of a text, JSON or YAML; null when it is empty. */
export function loadYaml(text: string, options: LoadOptions): Value {
  const source = sourceOf(text, options.file)
  if (!/^\s*[{[]/.test(source.text)) return onlyDocument(source, options)
  const value = readJson(source, { trusted: options.trusted, decrypt: decrypter(options, source.at(0)) })
  if (value !== undefined) return value
  try {
    return onlyDocument(source, options)
  } catch (error) {
    throw error instanceof Diagnostic && options.file.endsWith('.json') ? withJsonProblem(error, source) : error
  }
}

/** What a JSON reader minds: the file was meant for one. */
function withJsonProblem(error: Diagnostic, source: Source): Diagnostic {
  try {
    new JsonReader(source.text).document()
  } catch (problem) {
    if (problem instanceof Diagnostic) error.hint = [error.hint, `JSON: ${problem.message}`].filter(Boolean).join('\n')
  }
  return error
}

function onlyDocument(source: Source, options: LoadOptions): Value {
  checkPrintable(source)
  const builder = new Builder(source, options)
  const quick = quickly(source)
  if (quick !== undefined) return builder.document(quick)
  const documents = parseDocuments(source)
  const second = documents[1]
  if (!second) return builder.document(documents[0]?.root ?? null)
  throw new Diagnostic('Syntax Error while loading YAML. expected a single document in the stream', {
    code: 'yaml-syntax',
    at: source.at(second.start),
    hint: 'This file holds several YAML documents (a second `---`); only one is allowed here.',
  })
}

function quickly(source: Source): Node | null | undefined {
  try {
    return readQuickly(source.text)
  } catch (error) {
    throw error instanceof Mistake ? syntaxError(error.message, error.offset, source) : error
  }
}

/** Every document of a text. */
export function loadYamlAll(text: string, options: LoadOptions): Value[] {
  const source = sourceOf(text, options.file)
  checkPrintable(source)
  return parseDocuments(source).map(({ root }) => new Builder(source, options).document(root))
}

/** The text with `\n` alone as line end, which is how YAML counts. */
function sourceOf(text: string, file: string): Source {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  return new Source(file, plain.includes('\r') ? plain.replace(/\r\n?/g, '\n') : plain)
}

/** libyaml's printable characters; anything else is refused wherever it stands. */
const UNPRINTABLE = /[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u

function checkPrintable(source: Source): void {
  const match = UNPRINTABLE.exec(source.text)
  if (!match) return
  const code = match[0].codePointAt(0)!.toString(16).padStart(4, '0')
  throw new Diagnostic('Syntax Error while loading YAML. control characters are not allowed', {
    code: 'yaml-syntax',
    at: source.at(match.index),
    hint: `Remove the character U+${code.toUpperCase()}, or write it as "\\u${code}" in double quotes.`,
  })
}

/** How to open a vault value, or the error that no password was given. */
function decrypter({ vault }: LoadOptions, at: SourceRange): (ciphertext: string) => string {
  return ciphertext => {
    if (vault) return vault.decrypt(ciphertext)
    throw new Diagnostic('Attempting to decrypt but no vault secrets found', {
      code: 'vault-no-secret',
      at,
      hint: 'Give the password with --vault-id, --vault-password-file or --ask-vault-pass.',
    })
  }
}

type Pair = readonly [key: Node, value: Node]

class Builder {
  /** Values of nodes that others may mention again. */
  readonly #shared = new Map<Node, Value>()
  readonly #flat = new Map<MappingNode, Map<Value, Pair>>()
  readonly #source: Source
  readonly #options: LoadOptions
  #unsafe = 0

  constructor(source: Source, options: LoadOptions) {
    this.#source = source
    this.#options = options
  }

  document(node: Node | null): Value {
    return node ? this.#value(node) : null
  }

  #value(written: Node): Value {
    const node = resolved(written)
    if (!node.anchored) return this.#construct(node)
    const known = this.#shared.get(node)
    if (known !== undefined) return known
    const value = this.#construct(node)
    this.#shared.set(node, value)
    return value
  }

  #construct(node: ContentNode): Value {
    const { tag } = node
    if (tag === undefined) return this.#plain(node)
    if (tag === '!') return node.kind === 'scalar' ? this.#text(node.text, node) : this.#plain(node)
    if (tag === '!unsafe') {
      this.#unsafe++
      // A scalar under !unsafe is text, whatever it looks like.
      const value = node.kind === 'scalar' ? node.text : this.#plain(node)
      this.#unsafe--
      return value
    }
    if (tag === '!vault' || tag === '!vault-encrypted') {
      const at = this.#source.at(node.start)
      return new VaultString(this.#scalarText(node), decrypter(this.#options, at), at)
    }
    if (!tag.startsWith(STANDARD)) throw this.#fail(`could not determine a constructor for the tag '${tag}'`, node)
    return this.#tagged(node, tag.slice(STANDARD.length))
  }

  #plain(node: ContentNode): Value {
    if (node.kind === 'mapping') return this.#dict(node)
    if (node.kind === 'sequence') return this.#list(node)
    if (node.plain) {
      const value = this.#resolve(node)
      if (value !== undefined) return value
    }
    return this.#text(node.text, node)
  }

  #resolve(node: ScalarNode): Value | undefined {
    try {
      return resolvePlain(node.text)
    } catch (error) {
      throw this.#badScalar(error, node)
    }
  }

  #text(text: string, node: Node): Value {
    if (!this.#options.trusted || this.#unsafe > 0 || !text.includes('{')) return text
    return looksLikeTemplate(text) ? new TemplateString(text, this.#source.at(node.start)) : text
  }

  #scalarText(node: ContentNode): string {
    if (node.kind === 'scalar') return node.text
    throw this.#fail(`expected a scalar node, but found ${node.kind}`, node)
  }

  #tagged(node: ContentNode, name: string): Value {
    try {
      switch (name) {
        case 'str':
        case 'python/str':
        case 'python/unicode':
          return this.#text(this.#scalarText(node), node)
        case 'int':
          return parseInt11(this.#scalarText(node))
        case 'float':
          return parseFloat11(this.#scalarText(node))
        case 'bool':
          return parseBool(this.#scalarText(node))
        case 'null':
          this.#scalarText(node)
          return null
        case 'timestamp':
          return parseTimestamp(this.#scalarText(node))
        case 'binary':
          return new PyBytes(Buffer.from(this.#scalarText(node), 'base64'))
        case 'map':
          if (node.kind !== 'mapping') throw this.#fail(`expected a mapping node, but found ${node.kind}`, node)
          return this.#dict(node)
        case 'seq':
          if (node.kind !== 'sequence') throw this.#fail(`expected a sequence node, but found ${node.kind}`, node)
          return this.#list(node)
        case 'set':
          if (node.kind !== 'mapping') throw this.#fail(`expected a mapping node, but found ${node.kind}`, node)
          return new PySet(node.keys.map(key => this.#key(key, node)))
        case 'omap':
        case 'pairs':
          return this.#pairs(node, name)
      }
    } catch (error) {
      throw this.#badScalar(error, node)
    }
    throw this.#fail(`could not determine a constructor for the tag '${STANDARD}${name}'`, node)
  }

  #pairs(node: ContentNode, name: string): Value {
    const what = name === 'omap' ? 'an ordered map' : 'pairs'
    if (node.kind !== 'sequence') {
      throw this.#fail(`while constructing ${what} expected a sequence, but found ${node.kind}`, node)
    }
    return node.items.map(item => {
      const pair = resolved(item)
      if (pair.kind !== 'mapping' || pair.keys.length !== 1) {
        throw this.#fail(`while constructing ${what} expected a mapping of length 1`, item)
      }
      return tuple([this.#value(pair.keys[0]!), this.#value(pair.values[0]!)])
    })
  }

  #list(node: SequenceNode): List {
    const list: List = []
    if (node.anchored) this.#shared.set(node, list)
    const offsets: number[] = []
    for (const item of node.items) {
      offsets.push(item.start)
      list.push(this.#value(item))
    }
    remember(list, { source: this.#source, start: node.start, keyOffsets: offsets, valueOffsets: offsets })
    return list
  }

  #dict(node: MappingNode): Dict {
    const dict: Dict = new Map()
    if (node.anchored) this.#shared.set(node, dict)
    const keys: Value[] = []
    const keyOffsets: number[] = []
    const valueOffsets: number[] = []
    const add = (key: Value, keyNode: Node, valueNode: Node) => {
      keys.push(key)
      keyOffsets.push(keyNode.start)
      valueOffsets.push(valueNode.start)
      if (typeof key === 'string') dict.set(key, this.#value(valueNode))
      else dictSet(dict, key, this.#value(valueNode))
    }
    const { keys: keyNodes, values } = node
    // Merged keys come first and give way to written ones, as in PyYAML.
    for (let index = 0; index < keyNodes.length; index++) {
      if (!isMergeKey(keyNodes[index]!)) continue
      for (const [key, [keyNode, valueNode]] of this.#merged(values[index]!)) add(key, keyNode, valueNode)
    }
    const written = dict.size > 0 ? new Set<Value>() : undefined
    for (let index = 0; index < keyNodes.length; index++) {
      const keyNode = keyNodes[index]!
      if (isMergeKey(keyNode)) continue
      const key = this.#key(keyNode, node)
      if (written ? written.has(key) : dictHas(dict, key)) this.#duplicate(key, node)
      written?.add(key)
      add(key, keyNode, values[index]!)
    }
    remember(dict, { source: this.#source, start: node.start, keys, keyOffsets, valueOffsets })
    return dict
  }

  /** What `<<: value` brings, later ones winning: of a list of mappings, the first is the strongest. */
  #merged(value: Node): ReadonlyMap<Value, Pair> {
    const target = resolved(value)
    if (target.kind === 'mapping') return this.#flattened(target)
    if (target.kind !== 'sequence') {
      throw this.#fail(`expected a mapping or list of mappings for merging, but found ${target.kind}`, value)
    }
    const pairs = new Map<Value, Pair>()
    for (const item of target.items.toReversed()) {
      const inner = resolved(item)
      if (inner.kind !== 'mapping') throw this.#fail(`expected a mapping for merging, but found ${inner.kind}`, item)
      for (const [key, pair] of this.#flattened(inner)) pairs.set(key, pair)
    }
    return pairs
  }

  /** A mapping's pairs with those it merges itself; remembered, or chains of merges would double at each step. */
  #flattened(node: MappingNode): ReadonlyMap<Value, Pair> {
    const known = this.#flat.get(node)
    if (known) return known
    const pairs = new Map<Value, Pair>()
    // A mapping that merges itself adds nothing.
    this.#flat.set(node, pairs)
    for (const [index, key] of node.keys.entries()) {
      if (isMergeKey(key)) for (const [name, pair] of this.#merged(node.values[index]!)) pairs.set(name, pair)
    }
    for (const [index, key] of node.keys.entries()) {
      if (!isMergeKey(key)) pairs.set(this.#key(key, node), [key, node.values[index]!])
    }
    return pairs
  }

  #key(written: Node, holder: MappingNode): Value {
    const key = this.#keyValue(resolved(written), holder)
    if (typeof key === 'string' && this.#options.trusted && this.#unsafe === 0) rememberKey(key)
    return key
  }

  #keyValue(node: ContentNode, holder: MappingNode): Value {
    if (node.kind === 'scalar' && (node.tag === undefined || node.tag === '!')) {
      // A lone `=` is a type of its own in YAML 1.1, which only keys get away with.
      if (!node.plain || node.tag === '!' || node.text === '=') return node.text
      const value = this.#resolve(node)
      return value === undefined ? node.text : value
    }
    const key = this.#value(node)
    if (key instanceof TemplateString) return key.text
    if (!Array.isArray(key) && !(key instanceof Map)) return key
    const guess = hintFor(this.#source.text, this.#source.at(node.start), 'unhashable key')
    throw new Diagnostic(
      `Syntax Error while loading YAML. ${guess?.message ?? 'while constructing a mapping found unhashable key'}`,
      { code: 'yaml-syntax', at: guess?.at ?? this.#source.at(holder.start), hint: guess?.hint },
    )
  }

  #duplicate(key: Value, node: Node): void {
    if (this.#options.duplicateKeys === 'ignore') return
    const at = this.#source.at(node.start)
    const found = `While constructing a mapping from ${at.file}, line ${at.line}, column ${at.column}, found a duplicate dict key (${String(key)}).`
    if (this.#options.duplicateKeys === 'error') throw new Diagnostic(found, { code: 'yaml-duplicate-key', at })
    this.#options.warn?.(`${found} Using last defined value only.`)
  }

  #badScalar(error: unknown, node: Node): unknown {
    return error instanceof BadScalar ? this.#fail(error.message, node) : error
  }

  #fail(problem: string, node: Node): Diagnostic {
    return new Diagnostic(`Syntax Error while loading YAML. ${problem}`, {
      code: 'yaml-syntax',
      at: this.#source.at(node.start),
    })
  }
}

const isMergeKey = (key: Node): boolean =>
  key.kind === 'scalar' && key.plain && key.tag === undefined && key.text === '<<'
