import type { ModuleContext } from '../../engine/module/define.js'
import type { Attributes, RemoteFile } from '../../engine/remote/remote.js'
import { attributesOf } from './attributes.js'
import { makeDirectories } from './directories.js'

interface EditOptions extends Attributes {
  readonly backup?: boolean
  readonly validate?: string | undefined
  readonly unsafe_writes?: boolean | undefined
}
type Context = Pick<ModuleContext<unknown>, 'remote' | 'fail'>

/** Lines with their ends, cut at \n only, as Python's readlines does. */
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

export const withoutEnd = (line: string): string => line.replace(/[\r\n]+$/, '')

/** Writes what an edit made of a file, and completes its message as lineinfile, blockinfile and replace do. */
export async function putEdited(
  { remote }: Context,
  file: RemoteFile,
  content: string | Buffer,
  msg: string,
  options: EditOptions,
  diffHeader: string,
): Promise<{ msg: string; backup_file: string | undefined }> {
  const already = remote.recorded.why.length
  const put = await file.put({
    ...optionsOf(options),
    ...(typeof content === 'string' ? { text: content } : { bytes: content }),
    diffBefore: diffHeader,
    diffAfter: diffHeader,
  })
  const attributes = remote.recorded.why.slice(already).some(why => why.startsWith('set attributes'))
  const more = 'ownership, perms or SE linux context changed'
  return { msg: attributes ? (msg ? `${msg} and ${more}` : more) : msg, backup_file: put.backup_file }
}

/** Only what `put` knows: arguments of a module may be called text or lines, too. */
const optionsOf = ({ backup, validate, unsafe_writes, ...rest }: EditOptions) => ({
  backup: backup ?? false,
  validate,
  unsafe_writes,
  ...attributesOf(rest),
})

/** The file to edit; a missing one only with `create`, and then with its directory. */
export async function fileToEdit(
  { remote, fail }: Context,
  path: string,
  create: boolean,
  missing: (path: string) => string,
  directories = create,
): Promise<RemoteFile> {
  const above = path.slice(0, path.lastIndexOf('/'))
  const [file, parent] = await Promise.all([
    remote.file(path, { want: 'text' }),
    directories && above ? remote.file(above, { want: 'stat' }) : undefined,
  ])
  if (file.isDirectory) fail(`Path ${path} is a directory !`, { rc: 256 })
  if (!file.exists && !create) fail(missing(path), { rc: 257 })
  if (!file.exists && parent && !parent.exists) await makeDirectories(remote, [above], {}, fail)
  return file
}
