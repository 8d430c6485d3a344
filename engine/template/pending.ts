/** Suspend and replay: a lookup that must wait stops the render, which starts again when the answer is there. */
import type { Value } from '../python/values.js'

/** Thrown through a render; nothing may swallow it. */
export class Pending extends Error {
  constructor(
    /** Settles (never rejects) when the journal has the answer. */
    readonly ready: Promise<void>,
  ) {
    super('a lookup has no result yet')
    this.name = 'Pending'
  }
}

interface Entry {
  readonly key: string
  readonly value?: Value
  readonly error?: unknown
}

/** Answers that a render already got, in the order in which it asked. */
export class Journal {
  readonly #entries: Entry[] = []
  #at = 0

  /** Before the render starts again. */
  rewind(): void {
    this.#at = 0
  }

  once(key: string, make: () => Value | Promise<Value>): Value {
    const index = this.#at
    const known = this.#entries[index]
    if (known?.key === key) {
      this.#at++
      if ('error' in known) throw known.error
      return known.value!
    }
    // Another question than last time: what was recorded from here on answers nothing.
    this.#entries.length = index
    const made = make()
    if (!(made instanceof Promise)) {
      this.#entries.push({ key, value: made })
      this.#at++
      return made
    }
    throw new Pending(
      made.then(
        value => void this.#entries.push({ key, value }),
        error => void this.#entries.push({ key, error }),
      ),
    )
  }
}
