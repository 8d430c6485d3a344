/** Which module a task runs, and with which arguments: the many ways of writing both. */
import { Diagnostic, didYouMean, type SourceRange } from '../diagnostics.js'
import { type Dict, isDict, type Value } from '../python/values.js'
import { inherit as inheritPositions, keyPosition, positionOf } from '../yaml/positions.js'
import { looksLikeTemplate, TemplateString } from '../yaml/trust.js'
import { isEmpty, placeOfValue, typeName } from './check.js'
import { commandModules, parseArguments, rawParamModules, splitModuleText, textOf } from './freeform.js'
import { keywordsOf, oldSpellings, removedSpellings } from './keywords.js'

export interface Action {
  /** As written; a template's text when the action's name is one. */
  readonly written: string
  readonly templated: boolean
  readonly args: Dict
  readonly local: boolean
  readonly at: SourceRange | undefined
  /** The key of the task that held it. */
  readonly key: string
}

/** Does this name stand for a module here? */
export type IsModule = (name: string) => boolean

const notAttribute = (key: string) =>
  !keywordsOf('handler').has(key) && key !== 'static' && !key.startsWith('with_') && !removedSpellings.has(key)

/** Finds the action of a task. Throws a Diagnostic in Ansible's words. */
export function actionOf(task: Dict, isModule: IsModule, suggest: (name: string) => Diagnostic): Action {
  const at = positionOf(task)
  const more = task.get('args') ?? null
  const moreAt = placeOfValue(task, 'args')
  let found: Action | undefined

  if (task.has('action') && task.has('local_action')) {
    throw new Diagnostic('action and local_action are mutually exclusive', {
      code: 'conflicting-actions',
      at: keyPosition(task, 'local_action') ?? at,
    })
  }
  for (const key of ['action', 'local_action'] as const) {
    if (task.has(key)) found = oldStyle(task, key, argsKeyword(more, moreAt))
  }
  const others = [...task.keys()].filter(key => typeof key === 'string').filter(notAttribute)
  for (const key of others) {
    if (!isModule(key)) continue
    if (found) {
      throw new Diagnostic(`conflicting action statements: ${found.written}, ${key}`, {
        code: 'conflicting-actions',
        at: keyPosition(task, key) ?? at,
        hint: 'A task runs one module: begin a new task with `-`, or indent what belongs to the first one.',
      })
    }
    found = newStyle(task, key, argsKeyword(more, moreAt))
  }
  if (found) return withRawParams(found)
  const unknown = others.find(key => !oldSpellings.has(key))
  if (unknown !== undefined) {
    const error = suggest(unknown)
    error.at ??= keyPosition(task, unknown) ?? at
    const near = didYouMean(unknown, keywordsOf('task'))
    if (!error.hint && near) error.hint = `Did you mean the keyword '${near}'?`
    throw error
  }
  throw new Diagnostic('no module/action detected in task.', {
    code: 'no-action',
    at,
    hint: 'A task needs the name of a module, such as `debug:`, beside its keywords.',
  })
}

function argsKeyword(value: Value, at: SourceRange | undefined): Dict {
  if (isEmpty(value)) return new Map()
  if (isDict(value)) {
    const copy: Dict = new Map(value)
    inheritPositions(copy, value)
    return copy
  }
  if (value instanceof TemplateString) return new Map([['_variable_params', value]])
  if (typeof value === 'string') {
    throw new Diagnostic(
      "Complex args containing variables cannot use bare variables (without Jinja2 delimiters), and must use the full variable style ('{{var_name}}')",
      { code: 'args-type', at },
    )
  }
  throw new Diagnostic('Complex args must be a dictionary or variable string ("{{var}}").', { code: 'args-type', at })
}

