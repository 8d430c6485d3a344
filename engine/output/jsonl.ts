/** A line of JSON per event, while the run goes on. */
import type { TaskInfo, TaskOutcome } from '../executor/events.js'
import type { Dict, Value } from '../python/values.js'
import { hostEntry, playEntry, statsEntries, taskEntry, timestamp } from './json-report.js'
import { jsonText } from './json-text.js'
import { defineOutput } from './output.js'

const EVENTS = {
  ok: 'v2_runner_on_ok',
  changed: 'v2_runner_on_ok',
  failed: 'v2_runner_on_failed',
  skipped: 'v2_runner_on_skipped',
  unreachable: 'v2_runner_on_unreachable',
} as const

export default defineOutput({
  name: 'jsonl',
  summary: 'A line of JSON per event',
  kind: 'stdout',
  create({ screen, settings, now }) {
    const starts = new Map<string, string>()
    const line = (event: string, members: { readonly [key: string]: Value }) => {
      const entry: Dict = new Map<Value, Value>([
        ['_event', event],
        ['_timestamp', timestamp(now())],
        ...Object.entries(members),
      ])
      screen.print(jsonText(entry, { separators: [',', ':'] }))
    }
    function start(task: TaskInfo, event: string): void {
      const at = timestamp(now())
      starts.set(task.id, at)
      line(event, { task: taskEntry(task, { start: at }), hosts: new Map() })
    }
    function finish(outcome: TaskOutcome, event: string): void {
      const { host, task } = outcome
      const end = timestamp(now())
      const times = { start: starts.get(task.id) ?? end, end }
      line(event, { task: taskEntry(task, times), hosts: new Map([[host, hostEntry(outcome)]]) })
    }
    return {
      play_start: play =>
        line('v2_playbook_on_play_start', { play: playEntry(play, { start: timestamp(now()) }), tasks: [] }),
      task_start: ({ task }) => start(task, 'v2_playbook_on_task_start'),
      handler_start: ({ task }) => start(task, 'v2_playbook_on_handler_task_start'),
      item_result: ({ outcome }) => finish(outcome, EVENTS[outcome.status].replace('runner_on', 'runner_item_on')),
      result: ({ outcome }) => finish(outcome, EVENTS[outcome.status]),
      stats({ hosts, custom }) {
        const ends = statsEntries(hosts, custom, settings.bool('SHOW_CUSTOM_STATS'))
        line('v2_playbook_on_stats', { stats: ends.stats, custom_stats: ends.custom, global_custom_stats: ends.global })
      },
    }
  },
})
