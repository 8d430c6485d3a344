/** One entry of a list of tasks → a Task, checked. */
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import { pyStr } from '../python/repr.js'
import { type Dict, isDict, isList, type Value } from '../python/values.js'
import { keyPosition, positionOf } from '../yaml/positions.js'
import { TemplateString } from '../yaml/trust.js'
import { type Action, actionOf } from './action.js'
import {
  checkTags,
  checkValue,
  invalidAttribute,
  isIdentifier,
  placeOfValue,
  takeOldSpelling,
  typeName,
  varsFrom,
  wrongScalar,
} from './check.js'
import { textOf } from './freeform.js'
import { collectionsOf, mayBeLeftOut, playOf, withHome } from './inherit.js'
import { keywords, keywordsOf, type Place } from './keywords.js'
import type { Loading } from './loading.js'
import { checkLoopControl, checkLoopPlugin, loopOf } from './loop.js'
import type { Parent, Role, Task } from './model.js'
import { checkModuleDefaults } from './module-defaults.js'
import { findModule, unknownModule } from './module-lookup.js'

/** Where tasks are being read: what they stand in and what they belong to. */
export interface Around {
  readonly parent: Parent
  readonly role: Role | undefined
  readonly handlers: boolean
}

export const nowhere: SourceRange = { file: '', line: 1, column: 1 }

/** Actions that the loader itself carries out or checks. */
export type Statement = 'include' | 'include_tasks' | 'import_tasks' | 'include_role' | 'import_role'
export function statementOf(action: string): Statement | undefined {
  const name = action.startsWith('ansible.builtin.') ? action.slice('ansible.builtin.'.length) : undefined
  switch (name) {
    case 'include':
    case 'include_tasks':
    case 'import_tasks':
    case 'include_role':
    case 'import_role':
      return name
    default:
      return undefined
  }
}

const statementNames = { include_role: 'IncludeRole', import_role: 'IncludeRole' } as const

export function loadTask(loading: Loading, task: Dict, around: Around): Task | undefined {
  const at = positionOf(task) ?? nowhere
  const play = playOf(around.parent)
  const named = ownCollections(task)
  const collections = named ? withHome(play, named) : collectionsOf(around.parent)
  const find = (name: string) => findModule(loading, name, collections, play, around.role)

  const action = loading.attempt(() =>
    actionOf(
      task,
      name => find(name) !== undefined,
      name => unknownModule(loading, name, collections),
    ),
  )
  if (!action) return undefined
  const before = loading.unsupported.length
  const found = action.templated ? { fqcn: action.written } : find(action.written)
  if (!found) loading.problems.push(unknownModule(loading, action.written, collections, action.at ?? at))
  else if ('unsupported' in found && found.unsupported) loading.noteUnsupported(found.unsupported, action.at ?? at)

  const fqcn = found?.fqcn ?? action.written
  const statement = statementOf(fqcn)
  const limited = statement === 'include_tasks' || statement === 'include_role'
  const place: Place = limited ? 'include' : around.handlers ? 'handler' : 'task'
  const folders = [...(around.role ? [around.role.path] : []), ...loading.pluginFolders, play.dir]
  const own = ownKeywords(loading, task, action, place, folders, around.handlers, statement)
  if (action.local) own.set('delegate_to', 'localhost')
  checkArguments(loading, action)
  checkModuleDefaults(loading, own.get('module_defaults'), play, around.role, task)

  const made: Task = {
    kind: 'task',
    id: loading.nextId('task'),
    at,
    name: task.get('name') ?? undefined,
    action: fqcn,
    written: action.written,
    args: action.args,
    loop: loopOf(loading, task),
    keywords: own,
    vars: varsFrom(loading, task.get('vars'), task, 'Task'),
    parent: around.parent,
    role: around.role,
    handler: around.handlers,
  }
  if (loading.unsupported.length > before) {
    if (mayBeLeftOut(made)) loading.doubtful.push(...loading.unsupported.splice(before))
    else if (made.handler) loading.inHandlers.set(made, loading.unsupported.splice(before))
  }
  return made
}

function ownCollections(task: Dict): string[] | undefined {
  const own = task.get('collections')
  if (own === undefined || own === null) return undefined
  return (isList(own) ? own : [own]).filter(name => typeof name === 'string')
}

const notKept = new Set(['action', 'local_action', 'args', 'loop', 'vars'])

function ownKeywords(
  loading: Loading,
  task: Dict,
  action: Action,
  place: Place,
  folders: readonly string[],
  handlers: boolean,
  statement: Statement | undefined,
): Map<string, Value> {
  const own = new Map<string, Value>()
  const allowed = keywordsOf(place)
  const ignore = task.get('ignore_errors')
  // A value of the wrong type fails the task when it runs; here somebody is ready for that.
  const tolerant = task.has('failed_when') || (ignore !== undefined && ignore !== false)
  for (const [key, value] of task) {
    if (key === action.key || key === 'name') {
      if (key === 'name') checkValue(loading, keywords.get('name')!, value, task)
      continue
    }
    if (typeof key !== 'string') {
      invalidAttribute(loading, key, place, task)
      continue
    }
    if (key.startsWith('with_')) {
      checkLoopPlugin(loading, task, key, folders)
      continue
    }
    if (allowed.has(key) || (key === 'listen' && handlers)) {
      const keyword = keywords.get(key)!
      if (key === 'loop_control') loading.attempt(() => checkLoopControl(loading, value, task))
      else if (key === 'tags') checkTags(loading, value, task)
      else if (!tolerant || keyword.type === 'string') checkValue(loading, keyword, value, task)
      if (!notKept.has(key) && value !== null) own.set(key, value)
      continue
    }
    if (key === 'static' && statement) continue
    if (key === 'always_run' && place !== 'include') {
      loading.deprecated("'always_run' is an old spelling; write 'check_mode: false'.")
      if (value === true || textOf(value) === 'yes') own.set('check_mode', false)
      continue
    }
    if (takeOldSpelling(loading, key, value, place, own)) continue
    const name = place === 'include' ? (statementNames[statement as 'include_role'] ?? 'TaskInclude') : undefined
    invalidAttribute(loading, key, place, task, name)
  }
  checkRegister(loading, own, task)
  return own
}

