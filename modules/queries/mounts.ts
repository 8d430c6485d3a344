import { sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'
import { unescaped } from '../mounts/fstab.js'

export interface Mount {
  readonly src: string
  readonly path: string
  readonly fstype: string
  readonly opts: string
}

/** What is mounted now, later mounts last. */
export const mounts: Query<Mount[]> = {
  command: sh`cat /proc/self/mounts 2>/dev/null || cat /proc/mounts`,
  parse: stdout =>
    stdout.split('\n').flatMap(line => {
      const [src, path, fstype, opts] = line.split(' ')
      return opts === undefined ? [] : [{ src: unescaped(src!), path: unescaped(path!), fstype: fstype!, opts }]
    }),
}

/** Where a directory is when no part of its path is a link; '' when it is none. */
export const realDirectory = (path: string): Query<string> => ({
  command: sh`CDPATH= cd -P ${path} 2>/dev/null && pwd -P`,
  parse: stdout => stdout.replace(/\n$/, ''),
})
