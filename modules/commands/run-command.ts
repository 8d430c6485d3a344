/** What `command`, `shell` and `script` share: guards, running, Ansible's result keys and its words for what went wrong. */
import type { ModuleContext, ModuleResult } from '../../engine/module/define.js'
import type { Json } from '../../engine/python/values.js'
import { givenPath, raw, sh } from '../../engine/remote/quote.js'
import type { Effect, Outcome, Remote } from '../../engine/remote/remote.js'
import { shownCommand } from './shown-command.js'
import { duration, timestamp } from './timing.js'

export interface Guards {
  readonly creates?: string | undefined
  readonly removes?: string | undefined
  readonly chdir?: string | undefined
}

export interface CommandResult {
  readonly [key: string]: Json
  readonly cmd: Json
  readonly stdout: string
  readonly stderr: string
  readonly rc: number | null
  readonly start: string | null
  readonly end: string | null
  readonly delta: string | null
  readonly msg: string
}

/** A result before anything ran, in Ansible's order of keys. */
export const notRun = (cmd: Json, rest: Partial<CommandResult> = {}): CommandResult => ({
  cmd,
  stdout: '',
  stderr: '',
  rc: 0,
  start: null,
  end: null,
  delta: null,
  msg: '',
  ...rest,
})

/** Why `creates` or `removes` (glob patterns, relative to chdir) make the command unnecessary; undefined: it has to run. */
export async function guardedBy(remote: Remote, { creates, removes, chdir }: Guards) {
  const matches = async (pattern: string | undefined) =>
    pattern !== undefined &&
    (await remote.glob(chdir && !/^[/~]/.test(pattern) ? `${chdir}/${pattern}` : pattern)).length > 0
  const [created, present] = await Promise.all([matches(creates), matches(removes)])
  if (creates && created) return { path: creates, because: 'exists' }
  if (removes && !present) return { path: removes, because: 'does not exist' }
  return undefined
}

/** Runs a command that a person wrote and describes the outcome as Ansible's command module does. */
export async function runCommand(
  remote: Remote,
  effect: Effect,
  { cmd, program, strip = true }: { cmd: Json; program: string; strip?: boolean },
): Promise<{ result: CommandResult; failed: boolean; started: boolean }> {
  const outcome = await remote.exec({ ...effect, givenPath: true })
  if (outcome.rc !== 0) {
    const why = await neverStarted(remote, outcome, effect, program)
    if (why !== undefined) return { result: couldNotStart(why, cmd), failed: true, started: false }
  }
  const ends = (text: string) => (strip ? text.replace(/[\r\n]+$/, '') : text)
  return {
    failed: outcome.rc !== 0,
    started: true,
    result: {
      cmd,
      stdout: ends(outcome.stdout),
      stderr: ends(outcome.stderr),
      rc: outcome.rc,
      start: timestamp(outcome.start),
      end: timestamp(outcome.end),
      delta: duration(outcome.end - outcome.start),
      msg: outcome.rc === 0 ? '' : 'non-zero return code',
    },
  }
}

type NotStarted = {
  readonly errno: number
  readonly text: string
  readonly on: 'chdir' | 'program'
  readonly path: string
}

const entering = (path: string) =>
  sh`cd -- ${path} 2>/dev/null || { if [ -d ${path} ]; then echo noaccess; elif [ -e ${path} ]; then echo notdir; else echo nodir; fi; exit 0; }`

function notEntered(answer: string, path: string): NotStarted | undefined {
  if (answer === 'nodir') return { errno: 2, text: 'No such file or directory', on: 'chdir', path }
  if (answer === 'notdir') return { errno: 20, text: 'Not a directory', on: 'chdir', path }
  if (answer === 'noaccess') return { errno: 13, text: 'Permission denied', on: 'chdir', path }
  return undefined
}

/**
 * A shell answers 126 or 127 where execve(2) would fail, and so may a program that did start; the host is asked, only
 * after a failure, whether the directory and the program are there.
 */
async function neverStarted(remote: Remote, outcome: Outcome, { cwd }: Effect, program: string) {
  const programMayBeMissing = outcome.rc === 126 || outcome.rc === 127
  if (!cwd && !programMayBeMissing) return undefined
  const slash = program.includes('/')
  return remote.query<NotStarted | undefined>({
    command: sh`${raw(entering(cwd ?? '.'))}
if ${raw(slash ? 'true' : 'false')}; then [ -e ${program} ] || { echo noprogram; exit 0; }; [ -x ${program} ] && [ -f ${program} ] || { echo noexec; exit 0; }
else ( IFS=:; for d in ${givenPath}; do [ -x "$d"/${program} ] && [ -f "$d"/${program} ] && exit 0; done; exit 1 ) || echo noprogram; fi`,
    parse: stdout => {
      const answer = stdout.trim()
      const refused = notEntered(answer, cwd!)
      if (refused) return refused
      if (!programMayBeMissing) return undefined
      if (answer === 'noprogram') return { errno: 2, text: 'No such file or directory', on: 'program', path: program }
      if (answer === 'noexec') return { errno: 13, text: 'Permission denied', on: 'program', path: program }
      return undefined
    },
  })
}

function couldNotStart({ errno, text, on, path }: NotStarted, cmd: Json): CommandResult {
  const reason = `[Errno ${errno}] ${text}: b'${path}'`
  if (on === 'chdir') return notRun(cmd, { rc: null, msg: `Unable to change directory before execution: ${reason}` })
  const {
    start: _start,
    end: _end,
    delta: _delta,
    ...rest
  } = notRun(Array.isArray(cmd) ? shownCommand(cmd as string[]) : cmd, {
    rc: errno,
    msg: reason,
  })
  return rest as CommandResult
}

/**
 * What `creates`, `removes` and check mode say instead of running the command; undefined: it runs. A folder that cannot be
 * entered ends the task even so: Ansible goes there before it asks anything.
 */
export async function keptFromRunning(
  { remote, fail }: Pick<ModuleContext<unknown>, 'remote' | 'fail'>,
  args: Guards,
  cmd: string | readonly string[],
): Promise<ModuleResult | undefined> {
  const { chdir } = args
  const decided = args.creates !== undefined || args.removes !== undefined
  const mayNotRun = decided || remote.checkMode
  const entered =
    chdir && mayNotRun
      ? remote.query({ command: entering(chdir), parse: stdout => notEntered(stdout.trim(), chdir) })
      : undefined
  // A user that cannot be become fails the task in check mode, too: something has to be asked as that user.
  const became = remote.checkMode ? remote.file('/', { want: 'stat' }) : undefined
  const [refused, guard] = await Promise.all([entered, guardedBy(remote, args), became])
  if (refused) {
    const result = couldNotStart(refused, cmd)
    return fail(result.msg, { changed: false, ...result })
  }
  if (guard) {
    const would = remote.checkMode ? 'Would not' : 'Did not'
    const msg = `${would} run command since '${guard.path}' ${guard.because}`
    return { changed: false, ...notRun(cmd, { stdout: `skipped, since ${guard.path} ${guard.because}`, msg }) }
  }
  if (!remote.checkMode) return undefined
  const msg = 'Command would have run if not in check mode'
  return { changed: decided, ...(decided ? {} : { skipped: true }), ...notRun(cmd, { msg }) }
}
