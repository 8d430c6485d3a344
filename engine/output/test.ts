/** For tests of outputs: short ways to write events, and what an output prints for them. */
import type { Event, HostStats, TaskInfo, TaskOutcome } from '../executor/events.js'
import { type Dict, fromJson, type Json } from '../python/values.js'
import { loadSettings } from '../settings/load.js'
import { deliver, type OutputContext, type OutputPlugin } from './output.js'
import { Screen } from './screen.js'

export interface Rehearsal {
  readonly stdout: string
  readonly stderr: string
  readonly log: string
  /** Files that the output wrote, by path. */
  readonly files: ReadonlyMap<string, string>
}

export interface Stage {
  readonly environ?: Readonly<Record<string, string>>
  readonly verbosity?: number
  readonly checkMode?: boolean
  /** Milliseconds; each call gives the next, then the last for ever. */
  readonly clock?: readonly number[]
}

/** What the output prints for these events. */
export function rehearse(plugin: OutputPlugin, events: readonly Event[], stage: Stage = {}): Rehearsal {
  const { environ = {}, verbosity = 0, checkMode = false, clock = [0] } = stage
  const settings = loadSettings({ environ: { HOME: '/home/user', ANSIBLE_CONFIG: '/dev/null', ...environ }, cwd: '/' })
  let [stdout, stderr, log] = ['', '', '']
  const sink = {
    stdout: (text: string) => {
      stdout += text
    },
    stderr: (text: string) => {
      stderr += text
    },
    log: (text: string) => {
      log += `${text}\n`
    },
  }
  const files = new Map<string, string>()
  const times = [...clock]
  const context: OutputContext = {
    settings,
    screen: new Screen({ settings, sink, terminal: false }),
    verbosity,
    checkMode,
    writeFile: (path, text) => files.set(path, text),
    appendFile: (path, text) => files.set(path, (files.get(path) ?? '') + text),
    now: () => (times.length > 1 ? times.shift()! : times[0]!),
    environ,
  }
  const output = plugin.create(context)
  for (const event of events) deliver(output, event)
  return { stdout, stderr, log, files }
}

export const task = (name: string, changes: Partial<TaskInfo> = {}): TaskInfo => ({
  id: name,
  name,
  named: true,
  role: undefined,
  action: 'ansible.builtin.command',
  written: 'command',
  args: undefined,
  path: '/site/play.yml:3',
  handler: false,
  tags: [],
  checkMode: false,
  diffMode: false,
  noLog: false,
  ...changes,
})

export const debugTask = (name = 'debug'): TaskInfo =>
  task(name, { action: 'ansible.builtin.debug', written: 'debug', named: false })

export function outcome(
  of: TaskInfo,
  host: string,
  status: TaskOutcome['status'],
  result: { readonly [key: string]: Json } = {},
  changes: Partial<TaskOutcome> = {},
): TaskOutcome {
  return {
    host,
    task: of,
    status,
    result: fromJson({ changed: status === 'changed', ...result }) as Dict,
    ignored: false,
    delegatedTo: undefined,
    verboseAlways: of.action === 'ansible.builtin.debug',
    verboseOverride: false,
    duration: 0,
    looped: false,
    ...changes,
  }
}

export const starts = (of: TaskInfo): Event => ({ type: 'task_start', task: of, conditional: false })
export const ends = (...args: Parameters<typeof outcome>): Event => ({ type: 'result', outcome: outcome(...args) })

/** The end of one item of a loop. */
export const itemEnds = (
  of: TaskInfo,
  host: string,
  status: TaskOutcome['status'],
  item: Json,
  result: { readonly [key: string]: Json } = {},
  changes: Partial<TaskOutcome> = {},
): Event => {
  const value = fromJson(item)
  const made = outcome(of, host, status, { ansible_loop_var: 'item', item, ...result }, changes)
  return { type: 'item_result', outcome: { ...made, item: { value, label: value } } }
}

export const play = (name: string, hosts: readonly string[] = ['h1'], strategy?: string): Event => ({
  type: 'play_start',
  name,
  hosts,
  checkMode: false,
  id: name,
  ...(strategy === undefined ? {} : { strategy }),
})

export const recap = (
  hosts: { readonly [host: string]: Partial<HostStats> },
  custom: { readonly [host: string]: Json } = {},
): Event => ({
  type: 'stats',
  hosts: new Map(
    Object.entries(hosts).map(([host, counts]) => [
      host,
      { ok: 0, changed: 0, unreachable: 0, failures: 0, skipped: 0, rescued: 0, ignored: 0, ...counts },
    ]),
  ),
  custom: new Map(Object.entries(custom).map(([host, data]) => [host, fromJson(data) as Dict])),
})
