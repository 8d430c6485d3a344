import { posix } from 'node:path'
import type { ModuleContext, ModuleResult } from '../../engine/module/define.js'
import { sh } from '../../engine/remote/quote.js'
import type { Attributes, RemoteFile } from '../../engine/remote/remote.js'
import type { CopyArgs } from '../copy.js'
import { describe, lookBoth, pathInfo } from '../queries/path-info.js'
import { type TreeEntry, tree } from '../queries/tree.js'
import { attributesOf } from './attributes.js'
import { makeDirectories } from './directories.js'

type Context = ModuleContext<CopyArgs>

/** `copy` with remote_src: both sides are on the host. */
export async function copyOnHost(context: Context, args: CopyArgs): Promise<ModuleResult> {
  const { remote, fail } = context
  const src = args.src!
  const dest = args.dest!
  const name = posix.basename(src)
  const [source, asked, below, parent, md5] = await Promise.all([
    remote.file(src, { want: 'sha1' }),
    lookBoth(remote, dest, 'sha1'),
    lookBoth(remote, posix.join(dest, name), 'sha1'),
    remote.file(posix.dirname(dest), { want: 'stat' }),
    remote.query({ command: sh`md5sum < ${src} 2>/dev/null`, parse: out => out.split(' ')[0] || null }),
  ])
  if (!source.exists) fail(`Source ${src} not found`)
  if (source.isDirectory) return copyDirectory(context, args, asked.target)
  if (args.checksum && args.checksum !== source.sha1)
    fail('Copied file does not match the expected checksum. Transfer failed.', {
      checksum: source.sha1!,
      expected_checksum: args.checksum,
    })

  const checksum = source.sha1!
  const attributes = attributesFor(args, source.mode)
  const directory = dest.endsWith('/') || asked.target.isDirectory
  const seen = directory ? below : asked
  let path = directory ? posix.join(dest, name) : dest
  if (args.follow && seen.self.isLink && seen.target.exists) path = seen.target.realPath
  if (seen.target.exists && !args.force) return { msg: 'file already exists', src, dest: path, changed: false }
  if (dest.endsWith('/') && !asked.target.exists) {
    await makeDirectories(remote, [dest], { ...attributes, mode: args.directory_mode as string | undefined }, fail)
  } else if (!directory && !parent.exists) fail(`Destination directory ${posix.dirname(dest)} does not exist`)

  const file = args.follow && seen.target.exists ? seen.target : seen.self
  const result: ModuleResult = { src, dest: path, checksum, md5sum: md5, diff: null }
  if (!file.isLink && seen.target.sha1 === checksum) {
    await file.setAttributes(attributes)
  } else {
    const { backup, validate, unsafe_writes } = args
    const put = await file.put({ fromRemote: src, ...attributes, backup, validate, unsafe_writes, diff: 'none' })
    if (put.backup_file) result.backup_file = put.backup_file
  }
  const info =
    remote.recorded.changed && !remote.checkMode
      ? await pathInfo(remote, path)
      : seen.target.exists
        ? describe(seen.self)
        : {}
  return { ...info, ...result }
}

const attributesFor = (args: CopyArgs, sourceMode: number): Attributes => ({
  ...attributesOf(args),
  mode: args.mode === 'preserve' ? sourceMode : (args.mode as string | number | undefined),
})

/** Two listings and the checksums of both sides are one trip; then directories, links and files that differ. */
async function copyDirectory(
  { remote, fail }: Context,
  args: CopyArgs,
  destination: RemoteFile,
): Promise<ModuleResult> {
  const src = args.src!
  if (destination.exists && !destination.isDirectory)
    fail('Cannot overwrite non-directory with directory', { src, dest: args.dest! })
  // The source's name is taken below dest, unless only the contents are asked for.
  const contentsOnly = src.endsWith('/')
  const top = contentsOnly ? args.dest! : posix.join(args.dest!, posix.basename(src))
  const from = src.replace(/(.)\/+$/, '$1')
  const entries = await remote.query(tree(from, args.local_follow))
  const at = (entry: TreeEntry) => posix.join(top, entry.path.slice(from.length + 1))
  const of = (kind: TreeEntry['kind']) => entries.filter(entry => entry.kind === kind)
  const files = of('file')
  const [sums, seen, links, linkTargets, directories] = await Promise.all([
    Promise.all(files.map(entry => remote.file(entry.path, { want: 'sha1' }))),
    Promise.all(files.map(entry => remote.file(at(entry), { want: 'sha1' }))),
    Promise.all(of('link').map(entry => remote.file(at(entry), { want: 'stat', follow: false }))),
    Promise.all(of('link').map(entry => remote.file(entry.path, { want: 'stat', follow: false }))),
    Promise.all([top, ...of('directory').map(at)].map(path => remote.file(path, { want: 'stat' }))),
  ])
  const missing = directories.filter(one => !one.exists).map(one => one.path)
  if (missing.length > 0) {
    remote.changed(`create directories below ${top}`)
    const mode = args.directory_mode ?? undefined
    await makeDirectories(remote, missing, { ...attributesOf(args), mode: mode as string | undefined }, fail)
  }
  const { backup, validate, unsafe_writes } = args
  await Promise.all(
    files.map(async (entry, index) => {
      const [was, now] = [seen[index]!, sums[index]!]
      if (was.exists && !args.force) return
      const attributes = attributesFor(args, entry.mode)
      if (was.sha1 === now.sha1) await was.setAttributes(attributes)
      else await was.put({ fromRemote: entry.path, ...attributes, backup, validate, unsafe_writes, diff: 'none' })
    }),
  )
  for (const [index, link] of links.entries()) {
    const { target } = linkTargets[index]!
    if (link.isLink && link.target === target) continue
    await remote.exec({ argv: ['ln', '-snf', '--', target!, link.path], why: `link ${link.path} to ${target}` })
  }
  const shown = destination.exists ? top : args.dest!
  return {
    ...(remote.checkMode ? {} : await pathInfo(remote, shown)),
    src,
    dest: shown,
    checksum: null,
    md5sum: null,
    diff: null,
  }
}
