/** One JSON document at the end of the run. */
import type { Dict, List, Value } from '../python/values.js'
import { duration, hostEntry, playEntry, statsEntries, taskEntry, timestamp } from './json-report.js'
import { jsonText } from './json-text.js'
import { defineOutput } from './output.js'

export default defineOutput({
  name: 'json',
  summary: 'One JSON document at the end',
  kind: 'stdout',
  create({ screen, settings, now }) {
    const plays: List = []
    let play: { entry: Dict; start: string; tasks: List } | undefined
    const tasks = new Map<string, { entry: Dict; hosts: Dict; start: string }>()
    const dict = (members: { readonly [key: string]: Value }): Dict => new Map(Object.entries(members))

    return {
      play_start(event) {
        const start = timestamp(now())
        const entry = playEntry(event, { start })
        play = { entry, start, tasks: [] }
        tasks.clear()
        plays.push(dict({ play: entry, tasks: play.tasks }))
      },
      task_start({ task }) {
        begin(task)
      },
      handler_start({ task }) {
        begin(task)
      },
      result({ outcome }) {
        const started = tasks.get(outcome.task.id) ?? begin(outcome.task)
        started.hosts.set(outcome.host, hostEntry(outcome))
        const end = timestamp(now())
        started.entry.set('duration', duration({ start: started.start, end }))
        play?.entry.set('duration', duration({ start: play.start, end }))
      },
      meta_skipped({ task, host, result }) {
        tasks.get(task.id)?.hosts.set(host, new Map([...result, ['action', task.written], ['skipped', true]]))
      },
      stats({ hosts, custom }) {
        const ends = statsEntries(hosts, custom, settings.bool('SHOW_CUSTOM_STATS'))
        const report = dict({ plays, stats: ends.stats, custom_stats: ends.custom, global_custom_stats: ends.global })
        screen.print(jsonText(report, { indent: settings.number('callback.json.json_indent') }))
      },
    }

    function begin(task: Parameters<typeof taskEntry>[0]) {
      const start = timestamp(now())
      const made = { entry: taskEntry(task, { start }), hosts: new Map() as Dict, start }
      tasks.set(task.id, made)
      play?.tasks.push(dict({ task: made.entry, hosts: made.hosts }))
      return made
    }
  },
})
