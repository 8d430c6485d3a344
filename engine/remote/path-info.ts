import { octal } from './mode.js'
import type { Remote, RemoteFile } from './remote.js'

export type PathState = 'absent' | 'file' | 'directory' | 'link' | 'hard'

/** The state of a path in the words of the file module. Look with `follow: false`. */
export function stateOf(file: RemoteFile): PathState {
  if (!file.exists) return 'absent'
  if (file.isLink) return 'link'
  if (file.isDirectory) return 'directory'
  return file.links > 1 ? 'hard' : 'file'
}

/** What Ansible adds to every result that names a path: owner, mode, size, state. Look with `follow: false`. */
export const describe = (file: RemoteFile) => ({
  uid: file.uid,
  gid: file.gid,
  owner: file.owner || String(file.uid),
  group: file.group || String(file.gid),
  mode: octal(file.mode),
  state: stateOf(file),
  size: file.size,
  ...(file.secontext === undefined ? {} : { secontext: file.secontext }),
})

export interface LinkAndTarget {
  /** The path itself. */
  readonly self: RemoteFile
  /** What it leads to; the same thing unless it is a link. */
  readonly target: RemoteFile
}

/** Looks at a path with and without following links, in one trip. */
export async function lookBoth(
  remote: Remote,
  path: string,
  want: 'stat' | 'sha1' | 'text' = 'stat',
): Promise<LinkAndTarget> {
  const [self, target] = await Promise.all([
    remote.file(path, { want: 'stat', follow: false }),
    remote.file(path, { want }),
  ])
  return { self, target }
}

/** As `describe`, looking first; nothing for a path that leads nowhere, as Ansible has it. */
export async function pathInfo(remote: Remote, path: string) {
  const { self, target } = await lookBoth(remote, path)
  return target.exists ? describe(self) : {}
}
