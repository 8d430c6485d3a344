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
  /** What came of it, once that is known and need not be found out again. */
  answer?: { readonly value: Value } | { readonly error: unknown }
  /** Where the next question stands: behind those that this one asks itself, such as a variable's that it opens. */
  end: number
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
    let entry = this.#entries[index]
    if (entry?.key !== key) {
      // Another question than last time: what was recorded from here on answers nothing.
      entry = { key, end: index + 1 }
      this.#entries.splice(index, Number.POSITIVE_INFINITY, entry)
    }
    if (entry.answer) {
      this.#at = entry.end
      if ('error' in entry.answer) throw entry.answer.error
      return entry.answer.value
    }
    this.#at = index + 1
    const made = make()
    const asked = this.#at > index + 1
    entry.end = this.#at
    if (made instanceof Promise) throw new Pending(recorded(entry, made))
    // What rests on further questions is made again from their answers: variables that it opens are open then, too.
    if (!asked) entry.answer = { value: made }
    return made
  }
}

async function recorded(entry: Entry, made: Promise<Value>): Promise<void> {
  try {
    const value = await made
    entry.answer = { value }
  } catch (error) {
    entry.answer = { error }
  }
}
