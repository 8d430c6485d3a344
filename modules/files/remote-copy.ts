import { posix } from 'node:path'
import type { ModuleContext, ModuleResult } from '../../engine/module/define.js'
import { chmodWord } from '../../engine/remote/mode.js'
import { describe, type LinkAndTarget, lookBoth, pathInfo } from '../../engine/remote/path-info.js'
import { sh } from '../../engine/remote/quote.js'
import type { Attributes } from '../../engine/remote/remote.js'
import type { CopyArgs } from '../copy.js'
import { type TreeEntry, tree } from '../queries/tree.js'
import { attributesOf } from './attributes.js'
import { makeDirectories } from './directories.js'
import { validated } from './place.js'

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
    remote.query({
      command: sh`[ -f ${src} ] && md5sum < ${src} 2>/dev/null`,
      parse: out => out.split(' ')[0] || null,
    }),
  ])
  if (!source.exists) fail(`Source ${src} not found`)
  // A directory has no checksum.
  if (args.checksum && (source.isFile || source.isDirectory) && args.checksum !== source.sha1)
    fail('Copied file does not match the expected checksum. Transfer failed.', {
      checksum: source.sha1 ?? null,
      expected_checksum: args.checksum,
    })
  if (dest.endsWith('/') && !asked.target.exists && remote.checkMode)
    return { msg: `dest directory ${dest.replace(/(.)\/+$/, '$1')} would be created`, src, changed: true }
  if (!dest.endsWith('/') && !asked.target.isDirectory && !parent.exists)
    fail(`Destination directory ${posix.dirname(dest)} does not exist`)
  if (source.isDirectory) return copyDirectory(context, args, asked)
  if (!source.isFile) fail(`Cannot copy invalid source '${src}': not a file`)

  const checksum = source.sha1!
  const attributes = attributesFor(args, source.mode)
  const directory = dest.endsWith('/') || asked.target.isDirectory
  const seen = directory ? below : asked
  let path = directory ? posix.join(dest, name) : dest
  const followed = args.follow && seen.self.isLink && seen.target.exists
  if (followed) path = seen.target.realPath
  if (seen.target.exists && !args.force)
    return { ...describe(seen.self), msg: 'file already exists', src, dest: path, changed: false }
  if (dest.endsWith('/') && !asked.target.exists) {
    await makeDirectories(remote, [dest], { ...attributes, mode: args.directory_mode as string | undefined }, fail)
  }

  const file = args.follow && seen.target.exists ? seen.target : seen.self
  const result: ModuleResult = { src, dest: path, checksum, md5sum: md5, diff: null }
  if (!file.isLink && seen.target.sha1 === checksum) {
    await file.setAttributes(attributes)
  } else {
    const { validate, unsafe_writes } = args
    const backup = args.backup && (followed ? 'target' : true)
    const put = await validated(fail, () =>
      file.put({ fromRemote: src, ...attributes, backup, validate, unsafe_writes, diff: 'none' }),
    )
    if (put.backup_file) result.backup_file = put.backup_file
    // A copy is as old as its source.
    await remote.exec({ argv: ['touch', '-r', src, '--', path], why: `keep the time of ${src}`, changes: false })
  }
  const info =
    remote.recorded.changed && !remote.checkMode
      ? await pathInfo(remote, path)
      : seen.target.exists
        ? describe(followed ? seen.target : seen.self)
        : {}
  return { ...info, ...result }
}

const attributesFor = (args: CopyArgs, sourceMode: number): Attributes => ({
  ...attributesOf(args),
  mode: args.mode === 'preserve' ? sourceMode : (args.mode as string | number | undefined),
})

/**
 * Two listings and the checksums of both sides are one trip; then directories, links and files that differ. As in Ansible,
 * `mode` is for the topmost directory alone: what is below keeps the source's modes, and in directories that are new also its
 * times. Owner and group are for everything.
 */
