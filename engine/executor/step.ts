/** A host takes its next step: runs the task, lets everything follow from it, and moves on. Strategies decide who and when. */
import { Diagnostic, Diagnostics } from '../diagnostics.js'
import type { Host } from '../inventory/tree.js'
import { taskFile } from '../playbook/import.js'
import { flatten } from '../playbook/inherit.js'
import type { Block, Task } from '../playbook/model.js'
import { pyStr } from '../python/repr.js'
import { type Dict, fromJson, isDict, type Value } from '../python/values.js'
import { withoutOmitted } from '../template/omit.js'
import type { TaskInfo } from './events.js'
import { type IncludeGroup, type IncludeRequest, includeKey } from './includes.js'
import { TaskKeywords } from './keywords.js'
import type { PlayRun } from './play.js'
import { isTrue, shown } from './results.js'
import { selectedBlocks } from './selection.js'
import { growInventory, outcomeOf, rememberFailure, settle, statusOf } from './settle.js'
import { type Finished, runTask, type Single } from './task.js'
import { taskInfo } from './task-info.js'

/** What a host asked to include, per item. */
export interface Asked {
  readonly request: IncludeRequest
  readonly single: Single
}

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

/** Runs the task on the host and moves its cursor. `sharers`: hosts for whom the result counts, too (run_once). */
export async function takeStep(
  play: PlayRun,
  host: Host,
  task: Task,
  info: TaskInfo,
  sharers: readonly Host[],
): Promise<Stepped> {
  const { run } = play
  const stopped: Stepped = { host, failed: false, unreachable: false, asked: [] }
  if (play.interrupted) return stopped
  run.emit({ type: 'host_start', task: info, host: host.name })
  const work = runTask(play, host, task, info, {
    item: single => {
      growInventory(play, task, single, sharers)
      run.emit({ type: 'item_result', outcome: outcomeOf(host, info, single, 0, false) })
    },
    retry: (result, attempts, retries) =>
      run.emit({ type: 'retry', host: host.name, task: info, result: shown(result), attempts, retries }),
    polled: (jid, result) => run.emit({ type: 'async_poll', host: host.name, task: info, jid, result }),
    asyncEnded: (jid, result, ok) =>
      run.emit({ type: ok ? 'async_ok' : 'async_failed', host: host.name, task: info, jid, result }),
    output: (stream, text) => run.emit({ type: 'output_chunk', host: host.name, task: info, stream, text }),
  })
  const finished = await run.interruption.orEnd(work)
  // What an interrupted task says of its end is not its result.
  if (!finished || (play.interrupted && ['failed', 'unreachable'].includes(statusOf(finished.result)))) return stopped
  const status = await settle(play, host, task, info, finished, sharers)
  if (task.handler) for (const one of sharers) play.handlers.done(task, one.name)
  if (task.role && status !== 'skipped') play.beginRole(host.name, task.role)
  const asked = (finished.items ?? [finished]).flatMap(single =>
    single.include ? [{ request: single.include, single }] : [],
  )
  return { host, asked, ...move(play, host, task, info, finished, sharers, 'task') }
}

/** Where the hosts go after the result: on, into a rescue, or out of the play. */
function move(
  play: PlayRun,
  host: Host,
  task: Task,
  info: TaskInfo,
  finished: Finished,
  sharers: readonly Host[],
  cause: 'task' | 'include',
) {
  const { run } = play
  const status = statusOf(finished.result)
  if (status === 'unreachable' && !finished.ignoreUnreachable) {
    for (const one of sharers) {
      run.unreachableHosts.add(one.name)
      play.cursor(one).end()
    }
    play.activeChanged()
    return { failed: false, unreachable: true }
  }
  if (status !== 'failed' || finished.ignoreErrors) {
    for (const one of sharers) play.cursor(one).advance()
    return { failed: false, unreachable: false }
  }
  let anyOut = false
  for (const one of sharers) {
    const { rescued } = play.cursor(one).fail()
    // Ansible counts an include that cannot be opened as failed even where a rescue deals with it.
    if (one === host) run.stats.count(host.name, rescued && cause === 'task' ? 'rescued' : 'failures')
    if (rescued) rememberFailure(play, one, info, task, finished)
    else anyOut = true
    markIfOut(play, one)
  }
  return { failed: anyOut, unreachable: false }
}

