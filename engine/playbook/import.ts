/** Reuse of tasks: import_tasks and import_role when playbooks are read, include_tasks and include_role when they run. */
import { readdirSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { Diagnostic, didYouMean } from '../diagnostics.js'
import { type Dict, isDict, isList, type Value } from '../python/values.js'
import { positionOf } from '../yaml/positions.js'
import { implicitBlock, loadTasks, type OpenBlock } from './block.js'
import { checkTags, checkValue, invalidAttribute, typeName, varsFrom } from './check.js'
import { blocksOfRole, levels, playOf } from './inherit.js'
import { keywords, keywordsOf } from './keywords.js'
import { isDirectory, isFile, type Loading } from './loading.js'
import type { Block, Keywords, Parent, Role, Task } from './model.js'
import { loadRole, type RoleUse } from './role.js'
import { renderName, staticScope } from './static-scope.js'
import { type Around, fileArgument, roleArguments, statementOf } from './task.js'

/** Keywords of a static import that its tasks inherit; those of the statement itself stay behind. */
const ofStatement = new Set([
  'register',
  'loop_control',
  'until',
  'retries',
  'delay',
  'async',
  'poll',
  'changed_when',
  'failed_when',
  'listen',
])
const handedOn = (task: Task): Keywords => new Map([...task.keywords].filter(([name]) => !ofStatement.has(name)))

/** Opens an import_tasks (or a static include). */
export function importTasks(loading: Loading, task: Task, around: Around): Block | undefined {
  const raw = fileArgument(task)
  if (task.loop) {
    throw new Diagnostic("You cannot use loops on 'import_tasks' statements. You should use 'include_tasks' instead.", {
      code: 'static-loop',
      at: task.loop.at,
    })
  }
  const target = renderName(
    loading,
    raw,
    () => staticScope(loading, around.parent, around.role, task.vars),
    'import path',
    task.at,
  )
  const file = taskFile(target, around)
  const block = implicitBlock({
    at: task.at,
    parent: around.parent,
    role: around.role,
    origin: 'import_tasks',
    keywords: handedOn(task),
    vars: task.vars,
    statement: task,
    target,
  })
  if (importsItself(around.parent, file, around)) {
    throw new Diagnostic(`'${target}' imports itself: a static import cannot end such a loop`, {
      code: 'recursive-import',
      at: task.at,
      hint: 'Use include_tasks, whose `when:` is asked before the file is read.',
    })
  }
  const inner = withParameters(block, task)
  inner.block.push(...tasksFromFile(loading, file, target, task, { ...around, parent: inner }))
  return block
}

/** `include: x.yml a=b`: the arguments are variables of a block around the tasks, below what set_fact sets. */
function withParameters(block: OpenBlock, task: Task): OpenBlock {
  if (statementOf(task.action) !== 'include') return block
  const vars: Dict = new Map([...task.args].filter(([key]) => key !== '_raw_params' && key !== 'file'))
  if (vars.size === 0) return block
  const inner = implicitBlock({ at: task.at, parent: block, role: task.role, origin: 'list', vars })
  block.block.push(inner)
  return inner
}

function importsItself(parent: Parent, file: string, around: Around): boolean {
  for (const level of levels(parent)) {
    if (level.kind !== 'block' || level.origin !== 'import_tasks' || level.role !== around.role) continue
    if (taskFile(level.target!, { ...around, parent: level.parent }) === file) return true
  }
  return false
}

function tasksFromFile(loading: Loading, file: string, target: string, task: Task, around: Around) {
  if (!isFile(file)) throw notFound(file, target, task)
  const value = loading.read(file, task.at)
  if (value === null || (isList(value) && value.length === 0) || (isDict(value) && value.size === 0)) {
    loading.warn(`file ${file} is empty and had no tasks to include`)
    return []
  }
  if (!isList(value)) {
    throw new Diagnostic('included task files must contain a list of tasks', {
      code: 'tasks-type',
      at: positionOf(value) ?? { file, line: 1, column: 1 },
      hint: `${target} holds a ${typeName(value)}.`,
    })
  }
  if (value.some(entry => isDict(entry) && entry.has('hosts'))) {
    throw new Diagnostic(`${target} is a playbook, not a list of tasks: it has 'hosts'`, {
      code: 'tasks-type',
      at: positionOf(value[0]) ?? positionOf(value),
      hint: 'Use import_playbook, at the top level of a playbook.',
    })
  }
  return loadTasks(loading, value, around, 'tasks', positionOf(value))
}

function notFound(file: string, target: string, task: Task): Diagnostic {
  const folder = dirname(file)
  const near = isDirectory(folder) ? didYouMean(basename(target), readdirSync(folder)) : undefined
  return new Diagnostic(`Could not find or access '${file}' on the Ansible Controller.`, {
    code: 'file-not-found',
    at: task.at,
    hint: near && `Did you mean '${join(dirname(target), near)}'?`,
  })
}

/**
 * Where a task file is: beside the files that lead here (innermost first), then in the role's tasks or handlers folder,
 * then beside the playbook. The last place that was tried when it is nowhere.
 */
export function taskFile(target: string, { parent, role, handlers }: Around): string {
  if (isAbsolute(target) || target.startsWith('~')) return target.replace(/^~(?=\/)/, process.env.HOME ?? '~')
  const play = playOf(parent)
  const folder = handlers ? 'handlers' : 'tasks'
  let beside: string | undefined
  for (const level of levels(parent)) {
    if (level.kind !== 'block' || level.target === undefined) continue
    if (level.role !== role) break
    const dir = dirname(level.target)
    beside = beside === undefined ? dir : isAbsolute(beside) ? beside : join(dir, beside)
    const base = role ? resolve(role.path, folder, beside) : resolve(play.dir, beside)
    const found = [join(base, target), join(base, folder, target)].find(isFile)
    if (found) return found
  }
  const roleFolders = role ? [folder, 'tasks', '.'].map(one => join(role.path, one)) : []
  const places = [...roleFolders, ...(role ? [join(play.dir, folder)] : []), play.dir]
  return places.map(place => resolve(place, target)).find(isFile) ?? resolve(places[0]!, target)
}

/** Opens an import_role. */
export function importRole(loading: Loading, task: Task, around: Around): Block | undefined {
  const { name, from } = roleArguments(task)
  if (task.loop) {
    throw new Diagnostic("You cannot use loops on 'import_role' statements. You should use 'include_role' instead.", {
      code: 'static-loop',
      at: task.loop.at,
    })
  }
  const scope = () => staticScope(loading, around.parent, around.role, task.vars)
  const render = (value: Value) => renderName(loading, value, scope, 'role name', task.at)
  const block = implicitBlock({
    at: task.at,
    parent: around.parent,
    role: around.role,
    origin: 'import_role',
    keywords: handedOn(task),
    vars: task.vars,
    statement: task,
  })
  const role = loadRole(loading, {
    name: render(name),
    from: rendered(from, render),
    at: task.at,
    keywords: new Map(),
    vars: task.vars,
    params: new Map(),
    origin: 'import_role',
    parent: block,
    parentRole: around.role,
    ...flags(task),
    public: true,
  })
  if (!role) return undefined
  ;(playOf(around.parent).importedRoles as Role[]).push(role)
  block.block.push(...blocksOfRole(role))
  return block
}

const rendered = (from: { readonly [part: string]: Value }, render: (value: Value) => string) =>
  Object.fromEntries(Object.entries(from).map(([part, value]) => [part, render(value)]))

const said = (value: Value | undefined, otherwise: boolean): boolean =>
  value === undefined || value === null ? otherwise : value === true || /^(yes|true|on|y|t|1)$/i.test(String(value))

const flags = ({ args }: Task) => ({
  allowDuplicates: said(args.get('allow_duplicates'), true),
  validate: said(args.get('rolespec_validate'), true),
})

/** What the executor found when it rendered the arguments of an include_tasks. */
export interface IncludeTasks {
  /** The file, rendered. */
  readonly file: string
  /** Variables of this one include: the loop's item and index. */
  readonly vars?: Dict
  /** `apply:`, as written. */
  readonly apply?: Dict | undefined
}

/** Opens an include_tasks for those who run it now. Throws Diagnostics. */
export function includeTasks(loading: Loading, task: Task, { file: target, vars, apply }: IncludeTasks): Block {
  const around: Around = { parent: task.parent, role: task.role, handlers: task.handler }
  const block = implicitBlock({
    at: task.at,
    parent: task.parent,
    role: task.role,
    origin: 'include_tasks',
    keywords: appliedKeywords(loading, apply),
    vars: appliedVars(loading, task.vars, vars, apply),
    statement: task,
    target,
  })
  const file = taskFile(target, around)
  const inner = withParameters(block, task)
  inner.block.push(...tasksFromFile(loading, file, target, task, { ...around, parent: inner }))
  return block
}

/** What the executor found when it rendered the arguments of an include_role. */
export interface IncludeRole {
  readonly name: string
  readonly from?: RoleUse['from']
  readonly vars?: Dict
  readonly apply?: Dict | undefined
  readonly public?: boolean
  readonly allowDuplicates?: boolean
  /** rolespec_validate */
  readonly validate?: boolean
}

/** Opens an include_role for those who run it now: the block to run, with dependencies, and the role. Throws Diagnostics. */
export function includeRole(
  loading: Loading,
  task: Task,
  include: IncludeRole,
): { role: Role; block: Block } | undefined {
  const vars = appliedVars(loading, task.vars, include.vars, include.apply)
  const block = implicitBlock({
    at: task.at,
    parent: task.parent,
    role: task.role,
    origin: 'include_role',
    keywords: appliedKeywords(loading, include.apply),
    vars,
    statement: task,
  })
  const role = loadRole(loading, {
    name: include.name,
    from: include.from ?? {},
    at: task.at,
    keywords: new Map(),
    vars,
    params: new Map(),
    origin: 'include_role',
    parent: block,
    parentRole: task.role,
    allowDuplicates: include.allowDuplicates ?? true,
    validate: include.validate ?? true,
    public: include.public ?? false,
  })
  if (!role) return undefined
  block.block.push(...blocksOfRole(role))
  return { role, block }
}

function appliedKeywords(loading: Loading, apply: Dict | undefined): Keywords {
  const own = new Map<string, Value>()
  for (const [key, value] of apply ?? []) {
    if (key === 'vars' || key === 'name') continue
    if (typeof key !== 'string' || !keywordsOf('block').has(key)) {
      invalidAttribute(loading, key, 'block', apply!)
      continue
    }
    if (key === 'tags') checkTags(loading, value, apply!)
    else checkValue(loading, keywords.get(key)!, value, apply!)
    if (value !== null) own.set(key, value)
  }
  return own
}

function appliedVars(loading: Loading, statement: Dict, include: Dict | undefined, apply: Dict | undefined): Dict {
  const applied = apply ? varsFrom(loading, apply.get('vars'), apply, 'Block') : new Map()
  if (!include?.size && applied.size === 0) return statement
  return new Map([...statement, ...(include ?? []), ...applied])
}
