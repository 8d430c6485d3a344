/** One line of the table: the same work given to each program. */
import type { Endpoints } from './endpoints.js'
import type { Peer, Program } from './programs.js'

export interface Command {
  readonly argv: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
}

export interface Work {
  /** A playbook; who is not given a command of its own runs it. */
  readonly playbook?: string
  /** pyinfra's way to do it. */
  readonly deploy?: string
  /** Arguments for ansible-playbook and for us. */
  readonly args?: readonly string[]
  readonly commands?: Readonly<Partial<Record<Program, Command>>>
  /** Not timed, before each run. */
  before?(): void
}

export interface Line {
  readonly name: string
  readonly title: string
  /** How many times faster than each peer it has to be. */
  readonly bar: Readonly<Partial<Record<Peer, number>>>
  /** Our time may be at most so many times this peer's (a floor, a plain `ssh`). */
  readonly within?: Readonly<Partial<Record<Program, number>>>
  readonly hosts?: number
  /** Milliseconds that the link takes there and back. */
  readonly rtt?: number
  readonly rounds?: number
  /** What counts: seconds on the wall, or of processor, or the most memory that the process tree held (MB). */
  readonly unit?: 's' | 'cpu' | 'MB'
  /** Our own value may be at most this. */
  readonly limit?: number
  /** Files the line works on; `folder` is its own and empty. */
  prepare(place: { readonly folder: string; readonly endpoints: Endpoints }): Work
}
