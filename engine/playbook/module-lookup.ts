/** What a module name in a task stands for: ours, Ansible's, a file beside the playbook, or nothing. */
import { join } from 'node:path'
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import { collectionFolder } from './collection.js'
import { exists, type Loading } from './loading.js'
import type { Play, Role } from './model.js'

export interface FoundModule {
  readonly fqcn: string
  /** Why it cannot run here, when it cannot. */
  readonly unsupported?: Diagnostic
}

/** undefined: nobody has such a module. */
export function findModule(
  loading: Loading,
  name: string,
  collections: readonly string[],
  play: Play,
  role: Role | undefined,
): FoundModule | undefined {
  const { modules } = loading.options
  const found = modules.resolve(name, collections)
  if (found.ours) return { fqcn: found.fqcn }
  const file = localFile(loading, name, collections, play, role)
  if (file) {
    return {
      fqcn: name,
      unsupported: new Diagnostic(
        `the module ${name} is a program of its own (${file}); Understudy cannot run it yet`,
        {
          code: 'unsupported-module',
          hint: 'Modules beside a playbook are mostly Python, which Understudy does without. Use a built-in module, or `script:`.',
        },
      ),
    }
  }
  if (found.known) return { fqcn: found.fqcn, unsupported: modules.error(name, found) }
  return undefined
}

const suffixes = ['.py', '', '.sh', '.ps1', '.pl', '.rb']

function localFile(
  loading: Loading,
  name: string,
  collections: readonly string[],
  play: Play,
  role: Role | undefined,
): string | undefined {
  if (!/^[\w.]+$/.test(name)) return undefined
  const parts = name.split('.')
  if (parts.length === 1) {
    const roots = [...(role ? [role.path] : []), ...loading.pluginFolders, play.dir]
    const folders = [
      ...roots.flatMap(root => [join(root, 'library'), join(root, 'action_plugins')]),
      ...loading.paths('DEFAULT_MODULE_PATH'),
      ...loading.paths('DEFAULT_ACTION_PLUGIN_PATH'),
    ]
    const file = loading.firstFile(
      folders,
      suffixes.map(suffix => name + suffix),
    )
    if (file) return file
  }
  const qualified = parts.length === 1 ? collections.map(collection => `${collection}.${name}`) : [name]
  for (const full of qualified) {
    const [namespace, collection, ...module] = full.split('.')
    const folder = module.length > 0 ? collectionFolder(loading, `${namespace}.${collection}`, play.dir) : undefined
    if (!folder) continue
    for (const kind of ['modules', 'action']) {
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
