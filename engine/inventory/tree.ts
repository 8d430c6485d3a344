/** Hosts and groups, as data that plays may extend while they run. */
import { Diagnostic } from '../diagnostics.js'
import { type Dict, isDict, type Value } from '../python/values.js'

/** Names that mean the controller itself; one that the inventory lacks is made up when asked for. */
export const LOCALHOST: readonly string[] = ['localhost', '127.0.0.1', '::1']

export class Host {
  /** Variables written beside the host, unrendered. */
  readonly vars: Dict = new Map()
  /** Groups it was put into directly. */
  readonly groups = new Set<Group>()
  /** Source that named it first; undefined for hosts that a play added. */
  inventoryFile: string | undefined
  inventoryDir: string | undefined
  /** The localhost nobody wrote: it is in no group, `all` included. */
  implicit = false

  constructor(
    readonly name: string,
    private readonly hashBehaviour: HashBehaviour = 'replace',
  ) {}

  setVariable(name: string, value: Value): void {
    setVariable(this.vars, name, value, this.hashBehaviour)
  }
}

export class Group {
  readonly vars: Dict = new Map()
  readonly hosts = new Set<Host>()
  readonly children = new Set<Group>()
  readonly parents = new Set<Group>()
  /** `ansible_group_priority`: among groups of one depth, the highest wins. */
  priority = 1
  /** Longest way from `all`. */
  depth = 0

  constructor(
    readonly name: string,
    private readonly hashBehaviour: HashBehaviour = 'replace',
  ) {}

  /** This group and all below it, level by level. */
  descendants(): Set<Group> {
    const found = new Set<Group>([this])
    for (const group of found) for (const child of group.children) found.add(child)
    return found
  }

  /** All above this group, without it. */
  ancestors(): Set<Group> {
    const found = new Set<Group>(this.parents)
    for (const group of found) for (const parent of group.parents) found.add(parent)
    return found
  }

  /** Hosts of this group and of those below it, in the order they would be played. */
  allHosts(): Host[] {
    const found = new Set<Host>()
    for (const group of this.descendants()) for (const host of group.hosts) found.add(host)
    return [...found]
  }

  setVariable(name: string, value: Value): void {
    if (name === 'ansible_group_priority') this.#setPriority(value)
    else setVariable(this.vars, name, value, this.hashBehaviour)
  }

  #setPriority(value: Value): void {
    const priority = typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : value
    if (typeof priority !== 'number' || !Number.isSafeInteger(priority)) {
      throw new Diagnostic(`ansible_group_priority of group ${this.name} must be a whole number`, {
        code: 'inventory-priority',
      })
    }
    this.priority = priority
  }
}

/** Order in which groups' variables are laid over each other: depth, then ansible_group_priority, then name. */
export const sortGroups = (groups: Iterable<Group>): Group[] =>
  [...groups].sort(
    (a, b) => a.depth - b.depth || a.priority - b.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  )

/** What happens to a dict that a later source defines again; DEFAULT_HASH_BEHAVIOUR. */
export type HashBehaviour = 'replace' | 'merge'

function setVariable(vars: Dict, name: Value, value: Value, behaviour: HashBehaviour): void {
  const known = behaviour === 'merge' ? vars.get(name) : undefined
  if (!isDict(known) || !isDict(value)) {
    vars.set(name, value)
    return
  }
  const together: Dict = new Map(known)
  for (const [key, one] of value) setVariable(together, key, one, behaviour)
  vars.set(name, together)
}

export interface TreeOptions {
  readonly hashBehaviour?: HashBehaviour
  readonly warn?: (message: string) => void
}

/** What the readers fill: hosts, groups and who belongs to whom. */
export class Tree {
  readonly hosts = new Map<string, Host>()
  readonly groups = new Map<string, Group>()
  /** File or directory being read. */
  source: { readonly file: string; readonly dir: string } | undefined
  protected readonly warn: (message: string) => void
  #localhost: Host | undefined
  #groupsOf = new Map<Host, Group[]>()
  /** Counts changes of the structure, so that what is computed from it can be kept until the next one. */
  version = 0

  readonly #hashBehaviour: HashBehaviour

  constructor({ warn = () => {}, hashBehaviour = 'replace' }: TreeOptions = {}) {
    this.warn = warn
    this.#hashBehaviour = hashBehaviour
    this.addChild(this.ensureGroup('all'), this.ensureGroup('ungrouped'))
  }

