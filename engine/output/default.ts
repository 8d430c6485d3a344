/** The output of ansible-playbook that everybody knows, byte for byte. */
import type { Event, TaskInfo, TaskOutcome } from '../executor/events.js'
import { pyStr } from '../python/repr.js'
import type { Dict } from '../python/values.js'
import { resultDiff } from './diff.js'
import { notices } from './notices.js'
import { defineOutput, type Output, type OutputContext } from './output.js'
import { printCustomStats, printRecap } from './recap.js'
import {
  argumentsText,
  hostLabel,
  isInclude,
  itemLabel,
  resultText,
  taskName,
  withoutDebugNoise,
} from './result-text.js'
import { resultAsYaml } from './yaml-text.js'

export default defineOutput({
  name: 'default',
  summary: "Ansible's own output",
  kind: 'stdout',
  create: context => defaultOutput(context, configuredFormat(context)),
})

/** Text of a result; `always`: spread over several lines by default; `item`: one of a loop's. */
export type ResultFormat = (result: Dict, always: boolean, item?: boolean) => string

/** JSON or YAML, as result_format says. */
function configuredFormat(context: OutputContext): ResultFormat {
  const { settings, verbosity } = context
  if (settings.string('callback.default.result_format') !== 'yaml') return resultAsJson(context)
  const exact = settings.get('callback.default.pretty_results') === false
  return (result, _, keepNotices = false) => resultAsYaml(result, verbosity, { keepNotices, exact })
}

/** JSON on one line; indented for debug and assert, and with -vvv. */
export const resultAsJson =
  ({ settings, verbosity }: OutputContext): ResultFormat =>
  (result, always, keepNotices = false) => {
    const pretty = settings.get('callback.default.pretty_results')
    const indent = pretty === true || (pretty !== false && (always || verbosity > 2)) ? 4 : undefined
    return resultText(result, { verbosity, indent, keepNotices })
  }

/** Strategies under which each host goes its own way, so that a banner belongs to a result. */
const UNORDERED = new Set(['free', 'host_pinned', 'ansible.builtin.free', 'ansible.builtin.host_pinned'])

