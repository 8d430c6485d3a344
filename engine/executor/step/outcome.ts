/** The event that outputs get for one result. */
import type { Host } from '../../inventory/tree.js'
import type { TaskOutcome } from '../events.js'
import { gathering } from '../task/arguments.js'
import { censored, isTrue, shown, statusOf } from '../task/results.js'
import type { Single, TaskOnHost } from '../task/single.js'

/** `duration`: seconds; 0 for one item of a loop, which is not timed. */
export function outcomeOf({ host, info }: TaskOnHost, single: Single, duration = 0, looped = false): TaskOutcome {
  const status = statusOf(single.result)
  const hidden = single.noLog
  const full = shown(single.result, looped && status === 'unreachable')
  return {
    host: host.name,
    task: { ...info, checkMode: single.checkMode, diffMode: single.diffMode, noLog: hidden },
    status,
    result: hidden ? censored(single.result) : full,
    ignored: (status === 'failed' && single.ignoreErrors) || (status === 'unreachable' && single.ignoreUnreachable),
    ...delegationOf(host, single.delegatedTo),
    verboseAlways: !hidden && isTrue(single.result, '_ansible_verbose_always'),
    verboseOverride: gathering.has(info.action),
    duration,
    looped,
    ...(single.item ? { item: hidden ? { value: null, label: null } : single.item } : {}),
  }
}

/** Who did the work for the host, and where that is. */
export const delegationOf = (host: Host, other: Host | undefined) => ({
  delegatedTo: other && other.name !== host.name ? other.name : undefined,
  delegate: other?.name,
  delegatedAddress: addressOf(other),
})

/** The address that the inventory gives a host, where it is plain text. */
function addressOf(host: Host | undefined): string | undefined {
  const address = host?.vars.get('ansible_host')
  return typeof address === 'string' ? address : undefined
}
