/** Short lines in the manner of start-up messages: a task's name, then what each host made of it. */
import { basename } from 'node:path'
import type { TaskInfo, TaskOutcome } from '../executor/events.js'
import { truthy } from '../python/compare.js'
import { pyStr } from '../python/repr.js'
import { isDict, isList } from '../python/values.js'
import { resultDiff } from './diff.js'
import { defineOutput } from './output.js'
import { printCustomStats, printHosts } from './recap.js'
import { isInclude, itemLabel, resultText } from './result-text.js'

const WORDS = {
  ok: ['ok', 'COLOR_OK'],
  changed: ['done', 'COLOR_CHANGED'],
  failed: ['failed', 'COLOR_ERROR'],
  skipped: ['skipped', 'COLOR_SKIP'],
  unreachable: ['unreachable', 'COLOR_UNREACHABLE'],
} as const

export default defineOutput({
  name: 'unixy',
  summary: 'Short lines, as a system prints them when it starts',
  kind: 'stdout',
  create({ screen, settings, verbosity }) {
    const showOk = settings.bool('callback.default.display_ok_hosts')
    const showSkipped = settings.bool('DISPLAY_SKIPPED_HOSTS')
    const failedOnStderr = settings.bool('callback.default.display_failed_stderr')

    /** Includes are not announced. */
    const announce = ({ name }: TaskInfo, how = '') => {
      const shown = name.trim().split(' : ').at(-1)!
      if (!shown.startsWith('include')) screen.print(`${shown}${how || '...'}`)
    }

    function finished(outcome: TaskOutcome): void {
      const { status, result, task } = outcome
      if (task.diffMode && !outcome.looped && result.get('changed') === true) {
        const diff = resultDiff(result, settings, screen)
        if (diff !== '') screen.print(diff)
      }
      if ((status === 'ok' && !showOk) || (status === 'skipped' && !showSkipped)) return
      const [, colour] = WORDS[status]
      const stderr = failedOnStderr && (status === 'failed' || status === 'unreachable')
      screen.print(`  ${lineOf(outcome)}`, { colour, stderr })
    }

    function lineOf(outcome: TaskOutcome): string {
      const { status, result } = outcome
      const label =
        status === 'skipped' || outcome.delegate === undefined ? outcome.host : `${outcome.host} -> ${outcome.delegate}`
      const words = `${label} ${WORDS[status][0]}`
      const withItem =
        outcome.item !== undefined && (status === 'changed' || status === 'failed')
          ? `${words} | item: ${itemLabel(outcome.item.label)}`
          : words
      // A loop's own line does not tell its items again.
      if ((verbosity > 0 || outcome.verboseAlways) && !outcome.verboseOverride && !outcome.looped)
        return `${withItem}: ${resultText(result, { verbosity, indent: 4 })}`
      const told = (['msg', 'stdout', 'stderr'] as const).flatMap(key => {
        const text = result.get(key)
        const said = text !== undefined && truthy(text) && text !== 'All items completed'
        return said ? [` | ${key}: ${isDict(text) ? resultText(text, { verbosity }) : pyStr(text)}`] : []
      })
      return withItem + told.join('')
    }

    return {
      playbook_start: ({ file }) => screen.print(`Executing playbook ${basename(file)}`),
      play_start({ name, pattern = name }) {
        screen.print(`\n- ${name.trim() === '' ? pattern : name.trim()} on hosts: ${pattern} -`)
      },
      no_hosts_matched: () => screen.print('  No hosts found!', { colour: 'COLOR_DEBUG' }),
      no_hosts_remaining: () => screen.print('  Ran out of hosts!', { colour: 'COLOR_ERROR' }),
      task_start: ({ task }) => announce(task),
      handler_start: ({ task }) => announce(task, ' (via handler)... '),
      item_result: ({ outcome }) => finished(outcome),
      result({ outcome }) {
        // An include tells its items, too, which are no events.
        const items = outcome.looped && isInclude(outcome.task) ? outcome.result.get('results') : undefined
        for (const item of isList(items) ? items : [])
          if (isDict(item) && item.get('skipped') !== true)
            finished({ ...outcome, result: item, looped: false, status: 'ok' })
        finished(outcome)
      },
      meta_skipped({ host, result }) {
        if (!showSkipped) return
        screen.print(`  ${host} skipped | msg: ${pyStr(result.get('msg') ?? '')}`, { colour: 'COLOR_SKIP' })
      },
      include({ file, hosts, item }) {
        const label = item === undefined ? '' : ` => (item=${itemLabel(item)})`
        screen.print(`included: ${file} for ${hosts.join(', ')}${label}`, { colour: 'COLOR_SKIP' })
      },
      retry: ({ attempts, retries }) =>
        screen.print(`  Retrying... (${attempts} of ${retries})`, { colour: 'COLOR_DEBUG' }),
      async_ok: ({ host, jid }) => screen.print(`ASYNC OK on ${host}: jid=${jid}`, { colour: 'COLOR_DEBUG' }),
      async_failed: ({ host, jid }) => screen.print(`ASYNC FAILED on ${host}: jid=${jid}`, { colour: 'COLOR_DEBUG' }),
      stats({ hosts, custom }) {
        screen.print('\n- Play recap -', { screenOnly: true })
        printHosts(screen, hosts, { skipped: false, indent: '  ' })
        if (custom.size > 0 && settings.bool('SHOW_CUSTOM_STATS')) printCustomStats(screen, custom)
      },
    }
  },
})
