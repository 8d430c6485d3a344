import { chmodWord } from '../../engine/remote/mode.js'
import type { Attributes, Outcome, Remote } from '../../engine/remote/remote.js'

/** Makes a directory and the parents it lacks, one after another, and says which. */
export const makeDirectoriesScript = `
make() {
  if [ -z "$1" ] || [ -d "$1" ]; then return 0; fi
  if [ -e "$1" ]; then echo 'Not a directory' >&2; return 1; fi
  case $1 in */*) make "\${1%/*}" || return;; esac
  # With // or .. in its path it may have come with its parent.
  [ ! -d "$1" ] || return 0
  mkdir "$1" || return
  [ -z "$owner" ] || chown "$owner" "$1" || return 11
  [ -z "$group" ] || chgrp "$group" "$1" || return 12
  [ -z "$mode" ] || chmod "$mode" "$1" || return
  printf '%s\\n' "$1"
}
mode=$1 owner=$2 group=$3
shift 3
for path do
  [ -n "$path" ] || { echo 'No such file or directory' >&2; exit 1; }
  make "$path" || exit
done`

/**
 * Makes directories with the parents they lack; what was created gets the attributes, what was there keeps its own.
 * Records no change and no diff: that is for the caller, who knows what to call it.
 */
export async function makeDirectories(
  remote: Remote,
  paths: readonly string[],
  attributes: Attributes,
  fail: (msg: string, extra?: { path: string }) => never,
): Promise<string[]> {
  const { owner, group } = attributes
  const mode = attributes.mode as string | number | null | undefined
  const simple = mode === undefined || mode === null || typeof mode === 'number' || /^[0-7]{1,5}$/.test(mode)
  const bits =
    !simple || mode === undefined || mode === null
      ? ''
      : chmodWord(typeof mode === 'number' ? mode : Number.parseInt(mode, 8))
  const clean = paths.map(path => path.replace(/(.)\/+$/, '$1'))
  if (owner === '') fail('chown failed: failed to look up user ', { path: clean[0]! })
  if (group === '') fail('chgrp failed: failed to look up group ', { path: clean[0]! })
  const made = await remote.exec({
    argv: ['/bin/sh', '-c', makeDirectoriesScript, 'sh', bits, owner ?? '', group ?? '', ...clean],
    why: `create directory ${clean.join(', ')}`,
    changes: false,
  })
  if (made.rc === 11) fail(`chown failed: failed to look up user ${owner}`, { path: clean[0]! })
  if (made.rc === 12) fail(`chgrp failed: failed to look up group ${group}`, { path: clean[0]! })
  if (made.rc !== 0)
    fail(`There was an issue creating ${clean[0]} as requested: ${errnoText(made, clean[0]!)}`, { path: clean[0]! })
  const created = made.stdout.split('\n').filter(Boolean)

  const rest: Attributes = { ...attributes, owner: undefined, group: undefined, ...(simple ? { mode: undefined } : {}) }
  if (created.length > 0 && Object.values(rest).some(value => value !== undefined && value !== null)) {
    const files = await Promise.all(created.map(path => remote.file(path, { want: 'stat' })))
    await Promise.all(files.map(file => file.setAttributes(rest)))
  }
  return created
}

const errnos: readonly (readonly [RegExp, string])[] = [
  [/No such file or directory|nonexistent directory|directory nonexistent/i, '[Errno 2] No such file or directory'],
  [/Permission denied/i, '[Errno 13] Permission denied'],
  [/File exists/i, '[Errno 17] File exists'],
  [/Not a directory/i, '[Errno 20] Not a directory'],
  [/Is a directory/i, '[Errno 21] Is a directory'],
  [/No space left/i, '[Errno 28] No space left on device'],
  [/Read-only file system/i, '[Errno 30] Read-only file system'],
]

/** A command's complaint about a path in the words that Python has for it, as Ansible would show it. */
export function errnoText({ stderr }: Pick<Outcome, 'stderr'>, path: string): string {
  const known = errnos.find(([pattern]) => pattern.test(stderr))
  return known ? `${known[1]}: b'${path}'` : stderr.trim()
}
