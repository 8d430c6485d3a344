/** Ansible's own lines with numbers: which task of how many, which host of how many. Loops show no items. */
import type { TaskOutcome } from '../executor/events.js'
import { defineOutput } from './output.js'
import { printCustomStats, printHosts } from './recap.js'
import { isInclude, resultText, taskName, withoutDebugNoise } from './result-text.js'

export default defineOutput({
  name: 'counter_enabled',
  summary: 'Like default, with numbers of tasks and hosts',
  kind: 'stdout',
  create({ screen, settings, verbosity }) {
    const showOk = settings.bool('callback.default.display_ok_hosts')
    const showSkipped = settings.bool('DISPLAY_SKIPPED_HOSTS')
    let task = 0
    let tasks = 0
    let hosts = 0
    /** Results of the current task, after the hosts of the batches before. */
    let count = 0
    let batchesBefore = 0
    let batchesSoFar = 0

    function finished(outcome: TaskOutcome): void {
      const { status, looped } = outcome
      count++
      const { host, delegate } = outcome
      const label = status === 'skipped' || delegate === undefined ? host : `${host} -> ${delegate}`
      const place = `${count}/${hosts} [${label}]`
      const result = withoutDebugNoise(outcome.result, outcome.task)
      const text = () =>
        resultText(result, { verbosity, indent: outcome.verboseAlways || verbosity > 2 ? 4 : undefined })
      const loud = (verbosity > 0 || outcome.verboseAlways) && !outcome.verboseOverride
      const quiet = looped && outcome.result.has('results')
      switch (status) {
        case 'ok':
        case 'changed': {
          if (isInclude(outcome.task) || quiet || (status === 'ok' && !showOk)) return
          const colour = status === 'changed' ? 'COLOR_CHANGED' : 'COLOR_OK'
          screen.print(`${status}: ${place}${loud ? ` => ${text()}` : ''}`, { colour })
          return
        }
        case 'skipped':
          if (showSkipped)
            screen.print(`skipping: ${place}${loud && !quiet ? ` => ${text()}` : ''}`, { colour: 'COLOR_SKIP' })
          return
        case 'failed':
          if (!quiet) screen.print(`fatal: ${place}: FAILED! => ${text()}`, { colour: 'COLOR_ERROR' })
          break
        case 'unreachable':
          screen.print(
            `fatal: ${place}: UNREACHABLE! => ${resultText(new Map([...outcome.result, ['unreachable', true]]), { verbosity })}`,
            { colour: 'COLOR_UNREACHABLE' },
          )
      }
      if (outcome.ignored) screen.print('...ignoring', { colour: 'COLOR_SKIP' })
    }

    return {
      play_start({ name, pattern = name, hosts: batch, allHosts, firstTasks = 0 }) {
        screen.banner(`PLAY [${name.trim() === '' ? pattern : name.trim()}]`)
        batchesBefore = batchesSoFar
        batchesSoFar += batch.length
        hosts = allHosts?.length ?? batch.length
        tasks = firstTasks
        task = 0
      },
      task_start({ task: info }) {
        count = batchesBefore
        screen.banner(`TASK ${++task}/${tasks} [${taskName(info).trim()}]`)
        if (verbosity >= 2 && info.path) screen.print(`task path: ${info.path}`, { colour: 'COLOR_DEBUG' })
      },
      result: ({ outcome }) => finished(outcome),
      meta_skipped({ host }) {
        count++
        if (showSkipped) screen.print(`skipping: ${count}/${hosts} [${host}]`, { colour: 'COLOR_SKIP' })
      },
      stats({ hosts: all, custom }) {
        screen.banner('PLAY RECAP')
        printHosts(screen, all, { skipped: false })
        screen.print('', { screenOnly: true })
        if (custom.size > 0 && settings.bool('SHOW_CUSTOM_STATS')) printCustomStats(screen, custom)
      },
    }
  },
})
