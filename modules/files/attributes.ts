import type { Attributes, DiffEntry } from '../../engine/remote/remote.js'

/** The options of `fileAttributes` among a module's arguments. */
export function attributesOf(args: {
  readonly mode?: unknown
  readonly owner?: string | undefined
  readonly group?: string | undefined
  readonly seuser?: string | undefined
  readonly serole?: string | undefined
  readonly setype?: string | undefined
  readonly selevel?: string | undefined
  readonly attributes?: string | undefined
}): Attributes {
  const { mode, owner, group, seuser, serole, setype, selevel, attributes } = args
  return { mode: mode as string | number | undefined, owner, group, seuser, serole, setype, selevel, attributes }
}

/** True when none of them is given. */
export const noAttributes = (attributes: Attributes): boolean =>
  Object.values(attributes).every(value => value === undefined || value === null)

/** Several diffs of facts about one path (created, mode changed, …) as the one that Ansible shows. */
export function mergedDiff(diffs: readonly DiffEntry[]): DiffEntry {
  const before: Record<string, unknown> = {}
  const after: Record<string, unknown> = {}
  for (const diff of diffs) {
    // Of two changes of one thing, the first knows what it was at first.
    if (typeof diff.before === 'object') Object.assign(before, { ...diff.before, ...before })
    if (typeof diff.after === 'object') Object.assign(after, diff.after)
  }
  return { before, after }
}
