/** Loads what a group of hosts wants included: the blocks to put after the include, reduced to the selected tags. */
import { taskFile } from '../../playbook/import.js'
import { flatten } from '../../playbook/inherit.js'
import type { Block, Role, Task } from '../../playbook/model.js'
import { pyStr } from '../../python/repr.js'
import { type Dict, isDict, type Value } from '../../python/values.js'
import { withoutOmitted } from '../../template/omit.js'
import type { TaskInfo } from '../events.js'
import type { PlayRun } from '../play.js'
import { selectedBlocks } from '../selection.js'
import { isTrue } from '../task/results.js'
import type { IncludeGroup } from './group.js'

export async function openInclude(play: PlayRun, task: Task, info: TaskInfo, group: IncludeGroup): Promise<Block[]> {
  const apply = group.request.args.get('apply')
  const applied = isDict(apply) ? (withoutOmitted(apply) as Dict) : undefined
  const { importedRoles } = play.play
  const known = importedRoles.length
  const block =
    group.request.kind === 'tasks' ? openTasks(play, task, info, group, applied) : openRole(play, task, group, applied)
  // import_role in what was opened: its handlers and variables belong to the play from here on.
  for (const role of importedRoles.slice(known)) {
    addHandlers(play, role)
    play.publish(role)
  }
  return selectedBlocks(play, [block])
}

function addHandlers(play: PlayRun, role: Role, use?: string): void {
  const handlers = [...role.dependencies.flatMap(one => one.handlers), ...role.handlers]
  play.handlers.add(flatten(handlers), use)
}

/** Equal for includes that bring the same role with the same files and variables. */
function useOf(role: Role, from: unknown, task: Task, group: IncludeGroup): string {
  const plain = [...task.vars].every(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
  const vars = plain ? [...task.vars] : task.id
  const items = [...varsOf(group)].map(([name, value]) => [name, typeof value, pyStr(value)])
  return JSON.stringify([role.path, from, vars, items])
}

function openTasks(play: PlayRun, task: Task, info: TaskInfo, group: IncludeGroup, apply: Dict | undefined): Block {
  const { run } = play
  const { name } = group.request
  const block = run.loader.includeTasks(task, { file: name, vars: varsOf(group), apply })
  const file = taskFile(name, { parent: task.parent, role: task.role, handlers: task.handler })
  run.emit({ type: 'include', file, hosts: group.hosts, item: group.item, task: info })
  return block
}

function openRole(play: PlayRun, task: Task, group: IncludeGroup, apply: Dict | undefined): Block {
  const { name, args } = group.request
  const from = Object.fromEntries(
    (['tasks', 'vars', 'defaults', 'handlers'] as const).flatMap(kind => {
      const value = args.get(`${kind}_from`)
      return value === undefined || value === null ? [] : [[kind, pyStr(value)]]
    }),
  )
  const isPublic = isTrue(args, 'public')
  const { role, block } = play.run.loader.includeRole(task, {
    ...{ name, from, vars: varsOf(group), apply },
    public: isPublic,
    allowDuplicates: args.get('allow_duplicates') !== false,
    validate: args.get('rolespec_validate') !== false,
  })
  addHandlers(play, role, useOf(role, from, task, group))
  if (isPublic) play.publish(role)
  return block
}

const varsOf = (group: IncludeGroup): Dict => group.itemVars ?? new Map<Value, Value>()
