/** Where text goes: the terminal or pipe, and the log file. The only file of this stage that writes. */
import { wrapText } from '../python/textwrap.js'
import type { Settings } from '../settings/settings.js'
import { coloured } from './colours.js'
import { Redactor } from './redact.js'
import { textWidth } from './text-width.js'

/** Where characters end up; streams in a run, strings in tests. */
export interface Sink {
  stdout(text: string): void
  stderr(text: string): void
  /** A message for log_path, without colours. */
  log?(text: string): void
}

export interface PrintOptions {
  /** Name of a colour setting, such as COLOR_OK. */
  readonly colour?: string
  readonly stderr?: boolean
  readonly screenOnly?: boolean
  readonly logOnly?: boolean
}

export interface ScreenOptions {
  readonly settings: Settings
  readonly sink: Sink
  /** Width of the terminal; undefined when stdout is none. */
  readonly terminalColumns?: number | undefined
  readonly terminal: boolean
}

export class Screen {
  readonly columns: number
  readonly hasColour: boolean
  readonly #settings: Settings
  readonly #sink: Sink
  readonly #said = new Set<string>()
  /** Passwords of this run; never in what is said about connections, nor in warnings and errors. */
  readonly secrets = new Redactor()

  constructor({ settings, sink, terminal, terminalColumns }: ScreenOptions) {
    this.#settings = settings
    this.#sink = sink
    this.columns = Math.max(79, terminalColumns === undefined ? 0 : terminalColumns - 1)
    this.hasColour = !settings.bool('ANSIBLE_NOCOLOR') && (terminal || settings.bool('ANSIBLE_FORCE_COLOR'))
  }

  /** The text in the colour that a setting names, where there are colours. */
  paint(text: string, setting: string | undefined): string {
    return setting !== undefined && this.hasColour ? coloured(text, this.#settings.string(setting)) : text
  }

  print(text: string, { colour, stderr = false, screenOnly = false, logOnly = false }: PrintOptions = {}): void {
    if (!logOnly) {
      const painted = this.paint(text, colour)
      const line = painted.endsWith('\n') ? painted : `${painted}\n`
      if (stderr) this.#sink.stderr(line)
      else this.#sink.stdout(line)
    }
    if (!screenOnly) this.#sink.log?.(text.replace(/^\n+/, ''))
  }

  /** Text for stdout as it is; not logged. */
  readonly write = (text: string): void => this.#sink.stdout(text)

  /** Text for stderr as it is. */
  readonly raw = (text: string): void => this.#sink.stderr(text)

  /** A title with stars up to the width of the screen. */
  banner(text: string, options: PrintOptions = {}): void {
    const title = text.trim()
    const stars = Math.max(3, this.columns - textWidth(title))
    this.print(`\n${title} ${'*'.repeat(stars)}`, options)
  }

  /** What -v, -vv, … add. */
  verbose(text: string, host?: string): void {
    const stderr = this.#settings.bool('VERBOSE_TO_STDERR')
    this.print(this.secrets.redacted(host === undefined ? text : `<${host}> ${text}`), {
      colour: 'COLOR_VERBOSE',
      stderr,
    })
  }

  /** Each warning is shown once in a run. */
  warning(text: string): void {
    this.#once(`${wrapText(`[WARNING]: ${text}`, this.columns).join('\n')}\n`, 'COLOR_WARN')
  }

  deprecation(text: string): void {
    if (!this.#settings.bool('DEPRECATION_WARNINGS')) return
    const lines = wrapText(`[DEPRECATION WARNING]: ${text}`, this.columns, { dropWhitespace: false })
    this.#once(`${lines.join('\n')}\n`, 'COLOR_DEPRECATE')
  }

  error(text: string): void {
    this.#once(text, 'COLOR_ERROR')
  }

  #once(message: string, colour: string): void {
    const text = this.secrets.redacted(message)
    if (this.#said.has(text)) return
    this.#said.add(text)
    this.print(text, { colour, stderr: true })
  }
}
