/** What follows from a finished task: registered variables, facts, new hosts, notifications, numbers and events. */
import { Diagnostic } from '../diagnostics.js'
import type { Host } from '../inventory/tree.js'
import { asList } from '../playbook/inherit.js'
import type { Task } from '../playbook/model.js'
import { pyStr } from '../python/repr.js'
import { type Dict, fromJson, isDict, isList, type List, type Value } from '../python/values.js'
import type { Status, TaskInfo, TaskOutcome } from './events.js'
import { includeActions } from './includes.js'
import type { PlayRun } from './play.js'
import { censored, isTrue, registered, shown } from './results.js'
import type { Finished, Single } from './task.js'

export function statusOf(result: Dict): Status {
  if (isTrue(result, 'unreachable')) return 'unreachable'
  if (isTrue(result, 'failed')) return 'failed'
  if (isTrue(result, 'skipped')) return 'skipped'
  return isTrue(result, 'changed') ? 'changed' : 'ok'
}

/** The address that the inventory gives a host, where it is plain text. */
function addressOf(host: Host | undefined): string | undefined {
  const address = host?.vars.get('ansible_host')
  return typeof address === 'string' ? address : undefined
}

/** The event that outputs get for one result. */
export function outcomeOf(host: Host, info: TaskInfo, single: Single, duration: number, looped: boolean): TaskOutcome {
  const status = statusOf(single.result)
  const hidden = single.noLog
  const full = shown(single.result, looped && status === 'unreachable')
  return {
    host: host.name,
    task: { ...info, checkMode: single.checkMode, diffMode: single.diffMode, noLog: hidden },
    status,
    result: hidden ? censored(single.result) : full,
    ignored: (status === 'failed' && single.ignoreErrors) || (status === 'unreachable' && single.ignoreUnreachable),
    delegatedTo: single.delegatedTo && single.delegatedTo.name !== host.name ? single.delegatedTo.name : undefined,
    delegatedAddress: addressOf(single.delegatedTo),
    verboseAlways: !hidden && isTrue(single.result, '_ansible_verbose_always'),
    verboseOverride: isTrue(single.result, '_ansible_verbose_override'),
    duration,
    looped,
    ...(single.item ? { item: hidden ? { value: null, label: null } : single.item } : {}),
  }
}

/** Everything but moving the host's cursor. `hosts`: who the result counts for (all of the batch under run_once). */
export async function settle(
  play: PlayRun,
  host: Host,
  task: Task,
  info: TaskInfo,
  finished: Finished,
  hosts: readonly Host[],
): Promise<Status> {
  const { run } = play
  const status = statusOf(finished.result)
  const singles = finished.items ?? [finished]
  for (const single of singles) {
    report(play, single)
    await learn(play, host, task, single, hosts)
    if (isTrue(single.result, 'changed') || finished.items === undefined)
      await notifications(play, host, task, finished, single)
  }
  const name = task.keywords.get('register')
  if (name !== undefined && name !== null) {
    const kept = registered(finished.result)
    for (const one of hosts) run.memory.of(one.name).setFacts.set(pyStr(name), kept)
  }
  const included = includeActions.has(task.action) && status !== 'failed' && status !== 'skipped'
  run.emit({
    type: 'result',
    outcome: outcomeOf(host, info, finished, finished.duration, finished.items !== undefined),
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
      const version = entry.get('version')
      play.run.emit({
        type: 'deprecation',
        text: pyStr(entry.get('msg') ?? ''),
        ...(version ? { version: pyStr(version) } : {}),
      })
    }
  }
}

const lines = (value: Value | undefined): string[] => (isList(value) ? value.map(item => pyStr(item)) : [])

/** Facts, set_fact, include_vars, add_host, group_by and set_stats. */
async function learn(play: PlayRun, host: Host, task: Task, single: Single, hosts: readonly Host[]): Promise<void> {
  const { run } = play
  const { result } = single
  if (statusOf(result) === 'skipped') return
  const facts = result.get('ansible_facts')
  // `debug` may show facts without making them so.
  if (isDict(facts) && !isTrue(result, 'unreachable') && task.action !== 'ansible.builtin.debug') {
    const whose = single.delegateFacts && single.delegatedTo ? [single.delegatedTo] : hosts
    for (const one of whose) {
      const memory = run.memory.of(one.name)
      if (task.action === 'ansible.builtin.include_vars')
        for (const [key, value] of facts) memory.learned.set(key, value)
      else if (task.action === 'ansible.builtin.set_fact') {
        for (const [key, value] of facts) memory.setFacts.set(key, value)
        if (isTrue(result, '_ansible_facts_cacheable')) run.memory.learnFacts(one.name, facts)
      } else run.memory.learnFacts(one.name, facts)
    }
    if (play.varsDependOnFacts) play.inventoryChanged()
  }
  if (finishedAlone(single)) growInventory(play, task, single, hosts)
  const stats = result.get('ansible_stats')
  if (isDict(stats)) run.stats.setStats(host.name, stats)
}

/** Items of a loop were dealt with as they came. */
const finishedAlone = (single: Single): boolean => single.item === undefined

/** add_host and group_by: whether they changed anything is part of their result. */
export function growInventory(play: PlayRun, task: Task, { result }: Single, hosts: readonly Host[]): void {
  const { run } = play
  if (statusOf(result) === 'skipped') return
  const added = result.get('add_host')
  if (isDict(added)) {
    const vars = added.get('host_vars')
    const changed = run.inventory.addHost(pyStr(added.get('host_name') ?? ''), {
      groups: strings(added.get('groups')),
      ...(isDict(vars) ? { vars } : {}),
    })
    if (!task.keywords.has('changed_when')) result.set('changed', changed)
    play.inventoryChanged()
  }
  const group = result.get('add_group')
  if (group !== undefined && group !== null) {
    let changed = false
    for (const one of hosts) {
      const parents = strings(result.get('parent_groups'))
      changed = run.inventory.addGroup(pyStr(group), { host: one, ...(parents.length ? { parents } : {}) }) || changed
    }
    if (!task.keywords.has('changed_when')) result.set('changed', changed)
    play.inventoryChanged()
  }
}

const strings = (value: Value | undefined): string[] =>
  isList(value)
    ? value.map(item => pyStr(item))
    : typeof value === 'string'
      ? value
          .split(',')
          .map(text => text.trim())
          .filter(Boolean)
      : []

async function notifications(play: PlayRun, host: Host, task: Task, finished: Finished, single: Single): Promise<void> {
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

/** What a rescue part may read about the failure it deals with. */
export function rememberFailure(play: PlayRun, host: Host, info: TaskInfo, task: Task, finished: Finished): void {
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
