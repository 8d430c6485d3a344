/** include_tasks and include_role: what a host (for an item) asks for. */
import type { Task } from '../../playbook/model.js'
import { pyStr } from '../../python/repr.js'
import type { Dict } from '../../python/values.js'
import type { Scope } from '../../template/scope.js'
import type { Templar } from '../../template/templar.js'

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
  // The parameters of `include: x.yml a={{ b }}` are variables, which each host renders for itself.
  const isOld = task.action === 'ansible.builtin.include'
  for (const [key, value] of task.args) {
    if (isOld && key !== '_raw_params' && key !== 'file') continue
    args.set(key, key === 'apply' ? value : await templar.render(value, scope))
  }
  const kind = task.action === 'ansible.builtin.include_role' ? 'role' : 'tasks'
  const name = kind === 'role' ? (args.get('name') ?? args.get('role')) : (args.get('_raw_params') ?? args.get('file'))
  return { kind, name: name === undefined || name === null ? '' : pyStr(name), args }
}
