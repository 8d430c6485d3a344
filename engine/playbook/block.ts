/** Lists of tasks → Blocks and Tasks, static imports opened. */
import type { SourceRange } from '../diagnostics.js'
import { pyStr } from '../python/repr.js'
import { type Dict, isDict, isList, type Value } from '../python/values.js'
import { keyPosition, positionOf, valuePosition } from '../yaml/positions.js'
import { TemplateString } from '../yaml/trust.js'
import { checkTags, checkValue, invalidAttribute, placeOfValue, takeOldSpelling, typeName, varsFrom } from './check.js'
import { importRole, importTasks } from './import.js'
import { playOf } from './inherit.js'
import { keywords, keywordsOf } from './keywords.js'
import type { Loading } from './loading.js'
import type { Block, Keywords, Parent, Role, Task } from './model.js'
import { checkModuleDefaults } from './module-defaults.js'
import { type Around, fileArgument, loadTask, nowhere, roleArguments, statementOf } from './task.js'

/** A block whose lists can still grow. */
export interface OpenBlock extends Block {
  readonly block: (Task | Block)[]
  readonly rescue: (Task | Block)[]
  readonly always: (Task | Block)[]
}

interface BlockOptions {
  readonly at: SourceRange | undefined
  readonly parent: Parent
  readonly role: Role | undefined
  readonly origin: Block['origin']
  readonly keywords?: Keywords
  readonly vars?: Dict
  readonly statement?: Task
  readonly target?: string
}

/** A block that nobody wrote. */
export const implicitBlock = ({ at, keywords, vars, statement, target, ...rest }: BlockOptions): OpenBlock => ({
  ...rest,
  kind: 'block',
  at: at ?? nowhere,
  name: undefined,
  keywords: keywords ?? new Map(),
  vars: vars ?? new Map(),
  block: [],
  rescue: [],
  always: [],
  implicit: true,
  statement,
  target,
})

/** The tasks of a section (`tasks:`, `block:`, a task file). `what` names it in errors. */
export function loadTasks(
  loading: Loading,
  list: Value | undefined,
  around: Around,
  what: string,
  at?: SourceRange,
): (Task | Block)[] {
  if (list === undefined || list === null) return []
  if (!isList(list)) {
    loading.problem(
      `A malformed block was encountered while loading ${what}: ${pyStr(list instanceof TemplateString ? list.text : list)} should be a list or None but is ${typeName(list)}`,
      { code: 'tasks-type', at: at ?? positionOf(list), hint: 'Begin each task with `- `.' },
    )
    return []
  }
  const loaded: (Task | Block)[] = []
  for (const [index, entry] of list.entries()) {
    const entryAt = valuePosition(list, index) ?? positionOf(list)
    if (entry === null && around.parent.kind === 'block' && !around.parent.implicit) {
      loading.problem('A malformed block was encountered while loading a block: an entry is empty', {
        code: 'tasks-type',
        at: entryAt,
        hint: 'Write a task behind the `-`, or remove it.',
      })
      continue
    }
    if (entry === null) {
      loading.warn(`an entry of ${what} is empty and is skipped (${where(entryAt)})`)
      continue
    }
    if (!isDict(entry)) {
      loading.problem(`a task must be a dictionary, but this is a ${typeName(entry)}`, {
        code: 'task-type',
        at: entryAt,
        hint: typeof entry === 'string' ? `Did you mean \`- ${entry}:\`?` : undefined,
      })
      continue
    }
    const one = loadEntry(loading, entry, around)
    if (one) loaded.push(one)
  }
  return loaded
}

function loadEntry(loading: Loading, entry: Dict, around: Around): Task | Block | undefined {
  for (const part of ['block', 'rescue', 'always']) if (entry.has(part)) return loadBlock(loading, entry, around)
  const task = loadTask(loading, entry, around)
  const statement = task && statementOf(task.action)
  if (around.handlers && task?.action === 'ansible.builtin.meta' && task.args.get('_raw_params') === 'flush_handlers') {
    loading.problem('flush_handlers cannot be used as a handler', { code: 'handler-flush', at: task.at })
  }
  if (!task || !statement) return task
  if (around.handlers && (statement === 'import_role' || statement === 'include_role')) {
    loading.problem(`Using '${task.written}' as a handler is not supported.`, { code: 'handler-role', at: task.at })
    return undefined
  }
  return loading.attempt(() => {
    switch (statement) {
      case 'import_role':
        return importRole(loading, task, around)
      case 'include_role':
        roleArguments(task)
        return task
      case 'include_tasks':
        fileArgument(task)
        return task
      case 'import_tasks':
        return importTasks(loading, task, around)
      case 'include':
        return isStatic(task, entry) ? importTasks(loading, task, around) : task
      default:
        return task
    }
  }, task.at)
}

/** The rule for the old `include:`: static unless it loops, its name is a template, or `static: no` says so. */
function isStatic(task: Task, entry: Dict): boolean {
  const said = entry.get('static')
  if (typeof said === 'boolean') return said
  if (task.loop || fileArgument(task) instanceof TemplateString) return false
  for (let level: Parent = task.parent; level.kind === 'block'; level = level.parent) {
    if (level.origin === 'include_tasks') return false
  }
  return true
}

const where = (at: SourceRange | undefined): string => (at ? `${at.file}:${at.line}` : 'unknown place')

const sections = ['block', 'rescue', 'always'] as const
const notKept = new Set<string>(['name', 'vars', ...sections])

function loadBlock(loading: Loading, entry: Dict, around: Around): Block {
  const at = positionOf(entry) ?? nowhere
  if (around.handlers && around.parent.kind === 'block' && !around.parent.implicit) {
    loading.problem('Using a block as a handler is not supported.', {
      code: 'handler-block',
      at,
      hint: 'Handlers may stand in one block, but not in a block within a block.',
    })
  }
  const own = new Map<string, Value>()
  const block: OpenBlock = {
    kind: 'block',
    at,
    name: entry.get('name') ?? undefined,
    keywords: own,
    vars: varsFrom(loading, entry.get('vars'), entry, 'Block'),
    block: [],
    rescue: [],
    always: [],
    parent: around.parent,
    role: around.role,
    implicit: false,
    origin: 'written',
    statement: undefined,
    target: undefined,
  }
  for (const [key, value] of entry) {
    if (typeof key !== 'string' || !keywordsOf('block').has(key)) {
      if (typeof key === 'string' && takeOldSpelling(loading, key, value, 'block', own)) continue
      invalidAttribute(loading, key, 'block', entry)
      continue
    }
    if (key === 'tags') checkTags(loading, value, entry)
    else checkValue(loading, keywords.get(key)!, value, entry)
    if (!notKept.has(key) && value !== null) own.set(key, value)
  }
  checkModuleDefaults(loading, own.get('module_defaults'), playOf(around.parent), around.role, entry)
  if (!entry.has('block')) {
    const part = entry.has('rescue') ? 'rescue' : 'always'
    loading.problem(`'${part}' keyword cannot be used without 'block'`, {
      code: 'block-missing',
      at: keyPosition(entry, part) ?? at,
    })
  }
  const inside = { ...around, parent: block }
  for (const section of sections) {
    if (!entry.has(section) || entry.get(section) !== null) continue
    loading.problem(`A malformed block was encountered while loading ${section === 'block' ? 'a block' : section}`, {
      code: 'tasks-type',
      at: keyPosition(entry, section) ?? at,
      hint: `'${section}' holds a list of tasks.`,
    })
  }
  for (const section of sections) {
    block[section].push(...loadTasks(loading, entry.get(section), inside, 'a block', placeOfValue(entry, section)))
  }
  return block
}
