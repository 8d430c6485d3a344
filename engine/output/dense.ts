/** One line per task: which hosts it was fine on, which it changed, which failed. */
import type { TaskInfo } from '../executor/events.js'
import { defineOutput } from './output.js'
import { resultText } from './result-text.js'

const COLOURS = {
  ok: 'COLOR_OK',
  changed: 'COLOR_CHANGED',
  failed: 'COLOR_ERROR',
  skipped: 'COLOR_SKIP',
  unreachable: 'COLOR_UNREACHABLE',
} as const

export default defineOutput({
  name: 'dense',
  summary: 'One line per task',
  kind: 'stdout',
  create({ screen, verbosity }) {
    let plays = 0
    let tasks = 0
    let title = ''
    let hosts: string[] = []
    const flush = () => {
      if (hosts.length > 0) screen.print(`${title}: ${hosts.join(' ')}`)
      hosts = []
    }
    const start = (task: TaskInfo) => {
      flush()
      title = `${task.handler ? 'handler' : 'task'} ${++tasks}`
    }
    return {
      play_start({ name }) {
        flush()
        tasks = 0
        screen.print(`PLAY ${++plays}: ${name.toUpperCase()}`)
      },
      task_start: ({ task }) => start(task),
      handler_start: ({ task }) => start(task),
      result({ outcome }) {
        const { host, status, task, result, ignored } = outcome
        hosts.push(screen.paint(host, COLOURS[status]))
        const bad = status === 'failed' || status === 'unreachable'
        if (!bad || ignored) return
        flush()
        screen.banner(`TASK [${task.name}]`)
        screen.print(`${host}: ${resultText(result, { verbosity, indent: 4 })}`, { colour: COLOURS[status] })
      },
      stats: flush,
    }
  },
})
