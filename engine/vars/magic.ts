/** The variables that Ansible itself sets: they win over all others and nobody can define them. */
import type { Inventory } from '../inventory/inventory.js'
import type { Host } from '../inventory/tree.js'
import { includersOf } from '../playbook/inherit.js'
import type { Play, Role } from '../playbook/model.js'
import { pyStr } from '../python/repr.js'
import { type Dict, isList, type List, type Value } from '../python/values.js'
import { LazyDict } from '../template/lazy-dict.js'
import { OMIT } from '../template/omit.js'
import type { Scope } from '../template/scope.js'
import type { Layer } from './scope.js'
import type { Place, Variables } from './variables.js'

/** What magic variables are made of. */
export interface MagicSource {
  readonly inventory: Inventory
  /** The ones that are the same everywhere: ansible_version, ansible_check_mode, ansible_run_tags, … */
  readonly fixed: Dict
}

/** The variables of a scope as a dict whose members are found and rendered when somebody asks for one. */
export class ScopeView extends LazyDict {
  constructor(
    override readonly scope: Scope,
    private readonly hidden: ReadonlySet<string> = new Set(),
  ) {
    super()
  }
  override get(key: string): Value | undefined {
    return this.hidden.has(key) ? undefined : this.scope.get(key)
  }
  override *keys(): Iterable<string> {
    for (const name of this.scope.names()) if (!this.hidden.has(name) && this.get(name) !== undefined) yield name
  }
}

/** `hostvars`: the variables of every host, made when somebody asks for that host. */
class HostVars extends LazyDict {
  constructor(
    private readonly inventory: Inventory,
    private readonly scopeOf: (host: Host) => Scope,
  ) {
    super()
  }
  override get(name: string): Value | undefined {
    const host = this.inventory.host(name)
    return host && new ScopeView(this.scopeOf(host), hiddenInHostvars)
  }
  override keys(): Iterable<string> {
    return this.inventory.hosts.keys()
  }
  override has(name: string): boolean {
    return this.inventory.host(name) !== undefined
  }
  override missing(key: string): string {
    return `"hostvars['${key}']" is undefined`
  }
}

type Magic = (place: Place, source: MagicSource, variables: Variables) => Value | undefined

/** A play without a name is called by its hosts. */
const nameOf = ({ name, hosts, keywords }: Play): Value => {
  if (name !== undefined && name !== null && name !== '') return name
  const written = keywords.get('hosts') ?? ''
  return isList(written) ? (hosts ?? written).map(host => pyStr(host)).join(',') : written
}

const roleNames = (roles: readonly Role[]): List => roles.map(role => role.name)
const dependents = (roles: readonly Role[]): Role[] =>
  roles.flatMap(role => [...dependents(role.dependencies), ...role.dependencies])

/** Undefined for a role that no task imported or included. */
function includers(role: Role | undefined): Role[] | undefined {
  const found = role ? includersOf(role) : []
  return found.length > 0 ? found : undefined
}

/** One line per variable, as in https://docs.ansible.com/ansible/latest/reference_appendices/special_variables.html */
const magic: { readonly [name: string]: Magic } = {
  inventory_hostname: ({ host }) => host?.name,
  inventory_hostname_short: ({ host }) => host?.name.split('.')[0],
  inventory_file: ({ host }) => host?.inventoryFile,
  inventory_dir: ({ host }) => host?.inventoryDir,
  group_names: ({ host }, { inventory }) => host && inventory.groupNames(host),
  groups: (_, { inventory }) => inventory.groupsDict(),
  hostvars: ({ play }, { inventory }, variables) => new HostVars(inventory, host => variables.ofHost(host, play)),
  vars: (place, _, variables) => new ScopeView(variables.scope(place), hiddenInVars),
  omit: () => OMIT,
  // A keyword of the task; hostvars have what the inventory calls so.
  environment: ({ task }) => task && [],
  playbook_dir: ({ play, dir }) => dir ?? play?.play.dir,
  role_name: ({ task }) => task?.role?.name,
  ansible_role_name: ({ task }) => task?.role && (task.role.fqcn ?? task.role.name),
  ansible_collection_name: ({ task }) => task?.role?.fqcn?.split('.').slice(0, 2).join('.'),
  role_path: ({ task }) => task?.role?.path,
  ansible_parent_role_names: ({ task }) => includers(task?.role)?.map(role => role.name),
  ansible_parent_role_paths: ({ task }) => includers(task?.role)?.map(role => role.path),
  role_names: ({ play }) => play && roleNames(play.roles),
  ansible_play_role_names: ({ play }) => play && roleNames(play.roles),
  ansible_dependent_role_names: ({ play }) => play && roleNames(dependents(play.roles)),
  ansible_role_names: ({ play }) => play && [...new Set(roleNames([...dependents(play.roles), ...play.roles]))],
  ansible_search_path: (place, _, variables) => place.task && variables.searchPath(place),
  ansible_play_name: ({ play }) => play && nameOf(play.play),
  ansible_play_hosts: ({ play }) => play?.hosts.filter(name => play.isWell(name)),
  ansible_play_hosts_all: ({ play }) => play && [...play.hosts],
  play_hosts: ({ play }) => play?.batch.filter(name => play.isWell(name)),
  ansible_play_batch: ({ play }) => play?.batch.filter(name => play.isWell(name)),
}

const hiddenInHostvars = new Set(['hostvars', 'vars', 'omit'])
const hiddenInVars = new Set(['vars', 'hostvars'])

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
