/** A task's loop: item after item, then one result of them all. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Task } from '../../playbook/model.js'
import { type Dict, isDict, type List, type Value } from '../../python/values.js'
import type { Scope } from '../../template/scope.js'
import type { Templar } from '../../template/templar.js'
import { namespaced } from '../../vars/facts.js'
import type { LayeredScope } from '../../vars/scope.js'
import { allHold } from './conditions.js'
import { explained } from './failure-text.js'
import { runItem } from './item.js'
import { itemVars, type LoopControl, loopControl } from './loop-items.js'
import { isTrue, loopResult, registered, registeredItem, registers } from './results.js'
import { refusal, type Single, type TaskRun, termsOf } from './single.js'

/** The whole loop's result; its terms are the first item's. */
export interface Looped extends Single {
  readonly items: readonly Single[] | undefined
}

export async function runLoop(on: TaskRun, outer: LayeredScope, items: List): Promise<Looped> {
  const { play, task, info } = on
  const { templar } = play.run
  let control: LoopControl
  try {
    control = await loopControl(task, outer, templar)
  } catch (error) {
    return { ...refusal(info, explained(on, error)), items: undefined }
  }
  const singles: Single[] = []
  const learned = new LearnedByItems(on)
  for (let index = 0; index < items.length; index++) {
    if (index > 0 && control.pause > 0) await sleep(control.pause * 1000)
    on.progress.itemStarts(index, items.length)
    const vars = itemVars(control, items, index, outer)
    const scope = outer.with('loop', learned.under(vars))
    const single = await runItem(on, scope)
    describeItem(single.result, control, items[index]!, vars)
    const label = control.label === undefined ? items[index]! : await labelOf(control.label, scope, templar)
    const withItem: Single = { ...single, item: { value: items[index]!, label, vars } }
    singles.push(withItem)
    if (!withItem.include) on.progress.item(withItem)
    learned.from(single.result)
    if (play.interrupted || (await breaks(control, task, single.result, scope, templar))) break
  }
  return { ...together(singles, on), items: singles }
}

/** Variables that the items before brought: each item sees them already. */
class LearnedByItems {
  /** Actions whose `ansible_facts` are variables of the next item, but no facts. */
  static readonly #setVariables = new Set([
    'ansible.builtin.set_fact',
    'ansible.builtin.include_vars',
    'ansible.builtin.debug',
  ])
  #vars: Dict | undefined

  constructor(private readonly on: TaskRun) {}

  under(vars: Dict): Dict {
    return this.#vars ? new Map([...this.#vars, ...vars]) : vars
  }

  from(result: Dict): void {
    const facts = result.get('ansible_facts')
    if (!isDict(facts)) return
    const { play, host, task } = this.on
    this.#vars = new Map([...(this.#vars ?? []), ...facts])
    if (LearnedByItems.#setVariables.has(task.action)) return
    const before = this.#vars.get('ansible_facts') ?? play.run.memory.of(host.name).namespaced
    this.#vars.set('ansible_facts', isDict(before) ? new Map([...before, ...namespaced(facts)]) : namespaced(facts))
  }
}

/** Notes in an item's result which item it was. */
function describeItem(result: Dict, control: LoopControl, item: Value, vars: Dict): void {
  result.set(control.loopVar, item)
  result.set('ansible_loop_var', control.loopVar)
  for (const name of [control.indexVar, control.extended ? 'ansible_loop' : undefined]) {
    if (name && vars.has(name)) result.set(name, vars.get(name)!)
  }
  if (control.indexVar) result.set('ansible_index_var', control.indexVar)
}

async function labelOf(raw: Value, scope: Scope, templar: Templar): Promise<Value> {
  try {
    return await templar.render(raw, scope)
  } catch (error) {
    return `Failed to template loop_control.label: ${(error as Error).message}`
  }
}

/** `break_when` of loop_control. */
async function breaks(
  { breakWhen }: LoopControl,
  task: Task,
  result: Dict,
  scope: LayeredScope,
  templar: Templar,
): Promise<boolean> {
  if (breakWhen === undefined) return false
  return allHold(breakWhen, scope.with('result', registers(task, registered(result))), templar, task.at)
}

function together(singles: readonly Single[], { info }: TaskRun): Single {
  const first = singles[0]
  const result = loopResult(singles.map(single => registeredItem(single.result)))
  // One item that was not reached makes the host unreachable, unless another one failed.
  if (!isTrue(result, 'failed') && singles.some(single => isTrue(single.result, 'unreachable')))
    result.set('unreachable', true)
  return {
    ...(first ?? termsOf(info)),
    noLog: singles.some(single => single.noLog && !isTrue(single.result, '_ansible_no_log')),
    delegatedTo: singles.at(-1)?.delegatedTo,
    result,
    include: undefined,
    item: undefined,
  }
}
