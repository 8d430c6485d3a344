/** At most so many at once, first come first served. */
export class Semaphore {
  #free: number
  readonly #waiting: (() => void)[] = []

  constructor(count: number) {
    this.#free = Math.max(1, count)
  }

  async use<T>(work: () => Promise<T>): Promise<T> {
    const leave = await this.enter()
    try {
      return await work()
    } finally {
      leave()
    }
  }

  /** Waits for a turn; call what it gives, once or more often, when the turn is over. */
  async enter(): Promise<() => void> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>(resolve => this.#waiting.push(resolve))
    let over = false
    return () => {
      if (over) return
      over = true
      const next = this.#waiting.shift()
      if (next) next()
      else this.#free++
    }
  }
}
