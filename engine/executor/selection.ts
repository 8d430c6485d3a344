/** Blocks reduced to the tasks that --tags and --skip-tags leave. */
import { tagsOf } from '../playbook/inherit.js'
import type { Block, Task } from '../playbook/model.js'
import { isSelected, renderTag } from '../playbook/tags.js'
import { pyStr } from '../python/repr.js'
import { isList } from '../python/values.js'
import type { PlayRun } from './play.js'

export function selectedBlocks(play: PlayRun, blocks: readonly Block[]): Block[] {
  const { tags, skipTags } = play.run.options
  const selection = { only: tags, skip: skipTags }
  return filterBlocks(blocks, task => isImplicitMeta(task) || isSelected(tagNames(play, task), selection))
}

/** Flushes between sections belong to every selection. */
const isImplicitMeta = (task: Task): boolean =>
  task.id.startsWith('implicit-') && task.action === 'ansible.builtin.meta'

/** Blocks with only the tasks that are selected; parents of tasks stay what they were. */
export function filterBlocks(blocks: readonly Block[], selected: (task: Task) => boolean): Block[] {
  return blocks.map(block => filterBlock(block, selected)).filter(block => block !== undefined)
}

function filterBlock(block: Block, selected: (task: Task) => boolean): Block | undefined {
  const keep = (items: readonly (Task | Block)[]): (Task | Block)[] =>
    items.flatMap((item): (Task | Block)[] => {
      if (item.kind === 'task') return selected(item) ? [item] : []
      const inner = filterBlock(item, selected)
      return inner ? [inner] : []
    })
  const made = { ...block, block: keep(block.block), rescue: keep(block.rescue), always: keep(block.always) }
  return made.block.length + made.rescue.length + made.always.length > 0 ? made : undefined
}

/** A task's tags as text; templates are rendered with what is known before any host is. */
export function tagNames(play: PlayRun, task: Task): string[] {
  return tagsOf(task).flatMap(tag => {
    if (typeof tag === 'string') return [tag]
    const value = renderTag(() => play.run.templar.renderNow(tag, play.scope(undefined, task)))
    if (isList(value)) return value.map(item => pyStr(item))
    return pyStr(value)
      .split(',')
      .map(part => part.trim())
  })
}
