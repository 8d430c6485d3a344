/** How what went wrong is told, once, and which exit code it gives. */
import { readFileSync } from 'node:fs'
import { Diagnostic, Diagnostics, formatDiagnostic } from '../diagnostics.js'
import { UsageError } from './flags.js'
import type { Io } from './io.js'

/** Ansible's exit codes for errors that end a command before, or instead of, a run. */
export const FAILURE = { error: 1, usage: 2, parser: 4, options: 5, interrupted: 99, unexpected: 250 } as const

/**
 * Codes of diagnostics, by the words they begin with; the first that fits counts, and 1 otherwise. Recorded from Ansible:
 * what is wrong with the text of a playbook is 4, what it names and is not there is 1.
 */
const EXITS: readonly (readonly [prefix: RegExp, exit: number])[] = [
  [/^(options|config|adhoc|order)/, FAILURE.options],
  [/^interrupted/, FAILURE.interrupted],
  [/^(role-not-found|role-name|vars-file|unknown-strategy)/, FAILURE.error],
  [
    /^(yaml|schema|playbook|import-playbook|meta|hosts|keyword|unknown|module|extra-params|args|arguments|old-spelling)/,
    FAILURE.parser,
  ],
  [
    /^(roles?|tasks?|block|handler-block|handler-role|no-action|static-loop|conflicting|unbalanced|loop-type|vars|variable|undefined-variable)/,
    FAILURE.parser,
  ],
]

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return FAILURE.usage
  // Ansible stops at the first.
  if (error instanceof Diagnostics) return exitCodeOf(error.all[0])
  if (error instanceof Diagnostic) return EXITS.find(([prefix]) => prefix.test(error.code))?.[1] ?? FAILURE.error
  return FAILURE.unexpected
}

/** Tells the error on stderr and answers with the exit code. */
export function report(error: unknown, io: Io): number {
  if (!(error instanceof Diagnostic && error.code === 'interrupted-told'))
    io.stderr.write(errorText(error, hasColour(io)))
  return exitCodeOf(error)
}

export function errorText(error: unknown, color: boolean): string {
  const problems = error instanceof Diagnostics ? error.all : error instanceof Diagnostic ? [error] : undefined
  if (problems) {
    const told = new Set(problems.map(problem => formatDiagnostic(problem, { readFile: readIfThere, color })))
    return `${[...told].join('\n\n')}\n`
  }
  if (error instanceof Error) {
    return (
      `ERROR! Unexpected Exception, this is probably a bug: ${error.message}\n` +
      `${error.stack ?? ''}\n\nPlease report it with the lines above and the playbook that caused it.\n`
    )
  }
  return `ERROR! ${String(error)}\n`
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

const hasColour = ({ stderr, env }: Io): boolean =>
  env.NO_COLOR === undefined && (stderr.isTTY === true || /^(1|true|yes|on)$/i.test(env.ANSIBLE_FORCE_COLOR ?? ''))
