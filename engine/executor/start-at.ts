/** --start-at-task: everything before the named task is left out. */
import { flatten } from '../playbook/inherit.js'
import type { Block } from '../playbook/model.js'
import { fnmatch } from '../python/fnmatch.js'
import { pyStr } from '../python/repr.js'
import type { PlayRun } from './play.js'
import { filterBlocks } from './selection.js'

/** Blocks from the first task on whose name matches; gathering facts and flushes stay. */
export function startAt(play: PlayRun, blocks: readonly Block[]): Block[] {
  const wanted = play.run.startAt
  if (wanted === undefined) return [...blocks]
  const tasks = flatten(blocks)
  const kept = tasks.filter(task => task.id.startsWith('implicit-'))
  // Nobody comes to a rescue part without a failure.
  const reached = new Set(flatten(blocks, { rescue: false }))
  const first = tasks.findIndex(task => {
    if (task.id.startsWith('implicit-') || !reached.has(task)) return false
    const name = task.name === undefined || task.name === null ? task.written : pyStr(task.name)
    const full = task.role ? `${task.role.name} : ${name}` : name
    return [name, full].some(one => one === wanted || fnmatch(one, wanted))
  })
  if (first >= 0) {
    play.run.startAt = undefined
    kept.push(...tasks.slice(first))
  }
  const keep = new Set(kept)
  return filterBlocks(blocks, task => keep.has(task))
}
