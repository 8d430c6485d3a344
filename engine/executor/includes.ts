/** include_tasks and include_role: what a host asks for, who asked for the same, and what it brings. */
import type { Block, Role, Task } from '../playbook/model.js'
import { pyRepr, pyStr } from '../python/repr.js'
import { type Dict, isDict, type Value } from '../python/values.js'
import type { Scope } from '../template/scope.js'
import type { Templar } from '../template/templar.js'

export const includeActions: ReadonlySet<string> = new Set([
  'ansible.builtin.include',
  'ansible.builtin.include_tasks',
  'ansible.builtin.include_role',
])

/** One file or role that a host (for an item) wants included. */
export interface IncludeRequest {
  readonly kind: 'tasks' | 'role'
  /** File or role name, rendered. */
  readonly name: string
  /** The statement's arguments; `apply` stays raw. */
  readonly args: Dict
}

export async function includeRequest(task: Task, scope: Scope, templar: Templar): Promise<IncludeRequest> {
  const args: Dict = new Map()
  for (const [key, value] of task.args) args.set(key, key === 'apply' ? value : await templar.render(value, scope))
  const kind = task.action === 'ansible.builtin.include_role' ? 'role' : 'tasks'
  const name = kind === 'role' ? (args.get('name') ?? args.get('role')) : (args.get('_raw_params') ?? args.get('file'))
  return { kind, name: name === undefined || name === null ? '' : pyStr(name), args }
}

/** Hosts that want the same thing share its blocks, and stay in step. */
export interface IncludeGroup {
  readonly request: IncludeRequest
  readonly itemVars: Dict | undefined
  readonly item: Value | undefined
  readonly hosts: string[]
}

export interface Brought {
  readonly blocks: readonly Block[]
  readonly role: Role | undefined
}

/** Two requests with one key bring the same. */
export function includeKey(request: IncludeRequest, itemVars: Dict | undefined): string {
  const args = [...request.args].filter(([key]) => key !== 'apply').map(([key, value]) => [key, stable(value)])
  return JSON.stringify([
    request.kind,
    request.name,
    args,
    itemVars ? [...itemVars].map(([key, value]) => [key, stable(value)]) : [],
  ])
}

const stable = (value: Value): string => {
  try {
    return isDict(value) ? pyRepr(value) : pyRepr(value)
  } catch {
    return String(value)
  }
}
