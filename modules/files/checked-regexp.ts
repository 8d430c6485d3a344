import { Diagnostic } from '../../engine/diagnostics.js'
import { pythonRegExp, type RegExpFlags } from '../../engine/python/regexp.js'

/** A playbook's regular expression; a bad one fails the task with what is wrong about it, in the words of `said`. */
export function checkedRegExp(
  pattern: string,
  flags: RegExpFlags,
  fail: (msg: string) => never,
  said = (why: string) => `cannot compile regular expression '${pattern}': ${why}`,
): RegExp {
  try {
    return pythonRegExp(pattern, flags)
  } catch (error) {
    if (error instanceof Diagnostic || error instanceof SyntaxError) return fail(said(error.message))
    throw error
  }
}
