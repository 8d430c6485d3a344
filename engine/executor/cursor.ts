/**
 * Where one host stands in a play: in which block, in which of its parts, at which task. Pure: it knows nothing of
 * running, only of what comes next and of what a failure means (rescue, always, out of the play).
 */
import type { Block, Role, Task } from '../playbook/model.js'

type Part = 'block' | 'rescue' | 'always'

/** A list being walked: a part of a block, or tasks that an include or a flush put in between. */
interface Frame {
  readonly block: Block | undefined
  part: Part
  items: readonly (Task | Block)[]
  at: number
  /** The block's part failed and `always` (if any) still runs. */
  failed: boolean
}

export class Cursor {
  #stack: Frame[]
  /** The host fell out of the play by a failure that nobody rescued. */
  failed = false

  constructor(blocks: readonly Block[]) {
    this.#stack = [list(blocks)]
  }

  /** The host's next task; undefined: nothing left. */
  peek(): Task | undefined {
    for (;;) {
      const frame = this.#stack.at(-1)
      if (!frame) return undefined
      const item = frame.items[frame.at]
      if (!item) {
        this.#leave(frame)
        continue
      }
      if (item.kind === 'task') return item
      frame.at++
      this.#stack.push({ block: item, part: 'block', items: item.block, at: 0, failed: false })
    }
  }

  /** The current task is done; go on after it. */
  advance(): void {
    const frame = this.#stack.at(-1)
    if (frame) frame.at++
  }

  /**
   * The current task failed; call instead of `advance`. `rescued`: a rescue part deals with it, now or once inner
   * always parts are done. `out`: nothing is left for this host.
   */
  fail(): { readonly rescued: boolean; readonly out: boolean } {
    for (let frame = this.#stack.at(-1); frame; frame = this.#stack.at(-1)) {
      const { block, part } = frame
      if (block && part === 'block' && block.rescue.length) {
        frame.part = 'rescue'
        frame.items = block.rescue
        frame.at = 0
        return { rescued: true, out: false }
      }
      if (block && part !== 'always' && block.always.length) {
        frame.part = 'always'
        frame.items = block.always
        frame.at = 0
        frame.failed = true
        return { rescued: this.#rescueAbove(1), out: false }
      }
      this.#stack.pop()
    }
    if (this.#stack.length === 0) this.failed = true
    return { rescued: false, out: this.#stack.length === 0 }
  }

  /** True while the current task stands in a rescue part: a failure before it is being dealt with. */
  get rescuing(): boolean {
    return this.#stack.some(frame => frame.part === 'rescue')
  }

  /** True when some block around the current task would catch a failure. */
  get wouldRescue(): boolean {
    return this.#rescueAbove(0)
  }

  /** True while an always part runs after a failure that nobody rescued. */
  get failing(): boolean {
    return this.failed || this.#stack.some(frame => frame.failed)
  }

  /** Puts items right after the current task (which counts as done). */
  insert(items: readonly (Block | Task)[]): void {
    this.advance()
    this.push(items)
  }

  /** Puts items before whatever comes next. */
  push(items: readonly (Block | Task)[]): void {
    this.#stack.push(list(items))
  }

  /** Nothing more to do (end_play, end_host, out of the play). */
  end(): void {
    this.#stack = []
  }

  /** Leaves the tasks of a role in which the current task stands, with what they included (end_role). */
  endRole(role: Role): void {
    let outermost = this.#stack.length
    for (let index = this.#stack.length - 1; index >= 0; index--) {
      const { block } = this.#stack[index]!
      if (block?.role === role) outermost = index
      else if (block) break
    }
    this.#stack.length = outermost
  }

  /** Takes a failed host back into the play after its failure (meta: clear_host_errors). */
  clearErrors(): void {
    this.failed = false
    for (const frame of this.#stack) frame.failed = false
  }

  #rescueAbove(skip: number): boolean {
    return this.#stack
      .slice(0, this.#stack.length - skip)
      .some(frame => frame.block !== undefined && frame.part === 'block' && frame.block.rescue.length > 0)
  }

  #leave(frame: Frame): void {
    const { block } = frame
    if (block && frame.part !== 'always' && block.always.length) {
      frame.part = 'always'
      frame.items = block.always
      frame.at = 0
      return
    }
    this.#stack.pop()
    // The failure that `always` had to wait for goes on outwards.
    if (frame.failed) this.fail()
  }
}

const list = (items: readonly (Task | Block)[]): Frame => ({
  block: undefined,
  part: 'block',
  items,
  at: 0,
  failed: false,
})
