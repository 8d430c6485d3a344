/** YAML text → values with positions, read as Ansible (PyYAML, YAML 1.1) reads it. */
import { type Document, isAlias, isMap, isPair, isScalar, isSeq, type Node, parseAllDocuments } from 'yaml'
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import { PyBytes } from '../python/bytes.js'
import { PySet } from '../python/set.js'
import { type Dict, type List, Tuple, tuple, type Value } from '../python/values.js'
import { hintFor } from './hints.js'
import { readJson } from './json.js'
import { remember, Source } from './positions.js'
import { BadScalar, parseBool, parseFloat11, parseInt11, parseTimestamp, resolvePlain } from './scalars.js'
import { trusted, VaultString } from './trust.js'

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
  /** Told about duplicate keys. */
  readonly warn?: ((message: string) => void) | undefined
}

const STANDARD = 'tag:yaml.org,2002:'

/** The single document of a text, JSON or YAML; null when it is empty. */
export function loadYaml(text: string, options: LoadOptions): Value {
  const source = new Source(options.file, text)
  if (/^\s*[{[]/.test(text)) {
    const value = readJson(source, { trusted: options.trusted, decrypt: decrypter(options, source.at(0)) })
    if (value !== undefined) return value
  }
  const documents = parse(text, source)
  if (documents.length > 1) {
    const at = source.at(documents[1]!.range?.[0] ?? 0)
    throw new Diagnostic('Syntax Error while loading YAML. expected a single document in the stream', {
      code: 'yaml-syntax',
      at,
      hint: 'This file holds several YAML documents (a second `---`); only one is allowed here.',
    })
  }
  return documents[0] ? new Builder(source, options).document(documents[0]) : null
}

/** Every document of a text. */
export function loadYamlAll(text: string, options: LoadOptions): Value[] {
  const source = new Source(options.file, text)
  return parse(text, source).map(document => new Builder(source, options).document(document))
}

function parse(text: string, source: Source): Document[] {
  const documents = parseAllDocuments(text, {
    version: '1.1',
    schema: 'failsafe',
    resolveKnownTags: false,
    uniqueKeys: false,
    merge: false,
    prettyErrors: false,
    logLevel: 'silent',
  })
  if (!Array.isArray(documents)) return []
  for (const document of documents) {
    const error = document.errors[0]
    if (error) throw syntaxError(error.message, error.pos[0], source)
  }
  return documents as Document[]
}

function syntaxError(problem: string, offset: number, source: Source): Diagnostic {
  const guess = hintFor(source.text, source.at(offset))
  return new Diagnostic(`Syntax Error while loading YAML. ${guess?.message ?? problem}`, {
    code: 'yaml-syntax',
    at: guess?.at ?? source.at(offset),
    hint: guess?.hint,
  })
}

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

class Builder {
  readonly #anchors = new Map<string, Node>()
  readonly #made = new Map<Node, Value>()
  readonly #source: Source
  readonly #options: LoadOptions
  #unsafe = 0

  constructor(source: Source, options: LoadOptions) {
    this.#source = source
    this.#options = options
  }

  document(document: Document): Value {
    return document.contents ? this.#value(document.contents as Node) : null
  }

  #value(node: Node): Value {
    if (isAlias(node)) {
      const target = this.#anchors.get(node.source)
      if (!target) throw this.#fail(`found undefined alias '${node.source}'`, node)
      return this.#value(target)
    }
    const made = this.#made.get(node)
    if (made !== undefined) return made
    const anchor = (node as { anchor?: string }).anchor
    if (anchor) {
      if (this.#anchors.has(anchor)) throw this.#fail(`found duplicate anchor '${anchor}'`, node)
      this.#anchors.set(anchor, node)
    }
    const value = this.#construct(node)
    this.#made.set(node, value)
    return value
  }

  #construct(node: Node): Value {
    const tag = node.tag
    if (tag === '!unsafe') {
      this.#unsafe++
      const value = this.#plain(node, undefined)
      this.#unsafe--
      return value
    }
    if (tag === '!vault' || tag === '!vault-encrypted') return this.#vault(node)
    if (!tag || tag === '!') return this.#plain(node, tag)
    if (!tag.startsWith(STANDARD)) {
      throw this.#fail(`could not determine a constructor for the tag '${tag}'`, node)
    }
    return this.#tagged(node, tag.slice(STANDARD.length))
  }

  #plain(node: Node, tag: string | undefined): Value {
    if (isMap(node)) return this.#dict(node)
    if (isSeq(node)) return this.#list(node)
    const text = scalarText(node)
    if (isScalar(node) && tag === undefined && (node.type === 'PLAIN' || node.type === undefined)) {
      const value = this.#checked(node, () => resolvePlain(text))
      if (value !== undefined) return value
    }
    return this.#text(text, node)
  }

  #text(text: string, node: Node): Value {
    if (!this.#options.trusted || this.#unsafe > 0) return text
    return text.includes('{') ? trusted(text, this.#source.at(start(node))) : text
  }

  #vault(node: Node): Value {
    const ciphertext = scalarText(node)
    const at = this.#source.at(start(node))
    return new VaultString(ciphertext, decrypter(this.#options, at), at)
  }

  #tagged(node: Node, name: string): Value {
    const text = () => {
      if (!isScalar(node)) throw this.#fail(`expected a scalar node, but found ${kindOf(node)}`, node)
      return scalarText(node)
    }
    switch (name) {
      case 'str':
      case 'python/str':
      case 'python/unicode':
        return this.#text(text(), node)
      case 'int':
        return this.#checked(node, () => parseInt11(text()))
      case 'float':
        return this.#checked(node, () => parseFloat11(text()))
      case 'bool':
        return this.#checked(node, () => parseBool(text()))
      case 'null':
        text()
        return null
      case 'timestamp':
        return this.#checked(node, () => parseTimestamp(text()))
      case 'binary':
        return new PyBytes(Buffer.from(text(), 'base64'))
      case 'map':
        if (!isMap(node)) throw this.#fail(`expected a mapping node, but found ${kindOf(node)}`, node)
        return this.#dict(node)
      case 'seq':
        if (!isSeq(node)) throw this.#fail(`expected a sequence node, but found ${kindOf(node)}`, node)
        return this.#list(node)
      case 'set':
        if (!isMap(node) && !isSeq(node)) throw this.#fail(`expected a mapping node, but found ${kindOf(node)}`, node)
        return new PySet(node.items.map(item => this.#key((isPair(item) ? item.key : item) as Node, node)))
      case 'omap':
      case 'pairs':
        return this.#pairs(node, name)
      default:
        throw this.#fail(`could not determine a constructor for the tag '${STANDARD}${name}'`, node)
    }
  }

  #pairs(node: Node, name: string): Value {
    const what = name === 'omap' ? 'an ordered map' : 'pairs'
    if (!isSeq(node))
      throw this.#fail(`while constructing ${what} expected a sequence, but found ${kindOf(node)}`, node)
    return node.items.map(item => {
      const pair = isPair(item) ? item : isMap(item) && item.items.length === 1 ? item.items[0]! : undefined
      if (!pair) throw this.#fail(`while constructing ${what} expected a mapping of length 1`, node)
      return tuple([this.#value(pair.key as Node), pair.value ? this.#value(pair.value as Node) : null])
    })
  }

  #list(node: Node): List {
    const list: List = []
    this.#made.set(node, list)
    const offsets: number[] = []
    for (const item of (node as unknown as { items: Node[] }).items) {
      offsets.push(start(item))
      list.push(this.#value(item))
    }
    remember(list, { source: this.#source, start: start(node), keyOffsets: offsets, valueOffsets: offsets })
    return list
  }

  #dict(node: Node): Dict {
    const dict: Dict = new Map()
    this.#made.set(node, dict)
    const keys: Value[] = []
    const keyOffsets: number[] = []
    const valueOffsets: number[] = []
    const pairs = (node as unknown as { items: { key: Node; value: Node | null }[] }).items
    const merges = pairs.filter(({ key }) => isMergeKey(key))
    // Merged keys come first and give way to written ones, as in PyYAML.
    for (const { value } of merges) {
      for (const [pair, holder] of this.#merged(value, node, new Set([node]))) {
        const key = this.#key(pair.key, holder)
        if (dict.has(key)) continue
        keys.push(key)
        keyOffsets.push(start(pair.key))
        valueOffsets.push(start(pair.value ?? pair.key))
        dict.set(key, pair.value ? this.#value(pair.value) : null)
      }
    }
    const written = new Set<Value>()
    for (const pair of pairs) {
      if (isMergeKey(pair.key)) continue
      const key = this.#key(pair.key, node)
      if (written.has(key)) this.#duplicate(key, node)
      written.add(key)
      keys.push(key)
      keyOffsets.push(start(pair.key))
      valueOffsets.push(start(pair.value ?? pair.key))
      dict.set(key, pair.value ? this.#value(pair.value) : null)
    }
    remember(dict, { source: this.#source, start: start(node), keys, keyOffsets, valueOffsets })
    return dict
  }

  /** The pairs that `<<: value` brings, nearest first; a list of maps in its order. */
  *#merged(value: Node | null, at: Node, seen: Set<Node>): Generator<[{ key: Node; value: Node | null }, Node]> {
    const target = value && isAlias(value) ? this.#anchors.get(value.source) : value
    if (value && isAlias(value) && !target) throw this.#fail(`found undefined alias '${value.source}'`, value)
    if (target) this.#value(target)
    if (target && isSeq(target)) {
      for (const item of target.items as Node[]) {
        const inner = isAlias(item) ? this.#anchors.get(item.source) : item
        if (!inner || !isMap(inner)) throw this.#fail('expected a mapping for merging, but found something else', item)
        yield* this.#merged(item, at, seen)
      }
      return
    }
    if (!target || !isMap(target)) {
      throw this.#fail('expected a mapping or list of mappings for merging, but found scalar', value ?? at)
    }
    if (seen.has(target)) return
    seen.add(target)
    const pairs = target.items as unknown as { key: Node; value: Node | null }[]
    for (const pair of pairs) if (!isMergeKey(pair.key)) yield [pair, target]
    for (const pair of pairs) if (isMergeKey(pair.key)) yield* this.#merged(pair.value, at, seen)
    seen.delete(target)
  }

  #key(node: Node, holder: Node): Value {
    if (isScalar(node) && (node.tag === undefined || node.tag === '!')) {
      const anchor = node.anchor
      if (anchor) this.#value(node)
      const text = scalarText(node)
      if (node.tag === undefined && node.type === 'PLAIN') {
        const value = this.#checked(node, () => resolvePlain(text))
        if (value !== undefined) return value
      }
      return text
    }
    const key = this.#value(node)
    const hashable = key === null || typeof key !== 'object' || key instanceof Tuple || !isContainer(key)
    if (hashable) return typeof key === 'object' && key !== null && 'text' in key ? (key.text as string) : key
    const guess = hintFor(this.#source.text, this.#source.at(start(node)))
    throw new Diagnostic(
      `Syntax Error while loading YAML. ${guess?.message ?? 'while constructing a mapping found unhashable key'}`,
      { code: 'yaml-syntax', at: guess?.at ?? this.#source.at(start(holder)), hint: guess?.hint },
    )
  }

  #duplicate(key: Value, node: Node): void {
    const { file, line, column } = this.#source.at(start(node))
    this.#options.warn?.(
      `While constructing a mapping from ${file}, line ${line}, column ${column}, found a duplicate dict key ` +
        `(${String(key)}). Using last defined value only.`,
    )
  }

  #checked<T>(node: Node, make: () => T): T {
    try {
      return make()
    } catch (error) {
      if (error instanceof BadScalar) throw this.#fail(error.message, node)
      throw error
    }
  }

  #fail(problem: string, node: Node): Diagnostic {
    return new Diagnostic(`Syntax Error while loading YAML. ${problem}`, {
      code: 'yaml-syntax',
      at: this.#source.at(start(node)),
    })
  }
}

const start = (node: Node): number => node.range?.[0] ?? 0
const isContainer = (value: object): boolean => value instanceof Map || Array.isArray(value)
const isMergeKey = (key: Node): boolean =>
  isScalar(key) && key.type === 'PLAIN' && key.tag === undefined && key.value === '<<'
const kindOf = (node: Node): string => (isMap(node) ? 'mapping' : isSeq(node) ? 'sequence' : 'scalar')

function scalarText(node: Node): string {
  const value = isScalar(node) ? node.value : undefined
  return value === null || value === undefined ? '' : String(value)
}
