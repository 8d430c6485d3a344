/** Everything a run needs, opened from its options. */
import { readFileSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { Semaphore } from '../connection/semaphore.js'
import type { Inventory } from '../inventory/inventory.js'
import { loadInventory } from '../inventory/load.js'
import { actionGroupError } from '../module/action-groups.js'
import { checkArgs } from '../module/args.js'
import { engineActions, loadModule, moduleError, moduleInFile, resolveModule } from '../module/registry.js'
import { createLoader } from '../playbook/load.js'
import type { ModuleTable } from '../playbook/module-table.js'
import { type Dict, fromJson, type Value } from '../python/values.js'
import { HostPool } from '../remote/pool.js'
import { createTemplar } from '../template/create.js'
import { lookups } from '../template/lookups/index.js'
import { Memory } from '../vars/facts.js'
import { VarsFiles } from '../vars/files.js'
import { HostVariables } from '../vars/host-variables.js'
import { type HostVariablesOf, Variables } from '../vars/variables.js'
import { openFactCache } from './fact-cache.js'
import { Interruption } from './interruption.js'
import type { RunOptions } from './options.js'
import { pluginSetting } from './plugin-settings.js'
import { rejectedModules } from './rejected-modules.js'
import type { Run } from './run-state.js'
import { Stats } from './stats.js'

/** The version of Ansible whose behaviour `ansible_version` promises to playbooks that ask. */
const ansibleVersion = '2.19.0'

export async function openRun(options: RunOptions): Promise<Run> {
  const { settings, emit, vault } = options
  const warn = (text: string) => emit({ type: 'warning', text })
  const templar = createTemplar({
    readFile: path => vault.decryptFile(readBytes(path), path),
    environ: options.environ,
    setting: name => (settings.has(name) ? settings.get(name) : undefined),
    pluginSetting: asked => pluginSetting(settings, asked),
    hostsMatching: pattern => inventory.match(pattern, { limit: false }).map(host => host.name),
    warn,
  })
  const sources = options.inventorySources.length ? options.inventorySources : settings.list('DEFAULT_HOST_LIST')
  const open = () =>
    loadInventory(sources, {
      settings,
      cwd: options.cwd,
      environ: options.environ,
      vault,
      templar: async () => templar,
      warn,
      detail: text => options.emit({ type: 'debug', level: 3, text }),
      extraVars: options.extraVars,
    })
  const inventory = await open()
  if (options.limit !== undefined) inventory.limit(options.limit)
  const memory = new Memory(openFactCache(options, warn))
  if (options.flushCache) for (const host of inventory.hosts.keys()) memory.forgetFacts(host)
  const hashBehaviour = settings.string('DEFAULT_HASH_BEHAVIOUR') === 'merge' ? 'merge' : 'replace'
  const files = VarsFiles.by(settings, { vault, warn })
  const variables = new Variables({
    extraVars: options.extraVars,
    memory,
    hashBehaviour,
    injectFacts: settings.bool('INJECT_FACTS_AS_VARS'),
    privateRoleVars: settings.bool('DEFAULT_PRIVATE_ROLE_VARS'),
    hostVariables: keptPerVersion(
      inventory,
      new HostVariables({ inventory, files, hashBehaviour, precedence: settings.list('VARIABLE_PRECEDENCE') }),
      options,
    ),
    magic: { inventory, fixed: fixedVariables(options, sources) },
    connection: connectionVariables(options),
  })
  const fixed = fixedVariables(options, sources)
  const loader = createLoader({
    magic: {
      get: name => (name === 'groups' ? inventory.groupsDict() : fixed.get(name)),
      names: () => ['groups', ...[...fixed.keys()].map(String)],
      searchPath: [],
    },
    settings,
    modules: moduleTable(options, rejectedModules(settings, warn)),
    templar,
    extraVars: options.extraVars,
    lookups: new Set(Object.keys(lookups)),
    vault,
    warn,
    deprecated: text => emit({ type: 'deprecation', text }),
    cwd: options.cwd,
  })
  const pool = new HostPool({
    settings,
    environ: options.environ,
    passwords: { connection: options.connection.connectionPassword, become: options.connection.becomePassword },
    prompt: (text, how) => options.prompt(text, how),
    warn,
    debug: (level, text) => emit({ type: 'debug', level, text }),
  })
  return {
    options,
    settings,
    inventory,
    loader,
    variables,
    memory,
    templar,
    pool,
    stats: new Stats(),
    emit,
    interruption: new Interruption(options.signal, () => pool.close()),
    slots: new Semaphore(options.forks),
    console: new Semaphore(1),
    failedHosts: new Set(),
    failedIncludes: new Set(),
    unreachableHosts: new Set(),
    jobs: new Set(),
    startAt: options.startAtTask,
    stepping: options.step,
    async refreshInventory() {
      inventory.replaceWith(await open())
    },
  }
}

/** What playbooks may ask of the run itself. */
function fixedVariables(options: RunOptions, sources: readonly string[]): Dict {
  const [major, minor, revision] = ansibleVersion.split('.').map(Number)
  const fixed: Dict = new Map<Value, Value>([
    [
      'ansible_version',
      fromJson({ full: ansibleVersion, string: ansibleVersion, major: major!, minor: minor!, revision: revision! }),
    ],
    ['ansible_check_mode', options.checkMode],
    ['ansible_diff_mode', options.diffMode],
    ['ansible_forks', options.forks],
    ['ansible_verbosity', options.verbosity],
    ['ansible_run_tags', [...options.tags]],
    ['ansible_skip_tags', [...options.skipTags]],
    [
      'ansible_inventory_sources',
      sources.map(source => (source.includes(',') ? source : resolve(options.cwd, source))),
    ],
    // There is no Python here; plays hand this to ansible_python_interpreter, which nothing reads.
    ['ansible_playbook_python', '/usr/bin/python3'],
  ])
  if (options.limit !== undefined) fixed.set('ansible_limit', options.limit)
  if (options.settings.has('CONFIG_FILE')) fixed.set('ansible_config_file', options.settings.get('CONFIG_FILE'))
  return fixed
}

/** Plays read these, too: `when: ansible_connection == 'docker'`. */
function connectionVariables({ connection, settings }: RunOptions): Dict {
  const name = connection.connection ?? settings.string('DEFAULT_TRANSPORT')
  const timeout = connection.timeout ?? settings.get('DEFAULT_TIMEOUT')
  const key = connection.privateKeyFile ?? settings.get('DEFAULT_PRIVATE_KEY_FILE')
  const user = connection.remoteUser ?? settings.get('DEFAULT_REMOTE_USER')
  const port = settings.get('DEFAULT_REMOTE_PORT')
  const variables: Dict = new Map<Value, Value>([
    ['ansible_connection', name === 'smart' ? 'ssh' : name],
    ['ansible_user', user],
    ['ansible_ssh_user', user],
    ['ansible_port', port],
    ['ansible_ssh_port', port],
    ['ansible_private_key_file', key],
    ['ansible_ssh_private_key_file', key],
    ['ansible_password', connection.connectionPassword ?? null],
    ['ansible_timeout', timeout],
    ['ansible_ssh_timeout', timeout],
    ['ansible_shell_executable', settings.string('DEFAULT_EXECUTABLE')],
    ['ansible_pipelining', settings.get('ANSIBLE_PIPELINING')],
  ])
  for (const [key, value] of variables) if (value === null) variables.delete(key)
  return variables
}

/** The loader's view of the modules. */
export const moduleTable = (
  { environ }: Pick<RunOptions, 'environ'>,
  rejected: ReadonlySet<string> = new Set(),
): ModuleTable => ({
  resolve(written, collections) {
    const found = resolveModule(written, collections)
    return rejected.has(found.fqcn.split('.').at(-1)!) ? { ...found, known: false, ours: false } : found
  },
  error: moduleError,
  groupError: actionGroupError,
  inFile: file => (rejected.has(basename(file).replace(/\.\w+$/, '')) ? undefined : moduleInFile(file)),
  async check(fqcn, args, written) {
    if (engineActions.has(fqcn)) return { errors: [] }
    return checkArgs(await loadModule(fqcn), args, written, environ)
  },
})

const readBytes = (path: string): Buffer => readFileSync(path)

/** Merged once per host until the inventory changes. */
function keptPerVersion(inventory: Inventory, all: HostVariables, { playbookDir }: RunOptions): HostVariablesOf {
  const kept = new Map<string, { readonly version: number; readonly vars: Dict }>()
  return (host, dir) => {
    const key = `${host.name}\0${playbookDir ?? dir ?? ''}`
    const known = kept.get(key)
    if (known?.version === inventory.version) return known.vars
    const vars = all.of(host, playbookDir ?? dir)
    kept.set(key, { version: inventory.version, vars })
    return vars
  }
}
