/** Ansible's INI dialect of inventories. */
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import { pythonLiteral } from '../python/literal.js'
import { PySet } from '../python/set.js'
import { ShlexError, shlexSplit } from '../python/shlex.js'
import { isList, type Value } from '../python/values.js'
import { trustedDeep } from '../yaml/trust.js'
import { expandHosts } from './hosts.js'
import type { GroupNames } from './names.js'
import type { Group, Tree } from './tree.js'

const SECTION = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/
const GROUP_NAME = /^([^:\]\s]+)\s*(?:#.*)?$/

/** A group that was used before its own section came. */
interface Pending {
  readonly line: number
  readonly kind: 'children' | 'vars'
  readonly parents: string[]
}

/** Reads the text into the tree; what was read before a mistake stays, as with Ansible. */
export function readIni(text: string, file: string, tree: Tree, names: GroupNames): void {
  new IniReader(file, tree, names).read(text)
}

class IniReader {
  #line = 0
  #raw = ''
  readonly #pending = new Map<string, Pending>()

  constructor(
    private readonly file: string,
    private readonly tree: Tree,
    private readonly names: GroupNames,
  ) {}

  read(text: string): void {
    let group = this.tree.groups.get('ungrouped')!
    let kind = 'hosts'
    for (const raw of text.split('\n')) {
      this.#line++
      this.#raw = raw
      const line = raw.trim()
      if (line === '' || line.startsWith(';') || line.startsWith('#')) continue
      const section = SECTION.exec(line)
      if (section) {
        const name = this.names.safe(section[1]!)
        kind = section[2] ?? 'hosts'
        group = this.#section(name, kind)
        continue
      }
      if (line.startsWith('[') && line.endsWith(']')) {
        throw this.#bad(
          `Invalid section entry: '${line}'. Please make sure that there are no spaces in the section entry, and that there are no other invalid characters`,
        )
      }
      if (kind === 'vars') this.#variable(line, group)
      else if (kind === 'children') this.#child(line, group)
      else this.#hosts(line, group)
    }
    for (const [name, { line, kind: wanted, parents }] of this.#pending) {
      this.#line = line
      this.#raw = ''
      if (wanted === 'vars') throw this.#bad(`Section [${name}:vars] not valid for undefined group: ${name}`)
      throw this.#bad(`Section [${parents.at(-1)}:children] includes undefined group: ${name}`)
    }
  }

  #section(name: string, kind: string): Group {
    if (kind !== 'hosts' && kind !== 'children' && kind !== 'vars') {
      throw this.#bad(`Section [${name}:${kind}] has unknown type: ${kind}`)
    }
    if (kind === 'vars') {
      if (!this.tree.groups.has(name) && !this.#pending.has(name)) {
        this.#pending.set(name, { line: this.#line, kind: 'vars', parents: [] })
      }
      return this.tree.groups.get(name) ?? this.tree.ensureGroup(name)
    }
    const group = this.tree.ensureGroup(name)
    const pending = this.#pending.get(name)
    this.#pending.delete(name)
    for (const parent of pending?.parents ?? []) this.tree.addChild(this.tree.ensureGroup(parent), group)
    return group
  }

  #child(line: string, group: Group): void {
    const name = GROUP_NAME.exec(line)?.[1]
    if (name === undefined) throw this.#bad(`Expected group name, got: ${line}`)
    const safe = this.names.safe(name)
    const child = this.tree.groups.get(safe)
    const pending = this.#pending.get(safe)
    if (pending) {
      this.#pending.set(safe, { ...pending, kind: 'children', parents: [...pending.parents, group.name] })
    } else if (child) this.#attach(group, child)
    else this.#pending.set(safe, { line: this.#line, kind: 'children', parents: [group.name] })
  }

  #attach(group: Group, child: Group): void {
    try {
      this.tree.addChild(group, child)
    } catch (error) {
      if (error instanceof Diagnostic) error.at = this.#at()
      throw error
    }
  }

  #variable(line: string, group: Group): void {
    const equals = line.indexOf('=')
    if (equals === -1) throw this.#bad(`Expected key=value, got: ${line}`)
    const value = line.slice(equals + 1).trim()
    const at = this.#at(this.#raw.indexOf(value, this.#raw.indexOf('=') + 1))
    try {
      group.setVariable(line.slice(0, equals).trim(), iniValue(value, at))
    } catch (error) {
      if (error instanceof Diagnostic) error.at ??= at
      throw error
    }
  }

  #hosts(line: string, group: Group): void {
    const [pattern, ...assignments] = this.#split(line)
    if (pattern === undefined) return
    const { hosts, port } = this.#expand(pattern)
    const vars: [string, Value][] = []
    for (const assignment of assignments) {
      const equals = assignment.indexOf('=')
      if (equals === -1) {
        throw this.#bad(
          `Expected key=value host variable assignment, got: ${assignment}`,
          this.#raw.lastIndexOf(assignment),
        )
      }
      const name = assignment.slice(0, equals)
      vars.push([name, iniValue(assignment.slice(equals + 1), this.#at(this.#raw.indexOf(`${name}=`) + equals + 1))])
    }
    for (const name of hosts) {
      const host = this.tree.ensureHost(name, port)
      this.tree.addToGroup(group, host)
      for (const [key, value] of vars) host.setVariable(key, value)
    }
  }

  #split(line: string): string[] {
    try {
      return shlexSplit(line, { comments: true })
    } catch (error) {
      if (error instanceof ShlexError) throw this.#bad(`Error parsing host definition '${line}': ${error.message}`)
      throw error
    }
  }

  #expand(pattern: string) {
    try {
      return expandHosts(pattern)
    } catch (error) {
      if (error instanceof Diagnostic) error.at = this.#at(this.#raw.indexOf(pattern))
      throw error
    }
  }

  #at(index = this.#raw.search(/\S/)): SourceRange {
    return { file: this.file, line: this.#line, column: Math.max(0, index) + 1 }
  }

  #bad(message: string, index?: number): Diagnostic {
    return new Diagnostic(message, { code: 'inventory-ini', at: this.#at(index) })
  }
}

/** Text beginning otherwise is no Python literal. */
const MAY_BE_LITERAL = /^[ \t]*[-+0-9.'"([{TFNbBrRuU]/

/** A value of an INI inventory: a Python literal where it is one, else the text itself. */
export function iniValue(text: string, at: SourceRange): Value {
  const literal = MAY_BE_LITERAL.test(text) ? literalOf(text.replace(/^[ \t]+/, '')) : undefined
  return trustedDeep(literal === undefined ? text : literal, at)
}

function literalOf(text: string): Value | undefined {
  const literal = pythonLiteral(text)
  if (literal !== undefined) return literal
  // Bytes become text, and sets stay sets.
  if (/^b['"]/i.test(text)) return pythonLiteral(text.slice(1))
  const members = /^\{([\s\S]+)\}\s*$/.exec(text)
  const items = members ? pythonLiteral(`[${members[1]}]`) : undefined
  return isList(items) && items.length > 0 ? new PySet(items) : undefined
}
