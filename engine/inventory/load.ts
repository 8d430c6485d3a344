/** Inventory sources → hosts and groups: picks a reader for each source, as Ansible's enabled plugins would. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
} from 'node:fs'
import { dirname, extname, join, resolve } from 'node:path'
import { Diagnostic, didYouMean } from '../diagnostics.js'
import { escapeRegExp } from '../python/regexp.js'
import { type Dict, isDict, type Value } from '../python/values.js'
import type { Settings } from '../settings/settings.js'
import type { Templar } from '../template/templar.js'
import type { Vault } from '../vault/vault.js'
import { loadYaml } from '../yaml/load.js'
import { keyPosition } from '../yaml/positions.js'
import { type ConstructOptions, readConstructed, readGenerator } from './constructed.js'
import { readAdvancedHostList, readHostList } from './hostlist.js'
import { readIni } from './ini.js'
import { Inventory } from './inventory.js'
import { type GroupNameRule, GroupNames } from './names.js'
import { readScript } from './script.js'
import { readTomlInventory } from './toml.js'
import { readYamlInventory } from './yaml.js'

export interface InventoryContext {
  readonly settings: Settings
  readonly environ: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Asked for only when a source computes (`constructed`, `generator`). */
  readonly templar: () => Promise<Templar>
  readonly vault?: Vault | undefined
  readonly warn: (message: string) => void
  /** What is said with -vvv. */
  readonly detail?: (message: string) => void
  /** Where what inventory scripts print on stderr goes; default: warn. */
  readonly error?: (message: string) => void
  readonly extraVars?: Dict | undefined
  readonly facts?: ConstructOptions['facts']
  readonly varsFiles?: ConstructOptions['varsFiles']
}

/** A way to read a source; the names are those of ANSIBLE_INVENTORY_ENABLED. */
interface Reader {
  wants(source: string, loader: Loader): boolean
  read(source: string, loader: Loader): Promise<void> | void
}

const LIST_SOURCE = (source: string) => source.includes(',') && !existsSync(source)
const YAML_OR_NONE = (source: string, loader: Loader) => {
  const extension = extname(source)
  return isReadable(source) && (extension === '' || loader.yamlExtensions.includes(extension))
}

const READERS: { readonly [name: string]: Reader } = {
  host_list: { wants: LIST_SOURCE, read: (source, { inventory }) => readHostList(source, inventory) },
  advanced_host_list: {
    wants: LIST_SOURCE,
    read: (source, { inventory, context }) => readAdvancedHostList(source, inventory, context.detail),
  },
  script: {
    wants: source => isReadable(source) && (isExecutable(source) || startsWith(source, '#!')),
    read: (source, loader) => loader.script(source),
  },
  auto: {
    wants: source => isReadable(source) && /\.ya?ml$/.test(source),
    read: (source, loader) => loader.auto(source),
  },
  yaml: { wants: YAML_OR_NONE, read: (source, loader) => loader.yaml(source) },
  ini: { wants: isReadable, read: (source, loader) => loader.ini(source) },
  toml: {
    wants: source => isReadable(source) && extname(source) === '.toml',
    read: (source, loader) => loader.toml(source),
  },
  constructed: {
    wants: (source, loader) => isReadable(source) && (extname(source) === '.config' || YAML_OR_NONE(source, loader)),
    read: (source, loader) => loader.plugin(source, 'constructed'),
  },
  generator: {
    wants: (source, loader) => isReadable(source) && (extname(source) === '.config' || YAML_OR_NONE(source, loader)),
    read: (source, loader) => loader.plugin(source, 'generator'),
  },
}

/** The short name of a plugin, with or without its collection. */
const shortName = (name: string): string => name.replace(/^ansible\.(builtin|legacy)\./, '')

