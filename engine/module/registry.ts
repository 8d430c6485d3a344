/** Which modules exist, by every name that means them; a module's file is imported when it is first used. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Diagnostic, didYouMean, type SourceRange } from '../diagnostics.js'
import type { ModuleSpec } from './define.js'

const modulesFolder = fileURLToPath(new URL('../../modules/', import.meta.url))

/** The names that Ansible knows (names.json says how it was made); most of them are not ours. */
interface NameTable {
  readonly collections: { readonly [collection: string]: string }
  readonly renamed: { readonly [name: string]: string }
}

/** Actions that the engine itself carries out: they have a place in playbooks but no module file. */
export const engineActions: ReadonlySet<string> = new Set(
  ['import_playbook', 'import_role', 'import_tasks', 'include', 'include_role', 'include_tasks', 'meta'].map(
    name => `ansible.builtin.${name}`,
  ),
)

const ownFiles = new Map<string, string>()
for (const file of readdirSync(modulesFolder)) {
  const name = /^([a-z0-9_]+)\.(?:js|ts)$/.exec(file)?.[1]
  if (name && !file.endsWith('.d.ts')) ownFiles.set(name, file)
}

let table: { short: Map<string, string>; full: Set<string>; renamed: ReadonlyMap<string, string> } | undefined
function names() {
  if (table) return table
  const source = fileURLToPath(new URL('../module/names.json', import.meta.url)).replace('/dist/engine/', '/engine/')
  const raw = JSON.parse(readFileSync(source, 'utf8')) as NameTable
  const short = new Map<string, string>()
  const full = new Set<string>()
  for (const [collection, list] of Object.entries(raw.collections)) {
    for (const entry of list.split(' ')) {
      const name = entry.replace('+', '')
      full.add(`${collection}.${name}`)
      if (entry.startsWith('+') || collection === 'ansible.builtin') short.set(name, `${collection}.${name}`)
    }
  }
  table = { short, full, renamed: new Map(Object.entries(raw.renamed)) }
  return table
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
  let fqcn = written.replace(/^ansible\.legacy\./, 'ansible.builtin.')
  if (!fqcn.includes('.')) {
    const { short, full, renamed } = names()
    const searched = collections.find(collection => full.has(`${collection}.${written}`))
    fqcn = searched
      ? `${searched}.${written}`
      : (short.get(written) ?? renamed.get(written) ?? `ansible.builtin.${written}`)
  }
  for (let hops = 0; hops < 5; hops++) {
    const next = isOurs(fqcn) || engineActions.has(fqcn) ? undefined : (names().renamed.get(fqcn) ?? inCollection(fqcn))
    if (!next || next === fqcn) break
    fqcn = next
  }
  const ours = isOurs(fqcn) || engineActions.has(fqcn)
  return { fqcn, ours, known: ours || names().full.has(fqcn) }
}

/** `ansible.builtin.ufw` is where Ansible's own redirects for bare names stand, too. */
function inCollection(fqcn: string): string | undefined {
  if (!fqcn.startsWith('ansible.builtin.') || names().full.has(fqcn)) return undefined
  const bare = fqcn.slice('ansible.builtin.'.length)
  return names().short.get(bare) ?? names().renamed.get(bare)
}

function isOurs(fqcn: string): boolean {
  const bare = fqcn.slice(fqcn.lastIndexOf('.') + 1)
  return ownFiles.has(bare) && names().full.has(fqcn)
}

/** Qualified names of all modules that run here. */
export function ourModules(): string[] {
  const { full } = names()
  return [...full].filter(isOurs).sort()
}

const loaded = new Map<string, Promise<ModuleSpec>>()

/** The declaration of a module that runs here. */
export function loadModule(fqcn: string): Promise<ModuleSpec> {
  let spec = loaded.get(fqcn)
  if (!spec) {
    const file = ownFiles.get(fqcn.slice(fqcn.lastIndexOf('.') + 1))
    if (!file) throw new Diagnostic(`module ${fqcn} has no file here`, { code: 'module-not-found' })
    spec = import(new URL(`../../modules/${file}`, import.meta.url).href).then(module => module.default as ModuleSpec)
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
    near = didYouMean(written, new Set([...ownFiles.keys(), ...names().short.keys()])) ?? ''
    nearNames.set(written, near)
  }
  return new Diagnostic(
    `couldn't resolve module/action '${written}'. This often indicates a misspelling, missing collection, or incorrect module path.`,
    { code: 'unknown-module', at, hint: near && `Did you mean '${near}'?` },
  )
}
