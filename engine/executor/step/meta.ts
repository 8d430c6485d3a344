/** meta: the statements that steer the play itself. */
import { Diagnostic } from '../../diagnostics.js'
import type { Host } from '../../inventory/tree.js'
import { conditionsOf } from '../../playbook/inherit.js'
import type { Task } from '../../playbook/model.js'
import { pyStr } from '../../python/repr.js'
import type { Dict } from '../../python/values.js'
import type { PlayRun } from '../play.js'
import { firstFalse } from '../task/conditions.js'
import { resetTarget } from '../task/target.js'
import { describe } from './step.js'

export const isMeta = (task: Task): boolean => task.action === 'ansible.builtin.meta'

/** What is left to do for the strategy after a meta task: nothing, or run the handlers. */
export type MetaOutcome = 'done' | 'flush'

/** Statements that every host carries out for itself; the others are done once for all. */
const perHost = new Set(['noop', 'reset_connection', 'end_host', 'end_role', 'role_complete', 'flush_handlers'])
const withoutWhen = new Set(['noop', 'refresh_inventory', 'reset_connection'])

export const isPerHost = (task: Task): boolean => perHost.has(whatOf(task))
const whatOf = (task: Task): string => pyStr(task.args.get('_raw_params') ?? '')

/** Carries out a meta task for one host. `everyone`: the hosts that are still in the play. */
export async function runMeta(play: PlayRun, host: Host, task: Task, everyone: readonly Host[]): Promise<MetaOutcome> {
  const what = whatOf(task)
  const { run } = play
  const cursor = play.cursor(host)
  const hosts = isPerHost(task) ? [host] : everyone
  if (task.handler) for (const one of hosts) play.handlers.done(task, one.name)
  if (!task.id.startsWith('implicit-')) {
    const info = await describe(play, host, task)
    run.emit({ type: 'task_start', task: info, conditional: false })
    if (withoutWhen.has(what) && task.keywords.has('when')) {
      run.emit({ type: 'warning', text: `${what} task does not support when conditional` })
    } else if ((await firstFalse(conditionsOf(task), play.scope(host, task), run.templar)) !== undefined) {
      const going = goesOn[what]?.replace('%s', host.name)
      const reason = `${what} conditional evaluated to False${going ? `, ${going}` : ''}`
      run.emit({ type: 'debug', level: 2, text: `META: ${reason}` })
      // Ansible's message says why for these alone.
      const msg = what === 'end_host' || what === 'end_role' ? reason.replace('to False', 'to false') : what
      const result: Dict = new Map([
        ['msg', msg],
        ['skip_reason', reason],
      ])
      run.emit({ type: 'meta_skipped', task: info, host: host.name, result })
      for (const one of hosts) play.cursor(one).advance()
      return 'done'
    }
  }
  if (!task.id.startsWith('implicit-') && saying[what]) {
    run.emit({ type: 'debug', level: 2, text: `META: ${saying[what].replace('%s', host.name)}` })
  }
  switch (what) {
    case 'flush_handlers':
      return 'flush'
    case 'noop':
      break
    case 'end_play':
      play.ended = true
      play.endedByMeta = true
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
      if (task.role) cursor.endRole(task.role)
      else cursor.advance()
      return 'done'
    case 'clear_facts':
      for (const one of everyone) run.memory.forgetFacts(one.name)
      break
    case 'clear_host_errors':
      run.failedHosts.clear()
      run.unreachableHosts.clear()
      run.failedIncludes.clear()
      for (const one of play.batchHosts) play.cursor(one).clearErrors()
      play.activeChanged()
      break
    case 'refresh_inventory':
      await run.refreshInventory()
      play.inventoryChanged()
      break
    case 'reset_connection':
      await resetTarget(play, host, task)
      break
    default:
      throw new Diagnostic(`invalid meta action requested: ${what}`, { code: 'meta-action', at: task.at })
  }
  for (const one of hosts) play.cursor(one).advance()
  return 'done'
}

/** What goes on when the condition of a statement does not hold; outputs show it with -vv. */
const goesOn: { readonly [what: string]: string } = {
  clear_facts: 'not clearing facts and fact cache for %s',
  clear_host_errors: 'not clearing host error state for %s',
  end_batch: 'continuing current batch',
  end_play: 'continuing play',
  end_host: 'continuing execution for %s',
  end_role: 'continuing role for %s',
  flush_handlers: 'not running handlers for %s',
}
const saying: { readonly [what: string]: string } = {
  noop: 'noop',
  flush_handlers: 'triggered running handlers for %s',
  refresh_inventory: 'inventory successfully refreshed',
  clear_facts: 'facts cleared',
  clear_host_errors: 'cleared host errors',
  end_batch: 'ending batch',
  end_play: 'ending play',
  end_host: 'ending play for %s',
  end_role: 'ending role for %s',
  reset_connection: 'reset connection',
}