export function defaultOutput(context: OutputContext, format: ResultFormat): Output {
  const { settings, screen, verbosity } = context
  const showOk = settings.bool('callback.default.display_ok_hosts')
  const showSkipped = settings.bool('DISPLAY_SKIPPED_HOSTS')
  const failedOnStderr = settings.bool('callback.default.display_failed_stderr')
  const markCheckMode = settings.bool('callback.default.check_mode_markers')
  const showStarts = settings.bool('callback.default.show_per_host_start')
  const showPathOnFailure = settings.bool('callback.default.show_task_path_on_failure')

  let lastBanner: string | undefined
  let unordered = false
  const kinds = new Map<string, string>()
  /** Handlers that wait to run, with the hosts that notified them: further notices are not news. */
  const notified = new Map<string, Set<string>>()

  function banner(task: TaskInfo): void {
    lastBanner = task.id
    // Arguments may be secrets, so they never follow a task with no_log.
    const args =
      settings.bool('DISPLAY_ARGS_TO_STDOUT') && !task.noLog && task.args ? ` ${argumentsText(task.args)}` : ''
    const mark = task.checkMode && markCheckMode ? ' [CHECK MODE]' : ''
    screen.banner(`${kinds.get(task.id) ?? 'TASK'} [${taskName(task).trim()}${args}]${mark}`)
    if (verbosity >= 2) path(task)
  }
  const path = (task: TaskInfo) => {
    if (task.path) screen.print(`task path: ${task.path}`, { colour: 'COLOR_DEBUG', screenOnly: true })
  }
  const bannerOnce = (task: TaskInfo) => {
    if (lastBanner !== task.id) banner(task)
  }
  function start(task: TaskInfo, kind: string): void {
    kinds.set(task.id, kind)
    if (!unordered && showOk && showSkipped) banner(task)
  }

  const isVerbose = (outcome: TaskOutcome, level = 0) =>
    (verbosity > level || outcome.verboseAlways) && !outcome.verboseOverride
  const text = (outcome: TaskOutcome, result: Dict) => format(result, outcome.verboseAlways, outcome.item !== undefined)
  const tell = (outcome: TaskOutcome) => notices(screen, settings, verbosity, outcome.result, failedOnStderr)

  function diff(outcome: TaskOutcome): void {
    if (!outcome.task.diffMode || outcome.looped || outcome.result.get('changed') !== true) return
    const shown = resultDiff(outcome.result, settings, screen)
    if (shown === '') return
    bannerOnce(outcome.task)
    screen.print(shown)
  }

  function ok(outcome: TaskOutcome): void {
    if (isInclude(outcome.task)) {
      bannerOnce(outcome.task)
      return
    }
    const changed = outcome.status === 'changed'
    if (changed || showOk) {
      bannerOnce(outcome.task)
      tell(outcome)
      if (outcome.looped && outcome.result.has('results')) return
      const result = withoutDebugNoise(outcome.result, outcome.task)
      const dump = isVerbose(outcome) ? ` => ${text(outcome, result)}` : ''
      screen.print(`${changed ? 'changed' : 'ok'}: [${hostLabel(outcome)}]${dump}`, {
        colour: changed ? 'COLOR_CHANGED' : 'COLOR_OK',
      })
    }
  }

  function failed(outcome: TaskOutcome): void {
    const result = withoutDebugNoise(outcome.result, outcome.task)
    bannerOnce(outcome.task)
    tell(outcome)
    // The items were shown when they failed; only a debug task has lost its results by now.
    if (!(outcome.looped && result.has('results'))) {
      if (showPathOnFailure && verbosity < 2) path(outcome.task)
      screen.print(`fatal: [${hostLabel(outcome)}]: FAILED! => ${text(outcome, result)}`, {
        colour: 'COLOR_ERROR',
        stderr: failedOnStderr,
      })
    }
    if (outcome.ignored) screen.print('...ignoring', { colour: 'COLOR_SKIP' })
  }

  function skipped(outcome: TaskOutcome): void {
    if (!showSkipped) return
    bannerOnce(outcome.task)
    const result = withoutDebugNoise(outcome.result, outcome.task)
    // The items said it already, but Ansible also says that all of them were skipped.
    const dump = isVerbose(outcome) ? ` => ${text(outcome, withoutResults(result))}` : ''
    screen.print(`skipping: [${outcome.host}]${dump}`, { colour: 'COLOR_SKIP' })
  }

  function unreachable(outcome: TaskOutcome): void {
    bannerOnce(outcome.task)
    screen.print(`fatal: [${hostLabel(outcome)}]: UNREACHABLE! => ${text(outcome, outcome.result)}`, {
      colour: 'COLOR_UNREACHABLE',
      stderr: failedOnStderr,
    })
    if (outcome.ignored) screen.print('...ignoring', { colour: 'COLOR_SKIP' })
  }

  function item(outcome: TaskOutcome): void {
    diff(outcome)
    const { task, status } = outcome
    if (isInclude(task) && (status === 'ok' || status === 'changed')) return
    // Ansible prints None for items of a task with no_log, not even its placeholder for them.
    const label = `(item=${itemLabel((task.noLog ? null : outcome.item?.label) ?? null)})`
    const result = withoutDebugNoise(outcome.result, task)
    const dump = isVerbose(outcome) ? ` => ${text(outcome, result)}` : ''
    if (status === 'failed' || status === 'unreachable') {
      bannerOnce(task)
      tell(outcome)
      screen.print(`failed: [${hostLabel(outcome)}] ${label} => ${text(outcome, result)}`, {
        colour: 'COLOR_ERROR',
        stderr: failedOnStderr,
      })
    } else if (status === 'skipped') {
      if (!showSkipped) return
      bannerOnce(task)
      screen.print(`skipping: [${outcome.host}] => ${label} ${dump}`, { colour: 'COLOR_SKIP' })
    } else {
      const changed = status === 'changed'
      if (!changed && !showOk) return
      bannerOnce(task)
      tell(outcome)
      screen.print(`${changed ? 'changed' : 'ok'}: [${hostLabel(outcome)}] => ${label}${dump}`, {
        colour: changed ? 'COLOR_CHANGED' : 'COLOR_OK',
      })
    }
  }

  function stats({ hosts, custom }: Extract<Event, { type: 'stats' }>): void {
    printRecap(screen, hosts)
    if (custom.size > 0 && settings.bool('SHOW_CUSTOM_STATS')) printCustomStats(screen, custom)
    if (context.checkMode && markCheckMode) screen.banner('DRY RUN')
  }

  return {
    playbook_start({ file, plays }) {
      if (verbosity > 1) {
        screen.banner(`PLAYBOOK: ${file.split('/').at(-1)}`)
        if (plays !== undefined) screen.verbose(`${plays} plays in ${file}`)
      }
      if (context.checkMode && markCheckMode) screen.banner('DRY RUN')
    },
    play_start({ name, checkMode, strategy }) {
      unordered = strategy !== undefined && UNORDERED.has(strategy)
      const mark = checkMode && markCheckMode ? ' [CHECK MODE]' : ''
      screen.banner(name.trim() === '' ? `PLAY${mark}` : `PLAY [${name.trim()}]${mark}`)
    },
    no_hosts_matched: () => screen.print('skipping: no hosts matched', { colour: 'COLOR_SKIP' }),
    no_hosts_remaining: () => screen.banner('NO MORE HOSTS LEFT'),
    task_start: ({ task }) => start(task, task.handler ? 'RUNNING HANDLER' : 'TASK'),
    handler_start({ task }) {
      notified.delete(taskName(task))
      notified.delete(task.name)
      start(task, 'RUNNING HANDLER')
    },
    host_start({ task, host }) {
      if (showStarts)
        screen.print(` [started ${task.handler ? 'HANDLER' : 'TASK'}: ${taskName(task)} on ${host}]`, {
          colour: 'COLOR_OK',
        })
    },
    meta_skipped({ host, result }) {
      const dump = verbosity > 0 ? ` => ${format(result, false)}` : ''
      if (showSkipped) screen.print(`skipping: [${host}]${dump}`, { colour: 'COLOR_SKIP' })
    },
    item_result: ({ outcome }) => item(outcome),
    result({ outcome }) {
      diff(outcome)
      if (outcome.status === 'failed') failed(outcome)
      else if (outcome.status === 'unreachable') unreachable(outcome)
      else if (outcome.status === 'skipped') skipped(outcome)
      else ok(outcome)
    },
    retry(event) {
      const { task, result, attempts, retries, verboseAlways } = event
      const left = retries - attempts
      const dump = verbosity > 2 || verboseAlways ? `Result was: ${format(result, verboseAlways)}` : ''
      screen.print(
        `FAILED - RETRYING: [${hostLabel(event)}]: ${task.named ? task.name : taskName(task)} (${left} retries left).${dump}`,
        {
          colour: 'COLOR_DEBUG',
        },
      )
    },
    async_poll({ host, jid, result }) {
      const field = (name: string) => pyStr(result.get(name) ?? null)
      screen.print(`ASYNC POLL on ${host}: jid=${jid} started=${field('started')} finished=${field('finished')}`, {
        colour: 'COLOR_DEBUG',
      })
    },
    async_ok: ({ host, jid }) => screen.print(`ASYNC OK on ${host}: jid=${jid}`, { colour: 'COLOR_DEBUG' }),
    async_failed: ({ host, jid }) => screen.print(`ASYNC FAILED on ${host}: jid=${jid}`, { colour: 'COLOR_DEBUG' }),
    include({ file, hosts, item, task }) {
      bannerOnce(task)
      const label = task.noLog
        ? ' => (item=(censored due to no_log))'
        : item === undefined
          ? ''
          : ` => (item=${itemLabel(item)})`
      screen.print(`included: ${file} for ${hosts.join(', ')}${label}`, { colour: 'COLOR_SKIP' })
    },
    notify({ handler, host }) {
      if (verbosity < 2 || notified.get(handler)?.has(host)) return
      notified.set(handler, (notified.get(handler) ?? new Set()).add(host))
      screen.print(`NOTIFIED HANDLER ${handler} for ${host}`, { colour: 'COLOR_VERBOSE', screenOnly: true })
    },
    stats,
  }
}

function withoutResults(result: Dict): Dict {
  if (!result.has('results')) return result
  return new Map([...result].filter(([key]) => key !== 'results'))
}
