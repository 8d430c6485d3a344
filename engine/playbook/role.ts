/** A use of a role: its files, variables, dependencies and tasks. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { Diagnostic, didYouMean, type SourceRange } from '../diagnostics.js'
import { pyStr } from '../python/repr.js'
import { type Dict, isDict, isList, type Value } from '../python/values.js'
import { keyPosition, positionOf, valuePosition } from '../yaml/positions.js'
import { TemplateString } from '../yaml/trust.js'
import { implicitBlock, loadTasks } from './block.js'
import {
  checkTags,
  checkValue,
  isEmpty,
  placeOfValue,
  takeOldSpelling,
  typeName,
  varsFrom,
  wrongItem,
} from './check.js'
import { parseArguments, textOf } from './freeform.js'
import { collectionsOf, playOf } from './inherit.js'
import { keywords, keywordsOf } from './keywords.js'
import { isDirectory, isFile, type Loading } from './loading.js'
import type { Block, Keywords, Parent, Role, Task } from './model.js'
import { checkModuleDefaults } from './module-defaults.js'
import { type FoundRole, findRole } from './role-path.js'
import { argumentSpecsSchema, schemaProblems } from './schema.js'
import { renderName, staticScope } from './static-scope.js'
import { nowhere } from './task.js'

export interface RoleUse {
  readonly name: string
  /** Other files than main: tasks, vars, defaults, handlers. */
  readonly from: { readonly [part: string]: string }
  readonly at: SourceRange
  readonly keywords: Keywords
  readonly vars: Dict
  readonly params: Dict
  readonly origin: Role['origin']
  readonly parent: Parent
  readonly parentRole: Role | undefined
  readonly allowDuplicates: boolean
  /** Insert the task that checks arguments against meta/argument_specs. */
  readonly validate: boolean
  readonly public: boolean
}

interface OpenRole extends Role {
  readonly dependencies: Role[]
  readonly tasks: Block[]
  readonly handlers: Block[]
}

const plain = ['.yml', '.yaml', '.json']

/** The files of one part of a role: `tasks/main.yml`, the directory `vars/main/`, … `undefined`: there are none. */
function partFiles(role: FoundRole, part: string, from: string | undefined, directories: boolean): string[] {
  const folder = join(role.path, part)
  const name = from ?? 'main'
  // A name that the user chose may have its extension already; the default one has it first.
  const extensions = from === undefined ? [...plain, ''] : ['', ...plain]
  for (const extension of isDirectory(folder) ? extensions : []) {
    const path = resolve(folder, name + extension)
    if (from !== undefined && !path.startsWith(`${folder}/`) && existsSync(path)) {
      throw new Diagnostic(
        `Failed loading '${path}' for role (${role.name}) as it is not inside the expected role path: '${folder}'`,
        { code: 'file-not-found' },
      )
    }
    if (isFile(path)) return [path]
    if (directories && isDirectory(path)) return filesBelow(path, extensions)
  }
  // A role without such a folder has nothing of the kind, whatever is asked for.
  if (from !== undefined && isDirectory(folder)) {
    const near = didYouMean(
      from,
      readdirSync(folder).map(file => basename(file).replace(/\.\w+$/, '')),
    )
    throw new Diagnostic(`Could not find specified file in role: ${part}/${from}`, {
      code: 'role-file',
      hint: near && `Did you mean '${near}'?`,
    })
  }
  return []
}

function filesBelow(folder: string, extensions: readonly string[]): string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  return entries.flatMap(entry => {
    if (entry.name.startsWith('.') || entry.name.endsWith('~')) return []
    const path = join(folder, entry.name)
    if (isDirectory(path)) return filesBelow(path, extensions)
    const dot = entry.name.lastIndexOf('.')
    return extensions.includes(dot > 0 ? entry.name.slice(dot) : '') ? [path] : []
  })
}

function variables(loading: Loading, role: FoundRole, part: 'vars' | 'defaults', use: RoleUse): Dict {
  const all: Dict = new Map()
  const files = loading.attempt(() => partFiles(role, part, use.from[part], true), use.at) ?? []
  for (const file of files) {
    const value = loading.attempt(() => loading.read(file), use.at)
    if (value === undefined || isEmpty(value)) continue
    if (!isDict(value)) {
      loading.problem(`The ${part}/main.yml file for role '${role.name}' must contain a dictionary of variables`, {
        code: 'vars-type',
        at: positionOf(value) ?? { file, line: 1, column: 1 },
      })
      continue
    }
    if (files.length === 1) return value
    for (const [key, one] of value) all.set(key, one)
  }
  return all
}

