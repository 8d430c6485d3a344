/** What outputs are told about a task. */
import { tagsOf } from '../../playbook/inherit.js'
import type { Task } from '../../playbook/model.js'
import { pyStr } from '../../python/repr.js'
import { PyObject, type Value } from '../../python/values.js'
import type { Scope } from '../../template/scope.js'
import type { Templar } from '../../template/templar.js'
import { TemplateString } from '../../yaml/trust.js'
import type { TaskInfo } from '../events.js'

export interface TaskModes {
  readonly checkMode: boolean
  readonly diffMode: boolean
  readonly noLog: boolean
}

/** A task's name for people: rendered as far as it can be before a host is known, else as written. */
export async function taskName(name: Value | undefined, scope: Scope, templar: Templar): Promise<string | undefined> {
  if (name === undefined || name === null) return undefined
  if (!(name instanceof PyObject)) return pyStr(name)
  try {
    return pyStr(await templar.render(name, scope))
  } catch {
    return name instanceof TemplateString ? name.text : undefined
  }
}

/** An include_role without a name is called after its role. */
async function roleInclude(task: Task, scope: Scope, templar: Templar): Promise<string> {
  const role = await taskName(task.args.get('name') ?? task.args.get('role'), scope, templar)
  return role === undefined ? task.written : `${task.written} : ${role}`
}

export async function taskInfo(task: Task, scope: Scope, templar: Templar, modes: TaskModes): Promise<TaskInfo> {
  const name = await taskName(task.name, scope, templar)
  const written =
    task.action === 'ansible.builtin.include_role' ? await roleInclude(task, scope, templar) : task.written
  return {
    id: task.id,
    name: name === undefined || name === '' ? written : name,
    named: name !== undefined && name !== '',
    role: task.role && task.action !== 'ansible.builtin.include_role' ? (task.role.fqcn ?? task.role.name) : undefined,
    action: task.action,
    written: task.written,
    args: modes.noLog ? undefined : task.args,
    path: `${task.at.file}:${task.at.line}`,
    handler: task.handler,
    tags: tagsOf(task).filter((tag): tag is string => typeof tag === 'string'),
    ...modes,
  }
}
