/** A changed result notifies the handlers that its task names. */
import { Diagnostic } from '../../diagnostics.js'
import { asList } from '../../playbook/inherit.js'
import { pyStr } from '../../python/repr.js'
import type { List } from '../../python/values.js'
import { isTrue } from '../task/results.js'
import type { Finished, Single, Step } from '../task/single.js'

export async function notify({ play, host, task }: Step, finished: Finished, single: Single): Promise<void> {
  if (!isTrue(single.result, 'changed') || isTrue(single.result, 'failed')) return
  if (isTrue(finished.result, 'failed') && !finished.ignoreErrors) return
  const scope = single.item ? play.scope(host, task).with('loop', single.item.vars) : play.scope(host, task)
  const names: List = []
  for (let level: typeof task | typeof task.parent = task; level.kind !== 'play'; level = level.parent) {
    const notify = level.keywords.get('notify')
    if (notify !== undefined && notify !== null) {
      names.push(...asList(notify))
      break
    }
  }
  for (const raw of names) {
    const rendered = await play.run.templar.render(raw, scope)
    for (const name of asList(rendered).map(item => pyStr(item))) {
      const { found, handlers } = await play.handlers.notify(name, host.name)
      for (const handler of handlers)
        play.run.emit({ type: 'notify', handler: pyStr(handler.name ?? handler.written), host: host.name })
      if (found) continue
      const message = `The requested handler '${name}' was not found in either the main handlers list nor in the listening handlers list`
      if (play.run.settings.bool('ERROR_ON_MISSING_HANDLER'))
        throw new Diagnostic(message, { code: 'missing-handler', at: task.at })
      play.run.emit({ type: 'warning', text: message })
    }
  }
}
