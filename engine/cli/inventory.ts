/** `understudy inventory`: what the inventory says, in the shapes of ansible-inventory. */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Diagnostic } from '../diagnostics.js'
import { describeInventory, graph, type ListingOptions } from '../inventory/listing.js'
import { loadInventory } from '../inventory/load.js'
import type { Dict, Value } from '../python/values.js'
import { type LoadedSettings, loadSettings } from '../settings/load.js'
import { VarsFiles } from '../vars/files.js'
import { HostVariables, inventoryFolders } from '../vars/host-variables.js'
import type { HashBehaviour } from '../vars/merge.js'
import { mergeInto } from '../vars/merge.js'
import { replaceFile } from '../vault/files.js'
import { loadVault } from '../vault/secrets.js'
import type { Vault } from '../vault/vault.js'
import { ask } from './ask.js'
import { extraVars } from './extra-vars.js'
import { describeFlags, type Flags, type ParsedFlags, parseFlags, UsageError } from './flags.js'
import type { Io } from './io.js'
import { makeTemplar } from './templar.js'
import { vaultFlags } from './vault-flags.js'

const FLAGS: Flags = {
  inventory: {
    names: ['-i', '--inventory', '--inventory-file'],
    kind: 'list',
    metavar: 'INVENTORY',
    summary: 'specify inventory host path or comma separated host list',
  },
  limit: { names: ['-l', '--limit'], kind: 'value', metavar: 'SUBSET', summary: 'show only what this pattern selects' },
  list: { names: ['--list'], kind: 'switch', summary: 'Output all hosts info, works as inventory script' },
  host: {
    names: ['--host'],
    kind: 'value',
    metavar: 'HOST',
    summary: 'Output specific host info, works as inventory script',
  },
  graph: {
    names: ['--graph'],
    kind: 'switch',
    summary: 'create inventory graph, if supplying pattern it must be a valid group name',
  },
  yaml: {
    names: ['-y', '--yaml'],
    kind: 'switch',
    summary: 'Use YAML format instead of default JSON, ignored for --graph',
  },
  toml: { names: ['--toml'], kind: 'switch', summary: 'Use TOML format instead of default JSON, ignored for --graph' },
  vars: { names: ['--vars'], kind: 'switch', summary: 'Add vars to graph display, ignored unless used with --graph' },
  export: {
    names: ['--export'],
    kind: 'switch',
    summary: 'When doing --list, keep variables with the groups they were written for',
  },
  output: {
    names: ['--output'],
    kind: 'value',
    metavar: 'OUTPUT_FILE',
    summary: 'When doing --list, send the inventory to a file instead of to the screen',
  },
  playbookDir: {
    names: ['--playbook-dir'],
    kind: 'value',
    metavar: 'BASEDIR',
    summary: 'substitute playbook directory, for group_vars and host_vars',
  },
  extraVars: {
    names: ['-e', '--extra-vars'],
    kind: 'list',
    metavar: 'EXTRA_VARS',
    summary: 'set additional variables as key=value or YAML/JSON, if filename prepend with @',
  },
  ...vaultFlags,
  verbose: { names: ['-v', '--verbose'], kind: 'count', summary: 'say more' },
  help: { names: ['-h', '--help'], kind: 'switch', summary: 'show this help message and exit' },
}
const USAGE = 'usage: understudy inventory [options] (--list | --host HOST | --graph) [group]'

/** Runs the command and answers with its exit code. */
export async function inventory(argv: string[], io: Io): Promise<number> {
  let flags: ParsedFlags
  try {
    flags = parseFlags(argv, FLAGS)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    io.stderr.write(`${USAGE}\nunderstudy inventory: error: ${error.message}\n`)
    return 2
  }
  if (flags.has('help')) {
    io.stdout.write(
      `${USAGE}\n\nShow the inventory, by default as an inventory script would print it\n\noptions:\n${describeFlags(FLAGS)}\n`,
    )
    return 0
  }
  checkUse(flags)
  const listing = await prepare(flags, io)
  const text = shown(flags, listing)
  const file = flags.value('output')
  if (file === undefined || flags.has('graph')) io.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
  else replaceFile(resolve(io.cwd, file), text, { keep: true })
  return 0
}

