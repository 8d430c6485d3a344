/** The lanes of one connection: kept shells per become user, opened when needed, shared, and given up when tainted. */
import { setTimeout as sleep } from 'node:timers/promises'
import { ChannelRefused, type Connection, Unreachable } from '../connection/connection.js'
import type { QueryAnswer } from './host.js'
import { endAllUnder } from './kill.js'
import type { Lane, Traffic } from './lane.js'
import type { ShellText } from './remote.js'
import { type ShellStart, startLane } from './start-shell.js'

/** sshd's default MaxSessions is 10; two stay free for commands that need a channel of their own. */
const defaultLimit = 8

export class Lanes {
  #connection: Promise<Connection> | undefined
  #connected: Connection | undefined
  readonly #idle = new Map<string, Lane[]>()
  readonly #all = new Set<Lane>()
  /** Lanes in use, with what it takes to open another one like them. */
  readonly #busy = new Map<Lane, { readonly key: string; readonly start: ShellStart }>()
  /** How often a command is run again that a lost connection cut off. */
  retries = 0
  #opening = 0
  #limit = defaultLimit
  #waiting: (() => void)[] = []

  constructor(
    private readonly connect: () => Promise<Connection>,
    private readonly traffic: Traffic,
  ) {}

  /** False when there is no connection now. */
  get alive(): boolean {
    return this.#connected?.alive ?? false
  }

  /** The connection, made on first use and again after it was lost. */
  connection(): Promise<Connection> {
    if (this.#connected && !this.#connected.alive) this.#drop()
    if (!this.#connection) {
      const made = this.connect()
      this.#connection = made
      made.then(
        connection => {
          if (this.#connection === made) this.#connected = connection
          this.retries = connection.retries ?? 0
        },
        () => {
          if (this.#connection === made) this.#connection = undefined
        },
      )
    }
    return this.#connection
  }

  /**
   * A lane for one exclusive use. `whole`: for one that will end with its use; a lane that keeps scratch directories is
   * then the last choice, for they go with it.
   */
  async acquire(key: string, start: ShellStart, { whole = false } = {}): Promise<Lane> {
    for (;;) {
      if (this.#connected && !this.#connected.alive) this.#drop()
      const room = this.#all.size + this.#opening < this.#limit
      const idle = this.#takeIdle(key, whole && room)
      if (idle) {
        if (!idle.closed && !idle.tainted) return this.#lend(idle, key, start)
        this.#all.delete(idle)
        continue
      }
      if (room || (await this.#closeIdle())) {
        const lane = await this.#open(start)
        if (lane) return this.#lend(lane, key, start)
        continue
      }
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
  }

  #takeIdle(key: string, plainOnly: boolean): Lane | undefined {
    const idle = this.#idle.get(key) ?? []
    const at = idle.findLastIndex(lane => !plainOnly || lane.scratches === 0)
    return at === -1 ? undefined : idle.splice(at, 1)[0]
  }

  /** Gives a lane back. */
  release(key: string, lane: Lane): void {
    this.#busy.delete(lane)
    if (lane.closed) this.#all.delete(lane)
    else if (!lane.tainted) {
      const idle = this.#idle.get(key)
      if (idle) idle.push(lane)
      else this.#idle.set(key, [lane])
    } else if (lane.scratches === 0) {
      this.#all.delete(lane)
      void lane.close()
    }
    this.#waiting.shift()?.()
  }

  /** Ends the idle shells whose key is one of these. */
  async endIdle(chosen: (key: string) => boolean): Promise<void> {
    const ended: Lane[] = []
    for (const [key, idle] of this.#idle) {
      if (!chosen(key)) continue
      ended.push(...idle.filter(lane => lane.scratches === 0))
      this.#idle.set(
        key,
        idle.filter(lane => lane.scratches > 0),
      )
    }
    for (const lane of ended) this.#all.delete(lane)
    await Promise.all(ended.map(lane => lane.close()))
  }

  /** Closes every lane and the connection; commands that still run (Ctrl-C) are ended with all they started. */
  async close(): Promise<void> {
    if (this.#busy.size > 0) await Promise.race([this.#endRunning(), sleep(3000)])
    const lanes = [...this.#all]
    this.#all.clear()
    this.#idle.clear()
    await Promise.all(lanes.map(lane => lane.close()))
    // Nobody waits for a host that has not answered yet.
    const connection = await Promise.race([this.#connection?.catch(() => undefined), sleep(3000)])
    this.#connection = undefined
    this.#connected = undefined
    if (connection) await connection.close()
  }

  #lend(lane: Lane, key: string, start: ShellStart): Lane {
    this.#busy.set(lane, { key, start })
    return lane
  }

  async #endRunning(): Promise<void> {
    const running = [...this.#busy]
    this.#busy.clear()
    await Promise.all(
      running.map(async ([lane, { key, start }]) => {
        try {
          if (lane.closed || !this.#connected?.alive) return
          const { pid } = await lane.hello
          const helper = this.#idle.get(key)?.pop() ?? (await startLane(this.#connected, start, this.traffic))
          this.#all.add(helper)
          await endAllUnder(pid, async command => {
            const [answer] = await helper.ask([{ kind: 'query', command: command as ShellText }])
            return (answer as QueryAnswer).stdout
          })
          lane.kill()
        } catch {
          // No room for another shell, or the host is gone: closing is all that is left to do.
        }
      }),
    )
  }

  async #open(start: ShellStart): Promise<Lane | undefined> {
    this.#opening += 1
    try {
      // The host always has room for the first one.
      const ahead = this.#all.size === 0 && this.#opening === 1
      const lane = await startLane(await this.connection(), start, this.traffic, { ahead })
      this.#all.add(lane)
      return lane
    } catch (error) {
      if (!(error instanceof ChannelRefused)) throw error
      // As many as there are is as many as the host allows (MaxSessions).
      const have = this.#all.size
      if (have === 0 && this.#opening === 1) throw new Unreachable(error.message)
      this.#limit = Math.max(1, have)
      return undefined
    } finally {
      this.#opening -= 1
    }
  }

  /** Makes room by ending a shell that another become user has left idle. */
  async #closeIdle(): Promise<boolean> {
    for (const idle of this.#idle.values()) {
      const lane = idle.find(one => one.scratches === 0)
      if (!lane) continue
      idle.splice(idle.indexOf(lane), 1)
      this.#all.delete(lane)
      await lane.close()
      return true
    }
    return false
  }

  #drop(): void {
    for (const lane of this.#all) lane.kill()
    this.#all.clear()
    this.#idle.clear()
    this.#connection = undefined
    this.#connected = undefined
  }
}