/** Notes a host whose failure nobody rescued once it has nothing left to do. */
export function markIfOut(play: PlayRun, host: Host): void {
  const cursor = play.cursor(host)
  cursor.peek()
  if (!cursor.failed) return
  play.run.failedHosts.add(host.name)
  play.activeChanged()
}

/** Hosts' wishes that are the same become one group, in the order in which they were asked. */
export function groupIncludes(stepped: readonly Stepped[]): IncludeGroup[] {
  const groups = new Map<string, IncludeGroup>()
  for (const { host, asked } of stepped) {
    for (const { request, single } of asked) {
      const key = includeKey(request, single.item?.vars)
      const group = groups.get(key)
      if (group) group.hosts.push(host.name)
      else groups.set(key, { request, itemVars: single.item?.vars, item: single.item?.label, hosts: [host.name] })
    }
  }
  return [...groups.values()]
}

/** Loads what a group of hosts wants; the blocks to put after the include, already reduced to the selected tags. */
export async function openInclude(play: PlayRun, task: Task, info: TaskInfo, group: IncludeGroup): Promise<Block[]> {
  const { run } = play
  const { request } = group
  const apply = request.args.get('apply')
  const applied = isDict(apply) ? (withoutOmitted(apply) as Dict) : undefined
  const vars = group.itemVars ?? new Map<Value, Value>()
  if (request.kind === 'tasks') {
    const block = run.loader.includeTasks(task, { file: request.name, vars, apply: applied })
    run.emit({
      type: 'include',
      file: taskFile(request.name, { parent: task.parent, role: task.role, handlers: task.handler }),
      hosts: group.hosts,
      item: group.item,
      task: info,
    })
    return selectedBlocks(play, [block])
  }
  const text = (name: string) => {
    const value = request.args.get(name)
    return value === undefined || value === null ? undefined : pyStr(value)
  }
  const from = Object.fromEntries(
    (['tasks', 'vars', 'defaults', 'handlers'] as const).flatMap(kind => {
      const value = text(`${kind}_from`)
      return value === undefined ? [] : [[kind, value]]
    }),
  )
  const isPublic = isTrue(request.args, 'public')
  const { role, block } = run.loader.includeRole(task, {
    name: request.name,
    from,
    vars,
    apply: applied,
    public: isPublic,
    allowDuplicates: request.args.get('allow_duplicates') !== false,
    validate: request.args.get('rolespec_validate') !== false,
  })
  play.handlers.add(
    role.dependencies
      .flatMap(one => one.handlers)
      .concat(role.handlers)
      .flatMap(flatten),
  )
  if (isPublic) play.publish(role)
  return selectedBlocks(play, [block])
}

/** An include that could not be opened: the hosts that asked for it fail with its message. */
export function failInclude(
  play: PlayRun,
  hosts: readonly Host[],
  info: TaskInfo,
  task: Task,
  error: unknown,
): Stepped[] {
  const problems = error instanceof Diagnostics ? error.all : error instanceof Diagnostic ? [error] : undefined
  if (!problems) throw error
  const msg = problems
    .map(one =>
      one.at && one.code !== 'file-not-found'
        ? `${one.message}\n\nThe error appears to be in '${one.at.file}': line ${one.at.line}, column ${one.at.column}.`
        : one.message,
    )
    .join('\n')
  return hosts.map(host => {
    const result = fromJson({ failed: true, reason: msg }) as Dict
    const single: Single = {
      result,
      noLog: false,
      ignoreErrors: false,
      ignoreUnreachable: false,
      delegatedTo: undefined,
      delegateFacts: false,
      include: undefined,
      item: undefined,
      checkMode: info.checkMode,
      diffMode: info.diffMode,
    }
    play.run.emit({ type: 'result', outcome: outcomeOf(host, info, single, 0, false) })
    const finished: Finished = { ...single, items: undefined, duration: 0 }
    return { host, asked: [], ...move(play, host, task, info, finished, [host], 'include') }
  })
}
