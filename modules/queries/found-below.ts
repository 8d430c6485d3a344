import { raw, sh } from '../../engine/remote/quote.js'
import type { FileKind, Query } from '../../engine/remote/remote.js'

export interface Found {
  readonly path: string
  readonly kind: FileKind
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly owner: string
  readonly group: string
  readonly size: number
  readonly inode: number
  readonly dev: number
  readonly nlink: number
  readonly atime: number
  readonly mtime: number
  readonly ctime: number
  /** 1 for what stands in the directory itself. */
  readonly depth: number
}

export interface FoundBelow {
  /** Why the path was not searched. */
  readonly problem: string | undefined
  /** The host's clock, in seconds. */
  readonly now: number
  readonly found: readonly Found[]
}

interface Options {
  readonly recurse: boolean
  readonly follow: boolean
  readonly depth?: number | undefined
}

/** Everything below a directory, in the order in which Python's os.walk goes through it. */
export const foundBelow = (top: string, { recurse, follow, depth }: Options): Query<FoundBelow> => {
  // The empty text is no directory, least of all `/`.
  const from = top.replace(/\/+$/, '') || top.slice(0, 1)
  // One deeper than asked for: what is examined and too deep is counted, too.
  const limit = recurse ? (depth === undefined ? '' : `-maxdepth ${depth + 1}`) : '-maxdepth 1'
  return {
    // Only GNU stat knows fractions of seconds. No path can hold //, so it begins a record.
    command: sh`d=${from}; if [ ! -d "$d" ]; then if [ -e "$d" ]; then echo file; else echo missing; fi; else date +%s; p=; if stat --version 2>/dev/null | grep -q GNU; then p=.9; fi; find ${raw(follow ? '-L' : '-H')} "$d" ${raw(limit)} -exec stat -c "//%f %u %g %U %G %s %i %d %h %\${p}X %\${p}Y %\${p}Z %n" {} + 2>/dev/null; fi`,
    parse(stdout) {
      const [head, ...rest] = stdout.split(/^\/\//m)
      const clock = head!.trim()
      if (!/^\d+$/.test(clock)) return { problem: `'${top}' is not a directory`, now: 0, found: [] }
      const shift = top.length - from.length
      const records = rest.map(record => entryOf(record.replace(/\n$/, ''), from, shift > 0 ? top : undefined))
      return { problem: undefined, now: Number(clock), found: walked(records.filter(one => one.depth > 0)) }
    },
  }
}

const kinds = new Map<number, FileKind>([
  [0o100000, 'file'],
  [0o040000, 'directory'],
  [0o120000, 'link'],
  [0o010000, 'fifo'],
  [0o140000, 'socket'],
  [0o060000, 'block'],
  [0o020000, 'char'],
])

function entryOf(record: string, from: string, top: string | undefined): Found {
  const [hex, uid, gid, owner, group, size, inode, dev, nlink, atime, mtime, ctime, ...name] = record.split(' ')
  const path = name.join(' ')
  const below = from === '/' ? path.slice(1) : path.slice(from.length + 1)
  const bits = Number.parseInt(hex!, 16)
  return {
    path: top === undefined ? path : top.replace(/\/*$/, '/') + below,
    kind: kinds.get(bits & 0o170000) ?? 'file',
    mode: bits & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    owner: owner!,
    group: group!,
    size: Number(size),
    inode: Number(inode),
    dev: Number(dev),
    nlink: Number(nlink),
    atime: seconds(atime!),
    mtime: seconds(mtime!),
    ctime: seconds(ctime!),
    depth: below === '' ? 0 : below.split('/').length,
  }
}

/** As Python adds up seconds and nanoseconds. */
function seconds(text: string): number {
  const [whole, part] = text.split('.')
  return part === undefined ? Number(whole) : Number(whole) + 1e-9 * Number(part)
}

/** os.walk: the files of a directory, then its directories, then what is in each of these. */
function walked(entries: readonly Found[]): Found[] {
  const parentOf = (path: string) => path.slice(0, path.lastIndexOf('/'))
  const byParent = new Map<string, Found[]>()
  for (const one of entries) {
    const siblings = byParent.get(parentOf(one.path))
    if (siblings) siblings.push(one)
    else byParent.set(parentOf(one.path), [one])
  }
  const isWalked = (one: Found) => one.kind === 'directory' || byParent.has(one.path)
  const visit = (parent: string): Found[] => {
    const here = byParent.get(parent) ?? []
    const directories = here.filter(isWalked)
    return [...here.filter(one => !isWalked(one)), ...directories, ...directories.flatMap(one => visit(one.path))]
  }
  const listed = new Set(entries.map(one => one.path))
  return [...byParent.keys()].filter(parent => !listed.has(parent)).flatMap(visit)
}
