/** What a module name in a task stands for: ours, Ansible's, a file beside the playbook, or nothing. */
import { join } from 'node:path'
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import { type Dict, isDict, type Value } from '../python/values.js'
import { collectionFolder, splitQualified } from './collection.js'
import { exists, type Loading } from './loading.js'
import type { Play, Role } from './model.js'

export interface FoundModule {
  readonly fqcn: string
  /** Why it cannot run here, when it cannot. */
  readonly unsupported?: Diagnostic
}

/** undefined: nobody has such a module. What is found for good is looked up once for each place that names it. */
export function findModule(
  loading: Loading,
  name: string,
  collections: readonly string[],
  play: Play,
  role: Role | undefined,
): FoundModule | undefined {
  const place = `${play.dir}\n${role?.path ?? ''}\n${loading.pluginFolders.size}\n${collections.join()}`
  const known = loading.modulesFound.get(place) ?? new Map<string, FoundModule>()
  loading.modulesFound.set(place, known)
  const before = known.get(name)
  if (before) return before
  const found = lookUp(loading, name, collections, play, role)
  // An error is told where it is met: each task has its own.
  if (found && !found.unsupported) known.set(name, found)
  return found
}

function lookUp(
  loading: Loading,
  name: string,
  collections: readonly string[],
  play: Play,
  role: Role | undefined,
  hops = 0,
): FoundModule | undefined {
  const { modules } = loading.options
  for (const routed of hops < 10 ? routedNames(loading, name, collections, play) : []) {
    const target = lookUp(loading, routed, [], play, role, hops + 1)
    if (target) return target
  }
  const found = modules.resolve(name, collections)
  // A collection's own modules that are built in here need no Python; a file beside the playbook goes before them.
  const file =
    fileBeside(loading, name, play, role) ??
    (found.ours ? undefined : fileOfCollection(loading, name, collections, play))
  const program = file === undefined || isActionPlugin(file) ? undefined : modules.inFile?.(file)
  if (program !== undefined) return { fqcn: program }
  if (found.ours) {
    if (file)
      loading.warn(`${file} needs Ansible's Python; the module ${found.fqcn} that is built in runs in its place`)
    return { fqcn: found.fqcn }
  }
  if (file) {
    return {
      fqcn: name,
      unsupported: new Diagnostic(
        `the module ${name} is written for Ansible's Python (${file}); Understudy does without`,
        {
          code: 'unsupported-module',
          hint: 'Modules in other languages run, and Python that needs nothing of Ansible (`ansible.module_utils`). Use one of these, a built-in module, or `script:`.',
        },
      ),
    }
  }
  if (found.known) return { fqcn: found.fqcn, unsupported: modules.error(name, found) }
  return undefined
}

/** Where the collection beside the playbook (or on the path) sends a name: `plugin_routing` of its meta/runtime.yml. */
function* routedNames(loading: Loading, name: string, collections: readonly string[], play: Play): Generator<string> {
  const full = name.includes('.') ? [name] : collections.map(collection => `${collection}.${name}`)
  for (const one of full) {
    const qualified = splitQualified(one)
    const folder = qualified && collectionFolder(loading, qualified.collection, play.dir)
    const file = folder && loading.firstFile([join(folder, 'meta')], ['runtime.yml'])
    const routing = file
      ? dictAt(
          loading.attempt(() => loading.read(file)),
          'plugin_routing',
        )
      : undefined
    for (const kind of ['modules', 'action']) {
      const target = dictAt(dictAt(routing, kind), qualified?.rest.join('.') ?? '')?.get('redirect')
      if (typeof target === 'string' && target !== one && target !== name) {
        yield target.includes('.') ? target : `${qualified!.collection}.${target}`
      }
    }
  }
}

const dictAt = (value: Value | undefined, key: string): Dict | undefined => {
  const found = isDict(value) ? value.get(key) : undefined
  return isDict(found) ? found : undefined
}

/** Those run on the controller, in Python. */
const isActionPlugin = (file: string) => /(?:^|\/)(?:action_plugins|action)\/[^/]+$/.test(file)

const suffixes = ['.py', '', '.sh', '.ps1', '.pl', '.rb']

/** A file of that name beside the playbook or in a role; an action plugin comes before the module that it would call. */
function fileBeside(loading: Loading, name: string, play: Play, role: Role | undefined): string | undefined {
  const bare = name.replace(/^ansible\.legacy\./, '')
  if (!/^\w+$/.test(bare)) return undefined
  const roots = [...(role ? [role.path] : []), ...loading.pluginFolders, play.dir]
  const folders = [
    ...roots.map(root => join(root, 'action_plugins')),
    ...loading.paths('DEFAULT_ACTION_PLUGIN_PATH'),
    ...roots.map(root => join(root, 'library')),
    ...loading.paths('DEFAULT_MODULE_PATH'),
  ]
  return loading.firstFile(
    folders,
    suffixes.map(suffix => bare + suffix),
  )
}

function fileOfCollection(
  loading: Loading,
  name: string,
  collections: readonly string[],
  play: Play,
): string | undefined {
  if (!/^[\w.]+$/.test(name)) return undefined
  const qualified = name.includes('.') ? [name] : collections.map(collection => `${collection}.${name}`)
  for (const full of qualified) {
    const [namespace, collection, ...module] = full.split('.')
    const folder = module.length > 0 ? collectionFolder(loading, `${namespace}.${collection}`, play.dir) : undefined
    if (!folder) continue
    for (const kind of ['action', 'modules']) {
      for (const suffix of suffixes) {
        const file = `${join(folder, 'plugins', kind, ...module)}${suffix}`
        if (exists(file)) return file
      }
    }
  }
  return undefined
}

/** The error for a name that nobody has. */
export function unknownModule(
  loading: Loading,
  name: string,
  collections: readonly string[],
  at?: SourceRange,
): Diagnostic {
  return loading.options.modules.error(name, loading.options.modules.resolve(name, collections), at)
}
