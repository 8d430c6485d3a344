/** A line as it is typed, key by key (pure): what is shown for a key, and when it ends the question. */

export interface TypedLineOptions {
  readonly hidden?: boolean
  /** Ctrl-C offers to go on or to abort, as `pause` does. */
  readonly pausing?: boolean
  /** Only Ctrl-C counts: the question ends by itself. */
  readonly timed?: boolean
}

export interface Typed {
  readonly show?: string
  readonly end?: 'answered' | 'interrupted' | 'aborted'
}

const CTRL_C = '\u0003'
const CTRL_D = '\u0004'
const CTRL_U = '\u0015'
const BACKSPACES = new Set(['\u007f', '\b'])

export class TypedLine {
  text = ''
  /** After Ctrl-C in a pause: C goes on, A aborts. */
  choosing = false

  constructor(private readonly options: TypedLineOptions) {}

  key(char: string): Typed {
    if (this.choosing) return this.#choice(char.toLowerCase())
    if (char === CTRL_C) return this.#interrupt()
    if (this.options.timed) return {}
    if (char === '\r' || char === '\n' || (char === CTRL_D && this.text === '')) return { end: 'answered' }
    const before = [...this.text]
    if (BACKSPACES.has(char)) this.text = before.slice(0, -1).join('')
    else if (char === CTRL_U) this.text = ''
    else {
      this.text += char
      return this.#shown(char)
    }
    return this.#shown('\b \b'.repeat(before.length - [...this.text].length))
  }

  #interrupt(): Typed {
    if (!this.options.pausing) return { end: 'interrupted' }
    this.choosing = true
    return { show: "\nPress 'C' to continue the play or 'A' to abort " }
  }

  #choice(letter: string): Typed {
    return letter === 'c' ? { end: 'answered' } : letter === 'a' ? { end: 'aborted' } : {}
  }

  #shown(text: string): Typed {
    return this.options.hidden ? {} : { show: text }
  }
}
