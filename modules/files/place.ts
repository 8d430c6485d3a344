import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { ModuleContext, ModuleResult } from '../../engine/module/define.js'
import type { Json } from '../../engine/python/values.js'
import { describe, lookBoth, pathInfo } from '../../engine/remote/path-info.js'
import type { Attributes, PutOutcome, Remote, RemoteFile } from '../../engine/remote/remote.js'
import { ValidateFailed } from '../../engine/remote/remote.js'
import { mergedDiff } from './attributes.js'
import { makeDirectories } from './directories.js'

export interface Digests {
  readonly sha1: string
  readonly md5: string
}

/** What is to stand in a file on the host. */
export interface Source {
  /** The content, or the local file that holds it. */
  readonly content: { readonly bytes: Buffer } | { readonly fromLocal: string }
  /** Bytes of it. */
  readonly size: number
  /** Of a large file they are made when somebody asks: most often that is while it is sent. */
  digests(): Promise<Digests>
  /** Name below `dest` when that is a directory; undefined: a directory is an error (`content:`). */
  readonly name: string | undefined
  /** `src` of the result and the diff's header. */
  readonly shownAs: string
}

export interface PlaceOptions {
  readonly dest: string
  readonly attributes: Attributes
  readonly directory_mode?: string | number | undefined
  readonly force: boolean
  readonly follow: boolean
  readonly backup: boolean
  readonly validate?: string | undefined
  readonly unsafe_writes?: boolean | undefined
  /** sha1 that the content must have. */
  readonly checksum?: string | undefined
}

type Context = Pick<ModuleContext<unknown>, 'remote' | 'fail'>

/** Content in memory, with its checksums. */
export function sourceOf(bytes: Buffer, name: string | undefined, shownAs: string): Source {
  return { content: { bytes }, size: bytes.length, digests: async () => digestsOf(bytes), name, shownAs }
}

export function digestsOf(bytes: Buffer): Digests {
  const digest = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex')
  return { sha1: digest('sha1'), md5: digest('md5') }
}

const info = ['uid', 'gid', 'owner', 'group', 'mode', 'state', 'size', 'secontext']

/** Order of what placeFile returns: of a file that is right already, the words are those of the file module. */
export const placeOrder = (keys: ReadonlySet<unknown>): readonly string[] =>
  keys.has('path')
    ? ['diff', 'path', 'changed', ...info, 'checksum', 'dest']
    : ['diff', 'dest', 'src', 'md5sum', 'checksum', 'changed']

/** Makes one file on the host hold this: the heart of copy, template and assemble. */
export async function placeFile(
  { remote, fail }: Context,
  source: Source,
  options: PlaceOptions,
): Promise<ModuleResult> {
  const { dest: written, attributes } = options
  // The host need not read a large file whose size says enough.
  const want = 'bytes' in source.content ? 'sha1' : 'stat'
  const intoDirectory = written.endsWith('/')
  if (intoDirectory && source.name === undefined) fail('can not use content with a dir as dest')
  const inside = posix.join(written, source.name ?? '')
  const [asked, below, parent] = await Promise.all([
    intoDirectory ? undefined : lookBoth(remote, written, want),
    source.name === undefined ? undefined : lookBoth(remote, inside, want),
    remote.file(intoDirectory ? written : posix.dirname(written), { want: 'stat' }),
  ])
  const isDirectory = intoDirectory || asked!.target.isDirectory
  if (isDirectory && below === undefined) fail('can not use content with a dir as dest')
  const seen = (isDirectory ? below : asked)!
  const path = isDirectory ? inside : written
  const file = options.follow && seen.target.exists ? seen.target : seen.self
  const followed = options.follow && seen.self.isLink && seen.target.exists
  const dest = followed ? seen.target.realPath : path
  const beside = followed ? 'target' : true

  // A look at what is below a file is refused, in check mode too.
  if (parent.exists && !parent.isDirectory) fail(`Failed to get information on remote file (${dest}): Not a directory`)
  const checksum = async () => (await source.digests()).sha1
  if (file.isDirectory) fail(`Cannot overwrite directory ${dest} with a file`, { dest, checksum: await checksum() })
  // A link counts by itself, wherever it leads, unless it is followed.
  const inTheWay = options.follow ? seen.target : seen.self
  if (inTheWay.exists && !options.force) return { changed: false, dest: written, src: source.shownAs }
  const same = !file.isLink && (await holds(remote, seen.target, source))
  if (remote.checkMode && !same) {
    // Ansible looks no further: what the content would need may be made by tasks before this one.
    await file.put({ ...source.content, diffAfter: source.shownAs, diff: 'content' })
    return { changed: true, diff: [...remote.recorded.diffs] as Json[] }
  }
  if (options.checksum && options.checksum !== (await checksum()))
    fail('Copied file does not match the expected checksum. Transfer failed.', {
      checksum: await checksum(),
      expected_checksum: options.checksum,
    })

  if (same) {
    const { changed } = await file.setAttributes(attributes)
    const info = changed && !remote.checkMode ? await pathInfo(remote, dest) : describe(resolvedSelf(seen, dest, path))
    const diff = mergedDiff([{ before: { path: dest }, after: { path: dest } }, ...remote.recorded.diffs])
    return { ...info, checksum: await checksum(), dest, path: dest, changed, diff: diff as Json }
  }

  if (!parent.exists || (intoDirectory && !parent.isDirectory)) {
    if (!intoDirectory)
      fail(`Destination directory ${posix.dirname(written)} does not exist`, { checksum: await checksum() })
    await makeDirectories(remote, [written], { ...attributes, mode: options.directory_mode }, fail)
  }
  if (options.validate !== undefined && !options.validate.includes('%s'))
    fail(`validate must contain %s: ${options.validate}`, { checksum: await checksum() })
  const [put, { sha1, md5 }] = await Promise.all([
    validated(
      fail,
      () =>
        file.put({
          ...source.content,
          ...attributes,
          backup: options.backup && beside,
          validate: options.validate,
          unsafe_writes: options.unsafe_writes,
          diffAfter: source.shownAs,
          diff: 'content',
        }),
      async () => ({ checksum: await checksum() }),
    ),
    source.digests(),
  ])
  return {
    ...(await pathInfo(remote, dest)),
    checksum: sha1,
    dest,
    md5sum: md5,
    src: source.shownAs,
    // Ansible has a list here, which is empty unless --diff asks.
    diff: [...remote.recorded.diffs] as Json[],
    ...(put.backup_file === undefined ? {} : { backup_file: put.backup_file }),
  }
}

/** Whether a file on the host has the content already; both sides of a large one are read at once. */
async function holds(remote: Remote, target: RemoteFile, source: Source): Promise<boolean> {
  if (!target.isFile || target.size !== source.size) return false
  if (target.sha1 !== undefined) return target.sha1 === (await source.digests()).sha1
  const [there, here] = await Promise.all([remote.file(target.path, { want: 'sha1' }), source.digests()])
  return there.sha1 === here.sha1
}

const resolvedSelf = (seen: { self: RemoteFile; target: RemoteFile }, dest: string, path: string) =>
  dest === path ? seen.self : seen.target

/** The copy family's own words for a refused validation. */
export async function validated(
  fail: Context['fail'],
  put: () => Promise<PutOutcome>,
  more: () => Promise<ModuleResult> = async () => ({}),
): Promise<PutOutcome> {
  try {
    return await put()
  } catch (error) {
    if (!(error instanceof ValidateFailed)) throw error
    const { rc, stdout, stderr } = error
    return fail('failed to validate', { exit_status: rc, stdout, stderr, ...(await more()) })
  }
}
