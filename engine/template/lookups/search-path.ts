/** Where Ansible looks for a relative file: a subfolder of each directory of the search path, then the directory itself. */
import { existsSync } from 'node:fs'
import { Diagnostic } from '../../diagnostics.js'
import { expanduser, join, normpath } from '../../python/posixpath.js'

/** The places where a file may be, best first. */
export function candidates(searchPath: readonly string[], subfolders: readonly string[], name: string): string[] {
  const plain = expanduser(name)
  if (plain.startsWith('/')) return [normpath(plain)]
  const places = searchPath.flatMap(directory => [
    // A role's tasks folder is searched beside it: the role's own files/ and templates/.
    ...subfolders.flatMap(folder => [
      ...(/\/(tasks|handlers)\/?$/.test(directory) ? [join(directory, '..', folder, plain)] : []),
      join(directory, folder, plain),
    ]),
    join(directory, plain),
  ])
  return [...new Set(places.map(normpath))]
}

/** The first of them that exists. */
export function findFile(
  searchPath: readonly string[],
  subfolders: string | readonly string[],
  name: string,
): string | undefined {
  const folders = typeof subfolders === 'string' ? [subfolders] : subfolders
  return candidates(searchPath, folders, name).find(path => existsSync(path))
}

/** As findFile; a missing file is an error that lists the places. */
export function needFile(searchPath: readonly string[], subfolder: string, name: string, message: string): string {
  const found = findFile(searchPath, subfolder, name)
  if (found !== undefined) return found
  const places = candidates(searchPath, [subfolder], name)
  throw new Diagnostic(message, { code: 'lookup', hint: `Looked for it at:\n${places.join('\n')}` })
}

/** The directory relative paths of commands and new files start from: the playbook's. */
export const baseDirectory = (searchPath: readonly string[]): string => searchPath.at(-1) ?? process.cwd()
