/** The variables that roles bring: defaults, vars and parameters, with what dependencies and parents add. */
import type { Role } from '../playbook/model.js'
import type { Dict } from '../python/values.js'
import { type HashBehaviour, mergeInto } from './merge.js'

/** Parents of a role, outermost first: what depends on it or included it. */
export function parentsOf(role: Role): Role[] {
  const chain: Role[] = []
  for (let parent = role.parentRole; parent; parent = parent.parentRole) chain.unshift(parent)
  return chain
}

function dependenciesOf(role: Role, found: Role[] = []): Role[] {
  for (const dependency of role.dependencies) {
    dependenciesOf(dependency, found)
    found.push(dependency)
  }
  return found
}

/** Defaults as the role's tasks see them: dependencies', parents', own. */
export function roleDefaults(role: Role, behaviour: HashBehaviour): Dict {
  const vars: Dict = new Map()
  for (const dependency of dependenciesOf(role)) mergeInto(vars, dependency.defaults, behaviour)
  for (const parent of parentsOf(role)) mergeInto(vars, parent.defaults, behaviour)
  mergeInto(vars, role.defaults, behaviour)
  return vars
}

/** `vars/` and the statement's `vars:`: parents', dependencies', own. */
export function roleVars(role: Role, behaviour: HashBehaviour): Dict {
  const vars: Dict = new Map()
  for (const parent of parentsOf(role)) mergeInto(vars, parent.roleVars, behaviour)
  for (const dependency of dependenciesOf(role)) {
    mergeInto(vars, dependency.vars, behaviour)
    mergeInto(vars, dependency.roleVars, behaviour)
  }
  mergeInto(vars, role.vars, behaviour)
  mergeInto(vars, role.roleVars, behaviour)
  return vars
}

/** Inline parameters: parents', own. */
export function roleParams(role: Role, behaviour: HashBehaviour): Dict {
  const vars: Dict = new Map()
  for (const parent of parentsOf(role)) mergeInto(vars, parent.params, behaviour)
  mergeInto(vars, role.params, behaviour)
  return vars
}
