/** All hosts go through the tasks in step: nobody begins a task before everybody has finished the one before. */
import { Semaphore } from '../../connection/semaphore.js'
import type { Host } from '../../inventory/tree.js'
import { flatten, inherited } from '../../playbook/inherit.js'
import type { Block, Task } from '../../playbook/model.js'
import { TemplateString } from '../../yaml/trust.js'
import { groupIncludes } from '../include/group.js'
import { openInclude } from '../include/open.js'
import type { PlayRun } from '../play.js'
import { isMeta, isPerHost, runMeta } from '../step/meta.js'
import { markIfOut } from '../step/move.js'
import { describe, failInclude, nextTask, type Stepped, takeStep } from '../step/step.js'
import { TaskKeywords } from '../task/keywords.js'

/** Modules that work once for the whole batch. */
const oncePerBatch = new Set(['ansible.builtin.add_host', 'ansible.builtin.pause'])

export async function linear(play: PlayRun, blocks: readonly Block[]): Promise<void> {
  const order = flatten(blocks)
  let position = 0
  for (;;) {
    if (play.ended || play.interrupted) return
    const waiting = new Map<Host, Task>()
    for (const host of activeHosts(play)) {
      const task = nextTask(play, host)
      if (task) waiting.set(host, task)
    }
    if (waiting.size === 0) return
    const task = earliest(new Set(waiting.values()))
    const hosts = [...waiting].filter(([, next]) => next === task).map(([host]) => host)
    if (isMeta(task)) await meta(task, hosts)
    else await lockstep(task, hosts)
  }

  /** The first task, in the order of the play, that some host waits at. */
  function earliest(tasks: ReadonlySet<Task>): Task {
    for (let index = position; index < order.length; index++) {
      if (tasks.has(order[index]!)) {
        position = index + 1
        return order[index]!
      }
    }
    // Hosts that came back (clear_host_errors) may be before the position.
    position = 0
    const index = order.findIndex(task => tasks.has(task))
    position = index + 1
    return index === -1 ? [...tasks][0]! : order[index]!
  }

  async function meta(task: Task, hosts: readonly Host[]): Promise<void> {
    let flush = false
    for (const host of isPerHost(task) ? hosts : hosts.slice(0, 1)) {
      if (play.ended) return
      if ((await runMeta(play, host, task, hosts)) !== 'flush') continue
      play.cursor(host).insert(play.handlers.all)
      flush = true
    }
    if (flush) order.splice(position, 0, ...play.handlers.all)
  }

  async function lockstep(task: Task, hosts: readonly Host[]): Promise<void> {
    const first = hosts[0]!
    const info = await describe(play, first, task)
    if (!(await play.wanted(task))) {
      for (const host of hosts) play.cursor(host).advance()
      return
    }
    play.run.emit(
      task.handler ? { type: 'handler_start', task: info } : { type: 'task_start', task: info, conditional: false },
    )
    const keywords = new TaskKeywords(task, play.scope(first, task), play.run.templar)
    const once = oncePerBatch.has(task.action) || ((await keywords.bool('run_once').catch(() => undefined)) ?? false)
    const throttle = (await keywords.number('throttle').catch(() => undefined)) ?? 0
    const gate = throttle > 0 ? new Semaphore(throttle) : undefined
    const work = (host: Host) => () => takeStep({ play, host, task, info, sharers: once ? hosts : [host] })
    const chosen = once ? [first] : hosts
    const start = (host: Host) =>
      gate ? gate.use(() => play.run.slots.use(work(host))) : play.run.slots.use(work(host))
    const stepped = await play.together(() => Promise.all(chosen.map(start)))
    const unopened = await include(task, info, stepped)
    // What fails with run_once fails for all; an include that could not be opened has failed its one host so far.
    await stopForErrors(task, [...stepped, ...unopened], once, once && unopened.length === 0 ? hosts : undefined)
  }

  async function include(
    task: Task,
    info: Awaited<ReturnType<typeof describe>>,
    stepped: readonly Stepped[],
  ): Promise<Stepped[]> {
    const groups = groupIncludes(stepped)
    if (groups.length === 0) return []
    const failed: Stepped[] = []
    const moved = new Set<Host>()
    const perHost = new Map<string, Block[]>()
    const added: Task[] = []
    for (const group of groups) {
      // With run_once, what is included is for the one host alone.
      const names = group.hosts
      try {
        const made = await openInclude(play, task, info, group)
        if (group.request.kind === 'tasks') for (const name of names) play.run.stats.count(name, 'ok')
        added.push(...flatten(made))
        for (const name of names) perHost.set(name, [...(perHost.get(name) ?? []), ...made])
      } catch (error) {
        const hosts = play.batchHosts.filter(host => names.includes(host.name))
        // The cursor stood after the include already; failing counts from there.
        failed.push(...failInclude(play, hosts, info, task, error, moved))
      }
    }
    for (const [name, made] of perHost) play.cursors.get(name)!.push(made)
    order.splice(position, 0, ...added)
    return failed
  }

  async function stopForErrors(
    task: Task,
    stepped: readonly Stepped[],
    once: boolean,
    sharers: readonly Host[] | undefined,
  ): Promise<void> {
    const { run } = play
    let over = false
    if (stepped.some(one => one.failed || one.unreachable) && (await isFatal(task, once))) {
      const gone = new Set(sharers ?? stepped.filter(one => one.failed).map(one => one.host))
      for (const host of activeHosts(play)) {
        // Those whose own failure this is have gone to their rescue or always part.
        if (gone.has(host)) continue
        const { rescued } = play.cursor(host).fail()
        if (!rescued) markIfOut(play, host)
      }
      over = activeHosts(play).length === 0
    }
    if (await tooManyFailed()) {
      for (const host of activeHosts(play)) {
        run.failedHosts.add(host.name)
        play.cursor(host).end()
      }
      play.activeChanged()
      run.emit({ type: 'no_hosts_remaining' })
      play.ended = true
      over = true
    }
    if (!over) return
    play.broken = true
    run.emit({ type: 'no_hosts_remaining' })
  }

  async function isFatal(task: Task, once: boolean): Promise<boolean> {
    // Ansible takes an `ignore_errors` that is a template for true here, whatever it gives.
    if (inherited(task, 'ignore_errors') instanceof TemplateString) return false
    if (once) return true
    const keywords = new TaskKeywords(task, play.scope(undefined, task), play.run.templar)
    const written = await keywords.bool('any_errors_fatal').catch(() => undefined)
    return written ?? play.run.settings.bool('ANY_ERRORS_FATAL')
  }

  /** max_fail_percentage. */
  async function tooManyFailed(): Promise<boolean> {
    const { run, batch } = play
    const raw = play.play.keywords.get('max_fail_percentage')
    if (raw === undefined || raw === null) return false
    const percentage = Number(await run.templar.render(raw, play.scope(undefined, undefined)))
    // Those that failed before count among the hosts, but not among the failures.
    const failed = new Set([...run.failedHosts, ...run.failedIncludes])
    for (const name of play.failedBefore) failed.delete(name)
    return (batch.filter(name => failed.has(name)).length / batch.length) * 100 > percentage
  }
}

export const activeHosts = (play: PlayRun): Host[] => {
  const active = new Set(play.activeHosts)
  return play.batchHosts.filter(host => active.has(host.name))
}
