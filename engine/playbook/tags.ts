/** Which tasks --tags and --skip-tags select. */
import { Diagnostic } from '../diagnostics.js'
import type { Value } from '../python/values.js'

export interface TagSelection {
  /** `--tags`; `['all']` when none were given. */
  readonly only: readonly string[]
  /** `--skip-tags` */
  readonly skip: readonly string[]
}

/** Does a task with these tags run? `always`, `never`, `tagged`, `untagged` and `all` have their special meanings. */
export function isSelected(tags: readonly string[], { only, skip }: TagSelection): boolean {
  const own = new Set(tags.length > 0 ? tags : ['untagged'])
  const any = (names: readonly string[]) => names.some(name => own.has(name))
  const tagged = !own.has('untagged') || own.size > 1
  if (only.length > 0) {
    const runs =
      own.has('always') ||
      (only.includes('all') && !own.has('never')) ||
      any(only) ||
      (only.includes('tagged') && tagged && !own.has('never'))
    if (!runs) return false
  }
  if (skip.length === 0) return true
  if (skip.includes('all')) return own.has('always') && !skip.includes('always')
  return !any(skip) && !(skip.includes('tagged') && tagged)
}

/** A template among tags must be known before any host is. Its error ends a run as well as a list, with exit code 1. */
export function renderTag(render: () => Value): Value {
  try {
    return render()
  } catch (error) {
    if (!(error instanceof Diagnostic)) throw error
    const { message, at, hint } = error
    throw new Diagnostic(message, { code: 'template-tags', at, hint, cause: error })
  }
}

/** `--tags a,b --tags c` → a, b, c. */
export const splitTags = (given: readonly string[]): string[] => [
  ...new Set(given.flatMap(one => one.split(',')).map(tag => tag.trim())),
]
