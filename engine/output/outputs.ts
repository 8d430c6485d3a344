/** Which outputs a run has: one on stdout, others beside it; and the log file. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { Diagnostic, didYouMean } from '../diagnostics.js'
import type { Emit, Event } from '../executor/events.js'
import type { Settings } from '../settings/settings.js'
import { deprecationText } from './notices.js'
import { deliver, type Output, type OutputContext, type OutputPlugin } from './output.js'
import { Screen, type Sink } from './screen.js'

/** Every output by its short name; a file is only loaded when its output is used. */
const OUTPUTS: { readonly [name: string]: () => Promise<OutputPlugin> } = {
  default: async () => (await import('./default.js')).default,
  minimal: async () => (await import('./minimal.js')).default,
  oneline: async () => (await import('./oneline.js')).default,
  yaml: async () => (await import('./yaml.js')).default,
  debug: async () => (await import('./debug.js')).default,
  skippy: async () => (await import('./skippy.js')).default,
  json: async () => (await import('./json.js')).default,
  jsonl: async () => (await import('./jsonl.js')).default,
  dense: async () => (await import('./dense.js')).default,
  unixy: async () => (await import('./unixy.js')).default,
  selective: async () => (await import('./selective.js')).default,
  counter_enabled: async () => (await import('./counter-enabled.js')).default,
  null: async () => (await import('./null.js')).default,
  junit: async () => (await import('./junit.js')).default,
  tree: async () => (await import('./tree.js')).default,
  log_plays: async () => (await import('./log-plays.js')).default,
  profile_tasks: async () => (await import('./profile.js')).profileTasks,
  profile_network: async () => (await import('./profile-network.js')).default,
  profile_roles: async () => (await import('./profile.js')).profileRoles,
  timer: async () => (await import('./timer.js')).default,
}

/** Every output's name, for doc and for suggestions. */
export const outputNames = (): string[] => Object.keys(OUTPUTS)
export const outputNamed = (name: string): Promise<OutputPlugin> => OUTPUTS[name]!()

/** Collections that outputs are known under. */
const COLLECTIONS = /^(ansible\.builtin|ansible\.legacy|ansible\.posix|community\.general)\./

export interface OutputsOptions extends OutputChoice {
  readonly settings: Settings
  readonly environ: Readonly<Record<string, string | undefined>>
  readonly verbosity: number
  readonly checkMode: boolean
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number }
}

/** What differs from the settings. */
export interface OutputChoice {
  /** minimal and oneline for ad-hoc commands. */
  readonly stdoutName?: string
  /** Run beside the others, whether callbacks_enabled names them or not. */
  readonly more?: readonly string[]
  /** False: callbacks_enabled does not count. */
  readonly aggregates?: boolean
  readonly treeDirectory?: string
  /** Nothing runs: an output that there is not is not missed. */
  readonly idle?: boolean
}

export interface Outputs {
  readonly emit: Emit
  readonly screen: Screen
  /** Asks without the live line in the way. */
  asking<T>(question: () => Promise<T>): Promise<T>
  /** Takes the live line away, also after a run that broke off. */
  close(): void
}

export async function openOutputs(options: OutputsOptions): Promise<Outputs> {
  const { settings, environ, verbosity, checkMode, stdout, stderr, treeDirectory } = options
  const live = hasLive(options) ? new (await import('./live.js')).Live(stderr) : undefined
  const direct: Sink = {
    stdout: text => void stdout.write(text),
    stderr: text => void stderr.write(text),
    ...logger(settings, text => stderr.write(text)),
  }
  const sink = live ? live.around(direct) : direct
  const terminal = stdout.isTTY === true
  const screen = new Screen({ settings, sink, terminal, terminalColumns: terminal ? stdout.columns : undefined })
  const context: OutputContext = {
    settings,
    screen,
    verbosity,
    checkMode,
    environ,
    treeDirectory,
    now: () => Date.now(),
    writeFile(path, text) {
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, text)
    },
    appendFile(path, text) {
      mkdirSync(dirname(path), { recursive: true })
      appendFileSync(path, text)
    },
  }
  const outputs: Output[] = [messages(screen, verbosity)]
  const named = options.stdoutName ?? settings.string('DEFAULT_STDOUT_CALLBACK')
  const main = await plugin(options.idle && !isOutput(named) ? 'null' : named)
  outputs.push(main.create(context))
  const enabled = options.aggregates === false ? [] : settings.list('CALLBACKS_ENABLED')
  for (const name of new Set([...enabled, ...(options.more ?? [])])) {
    const found = await plugin(name, screen)
    if (found?.kind === 'aggregate') outputs.push(found.create(context))
  }
  if (live) outputs.push(live.output(verbosity))
  return {
    screen,
    asking: question => (live ? live.hold(question) : question()),
    close: () => live?.stop(),
    emit(event: Event) {
      for (const output of outputs) deliver(output, event)
    },
  }
}

/** A person is there: stderr is a terminal that can be drawn on. UNDERSTUDY_LIVE=0 is for those who do not like it. */
const hasLive = ({ stderr, environ }: OutputsOptions): boolean =>
  stderr.isTTY === true && environ.TERM !== 'dumb' && environ.UNDERSTUDY_LIVE !== '0'

/** What every run prints whatever its output is: warnings and what -v adds. */
const messages = (screen: Screen, verbosity: number): Output => ({
  warning: ({ text, at }) => screen.warning(at === undefined ? text : `${text} (${at})`),
  prompt: ({ text }) => screen.print(text),
  answered: ({ text }) => screen.banner(text),
  remark: ({ text }) => screen.error(text),
  deprecation: ({ text, entry }) => screen.deprecation(entry ? deprecationText(entry) : text),
  debug({ level, text, host }) {
    if (verbosity >= level) screen.verbose(text, host)
  },
})

const isOutput = (name: string): boolean => Object.hasOwn(OUTPUTS, name.replace(COLLECTIONS, ''))

async function plugin(name: string): Promise<OutputPlugin>
async function plugin(name: string, screen: Screen): Promise<OutputPlugin | undefined>
async function plugin(name: string, screen?: Screen): Promise<OutputPlugin | undefined> {
  const short = name.replace(COLLECTIONS, '')
  const load = OUTPUTS[short]
  if (load) return load()
  const near = didYouMean(short, Object.keys(OUTPUTS))
  const hint = `Known are ${Object.keys(OUTPUTS).join(', ')}.${near === undefined ? '' : ` Did you mean ${near}?`}`
  if (screen) {
    screen.warning(`Skipping callback plugin '${name}', unable to load. ${hint}`)
    return undefined
  }
  throw new Diagnostic(`Invalid callback for stdout specified: ${name}`, { code: 'output-unknown', hint })
}

/** Appends to log_path as Python's logging does; when that cannot be done, says so and goes on. */
function logger(settings: Settings, complain: (text: string) => unknown): { log?: (text: string) => void } {
  const path = settings.string('DEFAULT_LOG_PATH')
  if (path === '') return {}
  const user = (() => {
    try {
      return userInfo().username
    } catch {
      return String(process.getuid?.() ?? '')
    }
  })()
  try {
    appendFileSync(path, '')
  } catch {
    complain(`[WARNING]: log file at ${path} is not writeable and we cannot create it, aborting\n\n`)
    return {}
  }
  return {
    log(text) {
      appendFileSync(path, `${timestamp(new Date())} p=${process.pid} u=${user} n=ansible | ${text}\n`)
    },
  }
}

function timestamp(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `${day} ${time},${String(date.getMilliseconds()).padStart(3, '0')}`
}
