/** Who does the work of a task that is delegated. */
import { Host } from '../../inventory/tree.js'
import { pyStr } from '../../python/repr.js'
import type { Dict, Value } from '../../python/values.js'
import { ScopeView } from '../../vars/magic.js'
import type { PlayRun } from '../play.js'
import type { TaskKeywords } from './keywords.js'

/** The host that `delegate_to` names; one that the inventory lacks is taken by its name alone. */
export async function delegateHost(play: PlayRun, keywords: TaskKeywords): Promise<Host | undefined> {
  const value = await keywords.value('delegate_to')
  if (value === undefined || value === '') return undefined
  const name = pyStr(value)
  const host = play.run.inventory.host(name)
  if (host?.name === name) return host
  return play.outsider(name, () => (host ? otherName(host, name) : new Host(name)))
}

/** The controller under another of its names: `127.0.0.1` where the inventory has `localhost`. */
function otherName(host: Host, name: string): Host {
  const other = new Host(name)
  for (const [key, value] of host.vars) other.setVariable(key as string, value)
  for (const group of host.groups) other.groups.add(group)
  other.implicit = host.implicit
  return other
}

/** `ansible_delegated_vars`: what the delegated host would see, under the name of the host whose task it is. */
export function delegationVars(play: PlayRun, delegated: Host, host: Host): Dict {
  const scope = play.scope(delegated, undefined)
  const vars = new ScopeView(scope.with('delegation', new Map<Value, Value>([['inventory_hostname', host.name]])))
  return new Map<Value, Value>([['ansible_delegated_vars', new Map<Value, Value>([[delegated.name, vars]])]])
}
