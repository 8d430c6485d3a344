/** Everything a run is started with; the command line makes it, nothing of it changes while the run lasts. */
import type { Dict, Value } from '../python/values.js'
import type { Settings } from '../settings/settings.js'
import type { Vault } from '../vault/vault.js'
import type { Emit } from './events.js'

/** How hosts are connected to unless a playbook or a variable says otherwise. */
export interface ConnectionDefaults {
  readonly connection?: string
  readonly remoteUser?: string
  readonly privateKeyFile?: string
  readonly timeout?: number
  readonly sshCommonArgs?: string
  readonly sshExtraArgs?: string
  readonly sftpExtraArgs?: string
  readonly scpExtraArgs?: string
  readonly become: boolean
  readonly becomeMethod?: string
  readonly becomeUser?: string
  /** From -k and -K; asked for once, before the run. */
  readonly connectionPassword?: string
  readonly becomePassword?: string
}

export interface PromptOptions {
  readonly echo: boolean
  /** The answer comes by itself after so long, and only Ctrl-C counts until then. */
  readonly seconds?: number
  /** Ctrl-C offers to go on or to abort, which throws a Diagnostic `pause-aborted`. */
  readonly pausing?: boolean
  /** Lines can be edited and recalled, and may come from a pipe; undefined at Ctrl-C and at the end. */
  readonly console?: boolean
}

export interface RunOptions {
  readonly settings: Settings
  readonly environ: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** -i, in order; empty: the settings' own. */
  readonly inventorySources: readonly string[]
  readonly limit: string | undefined
  /** -e, merged; text of people, so templates in it are templates. */
  readonly extraVars: Dict
  readonly tags: readonly string[]
  readonly skipTags: readonly string[]
  readonly checkMode: boolean
  readonly diffMode: boolean
  readonly forks: number
  readonly verbosity: number
  readonly connection: ConnectionDefaults
  readonly vault: Vault
  readonly startAtTask: string | undefined
  /** Asks before each task when --step was given. */
  readonly step: boolean
  readonly flushCache: boolean
  readonly forceHandlers: boolean
  readonly playbookDir?: string
  readonly emit: Emit
  /** A line from the person at the terminal; undefined when nobody is there. */
  prompt(text: string, options: PromptOptions): Promise<string | undefined>
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

export interface AdhocOptions extends RunOptions {
  readonly pattern: string
  readonly module: string
  /** -a: free-form text, or a dict from JSON. */
  readonly args: Value
  /** -B and -P. */
  readonly asyncSeconds: number
  readonly poll: number
  readonly taskTimeout: number
}

/** Exit codes of ansible-playbook. */
export const exitCodes = {
  ok: 0,
  error: 1,
  failed: 2,
  unreachable: 4,
  usage: 5,
  interrupted: 99,
  unexpected: 250,
} as const
