/** Arguments that are wrong whatever the variables say, found before any host is touched. */
import { Diagnostic, didYouMean, type SourceRange } from '../diagnostics.js'
import { type Dict, isDict, isList, type Value } from '../python/values.js'
import { keyPosition } from '../yaml/positions.js'
import { looksLikeTemplate, TemplateString, VaultString } from '../yaml/trust.js'
import { textOf } from './freeform.js'
import {
  collectionsOf,
  flatten,
  handlersOf,
  inherited,
  mayBeLeftOut,
  mayHaveNoItems,
  moduleDefaultsOf,
} from './inherit.js'
import { blocksOf } from './list.js'
import type { Block, Play, Task } from './model.js'
import type { ModuleTable } from './module-table.js'
import { mayStayUnnotified } from './notified.js'
import { statementOf } from './task.js'

const metaActions = [
  'flush_handlers',
  'noop',
  'end_play',
  'end_host',
  'end_batch',
  'end_role',
  'clear_facts',
  'clear_host_errors',
  'refresh_inventory',
  'reset_connection',
]

/** Every task of a play, handlers too. */
export const tasksOf = (play: Play): Task[] => [...flatten(blocksOf(play)), ...handlersOf(play)]

/** Problems of tasks that run for sure, and of those that a condition may leave out. */
export interface Problems {
  readonly certain: Diagnostic[]
  readonly doubtful: Diagnostic[]
}

export interface ArgumentProblems extends Problems {
  /** Of tasks that run for sure: options that Ansible has and we do not. */
  readonly unsupported: Diagnostic[]
}

/** What is wrong with the arguments of these plays' tasks. Templates pass: their values are not known yet. */
export async function argumentProblems(plays: readonly Play[], modules: ModuleTable): Promise<ArgumentProblems> {
  const found: ArgumentProblems = { certain: [], doubtful: [], unsupported: [] }
  const seen = new Set<string>()
  const tasks = plays.flatMap(tasksOf)
  for (const task of tasks) {
    // One file may be imported by many plays; what is wrong in it is said once.
    const key = `${task.at.file}:${task.at.line}:${task.at.column}`
    if (seen.has(key)) continue
    seen.add(key)
    for (const problem of await problemsOf(task, modules)) {
      const unsupported = problem.code === 'unsupported-option'
      const doubtful =
        mayBeLeftOut(task) || (unsupported ? task.handler && mayStayUnnotified(task, tasks) : mayHaveNoItems(task))
      found[doubtful ? 'doubtful' : unsupported ? 'unsupported' : 'certain'].push(problem)
    }
  }
  return found
}

async function problemsOf(task: Task, modules: ModuleTable): Promise<Diagnostic[]> {
  if (mayFail(task)) return []
  if (task.action === 'ansible.builtin.meta') return metaProblems(task)
  if (!modules.check || statementOf(task.action) || looksLikeTemplate(task.action)) return []
  if (task.args.has('_variable_params') || !modules.resolve(task.action, []).ours) return []
  const args = withDefaults(task, modules)
  if (!args) return []
  const known = masked(args)
  const { errors, unsupported, hint } = await modules.check(task.action, known, task.written)
  if (errors.length === 0) return []
  // A template may turn out to be `omit`: only what is wrong with and without those arguments is wrong for sure.
  const literal = new Map([...known].filter(([, value]) => !(value instanceof TemplateString)))
  const without = literal.size === args.size ? errors : (await modules.check(task.action, literal, task.written)).errors
  return errors
    .filter(message => without.includes(message))
    .map(message =>
      unsupported?.includes(message)
        ? new Diagnostic(message, { code: 'unsupported-option', at: placeOf(message, task) })
        : new Diagnostic(message, { code: 'arguments', at: placeOf(message, task), hint }),
    )
}

const unknown = new TemplateString('{{ … }}')

/** Arguments with everything that is not known yet as one template. */
const masked = (args: Dict): Dict => new Map([...args].map(([key, value]) => [key, isKnown(value) ? value : unknown]))

function isKnown(value: Value): boolean {
  if (isDict(value)) return [...value].every(([key, one]) => isKnown(key) && isKnown(one))
  if (isList(value)) return value.every(isKnown)
  return !(value instanceof TemplateString || value instanceof VaultString)
}

/** Its author is ready for a failure here, or even wants one: it is the run that says what happens. */
export function mayFail(task: Task): boolean {
  const ignore = inherited(task, 'ignore_errors')
  if (task.keywords.has('failed_when') || (ignore !== undefined && ignore !== false)) return true
  let inside: Task | Block = task
  for (let level = task.parent; level.kind === 'block'; level = level.parent) {
    if (level.rescue.length > 0 && level.block.includes(inside)) return true
    inside = level
  }
  return false
}

/** Undefined: defaults of a group or a template take part, so nothing can be said yet. */
function withDefaults(task: Task, modules: ModuleTable): Dict | undefined {
  const merged: Dict = new Map()
  for (const entry of moduleDefaultsOf(task)) {
    if (!isDict(entry)) return undefined
    for (const [name, defaults] of entry) {
      if (String(name).startsWith('group/')) return undefined
      const applies = name === task.written || modules.resolve(String(name), collectionsOf(task)).fqcn === task.action
      if (!applies) continue
      if (!isDict(defaults)) return undefined
      for (const [key, value] of defaults) merged.set(key, value)
    }
  }
  if (merged.size === 0) return task.args
  for (const [key, value] of task.args) merged.set(key, value)
  return merged
}

function placeOf(message: string, task: Task): SourceRange {
  const named = [...task.args.keys()].find((key: Value) => {
    const name = String(key).replace(/[^\w.-]/g, '')
    return name !== '' && new RegExp(`(?<![\\w-])${name.replaceAll('.', '\\.')}(?![\\w-])`).test(message)
  })
  return (named !== undefined && keyPosition(task.args, named)) || task.at
}

function metaProblems(task: Task): Diagnostic[] {
  const action = textOf(task.args.get('_raw_params') ?? null)
  if (action === undefined || looksLikeTemplate(action) || metaActions.includes(action)) return []
  const near = didYouMean(action, metaActions)
  return [
    new Diagnostic(`invalid meta action requested: ${action}`, {
      code: 'arguments',
      at: task.at,
      hint: near ? `Did you mean '${near}'?` : `There are ${metaActions.join(', ')}.`,
    }),
  ]
}
