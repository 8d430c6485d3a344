/**
 * The order in which variables win, one line per level of
 * https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html#understanding-variable-precedence
 */
import type { Host } from '../inventory/tree.js'
import { inherited } from '../playbook/inherit.js'
import type { Block, Parent, Task } from '../playbook/model.js'
import type { Dict, Value } from '../python/values.js'
import { injectable } from './facts.js'
import { mergeInto } from './merge.js'
import { roleDefaults, roleParams, roleVars } from './role-vars.js'
import { type Layer, mapLayer } from './scope.js'
import type { Place, PlayState, VariablesOptions } from './variables.js'

/** All levels for a place, nearest first. What only depends on play and host is kept in `cache`. */
export function layersOf(
  place: Place,
  options: VariablesOptions,
  cache: Map<Host | undefined, readonly Layer[]>,
): Layer[] {
  const { task, host } = place
  const memory = host && options.memory.of(host.name)
  const layers: Layer[] = []
  const add = (label: string, vars: ReadonlyMap<Value, Value> | undefined) => {
    if (vars?.size) layers.push(mapLayer(label, vars))
  }
  const behaviour = options.hashBehaviour

  add('extra vars (-e)', options.extraVars) //                                        22
  if (task) for (const vars of includeParams(task)) add('include params', vars) //    21
  if (task?.role) add('role params', roleParams(task.role, behaviour)) //             20
  add('set_fact and registered', memory?.setFacts) //                                 19
  add('include_vars', memory?.learned) //                                             18
  if (task) for (const vars of taskAndBlockVars(task)) add('task and block vars', vars) // 16, 17
  if (task?.role) add('role vars', roleVars(task.role, behaviour)) //                 15
  const inner = task?.role && roleDefaults(task.role, behaviour)

  let outer = cache.get(host)
  if (!outer) {
    outer = outerLayers(place, options)
    cache.set(host, outer)
  }
  if (task && host) outer = [...outer, connectionLayer(task, host, options.connection)]
  // A role's own defaults lie above other roles' defaults, below everything else of the play.
  const below = outer.findIndex(layer => layer.label === 'role defaults')
  if (inner?.size) {
    const at = below === -1 ? outer.length : below
    return [...layers, ...outer.slice(0, at), mapLayer('role defaults', inner), ...outer.slice(at)]
  }
  return [...layers, ...outer]
}

/** The levels that do not depend on the task, nearest first. */
function outerLayers({ host, play, dir = play?.play.dir }: Place, options: VariablesOptions): Layer[] {
  const layers: Layer[] = []
  const add = (label: string, vars: ReadonlyMap<Value, Value>) => {
    if (vars.size) layers.push(mapLayer(label, vars))
  }
  const behaviour = options.hashBehaviour
  if (play) {
    if (!options.privateRoleVars) add('role vars of the play', together(play, roleVarsOf, options)) //  15
    for (const vars of [...play.varsFiles(host)].reverse()) add('vars_files', vars) //  14
    add('vars_prompt', play.prompted) //                                                13
    add('play vars', play.play.vars) //                                                 12
  }
  if (host) {
    layers.push(factsLayer(host, options)) //                                           11
    add('inventory', options.hostVariables(host, dir)) //                    3 to 10
  }
  if (play) add('role defaults', together(play, roleDefaultsOf, options)) //            2
  return layers

  function roleVarsOf(role: Parameters<typeof roleVars>[0]) {
    return roleVars(role, behaviour)
  }
  function roleDefaultsOf(role: Parameters<typeof roleDefaults>[0]) {
    return roleDefaults(role, behaviour)
  }
}

function together(play: PlayState, of: (role: PlayState['roles'][number]) => Dict, options: VariablesOptions): Dict {
  const vars: Dict = new Map()
  for (const role of play.roles) mergeInto(vars, of(role), options.hashBehaviour)
  return vars
}

/** Facts: `ansible_facts`, and each fact as a variable of its own unless INJECT_FACTS_AS_VARS is off. */
function factsLayer(host: Host, { memory, injectFacts }: VariablesOptions): Layer {
  const facts = memory.of(host.name)
  return {
    label: 'facts',
    get: name => {
      if (name === 'ansible_facts') return facts.namespaced
      if (name === 'ansible_local') return facts.facts.get('ansible_local')
      return injectFacts && injectable(name) ? facts.facts.get(name) : undefined
    },
    *names() {
      yield 'ansible_facts'
      if (injectFacts) for (const name of facts.facts.keys() as Iterable<string>) if (injectable(name)) yield name
    },
  }
}

/** Brought by an include; the old `include:` counts as one even where it was opened before the run. */
const included = (block: Block): boolean =>
  block.origin === 'include_tasks' ||
  block.origin === 'include_role' ||
  (block.origin === 'import_tasks' && block.statement?.action === 'ansible.builtin.include')

/** How the task's host is reached, as far as no variable says otherwise: what Ansible calls connection variables. */
function connectionLayer(task: Task, host: Host, defaults: Dict): Layer {
  const written = (keyword: string) => inherited(task, keyword) ?? undefined
  // Whichever of the two names the inventory uses, a task sees both.
  const twin = (name: string) => host.vars.get(name)
  return {
    label: 'connection',
    get(name) {
      switch (name) {
        case 'ansible_host':
          return twin('ansible_ssh_host') ?? host.name
        case 'ansible_ssh_host':
          return twin('ansible_host') ?? host.name
        case 'ansible_user':
          return twin('ansible_ssh_user') ?? written('remote_user') ?? defaults.get('ansible_user')
        case 'ansible_ssh_user':
          return twin('ansible_user') ?? written('remote_user') ?? defaults.get('ansible_user')
        // The keyword `port` is for connections alone.
        case 'ansible_port':
          return twin('ansible_ssh_port') ?? defaults.get('ansible_port')
        case 'ansible_ssh_port':
          return twin('ansible_port') ?? defaults.get('ansible_port')
        case 'ansible_connection':
          return written('connection') ?? (host.implicit ? 'local' : defaults.get(name))
      }
      return defaults.get(name)
    },
    names: () => [],
  }
}

/** vars of the task, then of the blocks and imports around it, nearest first. */
function* taskAndBlockVars(task: Task): Iterable<Dict> {
  if (!dynamicIncludes.has(task.action)) yield task.vars
  for (let parent: Parent = task.parent; parent.kind === 'block'; parent = parent.parent) {
    if (!included(parent)) yield parent.vars
  }
}

/** vars of the include_tasks, include_role and include statements that brought the task, nearest first. */
function* includeParams(task: Task): Iterable<Dict> {
  if (dynamicIncludes.has(task.action)) yield task.vars
  for (let parent: Parent = task.parent; parent.kind === 'block'; parent = parent.parent) {
    if (included(parent)) yield parent.vars
  }
}

const dynamicIncludes = new Set([
  'ansible.builtin.include',
  'ansible.builtin.include_tasks',
  'ansible.builtin.include_role',
])