/** Reads all sources into one inventory. */
export async function loadInventory(sources: readonly string[], context: InventoryContext): Promise<Inventory> {
  const { settings, warn, cwd } = context
  const mismatch = settings.string('HOST_PATTERN_MISMATCH') as 'warning' | 'error' | 'ignore'
  const hashBehaviour = settings.string('DEFAULT_HASH_BEHAVIOUR') === 'merge' ? 'merge' : 'replace'
  const inventory = new Inventory({ warn, mismatch, cwd, hashBehaviour })
  const loader = new Loader(inventory, context)
  let parsed = false
  for (const source of sources) {
    if (source === '') continue
    const path = source.includes(',') && !existsSync(resolve(cwd, source)) ? source : resolve(cwd, source)
    inventory.sources.push(path)
    parsed = (await loader.source(path)) || parsed
  }
  inventory.source = undefined
  if (parsed) inventory.reconcile()
  else if (settings.bool('INVENTORY_UNPARSED_IS_FAILED')) {
    throw new Diagnostic('No inventory was parsed, please check your configuration and options.', {
      code: 'inventory-unparsed',
    })
  } else if (settings.bool('INVENTORY_UNPARSED_WARNING')) {
    warn('No inventory was parsed, only implicit localhost is available')
  }
  return inventory
}

class Loader {
  readonly yamlExtensions: readonly string[]
  readonly #names: GroupNames
  readonly #ignored: RegExp
  readonly #texts = new Map<string, string>()

