/** What one load shares: files read once, problems collected, names resolved, ids given. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Diagnostic, type DiagnosticOptions, type SourceRange } from '../diagnostics.js'
import type { Dict, Value } from '../python/values.js'
import type { Settings } from '../settings/settings.js'
import type { Scope } from '../template/scope.js'
import type { Templar } from '../template/templar.js'
import { loadYaml, type VaultDecrypter } from '../yaml/load.js'
import type { Task } from './model.js'
import type { FoundModule } from './module-lookup.js'
import type { ModuleTable } from './module-table.js'

export interface LoaderOptions {
  readonly settings: Settings
  readonly modules: ModuleTable
  readonly templar: Templar
  /** `-e`: the only variables besides those in plays and roles that names of static imports may use. */
  readonly extraVars: Dict
  /** Magic variables that are known before any host is (groups, ansible_version, …). */
  readonly magic?: Scope | undefined
  /** Names of lookup plugins, for `with_X`; absent: every name is taken on trust. */
  readonly lookups?: ReadonlySet<string> | undefined
  readonly vault?: VaultDecrypter | undefined
  readonly warn?: ((message: string) => void) | undefined
  readonly deprecated?: ((message: string) => void) | undefined
  /** Directory that relative playbook paths and collections of the command line start from. */
  readonly cwd?: string | undefined
}

export const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false
export const isDirectory = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
export const exists = (path: string): boolean => existsSync(path)

export class Loading {
  readonly problems: Diagnostic[] = []
  /** What Ansible only meets when everything has been read: in rendered fields of plays, and in arguments. */
  readonly lateProblems: Diagnostic[] = []
  /** Modules that Ansible has and we do not: a warning for --syntax-check, an error before a real run. */
  readonly unsupported: Diagnostic[] = []
  /** The same in tasks that a condition or a tag may leave out: a warning, and a failure only when the task's turn comes. */
  readonly doubtful: Diagnostic[] = []
  /** The same in handlers, until it is known who notifies them. */
  readonly inHandlers = new Map<Task, readonly Diagnostic[]>()
  /** Directories that playbooks and roles add to the search for plugins, as they are loaded. */
  readonly pluginFolders = new Set<string>()
  /** Found already, by playbook directory and name; '' for those that are nowhere. */
  readonly collectionFolders = new Map<string, string>()
  /** What names of modules stand for, by the place that names them. */
  readonly modulesFound = new Map<string, Map<string, FoundModule>>()
  readonly #files = new Map<string, Value>()
  readonly #listings = new Map<string, ReadonlySet<string>>()
  readonly #said = new Set<string>()
  /** A file that cannot be read is one problem, however often it is imported. */
  readonly #reported = new WeakSet<Diagnostic>()
  readonly #broken = new Map<string, Diagnostic>()
  #ids = 0

  constructor(readonly options: LoaderOptions) {}

  nextId(kind: string): string {
    return `${kind}-${++this.#ids}`
  }

  problem(message: string, options: DiagnosticOptions = {}): void {
    this.problems.push(new Diagnostic(message, options))
  }

  noteUnsupported(diagnostic: Diagnostic, at: SourceRange | undefined): void {
    diagnostic.at ??= at
    this.unsupported.push(diagnostic)
  }

  /** Runs `make`; a Diagnostic that it throws is collected, so that loading goes on and finds the next mistake, too. */
  attempt<T>(make: () => T, at?: SourceRange): T | undefined {
    try {
      return make()
    } catch (error) {
      if (!(error instanceof Diagnostic)) throw error
      error.at ??= at
      if (!this.#reported.has(error)) this.problems.push(error)
      this.#reported.add(error)
      return undefined
    }
  }

  warn(message: string): void {
    if (!this.#said.has(message)) this.options.warn?.(message)
    this.#said.add(message)
  }

  deprecated(message: string): void {
    if (!this.#said.has(message)) this.options.deprecated?.(message)
    this.#said.add(message)
  }

  /** The YAML in a file, with positions; a file that was vaulted as a whole is opened. */
  read(file: string, at?: SourceRange): Value {
    const known = this.#files.get(file)
    if (known !== undefined) return known
    const broken = this.#broken.get(file)
    if (broken) throw broken
    const value = this.#parse(file, at)
    this.#files.set(file, value)
    return value
  }

  #parse(file: string, at: SourceRange | undefined): Value {
    try {
      return this.#load(file, at)
    } catch (error) {
      if (error instanceof Diagnostic && error.code !== 'file-not-found') this.#broken.set(file, error)
      throw error
    }
  }

  #load(file: string, at: SourceRange | undefined): Value {
    return loadYaml(this.#text(file, at), {
      file,
      trusted: true,
      vault: this.options.vault,
      duplicateKeys: this.options.settings.has('DUPLICATE_YAML_DICT_KEY')
        ? this.options.settings.string('DUPLICATE_YAML_DICT_KEY')
        : undefined,
      warn: message => this.warn(message),
    })
  }

  #text(file: string, at: SourceRange | undefined): string {
    let bytes: Buffer
    try {
      bytes = readFileSync(file)
    } catch (cause) {
      const reason = (cause as NodeJS.ErrnoException).code
      const message =
        reason === 'ENOENT'
          ? `Could not find or access '${file}' on the Ansible Controller.`
          : `an error occurred while trying to read the file '${file}': ${reason}`
      throw new Diagnostic(message, { code: 'file-not-found', at, cause })
    }
    const text = bytes.toString('utf8').replace(/^\uFEFF/, '')
    if (!text.startsWith('$ANSIBLE_VAULT;')) return text
    if (this.options.vault) return this.options.vault.decrypt(text)
    throw new Diagnostic('Attempting to decrypt but no vault secrets found', {
      code: 'vault-no-secret',
      at: { file, line: 1, column: 1 },
      hint: 'Give the password with --vault-id, --vault-password-file or --ask-vault-pass.',
    })
  }

  /** The first of `names` in the first of `folders` that has one. */
  firstFile(folders: readonly string[], names: readonly string[]): string | undefined {
    for (const folder of folders) {
      let listing = this.#listings.get(folder)
      if (!listing) {
        listing = new Set(isDirectory(folder) ? readdirSync(folder) : [])
        this.#listings.set(folder, listing)
      }
      const name = names.find(one => listing.has(one))
      if (name !== undefined) return join(folder, name)
    }
    return undefined
  }

  /** A setting that holds a list of paths; empty when the settings table lacks it. */
  paths(name: string): string[] {
    const { settings } = this.options
    if (!settings.has(name)) return []
    const value = settings.get(name)
    if (value === null) return []
    return typeof value === 'string' ? value.split(':').filter(Boolean) : settings.list(name)
  }
}
