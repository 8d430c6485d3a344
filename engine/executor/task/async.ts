/**
 * Tasks with `async:`. Commands run on the host by themselves, so that they outlive the connection; other modules work from
 * here beside everything else, and the run does not end before they have. Either way there is a job file for `async_status`.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { ModuleFailure, type ModuleResult } from '../../module/define.js'
import { newJobId } from '../../module/job.js'
import { dumps } from '../../python/json.js'
import { type Dict, fromJson } from '../../python/values.js'
import type { TaskRemote } from '../../remote/remote.js'
import { type Call, callModule } from './module-call.js'
import { isTrue, resultOf } from './results.js'

/** What an asynchronous task needs beside its module call. */
export interface AsyncTask {
  readonly action: string
  readonly args: Dict
  readonly call: Call
  /** How long it may take. */
  readonly seconds: number
  /** Seconds between questions; 0 leaves the job to itself. */
  readonly poll: number
  /** A remote of the job's own, since the task's is gone before the job has ended. */
  open(): TaskRemote
  readonly noLog: boolean
  polled(jid: string, result: Dict): void
  ended(jid: string, result: Dict, ok: boolean): void
}

/** Actions that work on the controller, in several steps, or steer the play: Ansible refuses `async` for them. */
const refused = new Set(
  [
    'add_host',
    'assemble',
    'assert',
    'async_status',
    'copy',
    'debug',
    'fail',
    'fetch',
    'gather_facts',
    'group_by',
    'include_vars',
    'pause',
    'raw',
    'script',
    'set_fact',
    'set_stats',
    'template',
    'unarchive',
    'validate_argument_spec',
    'wait_for_connection',
  ].map(name => `ansible.builtin.${name}`),
)

/** Modules that start their job on the host themselves. */
const detached = new Set(['ansible.builtin.command', 'ansible.builtin.shell'])

/** The message for a task that cannot be asynchronous. */
export function asyncRefusal(action: string, checkMode: boolean): string | undefined {
  if (refused.has(action)) return 'async is not supported for this task.'
  return checkMode ? 'check mode and async cannot be used on same task.' : undefined
}

export function runAsync(task: AsyncTask): Promise<Dict> {
  return detached.has(task.action) ? runDetached(task) : runBeside(task)
}

async function runDetached(task: AsyncTask): Promise<Dict> {
  const started = resultOf(await callModule(task.action, task.args, task.call))
  const jid = started.get('ansible_job_id')
  if (task.poll <= 0 || typeof jid !== 'string') return started
  const ask = async (mode: string) =>
    resultOf(await callModule('ansible.builtin.async_status', fromJson({ jid, mode }) as Dict, task.call))
  let result = started
  for (let left = task.seconds; left > 0; left -= task.poll) {
    await sleep(Math.min(task.poll, left) * 1000, undefined, { signal: task.call.signal }).catch(() => {})
    result = await ask('status')
    if (result.get('finished') !== 0 || task.call.signal.aborted) break
    task.polled(jid, result)
  }
  if (result.get('finished') === 0) return overdue(task, result)
  task.ended(shownId(task, jid), result, !isTrue(result, 'failed'))
  await ask('cleanup')
  return result
}

/** Ansible takes the id out of the result; one that no_log hides has none. */
const shownId = (task: AsyncTask, jid: string): string => (task.noLog ? 'None' : jid)

function overdue(task: AsyncTask, last: Dict): Dict {
  const result = resultOf({ changed: false, failed: true, msg: tooLong(task.seconds) })
  result.set('async_result', last)
  task.ended(shownId(task, String(last.get('ansible_job_id'))), result, false)
  return result
}

const tooLong = (seconds: number): string => `async task did not complete within the requested time - ${seconds}s`

async function runBeside(task: AsyncTask): Promise<Dict> {
  const jid = newJobId()
  const remote = task.open()
  const path = await writeJob(remote, jid, fromJson({ started: 1, finished: 0, ansible_job_id: jid }) as Dict)
  const job = finished(task, remote, jid, path).finally(() => remote.dispose())
  if (task.poll <= 0) {
    const { jobs } = task.call.run
    const kept: Promise<void> = job.then(
      () => void jobs.delete(kept),
      () => void jobs.delete(kept),
    )
    jobs.add(kept)
    return resultOf({ changed: true, started: 1, finished: 0, ansible_job_id: jid, results_file: path })
  }
  for (;;) {
    const timer = new AbortController()
    const nap = sleep(task.poll * 1000, undefined, { signal: timer.signal }).catch(() => undefined)
    const result = await Promise.race([job, nap])
    timer.abort()
    if (result) {
      task.ended(shownId(task, jid), result, !isTrue(result, 'failed'))
      return result
    }
    task.polled(jid, fromJson({ started: 1, finished: 0, ansible_job_id: jid }) as Dict)
  }
}

/** Runs the module to its end, or to the end of its time, and keeps what it returned in the job file. */
async function finished(task: AsyncTask, remote: TaskRemote, jid: string, path: string): Promise<Dict> {
  const timer = new AbortController()
  const late = sleep(task.seconds * 1000, undefined, { signal: timer.signal }).then(
    () => ({ changed: false, failed: true, msg: tooLong(task.seconds) }) satisfies ModuleResult,
    () => undefined,
  )
  const work = callModule(task.action, task.args, { ...task.call, remote })
  const result = resultOf((await Promise.race([work, late])) ?? (await work))
  timer.abort()
  for (const stream of ['stdout', 'stderr']) {
    if (!result.has(stream)) result.set(stream, '').set(`${stream}_lines`, [])
  }
  result.set('ansible_job_id', jid).set('results_file', path).set('started', 1).set('finished', 1)
  if (task.poll <= 0) await writeJob(remote, jid, result)
  else await remote.exec({ argv: ['rm', '-f', path], why: 'remove the job file', changes: false })
  return result
}

/** Writes the job file beside and puts it in place; its path. */
async function writeJob(remote: TaskRemote, jid: string, state: Dict): Promise<string> {
  const { rc, stdout, stderr } = await remote.exec({
    shell: `umask 077
dir=\${ANSIBLE_ASYNC_DIR:-$HOME/.ansible_async}
mkdir -p "$dir" && cat >"$dir/${jid}.part" && mv "$dir/${jid}.part" "$dir/${jid}" && printf '%s' "$dir/${jid}"`,
    stdin: Buffer.from(dumps(state)),
    why: 'keep the state of the job',
    changes: false,
  })
  if (rc !== 0) throw new ModuleFailure(`could not write the job file: ${stderr.trim()}`)
  return stdout
}