  get all(): Group {
    return this.groups.get('all')!
  }

  /** Takes over what was read anew (meta: refresh_inventory); hosts are new objects afterwards. */
  replaceWith(other: Tree): void {
    this.hosts.clear()
    this.groups.clear()
    for (const [name, host] of other.hosts) this.hosts.set(name, host)
    for (const [name, group] of other.groups) this.groups.set(name, group)
    this.#changed()
  }

  ensureGroup(name: string): Group {
    let group = this.groups.get(name)
    if (!group) {
      group = new Group(name, this.#hashBehaviour)
      this.groups.set(name, group)
      this.#changed()
    }
    return group
  }

  ensureHost(name: string, port?: number): Host {
    let host = this.hosts.get(name)
    if (!host) {
      host = new Host(name, this.#hashBehaviour)
      host.inventoryFile = this.source?.file
      host.inventoryDir = this.source?.dir
      this.hosts.set(name, host)
      if (port !== undefined) host.vars.set('ansible_port', port)
      if (LOCALHOST.includes(name)) this.#foundLocalhost(host)
      this.#changed()
    }
    return host
  }

  #foundLocalhost(host: Host): void {
    if (!this.#localhost || this.#localhost.implicit) this.#localhost = host
    else {
      this.warn(
        `A duplicate localhost-like entry was found (${host.name}). First found localhost was ${this.#localhost.name}`,
      )
    }
  }

  addToGroup(group: Group, host: Host): boolean {
    if (group.hosts.has(host)) return false
    group.hosts.add(host)
    host.groups.add(group)
    this.#changed()
    return true
  }

  addChild(parent: Group, child: Group): boolean {
    if (parent === child) throw new Diagnostic("can't add group to itself", { code: 'inventory-loop' })
    if (parent.children.has(child)) return false
    if (child.descendants().has(parent)) {
      throw new Diagnostic(
        `Adding group '${child.name}' as child to '${parent.name}' creates a recursive dependency loop.`,
        { code: 'inventory-loop' },
      )
    }
    parent.children.add(child)
    child.parents.add(parent)
    deepen(child, parent.depth + 1)
    this.#changed()
    return true
  }

  /** The host, or the localhost nobody wrote when the name means the controller. */
  host(name: string): Host | undefined {
    const host = this.hosts.get(name)
    if (host || !LOCALHOST.includes(name)) return host
    if (!this.#localhost) {
      this.#localhost = new Host(name)
      this.#localhost.implicit = true
      // As Ansible gives it; nothing here reads it.
      this.#localhost.vars.set('ansible_python_interpreter', '/usr/bin/python3')
      this.#localhost.vars.set('ansible_connection', 'local')
    }
    return this.#localhost
  }

  /** Groups of the host, those that contain its groups too, weakest first; `all` is the first. */
  groupsOf(host: Host): Group[] {
    let sorted = this.#groupsOf.get(host)
    if (!sorted) {
      const found = new Set<Group>(host.groups)
      for (const group of found) for (const parent of group.parents) found.add(parent)
      sorted = sortGroups(found)
      this.#groupsOf.set(host, sorted)
    }
    return sorted
  }

  /** After reading: every group is below `all`, and hosts of no other group are in `ungrouped`. */
  reconcile(): void {
    const { all } = this
    const ungrouped = this.groups.get('ungrouped')!
    for (const group of this.groups.values()) {
      if (group !== all && group.parents.size === 0) this.addChild(all, group)
    }
    for (const host of this.hosts.values()) {
      const others = [...host.groups].some(group => group !== all && group !== ungrouped)
      if (others && ungrouped.hosts.delete(host)) host.groups.delete(ungrouped)
      else if (!others) this.addToGroup(ungrouped, host)
      if (this.groups.has(host.name)) this.warn(`Found both group and host with same name: ${host.name}`)
    }
    this.#changed()
  }

  /** Forgets what was computed from the structure. */
  #changed(): void {
    this.version++
    if (this.#groupsOf.size > 0) this.#groupsOf = new Map()
  }
}

function deepen(group: Group, depth: number): void {
  if (depth <= group.depth) return
  group.depth = depth
  for (const child of group.children) deepen(child, depth + 1)
}
