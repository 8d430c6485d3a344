/** Which tasks --tags and --skip-tags select. */

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

/** `--tags a,b --tags c` → a, b, c. */
export const splitTags = (given: readonly string[]): string[] => [
  ...new Set(given.flatMap(one => one.split(',')).map(tag => tag.trim())),
]