/** Reads a role and all that it depends on. Mistakes go to `loading`; undefined when the role is nowhere. */
export function loadRole(loading: Loading, use: RoleUse): Role | undefined {
  const play = playOf(use.parent)
  const collections = use.parentRole ? use.parentRole.collections : collectionsOf(use.parent)
  const found = loading.attempt(() => {
    const place = findRole(loading, use.name, play.dir, collections, use.parentRole, use.at)
    refuseRecursion(place, use)
    return place
  }, use.at)
  if (!found) return undefined
  loading.pluginFolders.add(found.path)

  const meta = loadMeta(loading, found, use)
  const own = meta.get('collections')
  const role: OpenRole = {
    kind: 'role',
    at: use.at,
    name: found.name,
    fqcn: found.collection && `${found.collection}.${found.name}`,
    path: found.path,
    keywords: use.keywords,
    vars: use.vars,
    params: use.params,
    defaults: variables(loading, found, 'defaults', use),
    roleVars: variables(loading, found, 'vars', use),
    meta,
    collections: [
      ...new Set([
        ...(found.collection ? [found.collection] : []),
        ...(isList(own) ? own : own ? [own] : []).filter(name => typeof name === 'string'),
      ]),
    ],
    dependencies: [],
    parentRole: use.parentRole,
    tasks: [],
    handlers: [],
    identity: identityOf(found, use),
    allowDuplicates:
      use.origin === 'include_role' || use.origin === 'import_role'
        ? use.allowDuplicates
        : isTrue(meta.get('allow_duplicates')),
    origin: use.origin,
    public: use.public,
  }
  const options = {
    at: use.at,
    parent: use.parent,
    role,
    origin: 'role',
    keywords: use.keywords,
    vars: use.vars,
  } as const
  const tasks = implicitBlock(options)
  const handlers = implicitBlock(options)
  role.tasks.push(tasks)
  role.handlers.push(handlers)
  for (const dependency of dependenciesOf(loading, meta)) {
    const one = loadRoleEntry(loading, dependency.entry, tasks, 'dependency', role, dependency.at)
    if (one) role.dependencies.push(one)
  }
  const validation = use.validate ? validationTask(loading, role, tasks, use) : undefined
  if (validation) tasks.block.push(validation)
  tasks.block.push(...partTasks(loading, found, 'tasks', use, tasks, role))
  handlers.block.push(...partTasks(loading, found, 'handlers', use, handlers, role))
  return role
}

function partTasks(
  loading: Loading,
  found: FoundRole,
  part: 'tasks' | 'handlers',
  use: RoleUse,
  parent: Block,
  role: Role,
): (Task | Block)[] {
  const [file] = loading.attempt(() => partFiles(found, part, use.from[part], false), use.at) ?? []
  const value = file === undefined ? undefined : loading.attempt(() => loading.read(file), use.at)
  if (value === undefined || isEmpty(value)) return []
  if (!isList(value)) {
    loading.problem(`The ${part}/main.yml file for role '${found.name}' must contain a list of tasks`, {
      code: 'tasks-type',
      at: positionOf(value) ?? { file: file!, line: 1, column: 1 },
    })
    return []
  }
  return loadTasks(loading, value, { parent, role, handlers: part === 'handlers' }, `${part} of role '${found.name}'`)
}

const isTrue = (value: Value | undefined): boolean =>
  value === true || (typeof value === 'string' && /^(yes|true|on|y|t|1)$/i.test(value)) || value === 1

function refuseRecursion(found: FoundRole, use: RoleUse): void {
  if (use.origin === 'include_role') return
  let depth = 0
  for (let role = use.parentRole; role; role = role.parentRole) {
    depth++
    const cycle = use.origin === 'dependency' && role.path === found.path && role.origin !== 'include_role'
    if (cycle || depth > 60) {
      throw new Diagnostic(
        'A recursion loop was detected with the roles specified. Make sure child roles do not have dependencies on parent roles',
        { code: 'role-recursion', at: use.at, hint: `The role '${found.name}' leads back to itself.` },
      )
    }
    if (role.origin === 'include_role') return
  }
}

const metaKeys = new Set(['allow_duplicates', 'dependencies', 'galaxy_info', 'argument_specs'])

