import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { ModuleContext, ModuleResult } from '../../engine/module/define.js'
import type { Attributes, RemoteFile } from '../../engine/remote/remote.js'
import { ValidateFailed } from '../../engine/remote/remote.js'
import { describe, lookBoth, pathInfo } from '../queries/path-info.js'
import { makeDirectories } from './directories.js'

/** What is to stand in a file on the host. */
export interface Source {
  /** The content, or the local file that holds it. */
  readonly content: { readonly bytes: Buffer } | { readonly fromLocal: string }
  readonly sha1: string
  readonly md5: string
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
  const digest = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex')
  return { content: { bytes }, sha1: digest('sha1'), md5: digest('md5'), name, shownAs }
}

/** Makes one file on the host hold this: the heart of copy, template and assemble. */
export async function placeFile(
  { remote, fail }: Context,
  source: Source,
  options: PlaceOptions,
): Promise<ModuleResult> {
  const { dest: written, attributes } = options
  const checksum = source.sha1
  const intoDirectory = written.endsWith('/')
  if (intoDirectory && source.name === undefined) fail('can not use content with a dir as dest')
  const inside = posix.join(written, source.name ?? '')
  const [asked, below, parent] = await Promise.all([
    intoDirectory ? undefined : lookBoth(remote, written, 'sha1'),
    source.name === undefined ? undefined : lookBoth(remote, inside, 'sha1'),
    remote.file(intoDirectory ? written : posix.dirname(written), { want: 'stat' }),
  ])
  const isDirectory = intoDirectory || asked!.target.isDirectory
  if (isDirectory && below === undefined) fail('can not use content with a dir as dest')
  const seen = (isDirectory ? below : asked)!
  const path = isDirectory ? inside : written
  const file = options.follow && seen.target.exists ? seen.target : seen.self
  const dest = options.follow && seen.self.isLink && seen.target.exists ? seen.target.realPath : path

  if (file.isDirectory) fail(`Cannot overwrite directory ${dest} with a file`, { dest, checksum })
  if (seen.target.exists && !options.force) return { changed: false, dest, src: source.shownAs }
  if (options.validate !== undefined && !options.validate.includes('%s'))
    fail(`validate must contain %s: ${options.validate}`, { checksum })
  if (options.checksum && options.checksum !== checksum)
    fail('Copied file does not match the expected checksum. Transfer failed.', {
      checksum,
      expected_checksum: options.checksum,
    })

  if (!file.isLink && seen.target.sha1 === checksum) {
    const { changed } = await file.setAttributes(attributes)
    const info = changed && !remote.checkMode ? await pathInfo(remote, dest) : describe(resolvedSelf(seen, dest, path))
    return { ...info, checksum, dest, path: dest, changed }
  }

  if (!parent.exists || (intoDirectory && !parent.isDirectory)) {
    if (!intoDirectory) fail(`Destination directory ${posix.dirname(written)} does not exist`, { checksum })
    await makeDirectories(remote, [written], { ...attributes, mode: options.directory_mode }, fail)
  }
  const put = await putValidated({ remote, fail }, file, source, options)
  const info = remote.checkMode ? (seen.target.exists ? describe(seen.self) : {}) : await pathInfo(remote, dest)
  return {
    ...info,
    checksum,
    dest,
    md5sum: source.md5,
    src: source.shownAs,
    ...(put.backup_file === undefined ? {} : { backup_file: put.backup_file }),
  }
}

const resolvedSelf = (seen: { self: RemoteFile; target: RemoteFile }, dest: string, path: string) =>
  dest === path ? seen.self : seen.target

/** The copy family's own words for a refused validation. */
async function putValidated({ remote, fail }: Context, file: RemoteFile, source: Source, options: PlaceOptions) {
  try {
    return await file.put({
      ...source.content,
      ...options.attributes,
      backup: options.backup,
      validate: options.validate,
      unsafe_writes: options.unsafe_writes,
      diffAfter: source.shownAs,
    })
  } catch (error) {
    if (!(error instanceof ValidateFailed) || remote.checkMode) throw error
    return fail('failed to validate', {
      exit_status: error.rc,
      stdout: error.stdout,
      stderr: error.stderr,
      checksum: source.sha1,
    })
  }
}
