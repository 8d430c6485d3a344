/** How a host is reached: bytes in, bytes out, an exit code. Files, become, batching and timeouts are built on it, once. */
import type { Readable, Writable } from 'node:stream'
import type { ArgSpec } from '../args.js'
import type { Value } from '../python/values.js'

export interface Channel {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Settles when the remote command has ended and all output was delivered. */
  readonly exit: Promise<{ readonly code: number | null; readonly signal: string | undefined }>
  /** Ends the remote command as well as the transport allows. */
  kill(): void
}

export interface Connection {
  /** Starts `command` with the user's login shell (ssh) or /bin/sh (local). */
  open(command: string, options?: { readonly pty?: boolean }): Promise<Channel>
  close(): Promise<void>
  /** False once the link is known to be gone; what is opened then fails. */
  readonly alive: boolean
  /** Why it is gone, once it is. */
  readonly lost?: string | undefined
  /** How often a command that a lost connection cut off is run again (ansible_ssh_retries). */
  readonly retries?: number
  /** Who commands run as, where that is known without asking. */
  readonly user: string | undefined
  /** For the log: what this is connected to, as user. */
  readonly description: string
}

/** The host could not be reached, or was lost: the executor marks it unreachable and goes on with the others. */
export class Unreachable extends Error {
  constructor(
    message: string,
    readonly hint?: string,
  ) {
    super(message)
    this.name = 'Unreachable'
  }
}

/** The host has no room for another channel (sshd's MaxSessions): the caller makes do with those it has. */
export class ChannelRefused extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'ChannelRefused'
  }
}

/** Asks the person at the terminal; undefined when nobody is there. */
export type Prompt = (text: string, options: { readonly echo: boolean }) => Promise<string | undefined>

/** An option of a connection: an argument spec plus the variables, settings and flags that set it. */
export interface ConnectionOption extends ArgSpec {
  readonly vars?: readonly string[]
  /** Settings that give it; the first that somebody set wins. */
  readonly setting?: string | readonly string[]
  /** Task or play keyword that sets it (remote_user, port, …); variables win over it. */
  readonly keyword?: string
}

/** What a connection may need from the controller while it is made. */
export interface ConnectContext {
  readonly prompt: Prompt | undefined
  readonly environ: Readonly<Record<string, string | undefined>>
  readonly warn: (text: string) => void
  /** Nobody waits any longer for connections that are not made yet. */
  readonly signal?: AbortSignal | undefined
  /** Verbose text about how the connection is made. */
  readonly debug: (level: number, text: string) => void
}

export interface ConnectionPlugin<
  T extends { readonly [name: string]: ConnectionOption } = { readonly [name: string]: ConnectionOption },
> {
  readonly name: string
  readonly summary: string
  readonly options: T
  /** Throws Unreachable. */
  connect(options: ReadonlyMap<string, Value>, context: ConnectContext): Promise<Connection>
}
export const defineConnection = <const T extends { readonly [name: string]: ConnectionOption }>(
  plugin: ConnectionPlugin<T>,
): ConnectionPlugin<T> => plugin
