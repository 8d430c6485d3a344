/** The recap's numbers. */
import { type Dict, isDict, isList, type Value } from '../python/values.js'
import type { HostStats } from './events.js'

export class Stats {
  readonly hosts = new Map<string, HostStats>()
  /** set_stats: per host, or under `_run` for the whole run. */
  readonly custom = new Map<string, Dict>()

  count(host: string, what: keyof HostStats): void {
    let stats = this.hosts.get(host)
    if (!stats) {
      stats = { ok: 0, changed: 0, unreachable: 0, failures: 0, skipped: 0, rescued: 0, ignored: 0 }
      this.hosts.set(host, stats)
    }
    stats[what]++
  }

  /** Puts a host's numbers back to what they were (the debugger does a task again). */
  restore(host: string, before: HostStats | undefined): void {
    if (before) this.hosts.set(host, before)
    else this.hosts.delete(host)
  }

  /** What set_stats asks for: `{data, per_host, aggregate}`. */
  setStats(host: string, asked: Dict): void {
    const data = asked.get('data')
    if (!isDict(data)) return
    const key = asked.get('per_host') === true ? host : '_run'
    let kept = this.custom.get(key)
    if (!kept) {
      kept = new Map()
      this.custom.set(key, kept)
    }
    for (const [name, value] of data) {
      const before = kept.get(name)
      kept.set(name, asked.get('aggregate') === false || before === undefined ? value : sum(before, value))
    }
  }
}

/** Values of one type are added up: numbers, lists, texts, dicts. */
function sum(before: Value, value: Value): Value {
  if (typeof before === 'number' && typeof value === 'number') return before + value
  if (typeof before === 'string' && typeof value === 'string') return before + value
  if (isList(before) && isList(value)) return [...before, ...value]
  if (isDict(before) && isDict(value)) return new Map([...before, ...value])
  return value
}
