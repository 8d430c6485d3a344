/** What `ansible` prints: a line or a block of JSON per host. */
import type { TaskOutcome } from '../executor/events.js'
import { pyStr } from '../python/repr.js'
import type { Dict } from '../python/values.js'
import { resultDiff } from './diff.js'
import { notices } from './notices.js'
import { defineOutput } from './output.js'
import { isCommand, resultText, withoutDebugNoise } from './result-text.js'
import { resultAsYaml } from './yaml-text.js'

export default defineOutput({
  name: 'minimal',
  summary: 'The result of each host, as ad-hoc commands print it',
  kind: 'stdout',
  create(context) {
    const { screen, settings, verbosity } = context
    const asYaml = settings.string('callback.default.result_format') === 'yaml'
    const dump = (result: Dict) =>
      asYaml ? resultAsYaml(result, verbosity) : resultText(result, { verbosity, indent: 4 })

    function finished(outcome: TaskOutcome): void {
      const { host, task, status, result } = outcome
      diff(outcome)
      if (status === 'skipped') {
        screen.print(`${host} | SKIPPED`, { colour: 'COLOR_SKIP' })
        return
      }
      if (status === 'unreachable') {
        screen.print(`${host} | UNREACHABLE! => ${dump(result)}`, { colour: 'COLOR_UNREACHABLE' })
        return
      }
      notices(screen, settings, verbosity, result, false)
      const [word, colour] =
        status === 'failed'
          ? ['FAILED', 'COLOR_ERROR']
          : status === 'changed'
            ? ['CHANGED', 'COLOR_CHANGED']
            : ['SUCCESS', 'COLOR_OK']
      const text =
        isCommand(task) && !result.has('module_stderr') && (status === 'failed' || !result.has('ansible_job_id'))
          ? commandText(host, word!, result)
          : `${host} | ${word}${status === 'failed' ? '!' : ''} => ${dump(withoutDebugNoise(result, task))}`
      screen.print(text, { colour: colour! })
    }

    const diff = ({ task, result }: TaskOutcome) => {
      const text = task.diffMode ? resultDiff(result, settings, screen) : ''
      if (text !== '') screen.print(text)
    }
    return {
      result: ({ outcome }) => finished(outcome),
      meta_skipped: ({ host }) => screen.print(`${host} | SKIPPED`, { colour: 'COLOR_SKIP' }),
    }
  },
})

/** `host | CHANGED | rc=0 >>` and what the command printed. */
function commandText(host: string, word: string, result: Dict): string {
  const field = (name: string) => {
    const value = result.get(name)
    return value === undefined ? '' : pyStr(value)
  }
  const rc = result.has('rc') ? field('rc') : '-1'
  return `${host} | ${word} | rc=${rc} >>\n${field('stdout')}${field('stderr')}${field('msg')}\n`
}