async function copyDirectory(
  { remote, fail, given }: Context,
  args: CopyArgs,
  { self, target: destination }: LinkAndTarget,
): Promise<ModuleResult> {
  const src = args.src!
  if (destination.exists && !destination.isDirectory && !args.force)
    return { ...describe(self), msg: 'file already exists', src, dest: args.dest!, changed: false }
  if (destination.exists && !destination.isDirectory)
    fail('Cannot overwrite non-directory with directory', { src, dest: args.dest! })
  // The source's name is taken below dest, unless only the contents are asked for.
  const contentsOnly = src.endsWith('/')
  const top = contentsOnly ? args.dest! : posix.join(args.dest!, posix.basename(src))
  // Of a new directory that a plain name leads to, that name is told.
  const shown = destination.exists || args.dest!.endsWith('/') ? top : args.dest!
  const from = src.replace(/(.)\/+$/, '$1')
  // Unlike on the controller, links stay links unless the task asks for what they lead to.
  const entries = await remote.query(tree(from, given.has('local_follow') && args.local_follow))
  const at = (path: string) => posix.join(top, path.slice(from.length + 1))
  const of = (kind: TreeEntry['kind']) => entries.filter(entry => entry.kind === kind)
  const [files, below] = [of('file'), of('directory')]
  const [sums, seen, links, linkTargets, source, topmost, directories, shownBefore] = await Promise.all([
    Promise.all(files.map(entry => remote.file(entry.path, { want: 'sha1' }))),
    Promise.all(files.map(entry => remote.file(at(entry.path), { want: 'sha1' }))),
    Promise.all(of('link').map(entry => remote.file(at(entry.path), { want: 'stat', follow: false }))),
    Promise.all(of('link').map(entry => remote.file(entry.path, { want: 'stat', follow: false }))),
    remote.file(from, { want: 'stat' }),
    remote.file(top, { want: 'stat' }),
    Promise.all(below.map(entry => remote.file(at(entry.path), { want: 'stat' }))),
    remote.file(shown, { want: 'stat' }),
  ])
  // With the slash of `src`, which names nothing below it.
  const dest = contentsOnly && destination.exists ? posix.join(shown, '/') : shown
  if (topmost.exists && !args.force)
    return { ...describe(topmost), msg: 'file already exists', src, dest, changed: false }
  const { mode: _, ...owners } = attributesOf(args)
  const made = new Map<string, TwinDirectory>()
  // A directory that a plain name leads to is made as mkdir does; the others are the source's in all but the owner.
  const likeSource = contentsOnly || destination.exists || args.dest!.endsWith('/')
  if (!topmost.exists && likeSource) made.set(top, { path: from, mode: source.mode })
  for (const [index, directory] of directories.entries()) if (!directory.exists) made.set(directory.path, below[index]!)
  const above = destination.exists || top === args.dest! ? [] : [args.dest!]
  const missing = [...(topmost.exists ? [] : [...above, top]), ...made.keys()]
  if (missing.length > 0) {
    remote.changed(`create directories below ${top}`)
    // The parents of a destination with a slash are made with directory_mode.
    const parents = args.dest!.endsWith('/') && !contentsOnly ? [args.dest!] : []
    if (parents.length > 0)
      await makeDirectories(remote, parents, { ...owners, mode: args.directory_mode as string | undefined }, fail)
    await makeDirectories(remote, missing, owners, fail)
  }
  // What is in a directory is not validated.
  const { backup, unsafe_writes } = args
  await Promise.all(
    files.map(async (entry, index) => {
      const [was, now] = [seen[index]!, sums[index]!]
      if (was.exists && !args.force) return
      const attributes = { ...owners, mode: entry.mode }
      if (was.exists && was.sha1 === now.sha1) await was.setAttributes(owners)
      else await was.put({ fromRemote: entry.path, ...attributes, backup, unsafe_writes, diff: 'none' })
    }),
  )
  for (const [index, link] of links.entries()) {
    const { target } = linkTargets[index]!
    const same = link.isLink && link.target === target
    if (!same)
      await remote.exec({ argv: ['ln', '-snf', '--', target!, link.path], why: `link ${link.path} to ${target}` })
    // The link itself is given away as well.
    if ((args.owner ?? args.group) === undefined || (!same && remote.checkMode)) continue
    const made = same ? link : await remote.file(link.path, { want: 'stat', follow: false })
    await made.setAttributes({ owner: args.owner, group: args.group })
  }
  const fresh = files.filter(entry => made.has(posix.dirname(at(entry.path)))).map(({ path }) => ({ path }))
  const twins: TwinDirectory[] = [...fresh, ...[...made.values()].reverse()]
  if (twins.length > 0) await likeTheirSources(remote, twins, at, fail)

  const mode = args.mode === 'preserve' ? undefined : (args.mode as string | number | undefined)
  if (shownBefore.exists || !remote.checkMode)
    await (shownBefore.exists ? shownBefore : await remote.file(shown, { want: 'stat' })).setAttributes({
      ...owners,
      mode,
    })
  return {
    ...(remote.checkMode && !shownBefore.exists ? {} : await pathInfo(remote, shown)),
    src,
    dest,
    checksum: null,
    md5sum: null,
    diff: null,
  }
}

/** What something is copied from; `mode` for directories, whose own mode has to wait until they are full. */
interface TwinDirectory {
  readonly path: string
  readonly mode?: number
}

/** Modes of new directories and times of all that is in them, in one command. */
async function likeTheirSources(
  remote: Context['remote'],
  twins: readonly TwinDirectory[],
  at: (path: string) => string,
  fail: Context['fail'],
): Promise<void> {
  const lines = twins.flatMap(({ path, mode }) => [
    ...(mode === undefined ? [] : [sh`chmod ${chmodWord(mode)} -- ${at(path)}`]),
    sh`touch -r ${path} -- ${at(path)}`,
  ])
  const done = await remote.exec({
    shell: 'exec /bin/sh -e',
    stdin: `${lines.join('\n')}\n`,
    why: 'keep modes of directories and times',
    changes: false,
  })
  if (done.rc !== 0) fail(done.stderr.trim())
}
