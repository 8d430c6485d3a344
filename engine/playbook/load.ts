/** Playbook files → Plays. Everything that is wrong in any file is found in one pass. */
import { readdirSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, resolve } from 'node:path'
import { Diagnostic, Diagnostics, didYouMean } from '../diagnostics.js'
import { pyStr } from '../python/repr.js'
import { type Dict, isDict, isList, type Value } from '../python/values.js'
import { keyPosition, positionOf, valuePosition } from '../yaml/positions.js'
import { TemplateString, trusted } from '../yaml/trust.js'
import { argumentProblems, tasksOf } from './arguments.js'
import { implicitBlock } from './block.js'
import { checkTags, checkValue, placeOfValue, typeName, varsFrom } from './check.js'
import { collectionFolder, splitQualified } from './collection.js'
import { parseArguments, splitArguments, textOf } from './freeform.js'
import { type IncludeRole, type IncludeTasks, includeRole, includeTasks } from './import.js'
import { collectionsOf, playOf, tagsOf } from './inherit.js'
import { keywords, keywordsOf } from './keywords.js'
import { playName } from './list.js'
import { isFile, type LoaderOptions, Loading } from './loading.js'
import type { Block, Node, Play, Role, Task } from './model.js'
import { findModule, unknownModule } from './module-lookup.js'
import { mayStayUnnotified } from './notified.js'
import { loadPlay, renderPatterns } from './play.js'
import { renderName, staticScope } from './static-scope.js'
import { renderTag } from './tags.js'
import { nowhere } from './task.js'
import { templateProblems } from './templates.js'

export interface LoadedPlaybook {
  readonly file: string
  readonly plays: readonly Play[]
  /**
   * Modules and options that Ansible has and we do not, and templates that cannot work: fine for --syntax-check (a
   * warning), an error before a real run.
   */
  readonly unsupported: readonly Diagnostic[]
  /** What is wrong in tasks that may be left out: told as warnings. */
  readonly doubtful: readonly Diagnostic[]
}

export interface Loader {
  /** Reads a playbook and all that it imports. Throws Diagnostics with everything that is wrong, arguments included. */
  playbook(file: string): Promise<LoadedPlaybook>
  /** Opens an include_tasks (or dynamic include) that is being run. Throws Diagnostics. */
  includeTasks(task: Task, include: IncludeTasks): Block
  /** Opens an include_role that is being run: what to run, and the role for its handlers and variables. Throws Diagnostics. */
  includeRole(task: Task, include: IncludeRole): { role: Role; block: Block }
  /** A task's tags, or a play's name, with templates rendered as far as goes before a host is known; for lists. */
  tagsOf(task: Task): string[]
  nameOf(play: Play): string
  /** The patterns of a play whose `hosts` hang on vars_prompt. */
  patterns(play: Play, prompted: Dict): string[]
  /** What a name stands for that is only known when the task runs. Throws a Diagnostic when it cannot run here. */
  moduleOf(name: string, task: Task): string
  /** A play made from data, for `adhoc` and `console`. Throws Diagnostics. */
  play(data: Dict, dir: string): Play
}

export function createLoader(options: LoaderOptions): Loader {
  const loading = new Loading(options)
  const finish = <T>(made: T | undefined): T => {
    const problems = [...loading.problems.splice(0), ...loading.lateProblems.splice(0)]
    if (problems.length > 0) throw new Diagnostics(problems)
    return made as T
  }
  return {
    async playbook(file) {
      const path = playbookPath(loading, file, options.cwd ?? process.cwd())
      const plays = loading.attempt(() => loadPlaybook(loading, path, [], new Map())) ?? []
      const tasks = loading.inHandlers.size > 0 ? plays.flatMap(tasksOf) : []
      for (const [handler, problems] of loading.inHandlers)
        loading[mayStayUnnotified(handler, tasks) ? 'doubtful' : 'unsupported'].push(...problems)
      loading.inHandlers.clear()
      const templates = templateProblems(plays, loading.options.templar)
      const args = await argumentProblems(plays, options.modules)
      loading.lateProblems.push(...args.certain)
      const unsupported = [...loading.unsupported.splice(0), ...args.unsupported, ...templates.certain]
      const doubtful = [...loading.doubtful.splice(0), ...templates.doubtful, ...args.doubtful]
      return finish({ file: path, plays, unsupported, doubtful })
    },
    includeTasks: (task, include) => finish(loading.attempt(() => includeTasks(loading, task, include), task.at)),
    includeRole: (task, include) => finish(loading.attempt(() => includeRole(loading, task, include), task.at)),
    moduleOf(name, task) {
      const collections = collectionsOf(task)
      const found = findModule(loading, name, collections, playOf(task), task.role)
      if (!found) throw unknownModule(loading, name, collections, task.at)
      if (found.unsupported) throw found.unsupported
      return found.fqcn
    },
    tagsOf: task => tagsOf(task).flatMap(tag => renderedTags(loading, tag, task)),
    nameOf(play) {
      const hosts = play.keywords.get('hosts') ?? null
      const written = play.name === undefined || play.name === '' ? hosts : play.name
      return isList(written) ? playName(play) : pyStr(renderedNow(loading, written, play))
    },
    patterns: (play, prompted) => renderPatterns(loading, play, prompted),
    play: (data, dir) => finish(loadPlay(loading, data, { file: '', dir, imports: [], importVars: new Map() })),
  }
}

