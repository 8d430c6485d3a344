/** What the modules that only tell something share: a file or a text is given. */
import type { ArgSpecs } from '../../engine/args.js'
import type { Json } from '../../engine/python/values.js'
import type { Remote } from '../../engine/remote/remote.js'

export const sourceArgs = (what: string) =>
  ({
    path: { type: 'path', summary: `file of the ${what}` },
    content: { type: 'str', summary: `the ${what}` },
    select_crypto_backend: {
      type: 'str',
      choices: ['auto', 'cryptography'],
      default: 'auto',
      summary: 'does nothing here',
    },
  }) as const satisfies ArgSpecs

export const sourceRules = { oneOf: [['path', 'content']], exclusive: [['path', 'content']] }

export const nameEncoding = {
  name_encoding: {
    type: 'str',
    choices: ['ignore', 'idna', 'unicode'],
    default: 'ignore',
    summary: 'how to write names that are not ASCII',
  },
} as const satisfies ArgSpecs

/** The bytes that `path` or `content` give; `unread` are the values of a failure. */
export async function sourceBytes(
  remote: Remote,
  { path, content }: { readonly path: string | undefined; readonly content: string | undefined },
  what: string,
  fail: (msg: string, extra?: { readonly [key: string]: Json | undefined }) => never,
  unread: { readonly [key: string]: Json } = {},
): Promise<Buffer> {
  if (content !== undefined) return Buffer.from(content)
  const file = await remote.file(path!, { want: 'text' })
  const because = !file.exists
    ? '[Errno 2] No such file or directory'
    : file.isDirectory
      ? '[Errno 21] Is a directory'
      : ''
  if (because) return fail(`Error while reading ${what} file from disk: ${because}: '${path}'`, unread)
  return file.bytes
}
