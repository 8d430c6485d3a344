/** The truth of `when`, `until`, `failed_when` and their kin. */
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import { truthy } from '../python/compare.js'
import { pyRepr } from '../python/repr.js'
import { UndeterminedCondition, Unknown } from '../python/unknown.js'
import { typeName, type Value } from '../python/values.js'
import { TemplateString } from '../yaml/trust.js'
import { UndefinedError } from './undefined.js'

interface Evaluator {
  evaluate(source: string, at: SourceRange | undefined): Value
  /** The same without lookups: for text that came out of a template. */
  evaluateClosed(source: string, at: SourceRange | undefined): Value
  render(value: Value): Value
  warn(message: string): void
}

export function conditionTruth(condition: Value, at: SourceRange | undefined, evaluator: Evaluator): boolean {
  if (condition === null || condition === '') return true
  if (typeof condition === 'boolean') return condition
  if (condition instanceof Unknown) throw new UndeterminedCondition(condition.dependsOn)
  if (Array.isArray(condition)) return condition.every(one => conditionTruth(one, at, evaluator))
  if (condition instanceof TemplateString) {
    evaluator.warn(
      `conditional statements should not include jinja2 templating delimiters such as {{ }} or {% %}. Found: ${condition.text}`,
    )
    return failing(condition.text, () => {
      const value = evaluator.render(condition)
      if (value instanceof Unknown) throw new UndeterminedCondition(value.dependsOn)
      // As before 2.19: what the template gives is itself a condition.
      if (typeof value !== 'string' || value === '') return asBool(value, condition.text, condition.at ?? at, evaluator)
      return asBool(evaluator.evaluateClosed(value, condition.at ?? at), value, condition.at ?? at, evaluator)
    })
  }
  if (typeof condition !== 'string') return asBool(condition, pyRepr(condition), at, evaluator)
  return failing(condition, () => asBool(evaluator.evaluate(condition, at), condition, at, evaluator))
}

function asBool(value: Value, shown: string, at: SourceRange | undefined, evaluator: Evaluator): boolean {
  if (typeof value === 'boolean') return value
  if (value instanceof Unknown) throw new UndeterminedCondition(value.dependsOn)
  evaluator.warn(`the condition '${shown}' gives a ${typeName(value)}, not a bool; its truth was used${place(at)}`)
  return truthy(value)
}

const place = (at: SourceRange | undefined): string => (at ? ` (${at.file}:${at.line})` : '')

/** Says which condition failed, in Ansible's words. */
function failing<T>(condition: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof Diagnostic) || error instanceof UndeterminedCondition) throw error
    const detail =
      error instanceof UndefinedError
        ? `error while evaluating conditional (${condition}): ${error.message}`
        : error.message
    throw new Diagnostic(`The conditional check '${condition}' failed. The error was: ${detail}`, {
      code: error.code,
      at: error.at,
      hint: error.hint,
      cause: error,
    })
  }
}