/** `action: copy src=a`, `action: { module: copy, src: a }`; `local_action` likewise. */
function oldStyle(task: Dict, key: 'action' | 'local_action', more: Dict): Action {
  const value = task.get(key)!
  const at = placeOfValue(task, key)
  const text = textOf(value)
  let written: string
  let args: Dict
  if (text !== undefined) {
    const { module, rest } = splitModuleText(text, at)
    written = module
    args = parseArguments(rest, { command: commandModules.has(module), at })
  } else if (isDict(value)) {
    args = new Map(value)
    const module = textOf(args.get('module') ?? null)
    if (module === undefined) {
      throw new Diagnostic("this action has no 'module' key, which names the module", { code: 'no-action', at })
    }
    args.delete('module')
    const split = splitModuleText(module, at)
    written = split.module
    const own = args
    args = parseArguments(split.rest, { command: commandModules.has(written), at })
    for (const [name, one] of own) args.set(name, one)
  } else {
    throw new Diagnostic(`unexpected parameter type in action: ${typeName(value)}`, { code: 'args-type', at })
  }
  const action = { written, templated: looksLikeTemplate(written), local: key === 'local_action', at, key }
  return { ...action, args: combine(more, args, value) }
}

/** `copy: src=a`, `copy: { src: a }`, `copy:` */
function newStyle(task: Dict, key: string, more: Dict): Action {
  const value = task.get(key) ?? null
  const at = keyPosition(task, key)
  const text = textOf(value)
  let args: Dict
  if (value === null) args = new Map()
  else if (isDict(value)) args = new Map(value)
  else if (text !== undefined) {
    const valueAt = value instanceof TemplateString ? value.at : placeOfValue(task, key)
    args = parseArguments(text, { command: commandModules.has(key), at: valueAt })
  } else {
    throw new Diagnostic(`unexpected parameter type in action: ${typeName(value)}`, {
      code: 'args-type',
      at: placeOfValue(task, key),
      hint: `Arguments of ${key} are a dictionary or k=v text.`,
    })
  }
  return { written: key, templated: false, args: combine(more, args, value), local: false, at, key }
}

/** `more` (from `args:`) with the task's own arguments on top; positions are those of the latter, or the former alone. */
function combine(more: Dict, args: Dict, written: Value): Dict {
  if (isDict(written)) inheritPositions(more, written)
  const nested = args.get('args')
  if (nested !== undefined && (isDict(nested) || textOf(nested) !== undefined)) {
    args.delete('args')
    const inner = isDict(nested) ? nested : parseArguments(textOf(nested)!)
    for (const [name, value] of inner) args.set(name, value)
  }
  for (const [name, value] of args) more.set(name, value)
  return more
}

const withCmd = new Set(
  ['command', 'shell', 'script'].flatMap(name => [name, `ansible.builtin.${name}`, `ansible.legacy.${name}`]),
)

function withRawParams(action: Action): Action {
  const { args, written, at } = action
  const raw = args.get('_raw_params')
  if (withCmd.has(written) && args.has('cmd')) {
    if (raw !== undefined && textOf(raw) !== '') {
      throw new Diagnostic(
        "The 'cmd' argument cannot be used when other raw parameters are specified. Please put everything in one or the other place.",
        { code: 'args-conflict', at },
      )
    }
    args.set('_raw_params', args.get('cmd')!)
    args.delete('cmd')
  } else if (raw !== undefined && textOf(raw) !== '' && !action.templated && !rawParamModules.has(written)) {
    if (!(raw instanceof TemplateString)) {
      throw new Diagnostic(
        `this task '${written}' has extra params, which is only allowed in the following modules: ${shortNames}`,
        {
          code: 'extra-params',
          at,
          hint: `Write \`name=value\`, or a dictionary under \`${written}:\`; \`${textOf(raw)}\` has no name.`,
        },
      )
    }
    args.delete('_raw_params')
    args.set('_variable_params', raw)
  }
  return action
}

const shortNames = [...rawParamModules].filter(name => !name.includes('.')).join(', ')