function checkRegister(loading: Loading, own: Map<string, Value>, task: Dict): void {
  const register = own.get('register')
  if (register === undefined || register === null || register instanceof TemplateString) return
  if (typeof register === 'string' && isIdentifier(register)) return
  loading.problem(`Invalid variable name in 'register' specified: '${pyStr(register)}' is not a valid variable name`, {
    code: 'variable-name',
    at: placeOfValue(task, 'register'),
  })
}

function checkArguments(loading: Loading, { args, written, at }: Action): void {
  for (const name of args.keys()) {
    if (typeof name === 'string' && name.startsWith('_ansible_')) {
      loading.problem(`invalid parameter specified for action '${written}': '${name}'`, { code: 'args', at })
    }
  }
}

/** The target of an include_tasks or import_tasks: its file, raw; and what is wrong with its other arguments. */
export function fileArgument(task: Task): Value {
  const { args, written } = task
  const statement = statementOf(task.action)!
  const others = [...args.keys()].filter(key => !['_raw_params', 'file', 'apply'].includes(String(key)))
  if (statement !== 'include' && others.length > 0) {
    throw new Diagnostic(`Invalid options for ${written}: ${others.join(',')}`, { code: 'args', at: task.at })
  }
  const file = args.get('_raw_params') ?? args.get('file')
  if (file === undefined || file === null || file === '') {
    throw new Diagnostic(`No file specified for ${written}`, { code: 'args', at: task.at })
  }
  if (typeof file !== 'string' && !(file instanceof TemplateString)) {
    throw new Diagnostic(`the file of ${written} must be a string, not a ${typeName(file)}`, {
      code: 'args',
      at: task.at,
    })
  }
  checkApply(task, statement === 'include_tasks')
  return file
}

/** The arguments of include_role and import_role, checked. */
export function roleArguments(task: Task): {
  name: Value
  from: { readonly [part: string]: Value }
} {
  const { args, written } = task
  const dynamic = statementOf(task.action) === 'include_role'
  const name = args.get('name') ?? args.get('role')
  if (name === undefined || name === null) {
    throw new Diagnostic(`'name' is a required field for ${written}.`, { code: 'args', at: task.at })
  }
  if (!dynamic && args.has('public')) {
    throw new Diagnostic(`Invalid options for ${written}: public`, { code: 'args', at: task.at })
  }
  const bad = [...args.keys()].filter(key => !roleOptions.has(String(key)))
  if (bad.length > 0) {
    throw new Diagnostic(`Invalid options for ${written}: ${bad.join(',')}`, {
      code: 'args',
      at: keyPosition(args, bad[0]!) ?? task.at,
      hint: 'Variables for the role go under `vars:` of the task.',
    })
  }
  const from: { [part: string]: Value } = {}
  for (const part of ['tasks', 'vars', 'defaults', 'handlers']) {
    const value = args.get(`${part}_from`)
    if (value === undefined) continue
    if (typeof value !== 'string' && !(value instanceof TemplateString)) {
      throw new Diagnostic(`Expected a string for ${part}_from but got ${typeName(value)} instead`, {
        code: 'args',
        at: task.at,
      })
    }
    from[part] = value
  }
  checkApply(task, dynamic)
  if (!dynamic) checkStaticRole(task, name)
  return { name, from }
}

/** What a static import needs to know at once. */
function checkStaticRole({ args, at }: Task, name: Value): void {
  if (textOf(name) === undefined) {
    throw new Diagnostic(`Invalid role definition: ${pyStr(name)}`, { code: 'role-type', at })
  }
  for (const flag of ['allow_duplicates', 'rolespec_validate']) {
    const value = args.get(flag) ?? null
    const wrong = value === null ? undefined : wrongScalar({ ...keywords.get('become')!, name: flag }, value)
    if (wrong) throw new Diagnostic(wrong, { code: 'args', at: keyPosition(args, flag) ?? at })
  }
}

const roleOptions = new Set(
  'name role tasks_from vars_from defaults_from handlers_from apply public allow_duplicates rolespec_validate _raw_params'.split(
    ' ',
  ),
)

function checkApply(task: Task, allowed: boolean): void {
  const apply = task.args.get('apply')
  if (apply === undefined) return
  if (isDict(apply) && apply.size > 0 && !allowed) {
    throw new Diagnostic(`Invalid options for ${task.written}: apply`, { code: 'args', at: task.at })
  }
  if (!isDict(apply)) {
    throw new Diagnostic(`Expected a dict for apply but got ${typeName(apply)} instead`, { code: 'args', at: task.at })
  }
}
