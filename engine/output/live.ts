/**
 * What runs where and for how long, for a person at a terminal: one line on stderr that is drawn over and leaves nothing
 * behind. It owns no information that the output proper lacks, and there is none of it in a pipe.
 */
import { chalkStderr } from 'chalk'
import stringWidth from 'string-width'
import type { TaskInfo } from '../executor/events.js'
import type { Output } from './output.js'
import { taskName } from './result-text.js'
import type { Sink } from './screen.js'

export interface LiveTerminal {
  write(text: string): unknown
  readonly columns?: number
}

/** Milliseconds after which something counts as slow enough to be shown, and between two drawings. */
const PATIENCE = 400
const PACE = 120
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

interface Running {
  readonly host: string
  readonly task: TaskInfo
  readonly since: number
  /** With -v: the last line that the command printed. */
  said?: string
}

export class Live {
  readonly #terminal: LiveTerminal
  readonly #now: () => number
  readonly #running = new Map<string, Running>()
  #drawn = false
  #held = 0
  #frame = 0
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(terminal: LiveTerminal, now: () => number = Date.now) {
    this.#terminal = terminal
    this.#now = now
  }

  /** The same sink, with the line out of the way of what is written. */
  around(sink: Sink): Sink {
    return {
      ...sink,
      stdout: text => {
        this.clear()
        sink.stdout(text)
      },
      stderr: text => {
        this.clear()
        sink.stderr(text)
      },
    }
  }

  /** Draws nothing while a question is open. */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    this.#held++
    this.clear()
    try {
      return await work()
    } finally {
      this.#held--
    }
  }

  clear(): void {
    if (!this.#drawn) return
    this.#terminal.write('\r\x1b[2K')
    this.#drawn = false
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#running.clear()
    this.clear()
  }

  output(verbosity: number): Output {
    const key = (host: string, task: TaskInfo) => `${host}\0${task.id}`
    const end = (host: string, task: TaskInfo) => void this.#running.delete(key(host, task))
    return {
      host_start: ({ host, task }) => {
        this.#running.set(key(host, task), { host, task, since: this.#now() })
        this.#timer ??= setInterval(() => this.draw(), PACE).unref()
      },
      output_chunk: ({ host, task, text }) => {
        const running = this.#running.get(key(host, task))
        const line = text
          .trimEnd()
          .split(/[\r\n]+/)
          .at(-1)
        if (running && line && verbosity > 0) running.said = line.replace(/[\x00-\x1f\x7f]/g, ' ')
      },
      result: ({ outcome }) => end(outcome.host, outcome.task),
      stats: () => this.stop(),
    }
  }

  draw(): void {
    if (this.#held > 0) return
    const time = this.#now()
    const slow = [...this.#running.values()].filter(one => time - one.since >= PATIENCE)
    if (slow.length === 0) {
      this.clear()
      return
    }
    // A terminal that does not know its width says 0.
    const columns = (this.#terminal.columns || 80) - 1
    const spinner = FRAMES[this.#frame++ % FRAMES.length]!
    this.#terminal.write(`\r\x1b[2K${chalkStderr.cyan(spinner)} ${fitted(liveText(slow, time), columns - 2)}`)
    this.#drawn = true
  }
}

/** `TASK [install] web1 12s, web2 3s`, the longest first. */
function liveText(running: Running[], time: number): string {
  const tasks = new Map<string, Running[]>()
  for (const one of running) {
    const name = taskName(one.task)
    tasks.set(name, [...(tasks.get(name) ?? []), one])
  }
  const said = running.findLast(one => one.said !== undefined)
  const parts = [...tasks].map(([name, ones]) => {
    const hosts = ones.map(({ host, since }) => `${host} ${seconds(time - since)}`)
    return `[${name}] ${hosts.join(', ')}`
  })
  return parts.join(' ') + (said ? ` | ${said.said}` : '')
}

function seconds(milliseconds: number): string {
  const whole = Math.floor(milliseconds / 1000)
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`
}

function fitted(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text
  let shown = ''
  for (const letter of text) {
    if (stringWidth(shown + letter) >= columns) break
    shown += letter
  }
  return `${shown}…`
}
