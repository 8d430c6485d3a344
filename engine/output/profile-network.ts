/** What tasks and hosts cost: round trips, bytes, time spent waiting for the network and in the engine (`--profile`). */
import type { TaskInfo } from '../executor/events.js'
import { defineOutput } from './output.js'
import { taskName } from './result-text.js'
import { textWidth } from './text-width.js'

interface Cost {
  readonly label: string
  trips: number
  sent: number
  received: number
  /** Seconds. */
  network: number
  total: number
}

export default defineOutput({
  name: 'profile_network',
  summary: 'Round trips, bytes and waiting of each task and host',
  kind: 'aggregate',
  create({ screen, settings, now }) {
    const limit = settings.number('callback.profile_tasks.output_limit')
    const tasks = new Map<string, Cost>()
    const hosts = new Map<string, Cost>()
    const began = new Map<string, number>()
    const both = (task: TaskInfo, host: string, add: (cost: Cost) => void) => {
      add(costOf(tasks, task.id, taskName(task)))
      add(costOf(hosts, host, host))
    }
    return {
      host_start: ({ task, host }) => void began.set(`${task.id} ${host}`, now()),
      spent: ({ task, host, trips, sent, received, waited }) =>
        both(task, host, cost => {
          cost.trips += trips
          cost.sent += sent
          cost.received += received
          cost.network += waited
        }),
      result({ outcome: { task, host } }) {
        const start = began.get(`${task.id} ${host}`)
        if (start === undefined) return
        began.delete(`${task.id} ${host}`)
        const seconds = (now() - start) / 1000
        both(task, host, cost => {
          cost.total += seconds
        })
      },
      stats() {
        for (const line of table('TASK', [...tasks.values()], limit)) screen.print(line)
        for (const line of table('HOST', [...hosts.values()], limit)) screen.print(line)
      },
    }
  },
})

function costOf(costs: Map<string, Cost>, key: string, label: string): Cost {
  const known = costs.get(key)
  if (known) return known
  const cost = { label, trips: 0, sent: 0, received: 0, network: 0, total: 0 }
  costs.set(key, cost)
  return cost
}

const heads = ['trips', 'sent', 'received', 'network', 'engine']

/** The dearest first, and the sum of all. */
function table(title: string, costs: readonly Cost[], limit: number): string[] {
  const sum = costs.reduce(
    (all, one) => ({
      label: 'all',
      trips: all.trips + one.trips,
      sent: all.sent + one.sent,
      received: all.received + one.received,
      network: all.network + one.network,
      total: all.total + one.total,
    }),
    { label: 'all', trips: 0, sent: 0, received: 0, network: 0, total: 0 },
  )
  const dearest = costs.toSorted((a, b) => b.total - a.total).slice(0, limit)
  const rows = [[title, ...heads], ...[...dearest, sum].map(cells)]
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => textWidth(row[column]!))))
  const padded = (cell: string, column: number) => {
    const space = ' '.repeat(widths[column]! - textWidth(cell))
    return column === 0 ? cell + space : space + cell
  }
  return ['', ...rows.map(row => row.map(padded).join('  ').trimEnd())]
}

const cells = ({ label, trips, sent, received, network, total }: Cost): string[] => [
  label,
  String(trips),
  bytes(sent),
  bytes(received),
  `${network.toFixed(3)}s`,
  // What else the task took: templates, conditions, waiting for its turn in this process.
  `${Math.max(0, total - network).toFixed(3)}s`,
]

function bytes(count: number): string {
  if (count < 1024) return `${count} B`
  return count < 1024 * 1024 ? `${(count / 1024).toFixed(1)} KB` : `${(count / 1024 / 1024).toFixed(1)} MB`
}
