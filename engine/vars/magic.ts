/** The variables that Ansible itself sets: they win over all others and nobody can define them. */
import type { Inventory } from '../inventory/inventory.js'
import type { Role } from '../playbook/model.js'
import { pyRepr } from '../python/repr.js'
import { type Dict, type List, PyObject, type Value } from '../python/values.js'
import { OMIT } from '../template/omit.js'
import type { Scope } from '../template/scope.js'
import type { Layer } from './scope.js'
import type { Place, Variables } from './variables.js'

/** What magic variables are made of. */
export interface MagicSource {
  readonly inventory: Inventory
  /** Renders a raw value for another host (`hostvars`) or for `vars`; throws Pending where a lookup must wait. */
  render(value: Value, scope: Scope): Value
  /** The ones that are the same everywhere: ansible_version, ansible_check_mode, ansible_run_tags, … */
  readonly fixed: Dict
}

/** A dict whose values are found and rendered when somebody asks for one. */
export class LazyVars extends PyObject {
  readonly typeName = 'dict'
  constructor(
    private readonly keys: () => Iterable<string>,
    private readonly find: (key: string) => Value | undefined,
  ) {
    super()
  }
  override item(key: Value): Value | undefined {
    return typeof key === 'string' ? this.find(key) : undefined
  }
  override contains(key: Value): boolean {
    return typeof key === 'string' && this.find(key) !== undefined
  }
  override iterate(): Iterable<Value> {
    return this.keys()
  }
  override length(): number {
    return [...this.keys()].length
  }
  override truth(): boolean {
    return this.length() > 0
  }
  override repr(): string {
    return pyRepr(this.toDict())
  }
  toDict(): Dict {
    const dict: Dict = new Map()
    for (const key of this.keys()) {
      const value = this.find(key)
      if (value !== undefined) dict.set(key, value)
    }
    return dict
  }
}

type Magic = (place: Place, source: MagicSource, variables: Variables) => Value | undefined

const roleNames = (roles: readonly Role[]): List => [...new Set(roles.map(role => role.name))]
const dependents = (roles: readonly Role[]): Role[] =>
  roles.flatMap(role => [...dependents(role.dependencies), ...role.dependencies])

function parents(role: Role | undefined): Role[] {
  const found: Role[] = []
  for (let parent = role?.parentRole; parent; parent = parent.parentRole) found.push(parent)
  return found
}

/** One line per variable, as in https://docs.ansible.com/ansible/latest/reference_appendices/special_variables.html */
const magic: { readonly [name: string]: Magic } = {
  inventory_hostname: ({ host }) => host?.name,
  inventory_hostname_short: ({ host }) => host?.name.split('.')[0],
  inventory_file: ({ host }) => host?.inventoryFile,
  inventory_dir: ({ host }) => host?.inventoryDir,
  group_names: ({ host }, { inventory }) => host && inventory.groupNames(host),
  groups: (_, { inventory }) => inventory.groupsDict(),
  hostvars: ({ play }, source, variables) =>
    new LazyVars(
      () => [...source.inventory.hosts.keys()],
      name => {
        const host = source.inventory.host(name)
        return host && view(variables.scope({ play, host }), source, hiddenInHostvars)
      },
    ),
  vars: (place, source, variables) => view(variables.scope(place), source, hiddenInVars),
  omit: () => OMIT,
  playbook_dir: ({ play }) => play?.play.dir,
  role_name: ({ task }) => task?.role?.name,
  ansible_role_name: ({ task }) => task?.role && (task.role.fqcn ?? task.role.name),
  ansible_collection_name: ({ task }) => task?.role?.fqcn?.split('.').slice(0, 2).join('.'),
  role_path: ({ task }) => task?.role?.path,
  ansible_parent_role_names: ({ task }) =>
    task?.role?.parentRole ? parents(task.role).map(role => role.name) : undefined,
  ansible_parent_role_paths: ({ task }) =>
    task?.role?.parentRole ? parents(task.role).map(role => role.path) : undefined,
  role_names: ({ play }) => play && roleNames(play.roles),
  ansible_play_role_names: ({ play }) => play && roleNames(play.roles),
  ansible_dependent_role_names: ({ play }) => play && roleNames(dependents(play.roles)),
  ansible_role_names: ({ play }) => play && roleNames([...dependents(play.roles), ...play.roles]),
  ansible_play_name: ({ play }) => play && (play.play.name ?? ''),
  ansible_play_hosts: ({ play }) => play && [...play.activeHosts],
  ansible_play_hosts_all: ({ play }) => play && [...play.hosts],
  play_hosts: ({ play }) => play && [...play.batch],
  ansible_play_batch: ({ play }) => play && [...play.batch],
}

const hiddenInHostvars = new Set(['hostvars', 'vars', 'omit'])
const hiddenInVars = new Set(['vars', 'hostvars'])

function view(scope: Scope, source: MagicSource, hidden: ReadonlySet<string>): LazyVars {
  return new LazyVars(
    () => [...scope.names()].filter(name => !hidden.has(name)),
    name => {
      const raw = hidden.has(name) ? undefined : scope.get(name)
      return raw === undefined ? undefined : source.render(raw, scope)
    },
  )
}

/** The nearest layer of every scope. */
export function magicLayer(source: MagicSource, place: Place, variables: Variables): Layer {
  return {
    label: 'magic variables',
    get(name) {
      const make = Object.hasOwn(magic, name) ? magic[name] : undefined
      return make ? make(place, source, variables) : source.fixed.get(name)
    },
    *names() {
      yield* Object.keys(magic)
      yield* source.fixed.keys() as Iterable<string>
    },
  }
}