  constructor(
    readonly inventory: Inventory,
    readonly context: InventoryContext,
  ) {
    const { settings, warn } = context
    this.#names = new GroupNames(settings.string('TRANSFORM_INVALID_GROUP_CHARS') as GroupNameRule, warn)
    this.yamlExtensions = settings.has('inventory.yaml.yaml_extensions')
      ? settings.list('inventory.yaml.yaml_extensions')
      : ['.yaml', '.yml', '.json']
    const endings = settings.list('INVENTORY_IGNORE_EXTS').map(ending => `${escapeRegExp(ending)}$`)
    const patterns = settings.list('INVENTORY_IGNORE_PATTERNS')
    this.#ignored = new RegExp(
      ['^\\.', '^host_vars$', '^group_vars$', '^vars_plugins$', ...endings, ...patterns].join('|'),
    )
  }

  /** Reads one source; false when nothing could read it. */
  async source(source: string): Promise<boolean> {
    if (isFolder(source)) {
      let parsed = false
      for (const entry of readdirSync(source).sort()) {
        if (!this.#ignored.test(entry)) parsed = (await this.source(join(source, entry))) || parsed
      }
      return parsed
    }
    const { settings, warn } = this.context
    this.inventory.source = { file: source, dir: source.includes(',') ? this.context.cwd : dirname(source) }
    const failures: { readonly plugin: string; readonly error: Diagnostic }[] = []
    for (const written of settings.list('INVENTORY_ENABLED')) {
      const reader = READERS[shortName(written)]
      if (!reader) {
        warn(`Failed to load inventory plugin, skipping ${written}`)
        continue
      }
      if (!reader.wants(source, this)) continue
      try {
        await reader.read(source, this)
        return true
      } catch (error) {
        if (!(error instanceof Diagnostic)) throw error
        failures.push({ plugin: written, error })
      }
    }
    this.#report(source, failures)
    return false
  }

  #report(source: string, failures: readonly { readonly plugin: string; readonly error: Diagnostic }[]): void {
    const { settings, warn } = this.context
    for (const { plugin, error } of failures) {
      const place = error.at && error.at.file === source ? `${source}:${error.at.line}: ` : ''
      warn(` * Failed to parse ${source} with ${plugin} plugin: ${place}${error.message}`)
    }
    if (settings.bool('INVENTORY_ANY_UNPARSED_IS_FAILED')) {
      const cause = failures.at(-1)?.error
      throw new Diagnostic(`Completely failed to parse inventory source ${source}`, {
        code: 'inventory-unparsed',
        at: cause?.at,
        hint: cause?.message,
      })
    }
    if (source !== '/etc/ansible/hosts' || existsSync(source)) warn(`Unable to parse ${source} as an inventory source`)
  }

  #text(source: string): string {
    let text = this.#texts.get(source)
    if (text === undefined) {
      const data = readFileSync(source)
      text = (this.context.vault?.decryptFile(data, source) ?? data).toString('utf8').replace(/^\ufeff/, '')
      this.#texts.set(source, text)
    }
    return text
  }

  #data(source: string): Value {
    const { vault, warn } = this.context
    return loadYaml(this.#text(source), { file: source, trusted: true, vault, warn })
  }

  ini(source: string): void {
    readIni(this.#text(source), source, this.inventory, this.#names)
  }

  yaml(source: string): void {
    readYamlInventory(this.#data(source), source, {
      tree: this.inventory,
      names: this.#names,
      warn: this.context.warn,
    })
  }

  toml(source: string): void {
    readTomlInventory(this.#text(source), source, this.inventory, this.#names)
  }

  async script(source: string): Promise<void> {
    const { environ, vault, warn, settings, error = warn } = this.context
    const show =
      !settings.has('inventory.script.always_show_stderr') || settings.bool('inventory.script.always_show_stderr')
    await readScript(source, {
      tree: this.inventory,
      names: this.#names,
      environ,
      vault,
      warn,
      showError: text => {
        if (show) error(text)
      },
    })
  }

  /** A YAML file that names its plugin. */
  async auto(source: string): Promise<void> {
    const config = this.#data(source)
    const plugin = isDict(config) ? config.get('plugin') : undefined
    if (!isDict(config) || typeof plugin !== 'string' || plugin === '') {
      throw new Diagnostic(`no root 'plugin' key found, '${source}' is not a valid YAML inventory plugin config file`, {
        code: 'inventory-plugin',
        at: { file: source, line: 1, column: 1 },
      })
    }
    const reader = READERS[shortName(plugin)]
    if (!reader) {
      const near = didYouMean(plugin, Object.keys(READERS))
      throw new Diagnostic(`inventory config '${source}' specifies unknown plugin '${plugin}'`, {
        code: 'inventory-plugin',
        at: keyPosition(config, 'plugin'),
        hint: near ? `Did you mean ${near}?` : 'Plugins written in Python cannot run here; an inventory script can.',
      })
    }
    if (!reader.wants(source, this)) {
      throw new Diagnostic(`inventory source '${source}' could not be verified by inventory plugin '${plugin}'`, {
        code: 'inventory-plugin',
        at: keyPosition(config, 'plugin'),
      })
    }
    await reader.read(source, this)
  }

  async plugin(source: string, name: 'constructed' | 'generator'): Promise<void> {
    const config = this.#data(source)
    const plugin = isDict(config) ? config.get('plugin') : undefined
    if (!isDict(config) || typeof plugin !== 'string' || shortName(plugin) !== name) {
      throw new Diagnostic(`Incorrect plugin name in file: ${String(plugin ?? 'none found')}`, {
        code: 'inventory-plugin',
        at: { file: source, line: 1, column: 1 },
      })
    }
    const { templar, extraVars, facts, varsFiles, settings } = this.context
    const options: ConstructOptions = {
      tree: this.inventory,
      names: this.#names,
      templar: await templar(),
      extraVars,
      facts,
      varsFiles,
      useExtraVars:
        settings.has('inventory.constructed.use_extra_vars') && settings.bool('inventory.constructed.use_extra_vars'),
    }
    await (name === 'constructed' ? readConstructed : readGenerator)(config, options)
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}

function startsWith(path: string, text: string): boolean {
  const descriptor = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(text.length)
    readSync(descriptor, buffer, 0, text.length, 0)
    return buffer.toString('latin1') === text
  } finally {
    closeSync(descriptor)
  }
}
