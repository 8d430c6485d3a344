/** What a failed task says when the mistake stands in the playbook: Ansible's words, then the place. */
import { Diagnostic, type SourceRange } from '../../diagnostics.js'
import { UndefinedError } from '../../template/undefined.js'
import type { TaskRun } from './single.js'

/** Message for the arguments of a task that could not be rendered. Only where Ansible tells the place is it part of the text. */
export function argumentFailure(error: unknown, at: SourceRange): string {
  if (error instanceof KeywordUndefined) return `${error.message}${place(error, at)}`
  if (error instanceof UndefinedError) {
    return `The task includes an option with an undefined variable. The error was: ${error.message}${place(error, at)}`
  }
  return error instanceof Diagnostic && error.code === 'keyword-type'
    ? `${error.message}${place(error, at)}`
    : messageOf(error)
}

/** A keyword other than the arguments whose template needs what is not there. */
export class KeywordUndefined extends Diagnostic {
  constructor(keyword: string, error: UndefinedError, at: SourceRange) {
    super(
      `The field '${keyword}' has an invalid value, which includes an undefined variable. The error was: ${error.message}`,
      { code: 'keyword-undefined', at },
    )
  }
}

/** Message for a condition that could not be evaluated; the templar names the condition. */
export const conditionFailure = (error: unknown, at: SourceRange): string => `${messageOf(error)}${place(error, at)}`

/** The error's message for the result; where it stands is said beside the result, unless no_log hides it. */
export function explained({ play, task, info }: TaskRun, error: unknown): string {
  const remark = info.noLog ? undefined : remarkOn(error)
  if (remark !== undefined) play.run.emit({ type: 'remark', text: remark })
  return argumentFailure(error, task.at)
}

/** Where an error stands and what to do, for errors whose message says neither. */
export function remarkOn(error: unknown): string | undefined {
  if (!(error instanceof Diagnostic) || error instanceof UndefinedError || error.code === 'keyword-type')
    return undefined
  const where = error.at && `${error.at.file}:${error.at.line}:${error.at.column}`
  return where || error.hint
    ? [error.message, where && `  at ${where}`, error.hint].filter(Boolean).join('\n')
    : undefined
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

function place(error: unknown, fallback: SourceRange): string {
  const at = (error instanceof Diagnostic && error.at) || fallback
  const hint = error instanceof Diagnostic && error.hint ? `\n${error.hint}` : ''
  return `\n\nThe error appears to be in '${at.file}': line ${at.line}, column ${at.column}.${hint}`
}
