/** The inventory that plays see: who a pattern selects, and what a running play adds. */
import { Diagnostic } from '../diagnostics.js'
import type { Dict, Value } from '../python/values.js'
import { limitPatterns, matchHosts } from './pattern.js'
import { type Host, Tree, type TreeOptions } from './tree.js'

export interface InventoryOptions extends TreeOptions {
  /** HOST_PATTERN_MISMATCH. */
  readonly mismatch?: 'warning' | 'error' | 'ignore'
  /** Against which `@file` of --limit is looked up. */
  readonly cwd?: string
}

export class Inventory extends Tree {
  /** Sources as given with -i, for `ansible_inventory_sources`. */
  sources: string[] = []
  readonly #options: InventoryOptions
  #limit: string[] | undefined
  #limited: { readonly version: number; readonly hosts: Set<Host> } | undefined
  #groupsDict: { readonly version: number; readonly names: Map<string, string[]> } | undefined

  /** What plays added, to be done again when the sources are read anew. */
  readonly #added: (() => boolean)[] = []

  constructor(options: InventoryOptions = {}) {
    super(options)
    this.#options = options
  }

  /** `--limit`; undefined, and one without patterns (`,,`, an empty `@file`), lifts it. */
  limit(pattern: Value | undefined): void {
    const patterns = pattern === undefined || pattern === null ? [] : limitPatterns(pattern, this.#options.cwd ?? '.')
    this.#limit = patterns.length > 0 ? patterns : undefined
    this.#limited = undefined
  }

  get limitText(): string | undefined {
    return this.#limit?.join(',')
  }

  /** Hosts that the pattern selects and the limit leaves, in inventory order. */
  match(pattern: Value, { limit = true }: { readonly limit?: boolean } = {}): Host[] {
    const warned = (name: string) => {
      const message = `Could not match supplied host pattern, ignoring: ${name}`
      if (this.#options.mismatch === 'error') throw new Diagnostic(message, { code: 'host-pattern' })
      if (this.#options.mismatch !== 'ignore') this.warn(message)
    }
    const found = matchHosts(this, pattern, { mismatch: warned, warn: this.warn })
    if (!limit || !this.#limit) return found
    if (this.#limited?.version !== this.version) {
      const hosts = new Set(matchHosts(this, this.#limit, { mismatch: warned, warn: this.warn }))
      this.#limited = { version: this.version, hosts }
    }
    return found.filter(host => this.#limited!.hosts.has(host))
  }

  /** Another reading of the sources takes the place of this one; what plays added stays. */
  override replaceWith(other: Tree): void {
    super.replaceWith(other)
    for (const again of this.#added.splice(0)) again()
  }

  /** add_host: makes or extends a host; true when it, or its place in a group, is new. */
  addHost(
    name: string,
    { groups = [], vars }: { readonly groups?: readonly string[]; readonly vars?: Dict } = {},
  ): boolean {
    this.#added.push(() => this.addHost(name, { groups, ...(vars ? { vars } : {}) }))
    let changed = false
    let host = this.hosts.get(name)
    if (!host) {
      host = this.ensureHost(name)
      this.addToGroup(this.all, host)
      changed = true
    }
    if (vars) {
      for (const [key, value] of vars) {
        if (host.vars.get(key) === value) continue
        changed = true
        host.setVariable(String(key), value)
      }
    }
    for (const group of groups) changed = this.addToGroup(this.ensureGroup(group), host) || changed
    if (changed) this.reconcile()
    return changed
  }

  /** group_by: puts the host into a group, and the group below its parents; true when something is new. */
  addGroup(
    name: string,
    { host, parents = ['all'] }: { readonly host?: Host; readonly parents?: readonly string[] } = {},
  ): boolean {
    this.#added.push(() => {
      const still = host && this.hosts.get(host.name)
      return this.addGroup(name, { ...(still ? { host: still } : {}), parents })
    })
    let changed = !this.groups.has(name)
    const group = this.ensureGroup(name)
    for (const parent of parents) {
      if (!this.groups.has(parent)) changed = true
      changed = this.addChild(this.ensureGroup(parent), group) || changed
    }
    if (host) changed = this.addToGroup(group, host) || changed
    if (changed) this.reconcile()
    return changed
  }

  /** Names of a host's groups, sorted, without `all`: `group_names`. */
  groupNames(host: Host): string[] {
    return this.groupsOf(host)
      .map(group => group.name)
      .filter(name => name !== 'all')
      .sort()
  }

  /** Each group's hosts by name: the variable `groups`. */
  groupsDict(): Map<string, string[]> {
    if (this.#groupsDict?.version !== this.version) {
      const names = new Map([...this.groups].map(([name, group]) => [name, group.allHosts().map(host => host.name)]))
      this.#groupsDict = { version: this.version, names }
    }
    return this.#groupsDict.names
  }
}
