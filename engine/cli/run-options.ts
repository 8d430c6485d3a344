/** Command line, environment and ansible.cfg → everything a run is started with. Shared by playbook, adhoc and console. */
import { resolve } from 'node:path'
import { isatty } from 'node:tty'
import type { PromptOptions, RunOptions } from '../executor/options.js'
import { type OutputChoice, type Outputs, openOutputs } from '../output/outputs.js'
import { configFileNote, type LoadedSettings, loadSettings } from '../settings/load.js'
import { loadVault } from '../vault/secrets.js'
import type { Vault } from '../vault/vault.js'
import { ask, askConsole, inForeground } from './ask.js'
import { extraVars } from './extra-vars.js'
import { type ParsedFlags, UsageError } from './flags.js'
import { interruption } from './interruption.js'
import type { Io } from './io.js'
import { passOverLateFailures } from './late-failures.js'
import type { Options } from './options.js'
import { readPasswords } from './password.js'
import { versionOf } from './version.js'

export interface Prepared {
  readonly settings: LoadedSettings
  readonly outputs: Outputs
  readonly options: RunOptions
  readonly vault: Vault
  /** Stops listening for Ctrl-C. */
  done(): void
}

export interface Preparation {
  readonly flags: ParsedFlags
  readonly table: Options
  readonly io: Io
  readonly program: string
  /** Where the outputs are other than the settings say. */
  readonly outputs?: (settings: LoadedSettings) => OutputChoice
  /** Runs before anybody is asked for a password. */
  readonly check?: (settings: LoadedSettings) => void
}

export async function prepare({ flags, table, io, program, check, outputs: choice }: Preparation): Promise<Prepared> {
  const settings = loadSettings({ environ: io.env, cwd: io.cwd })
  override(settings, flags, table)
  const verbosity = flags.count('verbose') + settings.number('DEFAULT_VERBOSITY')
  const checkMode = flags.has('check')
  const { stdout, stderr } = io
  const where = { settings, environ: io.env, verbosity, checkMode, stdout, stderr }
  const outputs = await openOutputs({ ...where, ...choice?.(settings) })
  const { screen } = outputs
  for (const warning of settings.warnings) screen.warning(warning)
  if (verbosity > 1) screen.verbose(versionOf(program, settings).trimEnd())
  if (verbosity > 0) screen.verbose(configFileNote(settings))
  check?.(settings)

  const passwords = await readPasswords(flags, settings, io)
  const warn = (text: string) => screen.warning(text)
  const vault = await loadVault({
    ids: flags.list('vaultId'),
    passwordFiles: flags.list('vaultPasswordFile'),
    ask: flags.has('askVaultPass') || settings.bool('DEFAULT_ASK_VAULT_PASS'),
    settings,
    cwd: io.cwd,
    environ: io.env,
    prompt: text => ask(io, text),
    warn,
  })
  for (const password of [passwords.connectionPassword, passwords.becomePassword])
    if (password !== undefined) screen.secrets.hide(password)
  for (const { password } of vault.secrets) screen.secrets.hide(password.toString('utf8'))
  const mergeDicts = settings.string('DEFAULT_HASH_BEHAVIOUR') === 'merge'
  const interrupt = interruption(screen.raw)
  const minded = passOverLateFailures()
  const options: RunOptions = {
    settings,
    environ: io.env,
    cwd: io.cwd,
    inventorySources: flags.list('inventory').map(source => inventorySource(source, io.cwd)),
    limit: flags.value('limit'),
    extraVars: extraVars(flags.list('extraVars'), { cwd: io.cwd, vault, mergeDicts, warn }),
    tags: tagList(flags.list('tags'), settings.list('TAGS_RUN'), ['all']),
    skipTags: tagList(flags.list('skipTags'), settings.list('TAGS_SKIP'), []),
    checkMode,
    diffMode: flags.has('diff') || settings.bool('DIFF_ALWAYS'),
    forks: settings.number('DEFAULT_FORKS'),
    verbosity,
    connection: {
      ...text('connection', flags.value('connection')),
      ...text('remoteUser', flags.value('user')),
      ...text('privateKeyFile', flags.value('privateKey')),
      ...(flags.has('timeout') ? { timeout: Number(flags.value('timeout')) } : {}),
      ...text('sshCommonArgs', flags.value('sshCommonArgs')),
      ...text('sshExtraArgs', flags.value('sshExtraArgs')),
      ...text('sftpExtraArgs', flags.value('sftpExtraArgs')),
      ...text('scpExtraArgs', flags.value('scpExtraArgs')),
      become: flags.has('become') || settings.bool('DEFAULT_BECOME') || settings.bool('DEFAULT_SUDO'),
      ...text('becomeMethod', flags.value('becomeMethod')),
      ...text('becomeUser', flags.value('becomeUser')),
      ...passwords,
    },
    vault,
    startAtTask: flags.value('startAtTask'),
    step: flags.has('step'),
    flushCache: flags.has('flushCache'),
    forceHandlers: flags.has('forceHandlers') || settings.bool('DEFAULT_FORCE_HANDLERS'),
    emit: outputs.emit,
    prompt: (text, how) => outputs.asking(() => question(io, text, how, interrupt.signal)),
    signal: interrupt.signal,
  }
  const done = () => {
    interrupt.done()
    minded()
    outputs.close()
  }
  return { settings, outputs, options, vault, done }
}

const text = <K extends string>(key: K, value: string | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: string }

/** Flags win over the settings they stand for; numbers are checked here, with argparse's words. */
export function override(settings: LoadedSettings, flags: ParsedFlags, table: Options): void {
  for (const [name, option] of Object.entries(table)) {
    if (!flags.has(name)) continue
    const value = flags.value(name)!
    if (option.number && !/^[+-]?\d+$/.test(value.trim()))
      throw new UsageError(`argument ${option.names.join('/')}: invalid int value: '${value}'`)
    if (option.number === 'positive' && Number(value) < 1)
      throw new UsageError('The number of processes (--forks) must be >= 1')
    const setting = option.setting ?? (name === 'forks' ? 'DEFAULT_FORKS' : undefined)
    if (setting === undefined) continue
    settings.override(
      setting,
      option.kind === 'switch' ? true : option.number ? Number(value) : value,
      option.names[0]!,
    )
  }
}

const inventorySource = (source: string, cwd: string) => (source.includes(',') ? source : resolve(cwd, expand(source)))
const expand = (path: string) => path.replace(/^~(?=\/|$)/, process.env.HOME ?? '~')

function tagList(given: readonly string[], configured: readonly string[], otherwise: readonly string[]): string[] {
  const chosen = given.length > 0 ? given : configured.length > 0 ? configured : otherwise
  return [...new Set(chosen.flatMap(tags => tags.split(',')).map(tag => tag.trim()))].filter(tag => tag !== '')
}

/** A question of vars_prompt, pause, --step or the debugger; nobody is there when stdin is not a terminal. */
async function question(
  io: Io,
  text: string,
  { echo, console, ...how }: PromptOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (console) return askConsole(io, text)
  if (!io.ask && !((io.stdin.isTTY ?? isatty(0)) && inForeground())) return undefined
  return ask(io, text, { ...how, hidden: !echo, signal })
}
