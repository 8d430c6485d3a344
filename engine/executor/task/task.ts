/** One task on one host: a loop over items (loop.ts), each item as item.ts does it. What follows from it is step/'s. */
import type { List } from '../../python/values.js'
import { explained } from './failure-text.js'
import { runItem } from './item.js'
import { runLoop } from './loop.js'
import { loopItems } from './loop-items.js'
import type { Finished, Single, TaskRun } from './single.js'

export async function runTask(on: TaskRun): Promise<Finished> {
  const started = performance.now()
  const finished = await run(on)
  return { ...finished, duration: (performance.now() - started) / 1000 }
}

async function run(on: TaskRun): Promise<Single & { readonly items: readonly Single[] | undefined }> {
  const known = on.play.scope(on.host, on.task)
  const scope = on.vars ? known.with('debugger', on.vars) : known
  let items: List | undefined
  try {
    items = await loopItems(on.task, scope, on.play.run.templar)
  } catch (error) {
    // A `when` that does not hold spares the task its loop.
    return { ...(await runItem(on, scope, () => explained(on, error))), items: undefined }
  }
  return items ? runLoop(on, scope, items) : { ...(await runItem(on, scope)), items: undefined }
}