function checkUse(flags: ParsedFlags): void {
  const wrong = (message: string) => new Diagnostic(message, { code: 'options' })
  const chosen = ['list', 'host', 'graph'].filter(name => flags.has(name))
  if (chosen.length === 0) {
    throw wrong('No action selected, at least one of --host, --graph or --list needs to be specified.')
  }
  if (chosen.length > 1) {
    throw wrong('Conflicting options used, only one of --host, --graph or --list can be used at the same time.')
  }
  if (flags.has('yaml') && flags.has('toml'))
    throw wrong('Conflicting options used, --yaml and --toml exclude each other.')
  if (flags.has('vars') && !flags.has('graph')) return
}

function shown(flags: ParsedFlags, listing: ListingOptions): string {
  const format = flags.has('yaml') ? 'yaml' : flags.has('toml') ? 'toml' : 'json'
  const host = flags.value('host')
  if (host !== undefined) return describeInventory.host(host, format, listing)
  const top = flags.words[0] ?? 'all'
  return flags.has('graph') ? graph(top, flags.has('vars'), listing) : describeInventory.list(format, listing)
}

async function prepare(flags: ParsedFlags, io: Io): Promise<ListingOptions> {
  const settings = loadSettings({ environ: io.env, cwd: io.cwd })
  const told = new Set<string>()
  const warn = (message: string) => {
    if (told.has(message)) return
    told.add(message)
    io.stderr.write(`[WARNING]: ${message}\n`)
  }
  for (const warning of settings.warnings) warn(warning)
  const vault = await vaultFrom(flags, settings, io, warn)
  const hashBehaviour: HashBehaviour = settings.string('DEFAULT_HASH_BEHAVIOUR') === 'merge' ? 'merge' : 'replace'
  const extra = extraVars(flags.list('extraVars'), { cwd: io.cwd, vault, mergeDicts: hashBehaviour === 'merge', warn })
  const sources = flags.has('inventory') ? flags.list('inventory') : settings.list('DEFAULT_HOST_LIST')
  const files = VarsFiles.by(settings, { vault, warn })
  const found = await loadInventory(sources, {
    settings,
    environ: io.env,
    cwd: io.cwd,
    vault,
    warn,
    error: message => void io.stderr.write(`[ERROR]: ${message}\n`),
    extraVars: extra,
    varsFiles: (kind, name) =>
      inventoryFolders(sources.map(source => resolve(io.cwd, source))).flatMap(folder =>
        files.load(folder, kind, name),
      ),
    templar: () => makeTemplar({ settings, io, vault, warn }),
  })
  if (flags.has('limit')) found.limit(flags.value('limit')!)
  const variables = new HostVariables({
    inventory: found,
    files,
    hashBehaviour,
    precedence: settings.list('VARIABLE_PRECEDENCE'),
  })
  const playbookDir = folderOf(flags, settings, io)
  const exported = flags.has('export') || settings.bool('INVENTORY_EXPORT')
  return {
    inventory: found,
    export: exported,
    hostVars: host => {
      if (exported) return variables.ofHostAlone(host, playbookDir)
      const vars: Dict = variables.of(host, playbookDir ?? io.cwd)
      mergeInto(vars, extra, hashBehaviour)
      return vars
    },
    groupVars: group => variables.ofGroup(group, playbookDir),
  }
}

function folderOf(flags: ParsedFlags, settings: LoadedSettings, io: Io): string | undefined {
  const written: Value =
    flags.value('playbookDir') ?? (settings.has('PLAYBOOK_DIR') ? settings.get('PLAYBOOK_DIR') : null)
  if (typeof written !== 'string') return undefined
  const folder = resolve(io.cwd, written)
  if (existsSync(folder) && statSync(folder).isDirectory()) return folder
  throw new Diagnostic(`--playbook-dir: ${written} is not a directory`, { code: 'options' })
}

function vaultFrom(
  flags: ParsedFlags,
  settings: LoadedSettings,
  io: Io,
  warn: (message: string) => void,
): Promise<Vault> {
  return loadVault({
    ids: flags.list('vaultId'),
    passwordFiles: flags.list('passwordFile'),
    ask: flags.has('ask') || settings.bool('DEFAULT_ASK_VAULT_PASS'),
    settings,
    cwd: io.cwd,
    environ: io.env,
    prompt: text => ask(io, text),
    warn,
  })
}