function loadMeta(loading: Loading, found: FoundRole, use: RoleUse): Dict {
  const [file] = loading.attempt(() => partFiles(found, 'meta', undefined, false), use.at) ?? []
  const value = file === undefined ? null : (loading.attempt(() => loading.read(file), use.at) ?? null)
  let meta: Dict = new Map()
  if (!isEmpty(value) && !isDict(value)) {
    loading.problem(`the 'meta/main.yml' for role ${found.name} is not a dictionary`, {
      code: 'meta-type',
      at: positionOf(value) ?? { file: file!, line: 1, column: 1 },
    })
  } else if (isDict(value)) {
    meta = value
    const wrong = meta.has('collections') ? wrongItem('collections', meta.get('collections') ?? []) : undefined
    if (wrong) loading.problem(wrong, { code: 'keyword-type', at: placeOfValue(meta, 'collections') })
    for (const key of meta.keys()) {
      if (typeof key === 'string' && (metaKeys.has(key) || keywordsOf('role').has(key))) continue
      const near = didYouMean(String(key), metaKeys)
      loading.problem(`'${String(key)}' is not a valid attribute for a RoleMetadata`, {
        code: 'unknown-keyword',
        at: keyPosition(meta, key) ?? positionOf(meta),
        hint: near && `Did you mean '${near}'?`,
      })
    }
  }
  const specs = loading.firstFile(
    [join(found.path, 'meta')],
    plain.map(extension => `argument_specs${extension}`),
  )
  const extra = specs ? loading.attempt(() => loading.read(specs), use.at) : undefined
  if (!isDict(extra)) return meta
  return new Map([...meta, ...extra])
}

function* dependenciesOf(loading: Loading, meta: Dict): Generator<{ entry: Value; at: SourceRange | undefined }> {
  const list = meta.get('dependencies')
  if (list === undefined || isEmpty(list)) return
  if (!isList(list)) {
    loading.problem('Expected role dependencies to be a list.', {
      code: 'meta-type',
      at: placeOfValue(meta, 'dependencies'),
    })
    return
  }
  for (const [index, entry] of list.entries()) {
    const at = valuePosition(list, index) ?? positionOf(list)
    if (!isDict(entry) || entry.has('role') || entry.has('name')) {
      yield { entry, at }
      continue
    }
    // Galaxy's form: { src: https://…/name.git, scm: git, version: v1 }
    const source = textOf(entry.get('src') ?? null)
    yield { entry: source === undefined ? entry : new Map(entry).set('name', nameFromSource(source)), at }
  }
}

function nameFromSource(source: string): string {
  const last = source.split(',')[0]!.replace(/\/+$/, '').split('/').at(-1)!
  return /:\/\/|@/.test(source) ? last.replace(/\.git$|\.tar\.gz$/, '') : last
}

const fromGalaxy = new Set(['src', 'scm', 'version'])

/** An entry of `roles:` or of a role's dependencies. */
export function loadRoleEntry(
  loading: Loading,
  written: Value,
  parent: Parent,
  origin: 'play' | 'dependency',
  parentRole: Role | undefined,
  writtenAt: SourceRange | undefined,
): Role | undefined {
  const at = positionOf(written) ?? writtenAt ?? nowhere
  const own = new Map<string, Value>()
  let entry: Dict
  if (isDict(written)) entry = written
  else if (textOf(written) !== undefined) entry = fromText(written)
  else {
    loading.problem(`Invalid role definition: ${pyStr(written)}`, {
      code: 'role-type',
      at,
      hint: `A role is a name or a dictionary, not a ${typeName(written)}.`,
    })
    return undefined
  }
  if (typeof written === 'string' && written.includes(',') && !written.includes('=')) {
    loading.problem(`Invalid old style role requirement: ${written}`, {
      code: 'role-name',
      at,
      hint: 'Parameters of a role are written `role: name, x=1`, or as a dictionary.',
    })
    return undefined
  }
  const nameValue = entry.get('role') ?? entry.get('name')
  if (
    nameValue === undefined ||
    nameValue === null ||
    nameValue === '' ||
    (typeof nameValue === 'object' && !(nameValue instanceof TemplateString))
  ) {
    loading.problem('role definitions must contain a role name', {
      code: 'role-name',
      at,
      hint: 'Write `- role: name`, or just `- name`.',
    })
    return undefined
  }
  const params: Dict = new Map()
  for (const [key, value] of entry) {
    if (key === 'role' || (key === 'name' && !entry.has('role')) || key === 'vars') continue
    if (typeof key === 'string' && keywordsOf('role').has(key)) {
      if (key === 'tags') checkTags(loading, value, entry)
      else checkValue(loading, keywords.get(key)!, value, entry)
      if (value !== null && key !== 'name') own.set(key, value)
    } else if (typeof key === 'string' && takeOldSpelling(loading, key, value, 'role', own)) continue
    else if (!(origin === 'dependency' && fromGalaxy.has(String(key)))) params.set(key, value)
  }
  checkModuleDefaults(loading, own.get('module_defaults'), playOf(parent), parentRole, entry)
  const name = loading.attempt(
    () => renderName(loading, nameValue, () => staticScope(loading, parent, parentRole), 'role name', at),
    at,
  )
  if (name === undefined) return undefined
  return loadRole(loading, {
    name,
    from: {},
    at,
    keywords: own,
    vars: varsFrom(loading, entry.get('vars'), entry, 'RoleInclude'),
    params,
    origin,
    parent,
    parentRole,
    allowDuplicates: false,
    validate: true,
    public: false,
  })
}

