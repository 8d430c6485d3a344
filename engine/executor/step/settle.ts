/** What follows from a finished task: registered variables, what was learned, notifications, numbers and events. */
import type { Host } from '../../inventory/tree.js'
import { pyStr } from '../../python/repr.js'
import { isDict, isList, type Value } from '../../python/values.js'
import type { Status } from '../events.js'
import type { PlayRun } from '../play.js'
import { includeActions } from '../task/include-request.js'
import { isTrue, registered, statusOf } from '../task/results.js'
import type { Finished, Single, Step } from '../task/single.js'
import { learn } from './learn.js'
import { notify } from './notify.js'
import { outcomeOf } from './outcome.js'

/** Everything but moving the host's cursor. */
export async function settle(step: Step, finished: Finished): Promise<Status> {
  const { play, host, task, sharers } = step
  const { run } = play
  const status = statusOf(finished.result)
  const singles = finished.items ?? [finished]
  for (const single of singles) {
    report(play, single)
    // A task that failed teaches nothing, also where the failure is ignored.
    if (status === 'ok' || status === 'changed') learn(step, single)
    if (isTrue(single.result, 'changed') || finished.items === undefined) await notify(step, finished, single)
  }
  const name = task.keywords.get('register')
  if (name !== undefined && name !== null) {
    const kept = registered(finished.result)
    for (const one of sharers) run.memory.of(one.name).setFacts.set(pyStr(name), kept)
  }
  const included = includeActions.has(task.action) && status !== 'failed' && status !== 'skipped'
  run.emit({
    type: 'result',
    outcome: outcomeOf(step, finished, finished.duration, finished.items !== undefined),
  })
  count(play, host, finished, status, included)
  return status
}

function report(play: PlayRun, { result }: Single): void {
  for (const warning of lines(result.get('warnings'))) play.run.emit({ type: 'warning', text: warning })
  const deprecations = result.get('deprecations')
  if (isList(deprecations)) {
    for (const entry of deprecations) {
      if (!isDict(entry)) continue
      play.run.emit({ type: 'deprecation', text: pyStr(entry.get('msg') ?? ''), entry })
    }
  }
}

const lines = (value: Value | undefined): string[] => (isList(value) ? value.map(item => pyStr(item)) : [])

function count(play: PlayRun, host: Host, finished: Finished, status: Status, included: boolean): void {
  const { stats } = play.run
  const changed = isTrue(finished.result, 'changed')
  if (status === 'unreachable') {
    if (finished.ignoreUnreachable) {
      stats.count(host.name, 'ok')
      stats.count(host.name, 'ignored')
    } else stats.count(host.name, 'unreachable')
  } else if (status === 'failed') {
    if (!finished.ignoreErrors) return
    stats.count(host.name, 'ok')
    stats.count(host.name, 'ignored')
    if (changed) stats.count(host.name, 'changed')
  } else if (status === 'skipped') stats.count(host.name, 'skipped')
  else if (!included) {
    stats.count(host.name, 'ok')
    if (changed) stats.count(host.name, 'changed')
  }
}
