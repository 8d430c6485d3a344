import { posix } from 'node:path'
import type { FakeCall, FakeHandler, FakeHost } from '../../engine/remote/fake.js'

/** Plays the script of makeDirectories on the fake host: an entry for `commands` of a module test. */
export const fakeDirectories: readonly [(call: FakeCall) => boolean, FakeHandler] = [
  call => call.argv?.[2]?.includes('make() {') ?? false,
  (call, host) => {
    const [mode, owner, group, ...paths] = call.argv!.slice(4)
    if (owner && !/^\d+$/.test(owner) && !host.users.has(owner)) return { rc: 11, stderr: 'chown: invalid user' }
    if (group && !/^\d+$/.test(group) && !host.groups.has(group)) return { rc: 12, stderr: 'chgrp: invalid group' }
    const made: string[] = []
    for (const path of paths) {
      const problem = make(host, path, made, { mode: mode!, owner: owner!, group: group! })
      if (problem) return { rc: 1, stderr: problem }
    }
    return made.map(path => `${path}\n`).join('')
  },
]

function make(
  host: FakeHost,
  path: string,
  made: string[],
  want: { mode: string; owner: string; group: string },
): string | undefined {
  const kind = host.look(path, true, 'stat').kind
  if (kind === 'directory') return undefined
  if (kind !== 'missing') return `mkdir: can't create directory '${path}': Not a directory`
  const above = make(host, posix.dirname(path), made, want)
  if (above) return above
  host.add(host.resolve(path), {
    directory: true,
    mode: want.mode ? Number.parseInt(want.mode, 8) : 0o777 & ~host.umask,
    owner: want.owner || host.identity.uid,
    group: want.group || host.identity.gid,
  })
  made.push(path)
  return undefined
}
