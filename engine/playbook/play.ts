/** One entry of a playbook → a Play, checked. */
import { resolve } from 'node:path'
import { Diagnostic, didYouMean } from '../diagnostics.js'
import { type Dict, isDict, isList, type Value } from '../python/values.js'
import { isOmit } from '../template/omit.js'
import { keyPosition, positionOf, valuePosition } from '../yaml/positions.js'
import { implicitBlock, loadTasks } from './block.js'
import {
  checkTags,
  checkValue,
  invalidAttribute,
  placeOfValue,
  takeOldSpelling,
  typeName,
  varsFrom,
  wrongItem,
  wrongScalar,
} from './check.js'
import { textOf } from './freeform.js'
import { asList } from './inherit.js'
import { keywords, keywordsOf } from './keywords.js'
import { isFile, type Loading } from './loading.js'
import type { Block, Node, Play, Role } from './model.js'
import { checkModuleDefaults } from './module-defaults.js'
import { isReservedName } from './reserved-names.js'
import { loadRoleEntry } from './role.js'
import { isUndefinedVariable, staticScope } from './static-scope.js'
import { nowhere } from './task.js'
import { variablesOfFile } from './vars-file.js'

const sections = ['pre_tasks', 'tasks', 'post_tasks', 'handlers'] as const
const notKept = new Set<string>(['name', 'vars', 'roles', ...sections])

type Writable<T> = { -readonly [K in keyof T]: T[K] }

export interface PlayPlace {
  readonly file: string
  readonly dir: string
  readonly imports: readonly Node[]
  /** vars of import_playbook statements, which win over the play's own. */
  readonly importVars: Dict
}

export function loadPlay(loading: Loading, entry: Dict, place: PlayPlace): Play {
  const own = new Map<string, Value>()
  for (const [key, value] of entry) {
    if (typeof key !== 'string' || !keywordsOf('play').has(key)) {
      if (key === 'user' && entry.has('remote_user')) {
        loading.problem(
          "both 'user' and 'remote_user' are set for this play. The use of 'user' is deprecated, and should be removed",
          {
            code: 'old-spelling',
            at: keyPosition(entry, 'user'),
          },
        )
      } else if (typeof key !== 'string' || !takeOldSpelling(loading, key, value, 'play', own)) {
        invalidAttribute(loading, key, 'play', entry)
      }
      continue
    }
    if (key === 'tags') checkTags(loading, value, entry)
    else if (!converted.has(key)) checkValue(loading, keywords.get(key)!, value, entry)
    if (!notKept.has(key) && value !== null) own.set(key, value)
  }
  checkHosts(loading, entry)
  checkVarsPrompt(loading, entry)
  checkVarsFiles(loading, entry, place.dir)

  const vars = varsFrom(loading, entry.get('vars'), entry, 'Play')
  for (const name of vars.keys()) {
    if (isReservedName(String(name))) loading.warn(`Found variable using reserved name: ${String(name)}`)
  }
  const roles: Role[] = []
  const lists = { pre_tasks: [] as Block[], tasks: [] as Block[], post_tasks: [] as Block[], handlers: [] as Block[] }
  const play: Writable<Play> = {
    kind: 'play',
    id: loading.nextId('play'),
    at: positionOf(entry) ?? nowhere,
    name: entry.get('name') ?? undefined,
    hosts: undefined,
    keywords: own,
    vars: place.importVars.size > 0 ? new Map([...vars, ...place.importVars]) : vars,
    dir: place.dir,
    file: place.file,
    imports: place.imports,
    roles,
    importedRoles: [],
    ...lists,
  }
  checkModuleDefaults(loading, own.get('module_defaults'), play, undefined, entry)
  // Roles first: the plugins they bring are known to the play's own tasks.
  roles.push(...loadRoles(loading, entry, play))
  for (const section of sections) {
    const value = entry.get(section)
    if (value === undefined || value === null) continue
    const block = implicitBlock({ at: positionOf(value) ?? play.at, parent: play, role: undefined, origin: 'list' })
    const around = { parent: block, role: undefined, handlers: section === 'handlers' }
    block.block.push(...loadTasks(loading, value, around, section, placeOfValue(entry, section)))
    lists[section].push(block)
  }
  renderFields(loading, play, entry, hosts => {
    play.hosts = hosts
  })
  return play
}

