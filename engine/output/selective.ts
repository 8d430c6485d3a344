/** Only what failed and tasks with the tag `print_action`; the others are a dot for each host. */
import type { TaskInfo, TaskOutcome } from '../executor/events.js'
import { compareStrings } from '../python/compare.js'
import { pyStr } from '../python/repr.js'
import { type Dict, isDict, isList } from '../python/values.js'
import { defineOutput } from './output.js'

const WIDTH = 130
const TITLE_WIDTH = 123
/** Longer messages stand below the line. */
const LONGEST_BESIDE = 49

const STYLES = {
  bold: '\x1b[1m',
  host: '\x1b[1m\x1b[34m',
  ok: '\x1b[0;32m',
  changed: '\x1b[0;33m',
  failed: '\x1b[0;31m',
  skipped: '\x1b[0;36m',
} as const
type Style = keyof typeof STYLES

export default defineOutput({
  name: 'selective',
  summary: 'What failed, and tasks with the tag print_action',
  kind: 'stdout',
  create({ screen, verbosity, environ, settings }) {
    const plain = settings.bool('ANSIBLE_NOCOLOR') || !['', undefined].includes(environ.ANSIBLE_SELECTIVE_DONT_COLORIZE)
    const paint = (text: string, style: Style) => (plain ? text : `${STYLES[style]}${text}\x1b[0m`)
    const print = (line: string) => screen.write(`${line}\n`)
    const wanted = ({ tags }: TaskInfo) => verbosity > 1 || tags.includes('print_action')
    let dotted = false
    let titled: string | undefined

    function title(name: string): void {
      if (dotted) print('')
      dotted = false
      print(paint(`# ${name} ${'*'.repeat(Math.max(0, TITLE_WIDTH - 3 - name.length))}`, 'bold'))
    }
    function titleOnce({ id, name, role }: TaskInfo): void {
      if (titled === id) return
      titled = id
      title(role === undefined || name.startsWith(`${role} : `) ? name : `${role} : ${name}`)
    }

    /** One host, or one item below it. */
    function line(name: string, style: Style, result: Dict, { failed, depth, diff }: LineStyle): void {
      const changed = result.get('changed') === true
      const colour: Style = failed ? 'failed' : changed ? 'changed' : 'ok'
      const said = result.get('msg')
      const message = said === undefined || said === null ? '' : pyStr(said)
      const indent = ' '.repeat(2 + depth)
      const head = `${indent}* ${paint(name, style).padEnd(40 - depth)}- `
      const status = paint(failed ? 'FAILED!!!' : `changed=${changed ? 'True' : 'False'}`, colour)
      const beside = [...message].length <= LONGEST_BESIDE
      const text = beside ? `${head}${status} -- ${paint(message, colour)} ` : `${head}${status} `
      print(text + '-'.repeat(Math.max(0, WIDTH - (beside ? 0 : 9) - text.length)))
      if (!beside) below(message, depth + 4, colour)
      if (diff && result.has('diff')) below(pyStr(result.get('diff')!), depth + 4, colour)
    }
    function below(text: string, indent: number, style: Style): void {
      for (const one of text.split('\n')) print(' '.repeat(indent) + paint(one, style))
    }

    function finished(outcome: TaskOutcome): void {
      const { task, host, status, result } = outcome
      const failed = status === 'failed' || status === 'unreachable'
      if (status === 'skipped') {
        if (verbosity > 1) skipped(outcome)
        return
      }
      if (!failed && !wanted(task)) {
        screen.write('.')
        dotted = true
        return
      }
      titleOnce(task)
      line(host, 'host', result, { failed, depth: 0, diff: task.diffMode })
      const items = result.get('results')
      if (!outcome.looped || !isList(items)) return
      for (const item of items) {
        if (!isDict(item)) continue
        const name = pyStr(item.get(pyStr(item.get('ansible_loop_var') ?? 'item')) ?? null)
        const bad = item.get('failed') === true || item.get('unreachable') === true
        line(name, 'bold', item, { failed: bad, depth: 4, diff: task.diffMode })
      }
    }

    function skipped({ task, host, result }: TaskOutcome): void {
      titleOnce(task)
      const reason = pyStr(result.get('skipped_reason') ?? result.get('skip_reason') ?? '')
      const beside = [...reason].length <= LONGEST_BESIDE
      const head = `  * ${host}${' '.repeat(Math.max(0, 27 - host.length))}- ${paint('skipped', 'skipped')}`
      const text = beside ? `${head} -- ${reason} ` : `${head} `
      print(text + '-'.repeat(Math.max(0, WIDTH - text.length)))
      if (!beside) below(reason, 8, 'skipped')
    }

    return {
      result: ({ outcome }) => finished(outcome),
      stats({ hosts }) {
        print('')
        title('STATS')
        for (const host of [...hosts.keys()].sort(compareStrings)) {
          const { ok, changed, failures, unreachable, rescued, ignored } = hosts.get(host)!
          const style = failures > 0 || unreachable > 0 ? 'failed' : changed > 0 ? 'changed' : 'ok'
          const numbers = { ok, changed, failed: failures, unreachable, rescued, ignored }
          const counts = Object.entries(numbers).map(([name, number]) => `${name}=${number}`)
          print(paint(`${host}    : ${counts.join('\t')}`, style))
        }
      },
    }
  },
})

interface LineStyle {
  readonly failed: boolean
  /** Further columns to the right. */
  readonly depth: number
  readonly diff: boolean
}
