/** Everything that can happen in a run. Outputs see these and nothing else. */
import type { Diagnostic } from '../diagnostics.js'
import type { Dict, Value } from '../python/values.js'

/** What outputs may know about a task; names are rendered. */
export interface TaskInfo {
  readonly id: string
  /** Name for the banner: the rendered `name`, else the action as written. */
  readonly name: string
  /** True when the task has a `name:`. */
  readonly named: boolean
  /** Role name for the `role : name` banner. */
  readonly role: string | undefined
  /** Fully qualified action. */
  readonly action: string
  readonly written: string
  /** Raw arguments for display_args_to_stdout; absent under no_log. */
  readonly args: Dict | undefined
  /** file:line, shown with -vv and by junit. */
  readonly path: string
  readonly handler: boolean
  readonly tags: readonly string[]
  readonly checkMode: boolean
  readonly diffMode: boolean
  readonly noLog: boolean
}

export type Status = 'ok' | 'changed' | 'failed' | 'skipped' | 'unreachable'

/** One finished task on one host, or one finished item of its loop. Censored already where no_log asks for it. */
export interface TaskOutcome {
  readonly host: string
  readonly task: TaskInfo
  readonly status: Status
  /** By Ansible's keys; with loops, `results`. Never holds `_ansible_*`. */
  readonly result: Dict
  /** Failed or unreachable, but ignored (ignore_errors / ignore_unreachable). */
  readonly ignored: boolean
  /** Host that did the work when it was not `host`. */
  readonly delegatedTo: string | undefined
  /** Whom the task is delegated to, also when that is `host` itself. */
  readonly delegate?: string | undefined
  /** Its ansible_host, where that is another name; shown as `host -> delegate(address)`. */
  readonly delegatedAddress?: string | undefined
  /** The module asks to be shown in full even without -v (debug, assert). */
  readonly verboseAlways: boolean
  /** Facts: never shown in full by -v (setup, gather_facts). */
  readonly verboseOverride: boolean
  /** Seconds. */
  readonly duration: number
  /** Set on item results. */
  readonly item?: { readonly value: Value; readonly label: Value }
  /** True when this is the closing result of a loop (outputs that showed the items skip it). */
  readonly looped: boolean
}

export interface HostStats {
  ok: number
  changed: number
  unreachable: number
  failures: number
  skipped: number
  rescued: number
  ignored: number
}

export type Event =
  | { readonly type: 'playbook_start'; readonly file: string; readonly files: number; readonly plays?: number }
  | {
      readonly type: 'play_start'
      readonly name: string
      readonly hosts: readonly string[]
      /** Those of all batches. */
      readonly allHosts?: readonly string[]
      /** `hosts:` of the play. */
      readonly pattern?: string
      /** How many tasks stand in the first section of its tasks. */
      readonly firstTasks?: number
      readonly checkMode: boolean
      readonly id: string
      /** With `free` and `host_pinned` a banner stands before each result, not before the first. */
      readonly strategy?: string
      /** file:line, for reports. */
      readonly path?: string
    }
  | { readonly type: 'no_hosts_matched' }
  | { readonly type: 'no_hosts_remaining' }
  | { readonly type: 'task_start'; readonly task: TaskInfo; readonly conditional: boolean }
  | { readonly type: 'handler_start'; readonly task: TaskInfo }
  /** A meta task whose condition does not hold. */
  | { readonly type: 'meta_skipped'; readonly task: TaskInfo; readonly host: string; readonly result: Dict }
  | { readonly type: 'host_start'; readonly task: TaskInfo; readonly host: string }
  /** An item of a loop begins; `index` counts from 0. */
  | {
      readonly type: 'item_start'
      readonly task: TaskInfo
      readonly host: string
      readonly index: number
      readonly count: number
    }
  | { readonly type: 'item_result'; readonly outcome: TaskOutcome }
  | { readonly type: 'result'; readonly outcome: TaskOutcome }
  | {
      readonly type: 'retry'
      readonly host: string
      readonly task: TaskInfo
      readonly result: Dict
      readonly attempts: number
      readonly retries: number
      /** These as of outcomes. */
      readonly verboseAlways: boolean
      readonly delegatedTo?: string | undefined
      readonly delegatedAddress?: string | undefined
    }
  | {
      readonly type: 'async_poll'
      readonly host: string
      readonly task: TaskInfo
      readonly jid: string
      readonly result: Dict
    }
  | {
      readonly type: 'async_ok' | 'async_failed'
      readonly host: string
      readonly task: TaskInfo
      readonly jid: string
      readonly result: Dict
    }
  | {
      readonly type: 'include'
      readonly file: string
      readonly hosts: readonly string[]
      readonly item: Value | undefined
      readonly task: TaskInfo
    }
  | { readonly type: 'notify'; readonly handler: string; readonly host: string }
  | {
      readonly type: 'output_chunk'
      readonly host: string
      readonly task: TaskInfo
      readonly stream: 'stdout' | 'stderr'
      readonly text: string
    }
  /** What a task on a host cost on the way there, before its result; with loops and retries, several times. */
  | {
      readonly type: 'spent'
      readonly host: string
      readonly task: TaskInfo
      readonly trips: number
      /** Bytes. */
      readonly sent: number
      readonly received: number
      /** Seconds that it waited for the host. */
      readonly waited: number
    }
  | { readonly type: 'prompt'; readonly text: string }
  /** A question of --step that the person answered. */
  | { readonly type: 'answered'; readonly text: string }
  | { readonly type: 'warning'; readonly text: string; readonly at?: string }
  /** Where the error stands that the next result tells of, and what to do about it. */
  | { readonly type: 'remark'; readonly text: string }
  /** `entry`: of a result, with when the feature goes away. */
  | { readonly type: 'deprecation'; readonly text: string; readonly entry?: Dict }
  | { readonly type: 'debug'; readonly level: number; readonly text: string; readonly host?: string }
  | { readonly type: 'error'; readonly diagnostic: Diagnostic }
  | {
      readonly type: 'stats'
      readonly hosts: ReadonlyMap<string, HostStats>
      /** What set_stats collected, by host; `_run` holds what is for the whole run. */
      readonly custom: ReadonlyMap<string, Dict>
    }

export type Emit = (event: Event) => void
