/** What the outputs json and jsonl have in common: plays and tasks with their times, results by host. */
import type { TaskInfo, TaskOutcome } from '../executor/events.js'
import { type Dict, fromJson, type Value } from '../python/values.js'
import { taskName } from './result-text.js'

export interface Times {
  start: string
  end?: string
}

/** UTC with microseconds, as Python's isoformat writes it. */
export const timestamp = (milliseconds: number): string => new Date(milliseconds).toISOString().replace(/Z$/, '000Z')

export const duration = ({ start, end }: Times): Dict => asDict({ ...(end === undefined ? {} : { end }), start })

export const taskEntry = (task: TaskInfo, times: Times): Dict =>
  asDict({ duration: duration(times), id: task.id, name: taskName(task), path: task.path })

export const playEntry = (play: { name: string; id: string; path?: string }, times: Times): Dict =>
  asDict({ duration: duration(times), id: play.id, name: play.name, path: play.path ?? '' })

/** A result with what the report says beside it. */
export function hostEntry({ task, result, status }: TaskOutcome): Dict {
  const entry: Dict = new Map(result)
  entry.set('action', task.written)
  if (status === 'failed') entry.set('failed', true)
  if (status === 'skipped') entry.set('skipped', true)
  return entry
}

export function statsEntries(
  hosts: ReadonlyMap<string, object>,
  custom: ReadonlyMap<string, Dict>,
  showCustom: boolean,
): { stats: Dict; custom: Dict; global: Dict } {
  const perHost = new Map<Value, Value>([...custom].filter(([host]) => host !== '_run'))
  return {
    stats: fromJson(new Map([...hosts].map(([host, counts]) => [host, fromJson(counts)]))) as Dict,
    custom: showCustom ? perHost : new Map(),
    global: showCustom ? (custom.get('_run') ?? new Map()) : new Map(),
  }
}

const asDict = (members: { readonly [key: string]: Value }): Dict => new Map(Object.entries(members))
