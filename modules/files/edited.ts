import type { ModuleContext } from '../../engine/module/define.js'
import type { Json } from '../../engine/python/values.js'
import type { Attributes, PutOutcome, RemoteFile } from '../../engine/remote/remote.js'
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

/**
 * Writes what an edit made of a file, and completes its message as lineinfile, blockinfile and replace do. `holder` has the
 * owner and mode that are asked for; a link has them for itself.
 */
export async function putEdited(
  { file, holder }: { readonly file: RemoteFile; readonly holder: RemoteFile },
  content: string | Buffer,
  msg: string,
  options: EditOptions,
  diffHeader: string,
): Promise<{ msg: string; backup_file: string | undefined; attributes: PutOutcome['attributes'] }> {
  const { backup, validate, unsafe_writes, ...rest } = options
  const wanted = attributesOf(rest)
  const put = await file.put({
    backup: backup ?? false,
    validate,
    unsafe_writes,
    ...(holder === file ? wanted : {}),
    ...(typeof content === 'string' ? { text: content } : { bytes: content }),
    diffBefore: diffHeader,
    diffAfter: diffHeader,
    diff: 'content',
  })
  const { backup_file } = put
  const { attributes } = holder === file ? put : await holder.setAttributes(wanted)
  const more = 'ownership, perms or SE linux context changed'
  return { msg: attributes ? (msg ? `${msg} and ${more}` : more) : msg, backup_file, attributes }
}

/** What lineinfile, blockinfile and ini_file tell of the content, also without --diff and without a change. */
export function contentDiff(
  { remote }: Pick<Context, 'remote'>,
  path: string,
  before: string,
  after: string,
): { [key in 'before' | 'after' | 'before_header' | 'after_header']: string } {
  const header = `${path} (content)`
  const shown = (text: string) => (remote.diffMode ? text : '')
  return { before: shown(before), after: shown(after), before_header: header, after_header: header }
}

/** The content and the attributes, in this order, as lineinfile and blockinfile return them always. */
export function editDiff(
  context: Pick<Context, 'remote'>,
  path: string,
  before: string,
  after: string,
  attributes: PutOutcome['attributes'],
): Json {
  const header = `${path} (file attributes)`
  const changed = (attributes ?? {}) as { readonly [side: string]: { readonly [name: string]: Json } }
  return [contentDiff(context, path, before, after), { ...changed, before_header: header, after_header: header }]
}

/** The file to edit; a missing one only with `create`, and then with its directory. `holder` is the link to it, or itself. */
export async function fileToEdit(
  { remote, fail }: Context,
  path: string,
  create: boolean,
  missing: (path: string) => string,
  directories = create,
): Promise<{ file: RemoteFile; holder: RemoteFile }> {
  const above = path.slice(0, path.lastIndexOf('/'))
  const [file, self, parent] = await Promise.all([
    remote.file(path, { want: 'text' }),
    remote.file(path, { want: 'stat', follow: false }),
    directories && above ? remote.file(above, { want: 'stat' }) : undefined,
  ])
  if (file.isDirectory) fail(`Path ${path} is a directory !`, { rc: 256 })
  if (!file.exists && !create) fail(missing(path), { rc: 257 })
  if (!file.exists && parent && !parent.exists) await makeDirectories(remote, [above], {}, fail)
  return { file, holder: self.isLink ? self : file }
}