/** Fields that Ansible renders before it knows a host: an undefined variable in them ends the run at once. */
const renderedEarly = [
  'gather_facts',
  'gather_subset',
  'gather_timeout',
  'force_handlers',
  'max_fail_percentage',
  'serial',
  'strategy',
  'order',
]

/** Those of them that are converted at once, too. */
const converted = new Set(['gather_facts', 'gather_subset', 'gather_timeout', 'force_handlers', 'max_fail_percentage'])

function renderFields(loading: Loading, play: Play, entry: Dict, keep: (hosts: string[]) => void): void {
  const asked = play.keywords.has('vars_prompt')
  const attempt = (name: string, render: () => void) => {
    try {
      render()
    } catch (error) {
      if (asked || !loading.options.magic || !(error instanceof Diagnostic)) return
      loading.lateProblems.push(error.code === 'hosts' ? error : fieldProblem(name, error, play))
    }
  }
  attempt('hosts', () => keep(renderPatterns(loading, play, new Map())))
  for (const name of renderedEarly) {
    const value = play.keywords.get(name)
    if (value === undefined) continue
    attempt(name, () => {
      const rendered = loading.options.templar.renderNow(value, staticScope(loading, play, undefined))
      if (!converted.has(name) || rendered === null || isOmit(rendered)) return
      const wrong = name === 'gather_subset' ? wrongItem(name, rendered) : wrongScalar(keywords.get(name)!, rendered)
      if (wrong)
        loading.lateProblems.push(new Diagnostic(wrong, { code: 'keyword-type', at: placeOfValue(entry, name) }))
    })
  }
}

function fieldProblem(name: string, error: Diagnostic, play: Play): Diagnostic {
  const at = error.at ?? play.at
  if (!isUndefinedVariable(error)) {
    const message = `template error in the field '${name}': ${error.message}`
    return new Diagnostic(message, { code: 'template-field', at, hint: error.hint })
  }
  return new Diagnostic(
    `The field '${name}' has an invalid value, which includes an undefined variable. The error was: ${error.message}`,
    {
      code: 'undefined-variable',
      at,
      hint: 'Only -e, vars and vars_files of the play are known here: no facts, no inventory variables.',
    },
  )
}

/** The patterns of `hosts:`, with answers to vars_prompt. Throws what the template throws. */
export function renderPatterns(loading: Loading, play: Play, prompted: Dict): string[] {
  const written = play.keywords.get('hosts') ?? null
  const plain = typeof written === 'string' || (isList(written) && written.every(one => typeof one === 'string'))
  const hosts = plain
    ? written
    : loading.options.templar.renderNow(written, staticScope(loading, play, undefined, prompted))
  if (hosts === null || isOmit(hosts)) return []
  if (isList(hosts)) return hosts.map(one => hostText(one, play))
  return [isDict(hosts) ? hostText(hosts, play) : (textOf(hosts) ?? String(hosts))]
}

function hostText(value: Value, play: Play): string {
  const text = textOf(value)
  if (text !== undefined) return text
  throw new Diagnostic(
    `the field 'hosts' should be a list of (<class 'str'>,), but the item '${isList(value) ? '[…]' : String(value)}' is a <class '${typeName(value)}'>`,
    { code: 'hosts', at: play.at, hint: 'Write the template for the whole list, not for one of its items.' },
  )
}

function loadRoles(loading: Loading, entry: Dict, play: Play): Role[] {
  const value = entry.get('roles')
  if (value === undefined || value === null) return []
  if (!isList(value)) {
    loading.problem('A malformed role declaration was encountered.', {
      code: 'roles-type',
      at: placeOfValue(entry, 'roles'),
      hint: `roles: is a list, not a ${typeName(value)}; begin each role with \`- \`.`,
    })
    return []
  }
  return value.flatMap(
    (one, index) => loadRoleEntry(loading, one, play, 'play', undefined, valuePosition(value, index)) ?? [],
  )
}

