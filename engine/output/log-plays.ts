/** A log file per host, a paragraph per result. */
import { basename, join } from 'node:path'
import { jsonText } from './json-text.js'
import { defineOutput } from './output.js'

const WORDS = { ok: 'OK', changed: 'OK', failed: 'FAILED', skipped: 'SKIPPED', unreachable: 'UNREACHABLE' } as const
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

export default defineOutput({
  name: 'log_plays',
  summary: 'A log file per host',
  kind: 'aggregate',
  create({ settings, appendFile, now }) {
    const folder = settings.string('callback.log_plays.log_folder')
    let playbook = ''
    return {
      playbook_start({ file }) {
        playbook = basename(file)
      },
      result({ outcome: { host, task, status, result } }) {
        const data = new Map([...result].filter(([key]) => key !== 'invocation'))
        const fields = [stamp(new Date(now())), playbook, task.named ? task.name : '', task.written, WORDS[status]]
        appendFile(join(folder, host), `${fields.join(' - ')} - ${jsonText(data, { sortKeys: false })}\n\n`)
      },
    }
  },
})

function stamp(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0')
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')
  return `${MONTHS[date.getMonth()]} ${two(date.getDate())} ${date.getFullYear()} ${time}`
}
