/** TRANSFORM_INVALID_GROUP_CHARS: what becomes of group names that are no variable names. */

export type GroupNameRule = 'always' | 'never' | 'ignore' | 'silently'

const INVALID = /^[^\p{L}_]|[^\p{L}\p{N}_]/gu

export class GroupNames {
  #warned = false
  constructor(
    private readonly rule: GroupNameRule = 'never',
    private readonly warn: (message: string) => void = () => {},
  ) {}

  /** The name as the inventory will know it. */
  safe(
    name: string,
    { force = false, replacer = '_' }: { readonly force?: boolean; readonly replacer?: string } = {},
  ): string {
    if (name === '') return name
    const clean = name.replace(INVALID, replacer)
    if (clean === name) return name
    const replace = force || this.rule === 'always' || this.rule === 'silently'
    if (!this.#warned && this.rule !== 'ignore' && !(replace && (this.rule === 'silently' || force))) {
      this.#warned = true
      this.warn(
        `Invalid characters were found in group names ${replace ? 'and automatically replaced' : 'but not replaced'}, use -vvvv to see details`,
      )
    }
    return replace ? clean : name
  }
}