function checkHosts(loading: Loading, entry: Dict): void {
  const at = placeOfValue(entry, 'hosts')
  const hosts = entry.get('hosts')
  if (hosts === undefined) {
    loading.problem("the field 'hosts' is required but was not set", {
      code: 'hosts-missing',
      at,
      hint: [...entry.keys()].some(key => ['block', 'rescue', 'action'].includes(String(key)))
        ? 'This looks like a task. Tasks of a playbook stand under `tasks:` of a play.'
        : 'Each play says for which hosts it is: `hosts: all`.',
    })
    return
  }
  const empty = hosts === null || (isList(hosts) && hosts.length === 0) || hosts === ''
  if (empty) loading.problem('Hosts list cannot be empty. Please check your playbook', { code: 'hosts', at })
  if (!isList(hosts)) {
    if (!empty && textOf(hosts) === undefined) {
      loading.problem('Hosts list must be a sequence or string. Please check your playbook.', { code: 'hosts', at })
    }
    return
  }
  for (const [index, host] of hosts.entries()) {
    const itemAt = valuePosition(hosts, index) ?? at
    if (host === null)
      loading.problem("Hosts list cannot contain values of 'None'. Please check your playbook", {
        code: 'hosts',
        at: itemAt,
      })
    else if (textOf(host) === undefined) {
      loading.problem(`Hosts list contains an invalid host value: '${String(host)}'`, { code: 'hosts', at: itemAt })
    }
  }
}

const promptKeys = new Set([
  'name',
  'prompt',
  'default',
  'private',
  'confirm',
  'encrypt',
  'salt_size',
  'salt',
  'unsafe',
])

function checkVarsPrompt(loading: Loading, entry: Dict): void {
  const value = entry.get('vars_prompt')
  if (value === undefined || value === null) return
  const prompts = isList(value) ? value : [value]
  for (const prompt of prompts) {
    const at = positionOf(prompt) ?? placeOfValue(entry, 'vars_prompt')
    if (!isDict(prompt)) {
      const message = `vars_prompt must be a dictionary or a list of dictionaries, not a ${typeName(prompt)}`
      loading.problem(message, { code: 'prompt-type', at })
      continue
    }
    if (!prompt.has('name')) {
      loading.problem("Invalid vars_prompt data structure, missing 'name' key", { code: 'vars-prompt', at })
      continue
    }
    for (const key of prompt.keys()) {
      if (promptKeys.has(String(key))) continue
      const near = didYouMean(String(key), promptKeys)
      loading.problem(`Invalid vars_prompt data structure, found unsupported key '${String(key)}'`, {
        code: 'vars-prompt',
        at: keyPosition(prompt, key) ?? at,
        hint: near && `Did you mean '${near}'?`,
      })
    }
  }
}

/** Files that can be named now are read now, so that a mistake in them is told with all others. */
function readVarsFiles(loading: Loading, entry: Dict, dir: string): void {
  for (const choice of asList(entry.get('vars_files') ?? null).flat()) {
    if (typeof choice !== 'string') continue
    const file = [resolve(dir, 'vars', choice), resolve(dir, choice)].find(isFile)
    if (!file) continue
    loading.attempt(() => variablesOfFile(loading.read(file), file), placeOfValue(entry, 'vars_files'))
  }
}

function checkVarsFiles(loading: Loading, entry: Dict, dir: string): void {
  const value = entry.get('vars_files')
  if (value === undefined || value === null) return
  if (textOf(value) !== undefined) {
    readVarsFiles(loading, entry, dir)
    return
  }
  readVarsFiles(loading, entry, dir)
  const wrong = isList(value) ? value.find(one => textOf(one) === undefined && !isList(one)) : value
  if (wrong === undefined) return
  loading.problem(
    `Invalid vars_files entry found: ${String(textOf(wrong) ?? typeName(wrong))}. vars_files entries should be either a string type or a list of string types after template expansion`,
    { code: 'vars-files', at: positionOf(wrong) ?? placeOfValue(entry, 'vars_files') },
  )
}
