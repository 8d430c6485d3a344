/** meta: the statements that steer the play itself. */
import { Diagnostic } from '../diagnostics.js'
import type { Host } from '../inventory/tree.js'
import { conditionsOf } from '../playbook/inherit.js'
import type { Block, Task } from '../playbook/model.js'
import { pyStr } from '../python/repr.js'
import { firstFalse } from './conditions.js'
import type { PlayRun } from './play.js'
import { resetTarget } from './target.js'

export const isMeta = (task: Task): boolean => task.action === 'ansible.builtin.meta'

/** What is left to do for the strategy after a meta task: nothing, or run the handlers. */
export type MetaOutcome = 'done' | 'flush'

/** Carries out a meta task for one host. `everyone`: the hosts that are still in the play. */
export async function runMeta(play: PlayRun, host: Host, task: Task, everyone: readonly Host[]): Promise<MetaOutcome> {
  const what = pyStr(task.args.get('_raw_params') ?? '')
  const { run } = play
  const scope = play.scope(host, task)
  if (what !== 'flush_handlers' || task.keywords.has('when')) {
    const reason = await firstFalse(conditionsOf(task), scope, run.templar)
    if (reason !== undefined) {
      play.cursor(host).advance()
      return 'done'
    }
  }
  const cursor = play.cursor(host)
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
  cursor.advance()
  return 'done'
}

/** The blocks of the innermost role that a task stands in. */
function roleBlocks(task: Task): Set<Block> {
  return new Set(task.role?.tasks ?? [])
}
