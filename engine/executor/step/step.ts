/** A host takes its next step: runs the task, lets everything follow from it, and moves on. Strategies decide who and when. */
import { Diagnostic, Diagnostics } from '../../diagnostics.js'
import type { Host } from '../../inventory/tree.js'
import type { Task } from '../../playbook/model.js'
import { type Dict, fromJson } from '../../python/values.js'
import { debugTask, mayDebug, needsDebugger } from '../debugger/debugger.js'
import type { Status, TaskInfo } from '../events.js'
import type { Asked } from '../include/group.js'
import type { PlayRun } from '../play.js'
import { TaskKeywords } from '../task/keywords.js'
import { isTrue, shown, statusOf } from '../task/results.js'
import { type Finished, type Progress, refusal, type Single, type Step } from '../task/single.js'
import { runTask } from '../task/task.js'
import { taskInfo } from '../task/task-info.js'
import { growInventory } from './learn.js'
import { markIfOut, move } from './move.js'
import { delegationOf, outcomeOf } from './outcome.js'
import { settle } from './settle.js'

export interface Stepped {
  readonly host: Host
  readonly failed: boolean
  readonly unreachable: boolean
  readonly asked: readonly Asked[]
}

/** The host's next task that is really for it: handlers that nobody notified and roles it has had are passed over. */
export function nextTask(play: PlayRun, host: Host): Task | undefined {
  const cursor = play.cursor(host)
  for (;;) {
    const task = cursor.peek()
    if (!task) {
      markIfOut(play, host)
      return undefined
    }
    if (task.handler && play.handlers.all.includes(task) && !play.handlers.isNotified(task, host.name)) cursor.advance()
    else if (alreadyHad(play, host, task)) cursor.advance()
    else return task
  }
}

function alreadyHad(play: PlayRun, host: Host, task: Task): boolean {
  const { role } = task
  if (!role || role.allowDuplicates || task.handler) return false
  const first = play.firstUse(host.name, role.identity)
  return first !== undefined && first !== role
}

/** Facts about the task for outputs, with the modes that hold for the first host. */
export async function describe(play: PlayRun, host: Host, task: Task): Promise<TaskInfo> {
  const scope = play.scope(host, task)
  const keywords = new TaskKeywords(task, scope, play.run.templar)
  const quietly = async (name: string, otherwise: boolean) =>
    (await keywords.bool(name).catch(() => undefined)) ?? otherwise
  return taskInfo(task, scope, play.run.templar, {
    checkMode: await quietly('check_mode', play.run.options.checkMode),
    diffMode: await quietly('diff', play.run.options.diffMode),
    noLog: await quietly('no_log', false),
  })
}

/** Runs the task on the host and moves its cursor. */
export async function takeStep(step: Step): Promise<Stepped> {
  const { play, host, task, info, sharers } = step
  const { run } = play
  const stopped: Stepped = { host, failed: false, unreachable: false, asked: [] }
  if (play.interrupted) return stopped
  run.emit({ type: 'host_start', task: info, host: host.name })
  const progress: Progress = {
    itemStarts: (index, count) => run.emit({ type: 'item_start', host: host.name, task: info, index, count }),
    item: single => {
      growInventory(step, single)
      run.emit({ type: 'item_result', outcome: outcomeOf(step, single) })
    },
    retry: ({ name, result, attempts, retries, delegatedTo }) =>
      run.emit({
        type: 'retry',
        host: host.name,
        task: { ...info, name },
        result: shown(result).set('retries', retries),
        attempts,
        retries,
        verboseAlways: isTrue(result, '_ansible_verbose_always'),
        ...delegationOf(host, delegatedTo),
      }),
    polled: (jid, result) => run.emit({ type: 'async_poll', host: host.name, task: info, jid, result }),
    asyncEnded: (jid, result, ok) =>
      run.emit({ type: ok ? 'async_ok' : 'async_failed', host: host.name, task: info, jid, result }),
    output: (stream, text) => run.emit({ type: 'output_chunk', host: host.name, task: info, stream, text }),
    spent: spent => run.emit({ type: 'spent', host: host.name, task: info, ...spent }),
  }
  let finished: Finished | undefined
  let status: Status
  let again: Step | undefined = step
  do {
    finished = await run.interruption.orEnd(runTask({ ...again, progress }))
    // What an interrupted task says of its end is not its result.
    if (!finished || (play.interrupted && ['failed', 'unreachable'].includes(statusOf(finished.result)))) return stopped
    const settled = await settleOrDebug(again, finished)
    if (!settled) return stopped
    status = settled.status
    again = settled.again
  } while (again)
  if (task.handler) for (const one of sharers) play.handlers.done(task, one.name)
  // A role that the host did not take part in is still to come when it stands in the play again.
  if (task.role && status !== 'skipped' && status !== 'unreachable') play.beginRole(host.name, task.role)
  const asked = (finished.items ?? [finished]).flatMap(single =>
    single.include ? [{ request: single.include, single }] : [],
  )
  return { host, asked, ...move(step, finished, 'task') }
}

