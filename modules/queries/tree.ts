import { quote, raw, sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'

export interface TreeEntry {
  readonly path: string
  readonly kind: 'file' | 'directory' | 'link' | 'other'
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly owner: string
  readonly group: string
}

/** Everything below a directory, or below the one that a link leads to. `follow`: look through links in it, too. */
export const tree = (top: string, follow: boolean): Query<TreeEntry[]> => ({
  // No path can hold //, so it begins a record even where a name holds a newline.
  command: sh`find ${raw(follow ? '-L' : '-H')} ${top.replace(/\/+$/, '') || '/'} -mindepth 1 -exec stat ${raw(follow ? '-L ' : '')}-c '//%f %u %g %U %G %n' {} + 2>/dev/null`,
  parse: stdout =>
    stdout
      .split(/^\/\//m)
      .slice(1)
      .map(record => entryOf(record.replace(/\n$/, ''))),
})

function entryOf(record: string): TreeEntry {
  const [, hex, uid, gid, owner, group, path] = /^(\S+) (\S+) (\S+) (\S+) (\S+) ([\s\S]*)$/.exec(record)!
  const bits = Number.parseInt(hex!, 16)
  const type = bits & 0o170000
  return {
    path: path!,
    kind: type === 0o100000 ? 'file' : type === 0o040000 ? 'directory' : type === 0o120000 ? 'link' : 'other',
    mode: bits & 0o7777,
    uid: Number(uid),
    gid: Number(gid),
    owner: owner!,
    group: group!,
  }
}

/** Lines of a command over many paths, cut so that none is longer than an argument list may be. */
export function commandLines(command: readonly string[], paths: readonly string[], size = 100): string[] {
  const lines: string[] = []
  for (let at = 0; at < paths.length; at += size)
    lines.push([...command, ...paths.slice(at, at + size)].map(quote).join(' '))
  return lines
}
