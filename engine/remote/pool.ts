/** All hosts of a run: one kept connection per way to reach a host, shared by its tasks. */
import { setMaxListeners } from 'node:events'
import { readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import type { Readable } from 'node:stream'
import { type BecomeOptions, becomeElsewhere, becomeMethodNamed, becomeOptionSpecs } from '../connection/become.js'
import type { ConnectContext, ConnectionPlugin, Prompt } from '../connection/connection.js'
import { OptionError, resolveOptions, whenKnown } from '../connection/options.js'
import { connectionNamed, loadConnection, noConnection } from '../connection/registry.js'
import { escapeRegExp } from '../python/regexp.js'
import type { Value } from '../python/values.js'
import type { Settings } from '../settings/settings.js'
import { openRemote } from './changes.js'
import type { Answer, Change, ChangeAnswer, Host, Identity, Request } from './host.js'
import type { Traffic } from './lane.js'
import { Lanes } from './lanes.js'
import { type Effect, type Outcome, RemoteFailure, type TaskRemote } from './remote.js'
import { ShellHost } from './shell-host.js'

/** A host and how a task reaches it. */
export interface Target {
  /** inventory_hostname (of the delegate, when delegated). */
  readonly name: string
  /** Connection name as the task resolved it: ssh, local, … */
  readonly connection: string
  /** Rendered value of a variable for this host; undefined when there is none. */
  readonly vars: (name: string) => Value | undefined
  /** Rendered keywords: remote_user, port, become, become_user, become_method, become_exe, become_flags, timeout. */
  readonly keywords?: ReadonlyMap<string, Value> | undefined
}

/** What a task asks of its remote. */
export interface TaskNeeds {
  readonly checkMode: boolean
  readonly diffMode: boolean
  readonly environment: ReadonlyMap<string, string>
  /** Seconds for each effect; 0 for ever. */
  readonly timeout?: number
  /** Told what commands print, as it comes. */
  readonly onOutput?: Effect['onOutput']
  /** Told what the task cost on the way to its host, when it was there at all. */
  readonly onEnd?: ((spent: Spent) => void) | undefined
}

/** What a task sent and got, and for how long it waited for its host (seconds). */
export interface Spent extends Traffic {
  waited: number
}

export interface PoolOptions {
  readonly settings: Settings
  /** Asks the person at the terminal (passphrases, unknown host keys); undefined in a pipe. */
  readonly prompt?: Prompt | undefined
  /** Given with -k and -K. */
  readonly passwords?: { readonly connection?: string | undefined; readonly become?: string | undefined }
  readonly environ?: Readonly<Record<string, string | undefined>>
  readonly warn?: (text: string) => void
  readonly debug?: (level: number, text: string) => void
  /** Connections kept open at once (default: what open files allow, up to 2,000); idle ones beyond are closed, longest unused first. */
  readonly maxConnections?: number
}

export interface PoolStats extends Traffic {
  connections: number
}

interface Link {
  readonly lanes: Lanes
  /** Whom it logs in as, where that is said. */
  readonly login: string | undefined
  /** Tasks that hold it now. */
  users: number
}

export class HostPool {
  readonly stats: PoolStats = { trips: 0, sent: 0, received: 0, connections: 0 }
  /** Traffic per host name. */
  readonly hosts = new Map<string, Traffic>()
  /** In order of use, the longest unused first. */
  readonly #links = new Map<string, Link>()
  /** Keys of the links that a target's last task used, for `reset`. */
  readonly #byHost = new Map<string, Set<string>>()
  readonly #context: ConnectContext
  /** Ends what is still being connected. */
  readonly #giveUp = new AbortController()
  #closing: Promise<void> | undefined

  constructor(private readonly options: PoolOptions) {
    // Every connection that is being made listens.
    setMaxListeners(0, this.#giveUp.signal)
    this.#context = {
      prompt: options.prompt && oneAtATime(options.prompt),
      environ: options.environ ?? process.env,
      warn: options.warn ?? (() => {}),
      debug: options.debug ?? (() => {}),
      signal: this.#giveUp.signal,
    }
  }

  /** The remote of one task; connects when it is first used. Throws nothing itself. */
  remote(target: Target, needs: TaskNeeds): TaskRemote {
    const host = new LazyHost(traffic => this.#open(target, needs, traffic), needs.onEnd)
    return openRemote(host, {
      checkMode: needs.checkMode,
      diffMode: needs.diffMode,
      onDispose: () => host.dispose(),
    })
  }

  /** Drops the connections to a host: meta reset_connection, or after a reboot. The next task connects anew. */
  async reset(target: Pick<Target, 'name'>): Promise<void> {
    const keys = [...(this.#byHost.get(target.name) ?? [])]
    // The links stay: a task that holds one (reboot) goes on with it, on a new connection.
    await Promise.all(keys.map(key => this.#links.get(key)?.lanes.close()))
  }

  /** Closes everything; shells remove what they left on their way out. */
  close(): Promise<void> {
    this.#giveUp.abort()
    this.#closing ??= Promise.all([...this.#links.keys()].map(key => this.#close(key))).then(() => {})
    return this.#closing
  }

  async #open(target: Target, needs: TaskNeeds, traffic: Traffic): Promise<OpenHost> {
    if (this.#closing) throw new RemoteFailure('the run was ended')
    const { settings } = this.options
    const name = connectionNamed(target.connection)
    if (name === undefined) throw new RemoteFailure(noConnection(target.connection))
    const plugin = await loadConnection(name)
    try {
      const options = await whenKnown(() => resolveOptions(plugin.options, { ...target, settings }))
      const become = await whenKnown(() => resolveBecome(target, settings, this.options.passwords?.become))
      for (const address of ['host', 'remote_addr']) {
        if (plugin.options[address] && !options.has(address)) options.set(address, target.name)
      }
      if (plugin.options.password && !options.has('password') && this.options.passwords?.connection !== undefined) {
        options.set('password', this.options.passwords.connection)
      }
      return await this.#task(target, needs, { plugin, options, become, traffic })
    } catch (error) {
      if (error instanceof OptionError) throw new RemoteFailure(error.message)
      throw error
    }
  }

  async #task(
    target: Target,
    needs: TaskNeeds,
    {
      plugin,
      options,
      become,
      traffic,
    }: {
      plugin: ConnectionPlugin
      options: Map<string, Value>
      become: BecomeOptions | undefined
      traffic: Traffic
    },
  ): Promise<OpenHost> {
    const { settings } = this.options
    const key = JSON.stringify([plugin.name, target.name, ...options])
    const link = this.#link(key, target.name, plugin, options)
    link.users += 1
    const same = become && !bool(settings, 'BECOME_ALLOW_SAME_USER') && (await this.#isSameUser(link, become))
    const acting = same ? undefined : become
    const timeout = Number(options.get('timeout') ?? 10)
    const shell = String(options.get('executable') ?? '/bin/sh')
    const onStart = (command: string) => this.#context.debug(3, `<${target.name}> EXEC ${command}`)
    const host = new ShellHost(
      link.lanes,
      acting ? JSON.stringify(acting) : '',
      { become: acting, shell, timeout, onStart },
      {
        environment: needs.environment,
        timeout: needs.timeout ?? 0,
        onOutput: needs.onOutput,
        traffic,
        leaveUsers: text => this.#leaveUsers(target.name, text),
      },
    )
    return {
      host,
      leave: async () => {
        try {
          await host.dispose()
        } finally {
          link.users -= 1
          this.#trim()
        }
      },
    }
  }

  #link(key: string, name: string, plugin: ConnectionPlugin, options: Map<string, Value>): Link {
    const known = this.#links.get(key)
    if (known) {
      this.#links.delete(key)
      this.#links.set(key, known)
      return known
    }
    const traffic = this.#traffic(name)
    const login = options.get('remote_user')
    const connect = () => {
      this.stats.connections += 1
      const kind = plugin.name.split('.').at(-1)!.toUpperCase()
      const user = login ?? (plugin.name === 'ansible.builtin.local' ? userInfo().username : 'None')
      this.#context.debug(3, `<${name}> ESTABLISH ${kind} CONNECTION FOR USER: ${String(user)}`)
      return plugin.connect(options, this.#context)
    }
    const link: Link = {
      lanes: new Lanes(connect, traffic),
      login: login === undefined ? undefined : String(login),
      users: 0,
    }
    this.#links.set(key, link)
    const keys = this.#byHost.get(name)
    if (keys) keys.add(key)
    else this.#byHost.set(name, new Set([key]))
    this.#trim()
    return link
  }

  /** Counts for one host and for all. */
  #traffic(name: string): Traffic {
    const own = this.hosts.get(name) ?? { trips: 0, sent: 0, received: 0 }
    this.hosts.set(name, own)
    const { stats } = this
    const both = (field: keyof Traffic) => ({
      get: () => own[field],
      set: (value: number) => {
        stats[field] += value - own[field]
        own[field] = value
      },
    })
    return Object.defineProperties({} as Traffic, {
      trips: both('trips'),
      sent: both('sent'),
      received: both('received'),
    })
  }

  /** Without a change of user Ansible does not become anybody. */
  async #isSameUser(link: Link, become: BecomeOptions): Promise<boolean> {
    const { user } = await link.lanes.connection()
    return user !== undefined && user === become.user
  }

  /** Kept shells of a user, and connections as them, would be processes of a user who is to be removed. */
  async #leaveUsers(name: string, text: string): Promise<void> {
    const named = (user: string) => new RegExp(`(?<![\\w.-])${escapeRegExp(user)}(?![\\w.-])`).test(text)
    const ofNamed = (key: string) => key !== '' && named((JSON.parse(key) as BecomeOptions).user)
    await Promise.all(
      [...(this.#byHost.get(name) ?? [])].map(async key => {
        const link = this.#links.get(key)
        if (link?.users === 0 && link.login !== undefined && named(link.login)) await this.#close(key)
        else await link?.lanes.endIdle(ofNamed)
      }),
    )
  }

  #trim(): void {
    const limit = this.options.maxConnections ?? connectionsKept()
    for (const [key, link] of this.#links) {
      if (this.#links.size <= limit) return
      if (link.users === 0) void this.#close(key)
    }
  }

  async #close(key: string): Promise<void> {
    const link = this.#links.get(key)
    this.#links.delete(key)
    await link?.lanes.close()
  }
}

let kept: number | undefined
/** As many as there is room for beside the run's own files: who has to log in again for every task takes a hundred times longer. */
function connectionsKept(): number {
  if (kept !== undefined) return kept
  let files = 0
  try {
    files = Number(/^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]) || 0
  } catch {
    // Not Linux.
  }
  kept = Math.min(Math.max(400, files - 200), 2000)
  return kept
}

/** How a target becomes another user; undefined when it does not. */
export function resolveBecome(
  target: Target,
  settings: Settings,
  asked: string | undefined,
): BecomeOptions | undefined {
  const sources = { vars: target.vars, keywords: target.keywords, settings }
  const general = resolveOptions(
    {
      become: { type: 'bool', vars: ['ansible_become'], keyword: 'become', setting: 'DEFAULT_BECOME', summary: '' },
      method: {
        type: 'str',
        default: 'sudo',
        vars: ['ansible_become_method'],
        keyword: 'become_method',
        setting: 'DEFAULT_BECOME_METHOD',
        summary: '',
      },
    },
    sources,
  )
  if (general.get('become') !== true) return undefined
  const written = String(general.get('method'))
  const method = becomeMethodNamed(written)
  if (method === undefined)
    throw new RemoteFailure(
      becomeElsewhere(written) ??
        `Invalid become method specified, could not find matching plugin: '${written}'. Use \`ansible-doc -t become -l\` to list available plugins.`,
    )
  const options = resolveOptions(becomeOptionSpecs(method), sources)
  const password = options.get('become_pass') ?? asked
  return {
    method,
    user: String(options.get('become_user') ?? 'root'),
    exe: String(options.get('become_exe') ?? method),
    flags: String(options.get('become_flags') ?? ''),
    password: password === undefined ? undefined : String(password),
  }
}

interface OpenHost {
  readonly host: ShellHost
  readonly leave: () => Promise<void>
}

/** Stands for a host until the first use. */
class LazyHost implements Host {
  #opening: Promise<OpenHost> | undefined
  #open: OpenHost | undefined
  readonly #spent: Spent = { trips: 0, sent: 0, received: 0, waited: 0 }
  /** Uses that wait for the host now, and since when. */
  #uses = 0
  #since = 0

  constructor(
    private readonly opener: (traffic: Traffic) => Promise<OpenHost>,
    private readonly onEnd: TaskNeeds['onEnd'],
  ) {}

  get identity(): Identity {
    if (!this.#open) throw new Error('who commands run as is known after the first answer')
    return this.#open.host.identity
  }

  ask(requests: readonly Request[]): Promise<readonly Answer[]> {
    return this.#use(host => host.ask(requests))
  }
  run(effect: Effect): Promise<Omit<Outcome, 'skipped'>> {
    return this.#use(host => host.run(effect))
  }
  change(changes: readonly Change[]): Promise<readonly ChangeAnswer[]> {
    return this.#use(host => host.change(changes))
  }
  download(path: string): Promise<Readable> {
    return this.#use(host => host.download(path))
  }
  scratch(use?: 'programs'): Promise<string> {
    return this.#use(host => host.scratch(use))
  }

  async dispose(): Promise<void> {
    const opening = this.#opening
    this.#opening = undefined
    const open = await opening?.catch(() => undefined)
    try {
      await open?.leave()
    } finally {
      if (opening) this.onEnd?.(this.#spent)
    }
  }

  async #use<T>(use: (host: ShellHost) => Promise<T>): Promise<T> {
    // What is done at the same time is waited for once.
    if (this.#uses++ === 0) this.#since = performance.now()
    try {
      this.#opening ??= this.opener(this.#spent)
      this.#open = await this.#opening
      return await use(this.#open.host)
    } finally {
      if (--this.#uses === 0) this.#spent.waited += (performance.now() - this.#since) / 1000
    }
  }
}

const bool = (settings: Settings, name: string): boolean => settings.has(name) && settings.bool(name)

/** Prompts of several hosts must not mix on one terminal. */
function oneAtATime(prompt: Prompt): Prompt {
  let last: Promise<unknown> = Promise.resolve()
  return (text, options) => {
    const next = last.then(() => prompt(text, options))
    last = next.catch(() => {})
    return next
  }
}
