/**
 * What runs where and for how long, for a person at a terminal: a few lines on stderr that are drawn over and leave nothing
 * behind. They own no information that the output proper lacks, and there are none of them in a pipe.
 */
import { stripVTControlCharacters } from 'node:util'
import { chalkStderr } from 'chalk'
import type { TaskInfo } from '../executor/events.js'
import type { Output } from './output.js'
import { taskName } from './result-text.js'
import type { Sink } from './screen.js'
import { textWidth } from './text-width.js'

export interface LiveTerminal {
  write(text: string): unknown
  readonly columns?: number
  readonly rows?: number
}

/** Milliseconds after which something counts as slow enough to be shown, and between two drawings. */
const PATIENCE = 400
const PACE = 120
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
/** Lines for tasks, and for what commands print. */
const MOST = { tasks: 4, said: 6 }

interface Running {
  readonly host: string
  readonly task: TaskInfo
  readonly since: number
  /** Which item of the loop, which attempt. */
  item: string
  attempt: string
  /** With -v: the last lines that the command printed. */
  said: readonly string[]
}

export class Live {
  readonly #terminal: LiveTerminal
  readonly #now: () => number
  readonly #running = new Map<string, Running>()
  /** The lines on the screen. */
  #drawn: readonly string[] = []
  #held = 0
  #frame = 0
  #timer: ReturnType<typeof setInterval> | undefined

  constructor(terminal: LiveTerminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal
    this.#now = now
  }

  /** The same sink, with the lines out of the way of what is written. */
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
    if (this.#drawn.length === 0) return
    this.#terminal.write(this.#erasure())
    this.#drawn = []
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
    this.#running.clear()
    this.clear()
  }

  output(verbosity: number): Output {
    const key = (host: string, task: TaskInfo) => `${host}\0${task.id}`
    const of = ({ host, task }: { host: string; task: TaskInfo }) => this.#running.get(key(host, task))
    return {
      host_start: ({ host, task }) => {
        this.#running.set(key(host, task), { host, task, since: this.#now(), item: '', attempt: '', said: [] })
        this.#timer ??= setInterval(() => this.draw(), PACE).unref()
      },
      item_start: event => {
        const running = of(event)
        if (running) Object.assign(running, { item: `item ${event.index + 1}/${event.count}`, attempt: '', said: [] })
      },
      retry: event => {
        const running = of(event)
        if (running) running.attempt = `retry ${event.attempts}/${event.retries}`
      },
      output_chunk: event => {
        const running = of(event)
        if (running && verbosity > 0) running.said = withText(running.said, event.text)
      },
      result: ({ outcome }) => void this.#running.delete(key(outcome.host, outcome.task)),
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
    const spinner = FRAMES[this.#frame++ % FRAMES.length]!
    const columns = this.#columns - 1
    const lines = liveLines(slow, time, { columns: columns - 2, rows: this.#rows })
    const shown = lines.map(({ text, said }, index) => {
      const fit = fitted(text, columns - 2)
      return `${index === 0 ? chalkStderr.cyan(spinner) : ' '} ${said ? chalkStderr.dim(fit) : fit}`
    })
    this.#terminal.write(`${this.#erasure()}${shown.join('\n')}`)
    this.#drawn = shown
  }

  /** A terminal that does not know its size says 0. */
  get #columns(): number {
    return this.#terminal.columns || 80
  }

  /** A third of the screen, so that what was printed stays in sight. */
  get #rows(): number {
    return Math.max(1, Math.floor((this.#terminal.rows || 24) / 3))
  }

  /** Takes the lines away. A window that became narrower has wrapped them into more. */
  #erasure(): string {
    if (this.#drawn.length === 0) return ''
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(textWidth(line) / this.#columns)), 0)
    return `${rows > 1 ? `\x1b[${rows - 1}A` : ''}\r\x1b[J`
  }
}

interface Line {
  readonly text: string
  /** Printed by a command. */
  readonly said?: true
}

/** A line per task, `[install] web1 12s, web2 3s`, and under it what is printed. */
function liveLines(running: readonly Running[], time: number, size: { columns: number; rows: number }): Line[] {
  const tasks = new Map<string, Running[]>()
  for (const one of running) {
    const name = taskName(one.task)
    const known = tasks.get(name)
    if (known) known.push(one)
    else tasks.set(name, [one])
  }
  const room = Math.min(MOST.tasks, size.rows)
  const names = [...tasks.keys()]
  const shown = names.length > room ? names.slice(0, Math.max(1, room - 1)) : names
  const lines: Line[] = shown.map(name => ({ text: taskLine(name, tasks.get(name)!, time, size.columns) }))
  if (names.length > shown.length && room > 1) lines.push({ text: `and ${names.length - shown.length} more tasks` })
  const left = Math.min(MOST.said, size.rows - lines.length)
  return left > 0 ? [...lines, ...saidLines(running, left)] : lines
}

/** As many hosts as fit, the longest waiting first, then how many there are beside. */
function taskLine(name: string, ones: readonly Running[], time: number, columns: number): string {
  const hosts = ones.map(({ host, since, item, attempt }) =>
    [host, item, attempt, seconds(time - since)].filter(word => word !== '').join(' '),
  )
  const prefix = ones.length > 1 ? `[${name}] ${ones.length} hosts: ` : `[${name}] `
  let text = prefix + hosts[0]!
  for (let count = 1; count < hosts.length; count++) {
    const rest = count + 1 < hosts.length ? `, and ${hosts.length - count - 1} more` : ''
    if (textWidth(`${text}, ${hosts[count]}${rest}`) > columns) return `${text}, and ${hosts.length - count} more`
    text += `, ${hosts[count]}`
  }
  return text
}

/** One host's last lines; with several hosts the last line of each. */
function saidLines(running: readonly Running[], room: number): Line[] {
  const talking = running.filter(one => one.said.some(line => line !== ''))
  const lines =
    talking.length === 1 && running.length === 1
      ? talking[0]!.said.filter(line => line !== '').slice(-room)
      : talking.slice(-room).map(({ host, said }) => `${host} | ${said.findLast(line => line !== '')}`)
  return lines.map(text => ({ text, said: true }))
}

/** The last lines, the unfinished one last, with nothing in them that could steer the terminal. */
function withText(said: readonly string[], text: string): readonly string[] {
  const lines = ((said.at(-1) ?? '') + text).split(/[\r\n]/)
  const plain = lines.map(line => stripVTControlCharacters(line).replace(/[\x00-\x1f\x7f-\x9f]/g, ' '))
  const all = [...said.slice(0, -1), ...plain]
  // An empty last line is where the next text begins.
  return [...all.slice(0, -1).filter(line => line.trim() !== ''), all.at(-1)!].slice(-MOST.said - 1)
}

function seconds(milliseconds: number): string {
  const whole = Math.floor(milliseconds / 1000)
  return whole < 60 ? `${whole}s` : `${Math.floor(whole / 60)}m${String(whole % 60).padStart(2, '0')}s`
}

function fitted(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text
  let shown = ''
  for (const letter of text) {
    if (textWidth(shown + letter) >= columns) break
    shown += letter
  }
  return `${shown}…`
}
