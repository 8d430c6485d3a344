/** Hosts that ask to include the same thing share its blocks, and stay in step. */
import type { Host } from '../../inventory/tree.js'
import { pyRepr } from '../../python/repr.js'
import type { Dict, Value } from '../../python/values.js'
import type { IncludeRequest } from '../task/include-request.js'
import type { Single } from '../task/single.js'

/** What a host asked to include, per item. */
export interface Asked {
  readonly request: IncludeRequest
  readonly single: Single
}

/** Hosts that want the same thing. */
export interface IncludeGroup {
  readonly request: IncludeRequest
  readonly itemVars: Dict | undefined
  readonly item: Value | undefined
  readonly hosts: string[]
}

/** Hosts' wishes that are the same become one group, in the order in which they were asked. */
export function groupIncludes(
  stepped: Iterable<{ readonly host: Host; readonly asked: readonly Asked[] }>,
): IncludeGroup[] {
  const groups = new Map<string, IncludeGroup>()
  for (const { host, asked } of stepped) {
    for (const { request, single } of asked) {
      let key = includeKey(request, single.item?.vars)
      // A host that asks for the same thing again gets it again.
      while (groups.get(key)?.hosts.includes(host.name)) key += '+'
      const group = groups.get(key)
      if (group) group.hosts.push(host.name)
      else groups.set(key, { request, itemVars: single.item?.vars, item: single.item?.label, hosts: [host.name] })
    }
  }
  return [...groups.values()]
}

/** Two requests with one key bring the same. */
function includeKey(request: IncludeRequest, itemVars: Dict | undefined): string {
  const args = [...request.args].filter(([key]) => key !== 'apply').map(([key, value]) => [key, stable(value)])
  return JSON.stringify([
    request.kind,
    request.name,
    args,
    itemVars ? [...itemVars].map(([key, value]) => [key, stable(value)]) : [],
  ])
}

const stable = (value: Value): string => {
  try {
    return pyRepr(value)
  } catch {
    return String(value)
  }
}
