/** One item of a task, or the task that does not loop: when → terms → include, or the module with its attempts. */
import { conditionsOf, inherited } from '../../playbook/inherit.js'
import type { Dict } from '../../python/values.js'
import type { LayeredScope } from '../../vars/scope.js'
import { TemplateString } from '../../yaml/trust.js'
import { runAttempts } from './attempts.js'
import { ConditionError, firstFalse } from './conditions.js'
import { delegateHost, delegationVars } from './delegate.js'
import { explained } from './failure-text.js'
import { type IncludeRequest, includeActions, includeRequest } from './include-request.js'
import { TaskKeywords } from './keywords.js'
import { isTrue, refused, resultOf } from './results.js'
import { type Single, type TaskRun, type Terms, termsOf } from './single.js'

/** `loopError`: says why the task's loop could not be made, which only matters when the task is not skipped. */
export async function runItem(on: TaskRun, scope: LayeredScope, loopError?: () => string): Promise<Single> {
  const { play, task, info } = on
  const { templar } = play.run
  const keywords = new TaskKeywords(task, scope, templar)
  let terms: Terms = { ...termsOf(info), noLog: false }
  const done = (result: Dict, include?: IncludeRequest): Single => ({ ...terms, result, include, item: undefined })
  const failed = (msg: string) => done(refused(msg))
  try {
    terms = { ...terms, ...(await leniency(keywords)) }
    const skip = await firstFalse(conditionsOf(task), scope, templar)
    if (skip !== undefined)
      return done(resultOf({ changed: false, skipped: true, skip_reason: 'Conditional result was False' }))
  } catch (error) {
    terms = { ...terms, ...asWritten(task, terms) }
    if (loopError) return failed(loopError())
    return failed(error instanceof ConditionError ? error.message : explained(on, error))
  }
  if (loopError) {
    terms = { ...terms, ...asWritten(task, terms) }
    return failed(loopError())
  }
  try {
    terms = { ...terms, ...(await manner(on, keywords)) }
    const { delegatedTo } = terms
    const full = delegatedTo ? scope.with('delegation', delegationVars(play, delegatedTo, on.host)) : scope
    if (includeActions.has(task.action))
      return done(resultOf({ changed: false }), await includeRequest(task, full, templar))
    const result = await runAttempts(on, full, keywords, terms)
    // What came out of a vault is hidden, whatever the task says.
    if (isTrue(result, '_ansible_no_log')) terms = { ...terms, noLog: true }
    return done(result)
  } catch (error) {
    return failed(explained(on, error))
  }
}

/** Where the condition or the loop fails, Ansible has not looked at `ignore_errors` yet, and a template counts as true. */
const asWritten = (task: TaskRun['task'], { ignoreErrors }: Terms) => ({
  ignoreErrors: ignoreErrors || inherited(task, 'ignore_errors') instanceof TemplateString,
})

/** What holds whether or not the task is skipped. */
async function leniency(keywords: TaskKeywords) {
  return {
    noLog: (await keywords.bool('no_log')) ?? false,
    ignoreErrors: (await keywords.bool('ignore_errors')) ?? false,
    ignoreUnreachable: (await keywords.bool('ignore_unreachable')) ?? false,
  }
}

async function manner({ play }: TaskRun, keywords: TaskKeywords) {
  const { options } = play.run
  return {
    delegatedTo: await delegateHost(play, keywords),
    delegateFacts: (await keywords.bool('delegate_facts')) ?? false,
    checkMode: (await keywords.bool('check_mode')) ?? options.checkMode,
    diffMode: (await keywords.bool('diff')) ?? options.diffMode,
  }
}
