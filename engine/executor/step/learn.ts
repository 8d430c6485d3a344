/** What later tasks know from a result: facts, variables, hosts and groups, statistics. */
import { pyStr } from '../../python/repr.js'
import { isDict, isList, type Value } from '../../python/values.js'
import { isTrue, statusOf } from '../task/results.js'
import type { Single, Step } from '../task/single.js'

/** Facts, set_fact, include_vars, add_host, group_by and set_stats. */
export function learn(step: Step, single: Single): void {
  const { play, host, task, sharers } = step
  const { run } = play
  const { result } = single
  if (statusOf(result) === 'skipped') return
  const facts = result.get('ansible_facts')
  // `debug` may show facts without making them so.
  if (isDict(facts) && !isTrue(result, 'unreachable') && task.action !== 'ansible.builtin.debug') {
    const whose = single.delegateFacts && single.delegatedTo ? [single.delegatedTo] : sharers
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
  if (finishedAlone(single)) growInventory(step, single)
  const stats = result.get('ansible_stats')
  if (isDict(stats)) run.stats.setStats(host.name, stats)
}

/** Items of a loop were dealt with as they came. */
const finishedAlone = (single: Single): boolean => single.item === undefined

/** add_host and group_by: whether they changed anything is part of their result. */
export function growInventory({ play, task, sharers }: Step, { result }: Single): void {
  const { run } = play
  if (statusOf(result) === 'skipped') return
  const added = result.get('add_host')
  if (isDict(added)) {
    const vars = added.get('host_vars')
    const name = pyStr(added.get('host_name') ?? '')
    const changed = run.inventory.addHost(name, {
      groups: strings(added.get('groups')),
      ...(isDict(vars) ? { vars } : {}),
    })
    if (!task.keywords.has('changed_when')) result.set('changed', changed)
    // Ansible counts it among the hosts of this play, though no task of the play is for it.
    if (isTrue(result, 'changed') && !play.hosts.includes(name)) play.hosts.push(name)
    play.inventoryChanged()
  }
  const group = result.get('add_group')
  if (group !== undefined && group !== null) {
    let changed = false
    for (const one of sharers) {
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