/** `- name`, and the old `- name, x=1`. */
function fromText(written: Value): Dict {
  const text = textOf(written) ?? String(written)
  const comma = text.indexOf(',')
  if (comma === -1 || written instanceof TemplateString) return new Map([['role', written]])
  const entry: Dict = new Map([['role', text.slice(0, comma).trim()]])
  for (const [key, value] of parseArguments(
    text
      .slice(comma + 1)
      .replaceAll(',', ' ')
      .trim(),
  ))
    entry.set(key, value)
  return entry
}

/**
 * Two uses with the same text here are the same use: the second is skipped unless duplicates are allowed. What a task brings
 * in counts apart from `roles:` and dependencies, so a role that was imported runs again where a play lists it.
 */
function identityOf(found: FoundRole, { params, vars, keywords: own, from, origin }: RoleUse): string {
  const byTask = origin === 'import_role' || origin === 'include_role'
  const shown = (value: Value): unknown =>
    isDict(value)
      ? [...value].map(([key, one]) => [shown(key), shown(one)])
      : isList(value)
        ? value.map(shown)
        : (textOf(value) ?? value)
  const number = (_key: string, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value)
  return JSON.stringify(
    [
      byTask,
      found.path,
      shown(params),
      shown(vars),
      shown(own.get('tags') ?? null),
      shown(own.get('when') ?? null),
      from,
    ],
    number,
  )
}

/** The task that Ansible puts before a role whose argument_specs describe the entry point in use. */
function validationTask(loading: Loading, role: Role, parent: Block, use: RoleUse): Task | undefined {
  const specs = role.meta.get('argument_specs')
  if (!isDict(specs)) return undefined
  for (const { message, at, hint } of schemaProblems(specs, argumentSpecsSchema)) {
    const place = at ? `${at.file}:${at.line}: ` : ''
    loading.warn(`${place}argument_specs of role '${role.name}': ${message}${hint ? `. ${hint}` : ''}`)
  }
  // `tasks_from: x.yml` is no entry point x: Ansible validates `tasks_from: x` only.
  const entryPoint = use.from.tasks ? basename(use.from.tasks) : 'main'
  const spec = specs.get(entryPoint)
  if (!isDict(spec)) return undefined
  const summary = textOf(spec.get('short_description') ?? null)
  const context: Dict = new Map<Value, Value>([
    ['type', 'role'],
    ['name', role.name],
    ['argument_spec_name', entryPoint],
    ['path', role.path],
  ])
  return {
    kind: 'task',
    id: loading.nextId('task'),
    at: positionOf(spec) ?? use.at,
    name: `Validating arguments against arg spec '${entryPoint}'${summary ? ` - ${summary}` : ''}`,
    action: 'ansible.builtin.validate_argument_spec',
    written: 'ansible.builtin.validate_argument_spec',
    args: new Map<Value, Value>([
      ['argument_spec', spec.get('options') ?? new Map()],
      ['provided_arguments', role.params],
      ['validate_args_context', context],
    ]),
    loop: undefined,
    keywords: new Map<string, Value>([['tags', ['always']]]),
    vars: new Map(),
    parent,
    role,
    handler: false,
  }
}