/** `again`: the person at the debugger wants the task done again, so changed. Undefined: they ended the run meanwhile. */
async function settleOrDebug(
  step: Step,
  finished: Finished,
): Promise<{ readonly status: Status; readonly again: Step | undefined } | undefined> {
  if (!mayDebug(step)) return { status: await settle(step, finished), again: undefined }
  const { stats, console } = step.play.run
  // Nothing else is told while the person looks at a result.
  return console.use(async () => {
    if (step.play.quit) return undefined
    const before = stats.hosts.get(step.host.name)
    const numbers = before && { ...before }
    const status = await settle(step, finished)
    const again = (await needsDebugger(step, finished)) ? await debugTask(step, finished) : undefined
    if (again) stats.restore(step.host.name, numbers)
    return { status, again }
  })
}

/**
 * Mistakes in the text of an included file that end the run, as Ansible does. What is not there, or is something else than
 * tasks, fails the hosts that asked for it.
 */
const endsTheRun: ReadonlySet<string> = new Set([
  'yaml-syntax',
  'unknown-module',
  'unknown-keyword',
  'conflicting-actions',
  'no-action',
  'task-type',
  'extra-params',
  'unbalanced-arguments',
  'block-missing',
  'handler-block',
])

/**
 * An include that could not be opened: the hosts that asked for it fail with its message. `moved` holds those that another
 * item of the same loop has sent to their rescue already, and gets the others.
 */
export function failInclude(
  play: PlayRun,
  hosts: readonly Host[],
  info: TaskInfo,
  task: Task,
  error: unknown,
  moved: Set<Host>,
): Stepped[] {
  const problems = error instanceof Diagnostics ? error.all : error instanceof Diagnostic ? [error] : undefined
  if (!problems || endsTheRun.has(problems[0]!.code)) throw error
  const msg = problems
    .map(one =>
      one.at && one.code !== 'file-not-found' && one.code !== 'role-not-found'
        ? `${one.message}\n\nThe error appears to be in '${one.at.file}': line ${one.at.line}, column ${one.at.column}.`
        : one.message,
    )
    .join('\n')
  return hosts.map(host => {
    const single: Single = {
      ...refusal(info, ''),
      noLog: false,
      result: fromJson({
        failed: true,
        // Ansible's result for a missing role has it, that for a missing file does not.
        ...(problems[0]!.code === 'role-not-found' ? { changed: false } : {}),
        reason: msg,
      }) as Dict,
    }
    const step: Step = { play, host, task, info, sharers: [host] }
    play.run.emit({ type: 'result', outcome: outcomeOf(step, single) })
    if (moved.has(host)) {
      play.run.stats.count(host.name, 'failures')
      return { host, asked: [], failed: false, unreachable: false }
    }
    moved.add(host)
    const finished: Finished = { ...single, items: undefined, duration: 0 }
    return { host, asked: [], ...move(step, finished, 'include') }
  })
}
