/** Ctrl-C: what runs on hosts is ended, and nobody waits for it any longer. */
export class Interruption {
  readonly #waiting = new Set<() => void>()

  /** `end` ends what runs on the hosts. */
  constructor(signal: AbortSignal, end: () => Promise<void>) {
    signal.addEventListener(
      'abort',
      () => {
        void end().finally(() => {
          for (const leave of this.#waiting) leave()
        })
      },
      { once: true },
    )
  }

  /** What the work gives; undefined when the run was interrupted first. */
  orEnd<T>(work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const leave = () => resolve(undefined)
      this.#waiting.add(leave)
      work.then(resolve, reject).finally(() => this.#waiting.delete(leave))
    })
  }
}
