/** The `loop` of a for statement. */
import { pyEquals } from '../python/compare.js'
import { typeError } from '../python/errors.js'
import { type KeywordArguments, PyObject, tuple, type Value } from '../python/values.js'
import { BoundCallable } from './callable.js'
import { Undef } from './undefined.js'

export class Loop extends PyObject {
  readonly typeName = 'LoopContext'
  index0 = -1
  #lastChanged: Value | undefined

  constructor(
    readonly items: readonly Value[],
    readonly depth0: number,
    /** Runs the body again over other items, in a recursive loop. */
    private readonly recurse: ((items: Value) => Value) | undefined,
  ) {
    super()
  }

  override length(): number {
    return this.items.length
  }

  override attribute(name: string): Value | undefined {
    const { index0, items } = this
    switch (name) {
      case 'index':
        return index0 + 1
      case 'index0':
        return index0
      case 'revindex':
        return items.length - index0
      case 'revindex0':
        return items.length - index0 - 1
      case 'first':
        return index0 === 0
      case 'last':
        return index0 === items.length - 1
      case 'length':
        return items.length
      case 'depth':
        return this.depth0 + 1
      case 'depth0':
        return this.depth0
      case 'previtem':
        return index0 > 0 ? items[index0 - 1]! : new Undef('there is no previous item')
      case 'nextitem':
        return index0 + 1 < items.length ? items[index0 + 1]! : new Undef('there is no next item')
      case 'cycle':
        return new BoundCallable('cycle', args => {
          if (args.length === 0) throw typeError('no items for cycling given')
          return args[index0 % args.length]!
        })
      case 'changed':
        return new BoundCallable('changed', args => {
          const now = tuple(args)
          const changed = this.#lastChanged === undefined || !pyEquals(this.#lastChanged, now)
          this.#lastChanged = now
          return changed
        })
    }
    return undefined
  }

  override call(args: readonly Value[], _kwargs: KeywordArguments): Value {
    if (!this.recurse) {
      throw typeError("The loop must have the 'recursive' marker to be called recursively.")
    }
    return this.recurse(args[0] ?? null)
  }

  override repr(): string {
    return `<LoopContext ${this.index0 + 1}/${this.items.length}>`
  }
}
