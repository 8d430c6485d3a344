import { readdir, readFile, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import type { ArgsOf } from '../engine/args.js'
import { defineModule, fileAttributes, type ModuleContext } from '../engine/module/define.js'
import { search } from '../engine/python/regexp.js'
import { describe, pathInfo } from '../engine/remote/path-info.js'
import { ValidateFailed } from '../engine/remote/remote.js'
import { attributesOf } from './files/attributes.js'
import { checkedRegExp } from './files/checked-regexp.js'
import { digestsOf, placeFile, sourceOf } from './files/place.js'

const args = {
  src: { type: 'path', required: true, summary: 'directory of the fragments' },
  dest: { type: 'path', required: true, summary: 'file to make of them' },
  delimiter: { type: 'str', summary: 'text between fragments' },
  regexp: { type: 'str', summary: 'take only the files whose name this matches' },
  ignore_hidden: { type: 'bool', default: false, summary: 'leave out files whose name begins with a dot' },
  remote_src: { type: 'bool', default: true, summary: 'src is on the host' },
  decrypt: { type: 'bool', default: true, summary: 'decrypt vault files on the way' },
  backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
  validate: { type: 'str', summary: 'command that must accept the new file, written as %s' },
  follow: { type: 'bool', default: false, summary: 'write through a link at dest instead of replacing it' },
  ...fileAttributes,
} as const
type Context = ModuleContext<ArgsOf<typeof args>>

export default defineModule({
  name: 'ansible.builtin.assemble',
  summary: 'Make one file of the files of a directory',
  check: 'none',
  args,
  returns: { checksum: 'sha1 of the file', md5sum: 'md5 of the file', backup_file: 'name of the backup' },
  order: ['src', 'dest', 'checksum', 'md5sum', 'changed', 'msg'],
  examples: `
- ansible.builtin.assemble:
    src: /etc/someapp/fragments
    dest: /etc/someapp/someapp.conf
`,

  async run(context) {
    const { args, fail } = context
    // Looked at when there is a directory.
    let pattern: RegExp | undefined
    const wanted = (name: string) => {
      if (args.regexp !== undefined) pattern ??= checkedRegExp(args.regexp, {}, fail)
      return (!pattern || search(pattern, name) !== null) && !(args.ignore_hidden && name.startsWith('.'))
    }
    return args.remote_src ? assembleThere(context, wanted) : assembleHere(context, wanted)
  },
})

async function assembleThere({ args, remote, fail }: Context, wanted: (name: string) => boolean) {
  const { src, dest, backup, validate, unsafe_writes, delimiter } = args
  const [directory, shown, hidden, file] = await Promise.all([
    remote.file(src, { want: 'stat' }),
    remote.glob(posix.join(src, '*')),
    remote.glob(posix.join(src, '.*')),
    remote.file(dest, { want: 'text' }),
  ])
  if (!directory.exists) fail(`Source (${src}) does not exist`)
  if (!directory.isDirectory) fail(`Source (${src}) is not a directory`)
  const names = [...shown, ...hidden]
    .map(one => posix.basename(one.path))
    .filter(name => name !== '.' && name !== '..' && wanted(name))
  const fragments = await Promise.all(
    names.sort(byBytes).map(name => remote.file(posix.join(src, name), { want: 'text' })),
  )
  const bytes = joined(
    fragments.filter(one => one.isFile).map(one => one.bytes),
    delimiter,
  )

  if (file.isDirectory) fail(`attempted to take checksum of directory: ${dest}`)
  const { sha1: checksum, md5: md5sum } = digestsOf(bytes)
  const result = { src, dest, checksum, md5sum, msg: 'OK', diff: null }
  try {
    const put = await file.put({
      bytes,
      ...attributesOf(args),
      backup,
      replaceLink: true,
      validate,
      unsafe_writes,
      diff: 'none',
    })
    if (put.backup_file) Object.assign(result, { backup_file: put.backup_file })
  } catch (error) {
    if (!(error instanceof ValidateFailed)) throw error
    fail(`failed to validate: rc:${error.rc} error:${error.stderr}`)
  }
  const info =
    remote.recorded.changed && !remote.checkMode ? await pathInfo(remote, dest) : file.exists ? describe(file) : {}
  return { ...info, ...result }
}

async function assembleHere(context: Context, wanted: (name: string) => boolean) {
  const { args, controller, fail } = context
  const src = findDirectory()
  if (!(await stat(src)).isDirectory()) fail(`Source (${src}) is not a directory`)
  const fragments: Buffer[] = []
  for (const name of (await readdir(src)).filter(wanted).sort(byBytes)) {
    const path = join(src, name)
    if (!(await stat(path)).isFile()) continue
    fragments.push(args.decrypt ? await controller.readFile(path) : await readFile(path))
  }
  const bytes = joined(fragments, args.delimiter)
  const source = sourceOf(bytes, 'src', args.src)
  const placed = await placeFile(context, source, { ...args, force: true, attributes: attributesOf(args) })
  // Unlike copy's, the diff is one, of the content alone.
  const { diff, path, ...result } = placed
  const [shown] = Array.isArray(diff) ? diff : []
  const sums = path === undefined ? {} : { src: args.src, md5sum: digestsOf(bytes).md5 }
  return { ...result, ...sums, ...(shown === undefined ? {} : { diff: shown }) }

  function findDirectory(): string {
    try {
      return controller.findFile('files', args.src)
    } catch (error) {
      return fail((error as Error).message)
    }
  }
}

const byBytes = (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0)

/** Each fragment ends its last line before the next begins; the delimiter stands on lines of its own. */
function joined(fragments: Buffer[], delimiter: string | undefined): Buffer {
  const text = delimiter && unescaped(delimiter)
  const between = text ? Buffer.from(text.endsWith('\n') ? text : `${text}\n`) : Buffer.alloc(0)
  const newline = Buffer.from('\n')
  return Buffer.concat(
    fragments.flatMap((fragment, index) => {
      if (index === 0) return [fragment]
      const ended = fragments[index - 1]!.at(-1) === 0x0a
      return [...(ended ? [] : [newline]), between, fragment]
    }),
  )
}

const escapes: { readonly [letter: string]: string } = { n: '\n', t: '\t', r: '\r', '\\': '\\', "'": "'", '"': '"' }
/** `\n` written with a backslash means a newline here, as in Python's text. */
const unescaped = (text: string) => text.replace(/\\([ntr\\'"])/g, (_, letter: string) => escapes[letter]!)
