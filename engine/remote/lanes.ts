/** The lanes of one connection: kept shells per become user, opened when needed, shared, and given up when tainted. */
import { ChannelRefused, type Connection, Unreachable } from '../connection/connection.js'
import type { Lane, Traffic } from './lane.js'
import { type ShellStart, startLane } from './start-shell.js'

/** sshd's default MaxSessions is 10; two stay free for commands that need a channel of their own. */
const defaultLimit = 8

export class Lanes {
  #connection: Promise<Connection> | undefined
  #connected: Connection | undefined
  readonly #idle = new Map<string, Lane[]>()
  readonly #all = new Set<Lane>()
  #opening = 0
  #limit = defaultLimit
  #waiting: (() => void)[] = []

  constructor(
    private readonly connect: () => Promise<Connection>,
    private readonly traffic: Traffic,
  ) {}

  /** The connection, made on first use and again after it was lost. */
  connection(): Promise<Connection> {
    if (this.#connected && !this.#connected.alive) this.#drop()
    if (!this.#connection) {
      const made = this.connect()
      this.#connection = made
      made.then(
        connection => {
          if (this.#connection === made) this.#connected = connection
        },
        () => {
          if (this.#connection === made) this.#connection = undefined
        },
      )
    }
    return this.#connection
  }

  /** A lane for one exclusive use. */
  async acquire(key: string, start: ShellStart): Promise<Lane> {
    for (;;) {
      if (this.#connected && !this.#connected.alive) this.#drop()
      const idle = this.#idle.get(key)?.pop()
      if (idle) {
        if (!idle.closed && !idle.tainted) return idle
        this.#all.delete(idle)
        continue
      }
      if (this.#all.size + this.#opening < this.#limit || (await this.#closeIdle())) {
        const lane = await this.#open(start)
        if (lane) return lane
        continue
      }
      await new Promise<void>(resolve => this.#waiting.push(resolve))
    }
  }

  /** Gives a lane back. */
  release(key: string, lane: Lane): void {
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

  /** Closes every lane and the connection. */
  async close(): Promise<void> {
    const lanes = [...this.#all]
    this.#all.clear()
    this.#idle.clear()
    await Promise.all(lanes.map(lane => lane.close()))
    const connection = await this.#connection?.catch(() => undefined)
    this.#connection = undefined
    this.#connected = undefined
    await connection?.close()
  }

  async #open(start: ShellStart): Promise<Lane | undefined> {
    this.#opening += 1
    try {
      const lane = await startLane(await this.connection(), start, this.traffic)
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
