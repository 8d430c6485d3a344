/** ansible_ssh_retries: a login that failed is tried again, after pauses of 0, 1, 3, 7, … up to 30 seconds, as Ansible does it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Unreachable } from '../connection.js'
import { retryPause } from '../retry-pause.js'

/** Trying again would change nothing, or do harm. */
export class Final extends Unreachable {
  constructor(
    message: string,
    /** A wrong password, which locks accounts when it is tried again and again. */
    readonly password: string | undefined = undefined,
  ) {
    super(message)
  }
}

/** Closed before it began: the sshd has as many logins going on as it wants (MaxStartups). */
export class Dropped extends Unreachable {}

/** How often a busy sshd is asked again, with longer and longer pauses: some 20 seconds in all. */
const patience = 12

/** A busy sshd gets a moment each time. */
export async function whenThereIsRoom<T>(connect: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let dropped = 0; ; dropped++) {
    try {
      return await connect()
    } catch (error) {
      if (!(error instanceof Dropped) || dropped === patience) throw error
      await sleep(Math.min(2 ** dropped * 60, 1500) * (1 + Math.random()), undefined, { ...(signal && { signal }) })
    }
  }
}

export interface Retrying {
  readonly host: string
  /** Beyond the first try. */
  readonly retries: number
  readonly debug: (level: number, text: string) => void
  readonly signal?: AbortSignal | undefined
}

/** What `connect` gives, at last; its last error when no try is left. */
export async function withRetries<T>(
  { host, retries, debug, signal }: Retrying,
  connect: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await connect()
    } catch (error) {
      if (error instanceof Final && error.password !== undefined && attempt < retries) {
        const left = retries - attempt
        throw new Unreachable(
          `Invalid/incorrect username/password. Skipping remaining ${left} retries to prevent account lockout: ${error.password}`,
        )
      }
      if (!(error instanceof Unreachable) || error instanceof Final || attempt >= retries) throw error
      const pause = retryPause(attempt)
      debug(
        2,
        `<${host}> ssh_retry: attempt: ${attempt + 1}, ssh return code is 255 (${error.message}), pausing for ${pause / 1000} seconds`,
      )
      await sleep(pause, undefined, { ...(signal && { signal }) })
    }
  }
}
