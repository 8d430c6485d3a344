/** Deciding `when`, `until`, `changed_when` and `failed_when`. */
import type { SourceRange } from '../../diagnostics.js'
import { pyStr } from '../../python/repr.js'
import { isList, type Value } from '../../python/values.js'
import type { Scope } from '../../template/scope.js'
import type { Templar } from '../../template/templar.js'
import { TemplateString } from '../../yaml/trust.js'
import { conditionFailure } from './failure-text.js'

/** A condition that could not be decided; its message is the task's. */
export class ConditionError extends Error {}

export interface Condition {
  readonly value: Value
  readonly at: SourceRange
}

/** The text of the first condition that does not hold, or undefined when all hold. */
export async function firstFalse(
  conditions: readonly Condition[],
  scope: Scope,
  templar: Templar,
): Promise<Value | undefined> {
  for (const { value, at } of conditions) {
    for (const one of isList(value) ? value : [value]) {
      if (one === null || one === '') continue
      if (!(await holds(one, scope, templar, at))) return one
    }
  }
  return undefined
}

/** True when every one of the conditions (one, or a list) holds. */
export async function allHold(condition: Value, scope: Scope, templar: Templar, at: SourceRange): Promise<boolean> {
  return (await firstFalse([{ value: condition, at }], scope, templar)) === undefined
}

async function holds(condition: Value, scope: Scope, templar: Templar, at: SourceRange): Promise<boolean> {
  if (typeof condition === 'boolean') return condition
  try {
    return await templar.truth(condition, scope, at)
  } catch (error) {
    throw new ConditionError(conditionFailure(error, at))
  }
}

export const conditionText = (condition: Value): string =>
  condition instanceof TemplateString ? condition.text : pyStr(condition)
