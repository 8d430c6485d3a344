/** Which modules exist, by every name that means them; a module's file is imported when it is first used. */
import { Diagnostic, didYouMean, type SourceRange } from '../diagnostics.js'
import type { ModuleSpec } from './define.js'
import { importModule, moduleFiles } from './files.js'
import { bareNames, isModule, qualifiedName, qualifiedNames, renamedTo } from './names.js'
import { programAction, programFile, runsByItself } from './program-file.js'

/** Actions that the engine itself carries out: they have a place in playbooks but no module file. */
export const engineActions: ReadonlySet<string> = new Set(
  ['import_playbook', 'import_role', 'import_tasks', 'include', 'include_role', 'include_tasks', 'meta'].map(
    name => `ansible.builtin.${name}`,
  ),
)

const ownFiles: ReadonlySet<string> = new Set(moduleFiles)

/** Whose modules the files are. `cisco.ios.user` is not the `user` that stands here. */
const ownCollections: ReadonlySet<string> = new Set([
  'ansible.builtin',
  'ansible.posix',
  'community.crypto',
  'community.docker',
  'community.general',
  'community.libvirt',
  'community.mysql',
  'community.postgresql',
  'community.rabbitmq',
  'fedora.linux_system_roles',
  'kubernetes.core',
  // What whole repositories wait for: modules that they ship themselves, in Python.
  'debops.debops',
  'kubernetes_sigs.kubespray',
])

/** Collections that moved with all their modules, by either time's name: playbooks of 2020 and of 2026 say it differently. */
const movedCollections: { readonly [name: string]: string } = {
  'ansible.mysql': 'community.mysql',
  'community.kubernetes': 'kubernetes.core',
}

function underKnownName(collection: string): string {
  return Object.hasOwn(movedCollections, collection) ? (movedCollections[collection] ?? collection) : collection
}

/** How a module name as written resolves. `known`: Ansible has it. `ours`: it runs here. */
export interface Resolved {
  readonly fqcn: string
  readonly known: boolean
  readonly ours: boolean
}

const resolved = new Map<string, Resolved>()

/** Follows short names, `ansible.legacy`, collections searched (`collections:`) and renamings to one qualified name. */
export function resolveModule(written: string, collections: readonly string[] = []): Resolved {
  const key = collections.length ? `${written} ${collections.join(' ')}` : written
  let found = resolved.get(key)
  if (!found) {
    found = follow(written, collections)
    resolved.set(key, found)
  }
  return found
}

function follow(written: string, collections: readonly string[]): Resolved {
  if (programFile(written) !== undefined) return { fqcn: written, ours: true, known: true }
  let fqcn = written.replace(/^ansible\.legacy\./, 'ansible.builtin.')
  if (!fqcn.includes('.')) {
    const searched = collections.map(underKnownName).find(collection => isModule(`${collection}.${written}`))
    fqcn = searched
      ? `${searched}.${written}`
      : (qualifiedName(written) ?? renamedTo(written) ?? `ansible.builtin.${written}`)
  } else {
    const dot = fqcn.lastIndexOf('.')
    fqcn = `${underKnownName(fqcn.slice(0, dot))}${fqcn.slice(dot)}`
  }
  for (let hops = 0; hops < 5; hops++) {
    const next = isOurs(fqcn) || engineActions.has(fqcn) ? undefined : (renamedTo(fqcn) ?? inCollection(fqcn))
    if (!next || next === fqcn) break
    fqcn = next
  }
  const ours = isOurs(fqcn) || engineActions.has(fqcn)
  return { fqcn, ours, known: ours || isModule(fqcn) }
}

/** `ansible.builtin.ufw` is where Ansible's own redirects for bare names stand, too. */
function inCollection(fqcn: string): string | undefined {
  if (!fqcn.startsWith('ansible.builtin.') || isModule(fqcn)) return undefined
  const bare = fqcn.slice('ansible.builtin.'.length)
  return qualifiedName(bare) ?? renamedTo(bare)
}

function isOurs(fqcn: string): boolean {
  const dot = fqcn.lastIndexOf('.')
  return ownCollections.has(fqcn.slice(0, dot)) && ownFiles.has(fqcn.slice(dot + 1)) && isModule(fqcn)
}

/** The action that a module file beside a playbook is; undefined when it needs what we do without. */
export const moduleInFile = (file: string): string | undefined => (runsByItself(file) ? programAction(file) : undefined)

/** Qualified names of all modules that run here. */
export function ourModules(): string[] {
  return qualifiedNames().filter(isOurs).sort()
}

const loaded = new Map<string, Promise<ModuleSpec>>()

/** The declaration of a module that runs here. */
export function loadModule(fqcn: string): Promise<ModuleSpec> {
  let spec = loaded.get(fqcn)
  const program = programFile(fqcn)
  if (!spec && program !== undefined) {
    spec = import('./program.js').then(({ programModule }) => programModule(program))
    loaded.set(fqcn, spec)
  }
  if (!spec) {
    const file = fqcn.slice(fqcn.lastIndexOf('.') + 1)
    if (!ownFiles.has(file)) throw new Diagnostic(`module ${fqcn} has no file here`, { code: 'module-not-found' })
    spec = importModule(file).then(module => module.default)
    loaded.set(fqcn, spec)
  }
  return spec
}

/** Suggestions by unknown name: a role may use one module a hundred times. */
const nearNames = new Map<string, string>()

/** The error for a name that does not resolve, or that Ansible has and we do not. */
export function moduleError(written: string, found: Resolved, at?: SourceRange): Diagnostic {
  if (found.known) {
    return new Diagnostic(`the module ${found.fqcn} is Ansible's, but Understudy does not have it yet`, {
      code: 'unsupported-module',
      at,
      hint: 'See `understudy doc -l` for the modules that run here.',
    })
  }
  let near = nearNames.get(written)
  if (near === undefined) {
    near = didYouMean(written, new Set([...ownFiles, ...bareNames()])) ?? ''
    nearNames.set(written, near)
  }
  return new Diagnostic(
    `couldn't resolve module/action '${written}'. This often indicates a misspelling, missing collection, or incorrect module path.`,
    { code: 'unknown-module', at, hint: near && `Did you mean '${near}'?` },
  )
}