/** The value as written when it cannot be rendered yet. */
function renderedNow(loading: Loading, value: Value, play: Play): Value {
  if (!(value instanceof TemplateString)) return value
  try {
    return loading.options.templar.renderNow(value, staticScope(loading, play, undefined))
  } catch {
    return value
  }
}

function renderedTags(loading: Loading, tag: Value, task: Task): string[] {
  const scope = () => staticScope(loading, task.parent, task.role, task.vars)
  const rendered =
    tag instanceof TemplateString ? renderTag(() => loading.options.templar.renderNow(tag, scope())) : tag
  const all = isList(rendered) ? rendered : [rendered]
  return all.flatMap(one => (textOf(one) ?? String(one)).split(',')).map(part => part.trim())
}

/** A playbook named on the command line or in import_playbook: a path, or ns.collection.name. */
function playbookPath(loading: Loading, name: string, base: string): string {
  const path = isAbsolute(name) ? name : resolve(base, name)
  if (isFile(path)) return path
  const qualified = splitQualified(name)
  const folder = qualified && collectionFolder(loading, qualified.collection, base)
  if (folder) {
    const inside = join(folder, 'playbooks', ...qualified.rest)
    const found = ['.yml', '.yaml'].map(extension => inside + extension).find(isFile)
    if (found) return found
  }
  return path
}

function loadPlaybook(loading: Loading, file: string, imports: readonly Node[], importVars: Dict): Play[] {
  const start = { file, line: 1, column: 1 }
  const value = loading.read(file, imports.at(-1)?.at)
  loading.pluginFolders.add(dirname(file))
  if (value === null)
    throw new Diagnostic(`Empty playbook, nothing to do: ${file}`, { code: 'playbook-type', at: start })
  if (!isList(value)) {
    throw new Diagnostic(`A playbook must be a list of plays, got a ${typeName(value)} instead: ${file}`, {
      code: 'playbook-type',
      at: positionOf(value) ?? start,
      hint: 'Begin each play with `- `.',
    })
  }
  if (value.length === 0) {
    throw new Diagnostic(`A playbook must contain at least one play: ${file}`, { code: 'playbook-type', at: start })
  }
  return value.flatMap((entry, index) => {
    if (!isDict(entry)) {
      loading.problem("playbook entries must be either valid plays or 'import_playbook' statements", {
        code: 'playbook-entry',
        at: valuePosition(value, index) ?? start,
      })
      return []
    }
    const statement = [
      'import_playbook',
      'ansible.builtin.import_playbook',
      'ansible.legacy.import_playbook',
      'include',
    ].find(key => entry.has(key))
    if (statement === undefined) return loadPlay(loading, entry, { file, dir: dirname(file), imports, importVars })
    return loading.attempt(() => importPlaybook(loading, entry, statement, file, imports, importVars)) ?? []
  })
}

const importKeys = new Set(['name', 'vars', 'when', 'tags'])
/** Keywords that every level has; those of plays alone are not an import's to set. */
const isImportKey = (name: string): boolean =>
  importKeys.has(name) || (keywordsOf('play').has(name) && keywordsOf('task').has(name) && name !== 'collections')

