/** Runs the module, and again while `until` does not hold; `changed_when` and `failed_when` judge each attempt. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Dict, fromJson, isDict, isList } from '../../python/values.js'
import type { LayeredScope } from '../../vars/scope.js'
import { runModule } from './call.js'
import { allHold } from './conditions.js'
import type { TaskKeywords } from './keywords.js'
import { isTrue, registered, registers } from './results.js'
import type { TaskRun, Terms } from './single.js'
import { taskName } from './task-info.js'

export async function runAttempts(
  on: TaskRun,
  scope: LayeredScope,
  keywords: TaskKeywords,
  terms: Terms,
): Promise<Dict> {
  const { play, task } = on
  const until = task.keywords.get('until')
  const retries = await keywords.number('retries')
  const attempts = retries === undefined ? (until === undefined ? 1 : 4) : Math.max(retries, 0) + 1
  const delay = Math.max(0, (await keywords.number('delay')) ?? 5)
  for (let attempt = 1; ; attempt++) {
    const result = await runModule(on, scope, keywords, terms)
    if (isTrue(result, 'unreachable')) return result
    // Conditions of the result may ask how often it was tried.
    if (attempts > 1 || until !== undefined) noteAttempt(result, attempt)
    if (!(await judge(on, result, scope)) || attempts <= 1) return result
    let holds: boolean
    try {
      // Without `until`, retries go on while the task fails.
      holds =
        until === undefined
          ? !isTrue(result, 'failed')
          : await allHold(until, seeing(on, scope, result), play.run.templar, task.at)
    } catch (error) {
      return fromJson({ failed: true, msg: (error as Error).message }) as Dict
    }
    if (holds) return result
    if (attempt >= attempts) {
      result.set('attempts', attempts - 1)
      // `failed_when` has the last word.
      if (result.get('failed_when_result') !== false) result.set('failed', true)
      return result
    }
    const name = (await taskName(task.name, scope, play.run.templar)) ?? on.info.name
    on.progress.retry({ name, result, attempts: attempt, retries: attempts, delegatedTo: terms.delegatedTo })
    await sleep(delay * 1000, undefined, { signal: play.run.options.signal }).catch(() => {})
    if (play.interrupted) return result
  }
}

/** `changed` stays last where the module left it to the engine. */
function noteAttempt(result: Dict, attempt: number): void {
  const changed = [...result.keys()].at(-1) === 'changed' ? result.get('changed') : undefined
  if (changed !== undefined) result.delete('changed')
  result.set('attempts', attempt)
  if (changed !== undefined) result.set('changed', changed)
}

/** The scope in which the task's own conditions see its result. */
function seeing({ task }: TaskRun, scope: LayeredScope, result: Dict): LayeredScope {
  const vars = registers(task, registered(result))
  const facts = result.get('ansible_facts')
  if (isDict(facts)) for (const [name, value] of facts) vars.set(name, value)
  return vars.size ? scope.with('result', vars) : scope
}

/** `changed_when` and `failed_when`; false when one of them cannot be decided, which fails the task. */
async function judge(on: TaskRun, result: Dict, scope: LayeredScope): Promise<boolean> {
  const { play, task } = on
  // What a module skipped (a command in check mode) has nothing to judge.
  if (result.has('skipped')) return true
  const decide = async (keyword: string, decided: (holds: boolean) => void) => {
    const condition = task.keywords.get(keyword)
    if (condition === undefined || condition === null || (isList(condition) && condition.length === 0)) return true
    try {
      decided(await allHold(condition, seeing(on, scope, result), play.run.templar, task.at))
      return true
    } catch (error) {
      result.set('failed', true)
      result.set(`${keyword}_result`, (error as Error).message)
      return false
    }
  }
  return (
    (await decide('changed_when', changed => result.set('changed', changed))) &&
    (await decide('failed_when', failed => result.set('failed_when_result', failed).set('failed', failed)))
  )
}
