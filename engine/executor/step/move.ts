/** Where hosts go after a task: on, into a rescue, or out of the play. */
import type { Host } from '../../inventory/tree.js'
import { type Dict, fromJson } from '../../python/values.js'
import type { PlayRun } from '../play.js'
import { registered, statusOf } from '../task/results.js'
import type { Finished, Step } from '../task/single.js'

/** `cause`: an include that could not be opened fails as the task that it is. */
export function move(
  step: Step,
  finished: Finished,
  cause: 'task' | 'include',
): { readonly failed: boolean; readonly unreachable: boolean } {
  const { play, host, sharers } = step
  const { run } = play
  const status = statusOf(finished.result)
  if (status === 'unreachable' && !finished.ignoreUnreachable) {
    for (const one of sharers) {
      run.unreachableHosts.add(one.name)
      play.cursor(one).end()
    }
    play.activeChanged()
    return { failed: false, unreachable: true }
  }
  if (status !== 'failed' || finished.ignoreErrors) {
    for (const one of sharers) play.cursor(one).advance()
    return { failed: false, unreachable: false }
  }
  let anyOut = false
  for (const one of sharers) {
    const { rescued } = play.cursor(one).fail()
    // Ansible counts an include that cannot be opened as failed even where a rescue deals with it.
    if (one === host) run.stats.count(host.name, rescued && cause === 'task' ? 'rescued' : 'failures')
    if (rescued && cause === 'include') run.failedIncludes.add(one.name)
    if (rescued) rememberFailure(step, one, finished)
    else anyOut = true
    markIfOut(play, one)
  }
  return { failed: anyOut, unreachable: false }
}

/** Notes a host whose failure nobody rescued once it has nothing left to do. */
export function markIfOut(play: PlayRun, host: Host): void {
  const cursor = play.cursor(host)
  cursor.peek()
  if (!cursor.failed) return
  play.run.failedHosts.add(host.name)
  play.activeChanged()
}

/** What a rescue part may read about the failure it deals with. */
function rememberFailure({ play, info, task }: Step, host: Host, finished: Finished): void {
  const { setFacts } = play.run.memory.of(host.name)
  const described = fromJson({
    name: info.named ? info.name : '',
    action: info.written,
    role: info.role ?? null,
    tags: [...info.tags],
    delegate_to: finished.delegatedTo?.name ?? null,
  }) as Dict
  described.set('args', task.args)
  setFacts.set('ansible_failed_task', described)
  setFacts.set('ansible_failed_result', registered(finished.result))
}