function importPlaybook(
  loading: Loading,
  entry: Dict,
  key: string,
  file: string,
  imports: readonly Node[],
  outerVars: Dict,
): Play[] {
  const at = keyPosition(entry, key) ?? positionOf(entry) ?? nowhere
  const written = textOf(entry.get(key) ?? null)
  if (entry.get(key) === null)
    throw new Diagnostic('playbook import parameter is missing', { code: 'import-playbook', at })
  if (written === undefined) {
    throw new Diagnostic(
      `playbook import parameter must be a string indicating a file path, got ${typeName(entry.get(key)!)} instead`,
      {
        code: 'import-playbook',
        at,
      },
    )
  }
  if (key === 'include') loading.deprecated("'include' for playbooks is an old spelling; write 'import_playbook'.")
  const [target = '', ...rest] = splitArguments(written, at)
  if (target.trim() === '') {
    throw new Diagnostic('import_playbook statements must specify the file name to import', {
      code: 'import-playbook',
      at,
    })
  }
  const own = new Map<string, Value>()
  for (const [name, value] of entry) {
    if (name === key) continue
    if (typeof name !== 'string' || !isImportKey(name)) {
      const near = didYouMean(String(name), importKeys)
      loading.problem(`'${String(name)}' is not a valid attribute for a PlaybookInclude`, {
        code: 'unknown-keyword',
        at: keyPosition(entry, name) ?? at,
        hint: near && `Did you mean '${near}'?`,
      })
    } else {
      if (name === 'name') checkValue(loading, keywords.get('name')!, value, entry)
      if (value !== null && name !== 'vars') own.set(name, value)
    }
  }
  checkTags(loading, entry.get('tags'), entry)
  if (entry.has('vars') && !isDict(entry.get('vars')!)) {
    throw new Diagnostic('vars for import_playbook statements must be specified as a dictionary', {
      code: 'vars-type',
      at: placeOfValue(entry, 'vars'),
    })
  }
  let vars = varsFrom(loading, entry.get('vars'), entry, 'PlaybookInclude')
  if (rest.length > 0) {
    const params = parseArguments(rest.join(' '), { at })
    const tags = params.get('tags')
    params.delete('tags')
    if (tags !== undefined) own.set('tags', tags)
    if (params.size > 0 && entry.has('vars')) {
      throw new Diagnostic("import_playbook parameters cannot be mixed with 'vars' entries for import statements", {
        code: 'import-playbook',
        at: placeOfValue(entry, 'vars'),
      })
    }
    if (params.size > 0) vars = params
  }
  const all: Dict = new Map([...vars, ...outerVars])
  const name = renderName(
    loading,
    trusted(target.trim(), at),
    () => importScope(loading, file, all),
    'playbook path',
    at,
  )
  const path = playbookPath(loading, name, dirname(file))
  if (!isFile(path)) throw notFound(path, name, at)
  const node: Node = { at: positionOf(entry) ?? at, keywords: own, vars }
  if (path === file || imports.some(one => one.at.file === path)) {
    throw new Diagnostic(`'${name}' imports itself`, { code: 'recursive-import', at })
  }
  return loadPlaybook(loading, path, [...imports, node], all)
}

/** The name of an imported playbook sees -e and the statement's vars. */
function importScope(loading: Loading, file: string, vars: Dict) {
  const play: Play = {
    kind: 'play',
    id: '',
    at: nowhere,
    name: undefined,
    hosts: undefined,
    keywords: new Map(),
    vars,
    file,
    dir: dirname(file),
    imports: [],
    roles: [],
    importedRoles: [],
    pre_tasks: [],
    tasks: [],
    post_tasks: [],
    handlers: [],
  }
  return staticScope(loading, implicitBlock({ at: nowhere, parent: play, role: undefined, origin: 'list' }), undefined)
}

function notFound(path: string, name: string, at: Diagnostic['at']): Diagnostic {
  let near: string | undefined
  try {
    near = didYouMean(basename(path), readdirSync(dirname(path)))
  } catch {
    near = undefined
  }
  return new Diagnostic(`Could not find or access '${path}' on the Ansible Controller.`, {
    code: 'file-not-found',
    at,
    hint: near && `Did you mean '${join(dirname(name), near)}'?`,
  })
}
