/** How a host is reached: bytes in, bytes out, an exit code. Files, become, batching and timeouts are built on it, once. */
import type { Readable, Writable } from 'node:stream'
import type { ArgSpec } from '../args.js'

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

/** An option of a connection: an argument spec plus the variables, settings and flags that set it. */
export interface ConnectionOption extends ArgSpec {
  readonly vars?: readonly string[]
  readonly setting?: string
}

export interface ConnectionPlugin<
  T extends { readonly [name: string]: ConnectionOption } = { readonly [name: string]: ConnectionOption },
> {
  readonly name: string
  readonly summary: string
  readonly options: T
  connect(options: ReadonlyMap<string, unknown>): Promise<Connection>
}
export const defineConnection = <const T extends { readonly [name: string]: ConnectionOption }>(
  plugin: ConnectionPlugin<T>,
): ConnectionPlugin<T> => plugin
