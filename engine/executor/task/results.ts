/** The shape of a task's result: what Ansible adds to what a module returns, and what it takes away. */
import type { ModuleResult } from '../../module/define.js'
import type { Task } from '../../playbook/model.js'
import { pyStr } from '../../python/repr.js'
import { type Dict, fromJson, isDict, isList, type List, Tuple, type Value } from '../../python/values.js'
import type { Status } from '../events.js'

/** A module's return as a dict, with the keys that every result has. */
export function resultOf(returned: ModuleResult): Dict {
  const result = listsForTuples(fromJson(returned)) as Dict
  if (!result.has('changed')) result.set('changed', false)
  for (const stream of ['stdout', 'stderr']) {
    const text = result.get(stream)
    if (typeof text === 'string' && !result.has(`${stream}_lines`)) result.set(`${stream}_lines`, splitLines(text))
  }
  if (!result.has('failed')) {
    const rc = result.get('rc')
    if (rc !== undefined && rc !== null && rc !== 0 && rc !== '0') result.set('failed', true)
    else if (!leftOut(result)) result.set('failed', false)
  }
  return result
}

/** Results are data as JSON has it: what was a tuple in a template is a list from here on. */
function listsForTuples(value: Value): Value {
  if (isDict(value)) {
    for (const [key, item] of value) if (isDict(item) || isList(item)) value.set(key, listsForTuples(item))
    return value
  }
  if (!isList(value)) return value
  return value instanceof Tuple || value.some(item => isDict(item) || isList(item))
    ? [...value].map(listsForTuples)
    : value
}

/** Python's `str.splitlines()`. */
export function splitLines(text: string): List {
  const lines = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

export function statusOf(result: Dict): Status {
  if (isTrue(result, 'unreachable')) return 'unreachable'
  if (isTrue(result, 'failed')) return 'failed'
  if (isTrue(result, 'skipped')) return 'skipped'
  return isTrue(result, 'changed') ? 'changed' : 'ok'
}

export const isTrue = (result: Dict, key: string): boolean => result.get(key) === true || result.get(key) === 1

/** Without what is meant for the engine alone (`_ansible_*`). */
export function withoutInternals(result: Dict): Dict {
  const clean: Dict = new Map()
  for (const [key, value] of result) {
    if (typeof key === 'string' && key.startsWith('_ansible_')) continue
    clean.set(
      key,
      key === 'results' && isList(value) ? value.map(item => (isDict(item) ? withoutInternals(item) : item)) : value,
    )
  }
  return clean
}

/** What `register` keeps: always with `changed` and `failed`. */
export function registered(result: Dict): Dict {
  const kept = withoutInternals(result)
  kept.delete('invocation')
  if (!kept.has('failed') && !leftOut(kept) && !kept.has('results')) kept.set('failed', false)
  if (!kept.has('changed')) kept.set('changed', false)
  return kept
}

/** Items in `results` have the keys of registered results. */
export function registeredItem(result: Dict): Dict {
  const kept: Dict = new Map(result)
  if (!kept.has('failed') && !leftOut(kept) && !kept.has('unreachable')) kept.set('failed', false)
  return kept
}

/** What a condition left out; what a module itself skipped did not fail. */
const leftOut = (result: Dict): boolean => result.has('skip_reason')

/** The variable that `register` makes of a result; none when the task registers nothing. */
export function registers(task: Task, result: Dict): Dict {
  const name = task.keywords.get('register')
  return new Map(name === undefined || name === null ? [] : [[pyStr(name), result]])
}

/** What a task says that could not even begin. */
export const refused = (msg: string): Dict =>
  new Map<Value, Value>([
    ['failed', true],
    ['msg', msg],
  ])

/** What outputs see: status is told by the event, so `failed` and `skipped` go. */
export function shown(result: Dict, keepStatus = false): Dict {
  const clean = withoutInternals(hidingItems(result))
  if (!keepStatus) {
    clean.delete('failed')
    clean.delete('skipped')
  }
  clean.delete('ansible_stats')
  return clean
}

/** Items of a loop that hide themselves, as variables from a vault do. */
function hidingItems(result: Dict): Dict {
  const items = result.get('results')
  if (!isList(items) || !items.some(hidesItself)) return result
  return new Map(result).set(
    'results',
    items.map(item => (hidesItself(item) ? censored(item) : item)),
  )
}

const hidesItself = (item: Value): item is Dict => isDict(item) && isTrue(item, '_ansible_no_log')

/** In place of a result under no_log. */
export function censored(result: Dict): Dict {
  const kept: Dict = new Map<Value, Value>([
    ['censored', "the output has been hidden due to the fact that 'no_log: true' was specified for this result"],
  ])
  for (const key of ['changed', 'attempts', 'retries']) {
    const value = result.get(key)
    if (value !== undefined) kept.set(key, value)
  }
  return kept
}

const asItems = (value: Value | undefined): List => (isList(value) ? value : [])

/** A loop's own result, from those of its items; what they warn of becomes the loop's. */
export function loopResult(items: readonly Dict[]): Dict {
  if (items.length === 0) {
    return new Map<Value, Value>([
      ['changed', false],
      ['skipped', true],
      ['skipped_reason', 'No items in the list'],
      ['results', []],
    ])
  }
  const failed = items.some(item => isTrue(item, 'failed'))
  const changed = items.some(item => isTrue(item, 'changed'))
  const skipped = items.every(item => isTrue(item, 'skipped'))
  const result: Dict = new Map<Value, Value>([
    ['results', [...items]],
    ['skipped', skipped],
  ])
  if (changed) result.set('changed', true)
  for (const key of ['warnings', 'deprecations']) {
    const all = items.flatMap(item => asItems(item.get(key)))
    for (const item of items) item.delete(key)
    if (all.length > 0) result.set(key, all)
  }
  if (failed) result.set('failed', true)
  result.set('msg', failed ? 'One or more items failed' : skipped ? 'All items skipped' : 'All items completed')
  if (!changed) result.set('changed', false)
  return result
}

/** Secrets that must not be seen, masked wherever text holds them. */
export function masked(value: Value, secrets: readonly string[]): Value {
  if (secrets.length === 0) return value
  if (typeof value === 'string') {
    let text = value
    for (const secret of secrets) if (secret) text = text.replaceAll(secret, '********')
    return text
  }
  if (isList(value)) return value.map(item => masked(item, secrets))
  if (isDict(value)) return new Map([...value].map(([key, item]) => [key, masked(item, secrets)]))
  return value
}
