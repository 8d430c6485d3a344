/** What a task gave on a host: one result, or one per item of its loop. */
import type { Host } from '../../inventory/tree.js'
import type { Task } from '../../playbook/model.js'
import type { Dict, Value } from '../../python/values.js'
import type { Spent } from '../../remote/pool.js'
import type { TaskInfo } from '../events.js'
import type { PlayRun } from '../play.js'
import type { IncludeRequest } from './include-request.js'
import { refused } from './results.js'

/** A task on a host. */
export interface TaskOnHost {
  readonly play: PlayRun
  readonly host: Host
  readonly task: Task
  readonly info: TaskInfo
  /** What the person at the debugger set; it wins over all other variables. */
  readonly vars?: Dict
}

/** What a strategy lets a host do: its task, whose result may count for other hosts, too (run_once). */
export interface Step extends TaskOnHost {
  readonly sharers: readonly Host[]
}

/** A task that is being done, and who is told how it goes. */
export interface TaskRun extends TaskOnHost {
  readonly progress: Progress
}

/** Told as the task goes on. */
export interface Progress {
  /** An item of `count` begins; `index` counts from 0. */
  itemStarts(index: number, count: number): void
  item(single: Single): void
  retry(attempt: Attempt): void
  polled(jid: string, result: Dict): void
  asyncEnded(jid: string, result: Dict, ok: boolean): void
  /** What commands print, as it comes; nothing is told where no_log hides it. */
  output(stream: 'stdout' | 'stderr', text: string): void
  /** What it cost on the way to a host; with loops and retries, each time. */
  spent(spent: Spent): void
}

/** One that failed and is followed by another. */
export interface Attempt {
  /** Of the task, as this host (and item) has it. */
  readonly name: string
  readonly result: Dict
  readonly attempts: number
  readonly retries: number
  readonly delegatedTo: Host | undefined
}

/** How the task's keywords want it done and its result taken. */
export interface Terms {
  readonly noLog: boolean
  readonly ignoreErrors: boolean
  readonly ignoreUnreachable: boolean
  readonly delegatedTo: Host | undefined
  readonly delegateFacts: boolean
  readonly checkMode: boolean
  readonly diffMode: boolean
}

/** One result: of the task, or of one item of its loop. */
export interface Single extends Terms {
  readonly result: Dict
  readonly include: IncludeRequest | undefined
  readonly item: { readonly value: Value; readonly label: Value; readonly vars: Dict } | undefined
}

export interface Finished extends Single {
  /** The items' results when the task looped. */
  readonly items: readonly Single[] | undefined
  /** Seconds. */
  readonly duration: number
}

/** The terms of a task whose keywords are not known for this host yet. */
export const termsOf = (info: TaskInfo): Terms => ({
  noLog: info.noLog,
  ignoreErrors: false,
  ignoreUnreachable: false,
  delegatedTo: undefined,
  delegateFacts: false,
  checkMode: info.checkMode,
  diffMode: info.diffMode,
})

/** A task that could not even begin, and why. */
export const refusal = (info: TaskInfo, msg: string): Single => ({
  ...termsOf(info),
  result: refused(msg),
  include: undefined,
  item: undefined,
})
