/** How long tasks and roles took: profile_tasks and profile_roles. */
import type { TaskInfo } from '../executor/events.js'
import { defineOutput, type Output, type OutputContext } from './output.js'
import { taskName } from './result-text.js'

export const profileTasks = defineOutput({
  name: 'profile_tasks',
  summary: 'When each task began, and which took longest',
  kind: 'aggregate',
  create: context =>
    profile(context, {
      key: task => task.id,
      label: taskName,
      order: context.settings.string('callback.profile_tasks.sort_order'),
      limit: context.settings.number('callback.profile_tasks.output_limit'),
      total: false,
    }),
})

export const profileRoles = defineOutput({
  name: 'profile_roles',
  summary: 'Which roles took longest',
  kind: 'aggregate',
  create: context => {
    const key = (task: TaskInfo) => task.role ?? task.written
    return profile(context, { key, label: key, order: 'descending', limit: Number.POSITIVE_INFINITY, total: true })
  },
})

interface Shape {
  key(task: TaskInfo): string
  label(task: TaskInfo): string
  readonly order: string
  readonly limit: number
  readonly total: boolean
}

function profile({ screen, now }: OutputContext, shape: Shape): Output {
  const begin = now()
  let last = begin
  const spent = new Map<string, { readonly label: string; seconds: number }>()
  let current: { readonly label: string; seconds: number } | undefined

  function stamp(): void {
    const time = now()
    const since = (time - last) / 1000
    if (current) current.seconds += since
    last = time
    const line = `${dateText(new Date(time))} (${clock(since)})       ${clock((time - begin) / 1000)}`
    screen.print(filled(line, '*', screen.columns))
  }
  function start(task: TaskInfo): void {
    stamp()
    const key = shape.key(task)
    current = spent.get(key) ?? { label: shape.label(task), seconds: 0 }
    spent.set(key, current)
  }
  const line = (label: string, seconds: number) => {
    const time = ` ${seconds.toFixed(2)}s`
    screen.print(`${`${label} `.padEnd(screen.columns - 9, '-')}${time.padStart(9, '-')}`)
  }
  return {
    task_start: ({ task }) => start(task),
    handler_start: ({ task }) => start(task),
    stats() {
      stamp()
      screen.print(filled('', '=', screen.columns))
      const all = [...spent.values()]
      if (shape.order !== 'none') all.sort((a, b) => b.seconds - a.seconds)
      if (shape.order === 'ascending') all.reverse()
      for (const { label, seconds } of all.slice(0, shape.limit)) line(label, seconds)
      if (!shape.total) return
      screen.print(filled('', '~', screen.columns))
      line(
        'total',
        all.reduce((sum, one) => sum + one.seconds, 0),
      )
    },
  }
}

function filled(text: string, filler: string, width: number): string {
  const start = text === '' ? '' : `${text} `
  return `${start}${filler.repeat(Math.max(3, width - start.length))} `
}

/** h:mm:ss.mmm */
function clock(seconds: number): string {
  const whole = Math.floor(seconds)
  const two = (number: number) => String(number).padStart(2, '0')
  const milliseconds = String(Math.floor((seconds - whole) * 1000 + 1e-6)).padStart(3, '0')
  return `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}.${milliseconds}`
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July'],
  ...['August', 'September', 'October', 'November', 'December'],
]

function dateText(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const offset = -date.getTimezoneOffset()
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  const day = `${DAYS[date.getDay()]} ${two(date.getDate())} ${MONTHS[date.getMonth()]} ${date.getFullYear()}`
  return `${day}  ${time} ${zone}`
}
