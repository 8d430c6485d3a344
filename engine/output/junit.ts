/** A JUnit report: a test per task and host. */
import { isAbsolute, join, parse, relative } from 'node:path'
import type { TaskInfo, TaskOutcome } from '../executor/events.js'
import { pyStr } from '../python/repr.js'
import { defineOutput } from './output.js'
import { argumentsText, resultText, taskName } from './result-text.js'

interface Case {
  readonly name: string
  readonly classname: string
  readonly seconds: number
  readonly body: string
  readonly kind: 'passed' | 'failed' | 'skipped' | 'error'
}

export default defineOutput({
  name: 'junit',
  summary: 'A JUnit report: a test per task and host',
  kind: 'aggregate',
  create({ settings, writeFile, now, verbosity }) {
    const option = (name: string) => settings.string(`callback.junit.${name}`)
    const flag = (name: string) => settings.bool(`callback.junit.${name}`)
    const cases: Case[] = []
    const starts = new Map<string, number>()
    let playbook = 'playbook'
    let play = ''

    function add(outcome: TaskOutcome): void {
      const { task, host, result, ignored } = outcome
      if (task.action === 'ansible.builtin.gather_facts' && !flag('include_setup_tasks_in_report')) return
      const indent = outcome.verboseAlways ? 4 : 0
      const dump = resultText(result, { verbosity, indent })
      const kind = kindOf(outcome, ignored)
      const name = `[${host}] ${play}: ${label(task)}`
      if (!name.includes(`${play}: ${option('test_case_prefix')}`)) return
      const seconds = outcome.duration || (now() - (starts.get(task.id) ?? now())) / 1000
      cases.push({ name, classname: classOf(task), seconds, kind, body: bodyOf(kind, outcome, dump) })
    }

    function kindOf({ status }: TaskOutcome, ignored: boolean): Case['kind'] {
      if (status === 'skipped') return 'skipped'
      if (status === 'unreachable') return ignored && !flag('fail_on_ignore') ? 'passed' : 'error'
      if (status === 'changed') return flag('fail_on_change') ? 'failed' : 'passed'
      return status === 'failed' && (!ignored || flag('fail_on_ignore')) ? 'failed' : 'passed'
    }

    function bodyOf(kind: Case['kind'], { result }: TaskOutcome, dump: string): string {
      const text = (key: string) => {
        const value = result.get(key)
        return value === undefined || value === null ? undefined : pyStr(value)
      }
      if (kind === 'skipped') return element('skipped', {}, text('skip_reason') ?? text('skipped_reason') ?? 'skipped')
      if (kind === 'passed') return element('system-out', {}, dump)
      const message = text('msg') ?? (result.has('rc') ? `rc=${text('rc')}` : 'task failed')
      const tag = kind === 'failed' ? 'failure' : 'error'
      return element(tag, { message, type: tag }, dump)
    }

    function label(task: TaskInfo): string {
      const args = flag('hide_task_arguments') || task.noLog || !task.args ? '' : argumentsText(task.args)
      return args === '' ? taskName(task) : `${taskName(task)} ${args}`
    }

    function classOf({ path }: TaskInfo): string {
      let shown = path
      const root = option('task_relative_path')
      if (root !== '' && root !== 'none') {
        const inside = relative(root, path)
        const outside = option('replace_out_of_tree_path')
        shown = inside.startsWith('..') || isAbsolute(inside) ? (outside === 'none' ? path : outside) : inside
      }
      return flag('task_class') ? shown.replace(/\.yml:[0-9]+$/, '') : shown
    }

    return {
      playbook_start({ file }) {
        playbook = parse(file).name
      },
      play_start({ name }) {
        play = name
      },
      task_start: ({ task }) => void starts.set(task.id, now()),
      handler_start: ({ task }) => void starts.set(task.id, now()),
      result: ({ outcome }) => add(outcome),
      stats() {
        const count = (kind: Case['kind']) => cases.filter(one => one.kind === kind).length
        const time = String(cases.reduce((sum, one) => sum + one.seconds, 0))
        const totals = { disabled: '0', errors: String(count('error')), failures: String(count('failed')) }
        const skipped = String(count('skipped'))
        const tests = String(cases.length)
        const body = cases
          .map(
            ({ name, classname, seconds, body }) =>
              `\t\t<testcase${attributes({ classname, name, time: String(seconds) })}>\n\t\t\t${body}\n\t\t</testcase>\n`,
          )
          .join('')
        const suite = attributes({ ...totals, name: playbook, skipped, tests, time })
        const all = attributes({ ...totals, tests, time })
        writeFile(
          join(option('output_dir').replace(/^~(?=\/|$)/, process.env.HOME ?? '~'), `${playbook}-${now() / 1000}.xml`),
          `<?xml version="1.0" ?>\n<testsuites${all}>\n\t<testsuite${suite}>\n${body}\t</testsuite>\n</testsuites>\n`,
        )
      },
    }
  },
})

const element = (tag: string, members: Record<string, string>, text: string) =>
  `<${tag}${attributes(members)}>${escaped(text)}</${tag}>`
const attributes = (members: Record<string, string>) =>
  Object.entries(members)
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join('')

/** XML has no way to write most control characters. */
const escaped = (text: string) =>
  text
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
