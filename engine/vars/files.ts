/** group_vars and host_vars: which files belong to a name, and what they say. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { Diagnostic } from '../diagnostics.js'
import { type Dict, isDict, typeName } from '../python/values.js'
import type { Settings } from '../settings/settings.js'
import type { Vault } from '../vault/vault.js'
import { loadYaml } from '../yaml/load.js'

export interface VarsFilesOptions {
  readonly vault?: Vault | undefined
  /** YAML_FILENAME_EXTENSIONS. */
  readonly extensions?: readonly string[]
  /** VARIABLE_PLUGINS_ENABLED: these files are the work of host_group_vars. */
  readonly plugins?: readonly string[]
  readonly warn?: ((message: string) => void) | undefined
}

const EXTENSIONS: readonly string[] = ['.yml', '.yaml', '.json']

/** Reads each file once per run; templates in them are rendered by whoever uses them. */
export class VarsFiles {
  readonly #loaded = new Map<string, Dict>()
  readonly #folders = new Map<string, ReadonlyMap<string, boolean>>()
  readonly #options: VarsFilesOptions
  readonly #enabled: boolean

  /** As the settings want them. */
  static by(settings: Settings, options: Pick<VarsFilesOptions, 'vault' | 'warn'>): VarsFiles {
    const extensions = settings.list('YAML_FILENAME_EXTENSIONS')
    return new VarsFiles({ ...options, extensions, plugins: settings.list('VARIABLE_PLUGINS_ENABLED') })
  }

  constructor(options: VarsFilesOptions = {}) {
    this.#options = options
    const own = /^(?:ansible\.(?:builtin|legacy)\.)?host_group_vars$/
    this.#enabled = options.plugins?.some(name => own.test(name)) ?? true
  }

  /** Variables of one host or group beside `basedir`, in the order in which they are laid over each other. */
  load(basedir: string, kind: 'group_vars' | 'host_vars', name: string): Dict[] {
    return this.find(basedir, kind, name).map(file => this.read(file))
  }

  /** The files for a name: the first of `name`, `name.yml`, `name.yaml`, `name.json`; a folder stands for all in it. */
  find(basedir: string, kind: 'group_vars' | 'host_vars', name: string): string[] {
    // A name that is an absolute path or climbs out would be looked up elsewhere.
    if (!this.#enabled || name.startsWith('/')) return []
    const folder = join(basedir, kind)
    const entries = this.#entries(folder)
    if (entries.size === 0) return []
    const extensions = this.#options.extensions ?? EXTENSIONS
    for (const extension of ['', ...extensions]) {
      const file = name + extension
      const isFolder = file.includes('/') ? folderOrFile(join(folder, file)) : entries.get(file)
      if (isFolder === undefined) continue
      return isFolder ? filesBelow(join(folder, file), extensions) : [join(folder, file)]
    }
    return []
  }

  /** Names in a group_vars or host_vars folder, and whether each is a folder; listed once, for 10,000 hosts ask. */
  #entries(folder: string): ReadonlyMap<string, boolean> {
    let entries = this.#folders.get(folder)
    if (!entries) {
      const found = new Map<string, boolean>()
      const isFolder = folderOrFile(folder)
      if (isFolder === false) {
        this.#options.warn?.(`Found ${folder} that is not a directory, skipping: ${folder}`)
      } else if (isFolder) {
        for (const entry of readdirSync(folder)) {
          const kind = folderOrFile(join(folder, entry))
          if (kind !== undefined) found.set(entry, kind)
        }
      }
      entries = found
      this.#folders.set(folder, entries)
    }
    return entries
  }

  /** One file of variables, decrypted where needed. */
  read(file: string): Dict {
    let dict = this.#loaded.get(file)
    if (!dict) {
      dict = loadVarsFile(file, this.#options)
      this.#loaded.set(file, dict)
    }
    return dict
  }

  /** Forget everything (meta: refresh_inventory). */
  clear(): void {
    this.#loaded.clear()
    this.#folders.clear()
  }
}

/** A file that must hold a dict of variables; an empty one holds none. */
export function loadVarsFile(file: string, { vault, warn }: VarsFilesOptions = {}): Dict {
  let data: Buffer
  try {
    data = readFileSync(file)
  } catch (error) {
    throw new Diagnostic(`an error occurred while trying to read the file '${file}': ${(error as Error).message}`, {
      code: 'vars-file',
    })
  }
  // Without a vault the error must still say that a password is missing.
  const text = (vault ? vault.decryptFile(data, file) : data).toString('utf8')
  if (!vault && text.startsWith('$ANSIBLE_VAULT')) {
    throw new Diagnostic('Attempting to decrypt but no vault secrets found', {
      code: 'vault-no-secret',
      at: { file, line: 1, column: 1 },
      hint: 'Give the password with --vault-id, --vault-password-file or --ask-vault-pass.',
    })
  }
  const value = loadYaml(text, { file, trusted: true, vault, warn })
  if (value === null) return new Map()
  if (isDict(value)) return value
  throw new Diagnostic(`failed to combine variables, expected dicts but got a 'dict' and a '${typeName(value)}'`, {
    code: 'vars-file',
    at: { file, line: 1, column: 1 },
    hint: 'A vars file holds `name: value` lines; this one holds something else.',
  })
}

function folderOrFile(path: string): boolean | undefined {
  try {
    const status = statSync(path)
    return status.isDirectory() ? true : status.isFile() || status.isFIFO() ? false : undefined
  } catch {
    return undefined
  }
}

/** Files of a vars folder and of the folders in it, sorted; hidden files, backups and other extensions are left out. */
function filesBelow(folder: string, extensions: readonly string[]): string[] {
  const files: string[] = []
  for (const entry of readdirSync(folder).sort()) {
    if (entry.startsWith('.') || entry.endsWith('~')) continue
    const path = join(folder, entry)
    const extension = extname(entry)
    const isFolder = folderOrFile(path)
    if (isFolder && extension === '') files.push(...filesBelow(path, extensions))
    else if (isFolder === false && (extension === '' || extensions.includes(extension))) files.push(path)
  }
  return files
}
