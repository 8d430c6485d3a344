/** Every host goes through the tasks as fast as it can (free); with host_pinned a host keeps its slot to the end. */
import { Semaphore } from '../../connection/semaphore.js'
import type { Host } from '../../inventory/tree.js'
import type { Block } from '../../playbook/model.js'
import { groupIncludes } from '../include/group.js'
import { openInclude } from '../include/open.js'
import type { PlayRun } from '../play.js'
import { isMeta, runMeta } from '../step/meta.js'
import { describe, failInclude, nextTask, takeStep } from '../step/step.js'
import { TaskKeywords } from '../task/keywords.js'
import { activeHosts } from './linear.js'

export async function free(play: PlayRun, pinned: boolean): Promise<void> {
  const gates = new Map<string, Semaphore>()
  const { slots } = play.run
  await Promise.all(
    play.batchHosts.map(host =>
      pinned ? slots.use(() => walk(host, work => work())) : walk(host, work => slots.use(work)),
    ),
  )

  async function walk(host: Host, slot: <T>(work: () => Promise<T>) => Promise<T>): Promise<void> {
    for (;;) {
      if (play.ended || play.interrupted || !play.activeHosts.includes(host.name)) return
      const task = nextTask(play, host)
      if (!task) return
      if (isMeta(task)) {
        if ((await runMeta(play, host, task, activeHosts(play))) === 'flush')
          play.cursor(host).insert(play.handlers.all)
        continue
      }
      await slot(async () => {
        const info = await describe(play, host, task)
        play.run.emit(
          task.handler ? { type: 'handler_start', task: info } : { type: 'task_start', task: info, conditional: false },
        )
        const keywords = new TaskKeywords(task, play.scope(host, task), play.run.templar)
        const throttle = (await keywords.number('throttle').catch(() => undefined)) ?? 0
        const step = () => takeStep({ play, host, task, info, sharers: [host] })
        const stepped = throttle > 0 ? await gateFor(task.id, throttle).use(step) : await step()
        const opened: Block[] = []
        const moved = new Set<Host>()
        for (const group of groupIncludes([stepped])) {
          try {
            const blocks = await openInclude(play, task, info, group)
            if (group.request.kind === 'tasks') play.run.stats.count(host.name, 'ok')
            opened.push(...blocks)
          } catch (error) {
            failInclude(play, [host], info, task, error, moved)
          }
        }
        if (opened.length > 0) play.cursor(host).push(opened)
      })
    }
  }

  function gateFor(id: string, count: number): Semaphore {
    let gate = gates.get(id)
    if (!gate) {
      gate = new Semaphore(count)
      gates.set(id, gate)
    }
    return gate
  }
}
