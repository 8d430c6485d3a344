/** One line per result, for grep. */
import type { TaskOutcome } from '../executor/events.js'
import { pyStr } from '../python/repr.js'
import type { Dict, Value } from '../python/values.js'
import { notices } from './notices.js'
import { defineOutput } from './output.js'
import { isCommand, resultText } from './result-text.js'

export default defineOutput({
  name: 'oneline',
  summary: 'One line per result, for grep',
  kind: 'stdout',
  create({ screen, settings, verbosity }) {
    const dump = ({ result, verboseAlways }: TaskOutcome) =>
      resultText(result, { verbosity, indent: verboseAlways || verbosity > 2 ? 4 : 0, keepNotices: true }).replaceAll(
        '\n',
        '',
      )

    function finished(outcome: TaskOutcome): void {
      const [text, colour] = line(outcome)
      if (outcome.status !== 'skipped' && outcome.status !== 'unreachable')
        notices(screen, settings, verbosity, outcome.result, false)
      screen.print(text, { colour })
    }

    function line(outcome: TaskOutcome): [text: string, colour: string] {
      const { host, task, status, result } = outcome
      switch (status) {
        case 'skipped':
          return [`${host} | SKIPPED`, 'COLOR_SKIP']
        case 'unreachable':
          return [`${host} | UNREACHABLE!: ${pyStr(result.get('msg') ?? '')}`, 'COLOR_UNREACHABLE']
        case 'failed':
          return [`${host} | FAILED! => ${dump(outcome)}`, 'COLOR_ERROR']
      }
      const word = status === 'changed' ? 'CHANGED' : 'SUCCESS'
      const text =
        isCommand(task) && !result.has('ansible_job_id')
          ? commandLine(host, word, result)
          : `${host} | ${word} => ${dump(outcome)}`
      return [text, status === 'changed' ? 'COLOR_CHANGED' : 'COLOR_OK']
    }
    return {
      result: ({ outcome }) => finished(outcome),
      meta_skipped: ({ host }) => screen.print(`${host} | SKIPPED`, { colour: 'COLOR_SKIP' }),
    }
  },
})

function commandLine(host: string, word: string, result: Dict): string {
  const escaped = (value: Value | undefined) =>
    value === undefined || value === null ? '' : pyStr(value).replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  const rc = result.has('rc') ? pyStr(result.get('rc')!) : '-1'
  const stderr = escaped(result.get('stderr'))
  const line = `${host} | ${word} | rc=${rc} | (stdout) ${escaped(result.get('stdout'))}`
  return stderr === '' ? line : `${line} (stderr) ${stderr}`
}
