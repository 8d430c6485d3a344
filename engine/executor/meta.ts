/** meta: the statements that steer the play itself. */
import { Diagnostic } from '../diagnostics.js'
import type { Host } from '../inventory/tree.js'
import { conditionsOf } from '../playbook/inherit.js'
import type { Block, Task } from '../playbook/model.js'
import { pyStr } from '../python/repr.js'
import { firstFalse } from './conditions.js'
import type { PlayRun } from './play.js'
import { describe } from './step.js'
import { resetTarget } from './target.js'

export const isMeta = (task: Task): boolean => task.action === 'ansible.builtin.meta'

/** What is left to do for the strategy after a meta task: nothing, or run the handlers. */
export type MetaOutcome = 'done' | 'flush'

/** Statements that every host carries out for itself; the others are done once for all. */
const perHost = new Set(['noop', 'reset_connection', 'end_host', 'end_role', 'role_complete', 'flush_handlers'])
const withoutWhen = new Set(['noop', 'flush_handlers', 'refresh_inventory', 'reset_connection'])

export const isPerHost = (task: Task): boolean => perHost.has(whatOf(task))
const whatOf = (task: Task): string => pyStr(task.args.get('_raw_params') ?? '')

/** Carries out a meta task for one host. `everyone`: the hosts that are still in the play. */
export async function runMeta(play: PlayRun, host: Host, task: Task, everyone: readonly Host[]): Promise<MetaOutcome> {
  const what = whatOf(task)
  const { run } = play
  const cursor = play.cursor(host)
  const hosts = isPerHost(task) ? [host] : everyone
  if (!task.id.startsWith('implicit-')) {
    const info = await describe(play, host, task)
    run.emit({ type: 'task_start', task: info, conditional: false })
    if (withoutWhen.has(what) && task.keywords.has('when')) {
      run.emit({ type: 'warning', text: `${what} task does not support when conditional` })
    } else if ((await firstFalse(conditionsOf(task), play.scope(host, task), run.templar)) !== undefined) {
      run.emit({ type: 'meta_skipped', task: info, host: host.name })
      for (const one of hosts) play.cursor(one).advance()
      return 'done'
    }
  }
  switch (what) {
    case 'flush_handlers':
      return 'flush'
    case 'noop':
      break
    case 'end_play':
      play.ended = true
      for (const one of everyone) play.cursor(one).end()
      return 'done'
    case 'end_batch':
      for (const one of everyone) play.cursor(one).end()
      return 'done'
    case 'end_host':
      cursor.end()
      play.leave(host)
      return 'done'
    case 'end_role':
      cursor.endRole(roleBlocks(task))
      return 'done'
    case 'clear_facts':
      for (const one of everyone) run.memory.forgetFacts(one.name)
      break
    case 'clear_host_errors':
      run.failedHosts.clear()
      run.unreachableHosts.clear()
      for (const one of play.batchHosts) play.cursor(one).clearErrors()
      play.activeChanged()
      break
    case 'refresh_inventory':
      await run.refreshInventory()
      play.inventoryChanged()
      break
    case 'reset_connection':
      await resetTarget(play, host)
      break
    default:
      throw new Diagnostic(`invalid meta action requested: ${what}`, { code: 'meta-action', at: task.at })
  }
  for (const one of hosts) play.cursor(one).advance()
  return 'done'
}

/** The blocks of the innermost role that a task stands in. */
function roleBlocks(task: Task): Set<Block> {
  return new Set(task.role?.tasks ?? [])
}
