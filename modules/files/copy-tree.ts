import { readdir, readlink, realpath, stat } from 'node:fs/promises'
import { basename, join, posix } from 'node:path'
import type { ModuleContext, ModuleResult } from '../../engine/module/define.js'
import type { Json } from '../../engine/python/values.js'
import { describe, lookBoth, pathInfo } from '../../engine/remote/path-info.js'
import type { Attributes } from '../../engine/remote/remote.js'
import { type CopyArgs, isLocalLink, localSource, optionsOf } from '../copy.js'
import { attributesOf, mergedDiff } from './attributes.js'
import { makeDirectories } from './directories.js'
import type { Digests, Source } from './place.js'

interface LocalTree {
  readonly files: { readonly rel: string; readonly path: string; readonly mode: number }[]
  readonly directories: string[]
  readonly links: { readonly rel: string; readonly target: string }[]
}

/** A file whose content has been read. */
type Ready = Source & Digests & { readonly index: number }

/** Bytes of content in memory. */
const atOnce = 4 * 1024 * 1024

/** Copies a local directory: one trip to see what is there, then only what differs. */
export async function copyTree(
  context: ModuleContext<CopyArgs>,
  args: CopyArgs,
  source: string,
  contentsOnly: boolean,
): Promise<ModuleResult> {
  const { remote, fail } = context
  const top = posix.join(args.dest!, '/')
  const local = await localTree(source, contentsOnly ? '' : basename(source), args.local_follow)
  const at = (rel: string) => posix.join(top, rel)
  const options = optionsOf(args, args.mode)

  const [base, seen, directories, links] = await Promise.all([
    remote.file(top.replace(/(.)\/$/, '$1'), { want: 'stat' }),
    Promise.all(local.files.map(({ rel }) => lookBoth(remote, at(rel), 'sha1'))),
    Promise.all(local.directories.map(rel => remote.file(at(rel), { want: 'stat' }))),
    Promise.all(local.links.map(({ rel }) => remote.file(at(rel), { want: 'stat', follow: false }))),
  ])
  // A tree without files has no directory of its own to make.
  if (base.exists && !base.isDirectory && local.files.length + local.links.length + local.directories.length > 0)
    fail(`Destination ${args.dest} exists and is not a directory`, { dest: args.dest! })

  const ofDirectories: Attributes = { ...attributesOf(args), mode: args.directory_mode as string | number | undefined }
  const missing = directories.filter(directory => !directory.exists).map(directory => directory.path)
  const needsTop = !base.exists && (local.files.length > 0 || local.links.length > 0)
  for (const directory of directories)
    if (directory.exists && !directory.isDirectory) fail(`${directory.path} already exists as a ${directory.kind}`)
  // The topmost is made when it is missing; one that is there stays as it is.
  const inner = directories.slice(contentsOnly ? 0 : 1)
  await Promise.all(
    inner.filter(directory => directory.exists).map(directory => directory.setAttributes(ofDirectories)),
  )
  if (missing.length > 0 || needsTop) {
    remote.changed(`create directories below ${top}`)
    await makeDirectories(remote, [...(needsTop ? [top] : []), ...missing], ofDirectories, fail)
  }

  // Ansible tells of the content of one file, and nothing of many.
  const alone = local.files.length === 1
  let only: ModuleResult | undefined
  const put = async ({ index, content, sha1, md5 }: Ready) => {
    const { rel, path } = local.files[index]!
    const { self, target } = seen[index]!
    const file = args.follow && target.exists ? target : self
    const mode = args.mode === 'preserve' ? local.files[index]!.mode : (args.mode as string | number | undefined)
    const attributes = { ...options.attributes, mode }
    const dest = at(rel)
    if (!file.isLink && target.sha1 === sha1) {
      const { changed } = await file.setAttributes(attributes)
      const diff = mergedDiff([{ before: { path: dest }, after: { path: dest } }, ...remote.recorded.diffs]) as Json
      only = { ...describe(self), dest, path: dest, checksum: sha1, changed, diff }
      return
    }
    if (args.checksum && args.checksum !== sha1 && !remote.checkMode)
      fail('Copied file does not match the expected checksum. Transfer failed.', {
        checksum: sha1,
        expected_checksum: args.checksum,
      })
    const { backup, validate, unsafe_writes } = args
    const done = await file.put({
      ...content,
      // In check mode the owner may be one that an earlier task would have made.
      ...(!remote.checkMode && { ...attributes, validate }),
      backup,
      unsafe_writes,
      diff: alone ? 'content' : 'none',
    })
    if (remote.checkMode) {
      only = { diff: [...remote.recorded.diffs] as Json[] }
      return
    }
    const info = alone ? await pathInfo(remote, dest) : {}
    only = {
      ...info,
      dest,
      src: path,
      checksum: sha1,
      md5sum: md5,
      diff: [...remote.recorded.diffs] as Json[],
      ...(done.backup_file ? { backup_file: done.backup_file } : {}),
    }
  }
  // Puts that begin together share a trip: as many as the memory should hold the contents of.
  let ready: Ready[] = []
  let bytes = 0
  const putReady = async () => {
    await Promise.all(ready.map(put))
    ready = []
    bytes = 0
  }
  for (const [index, { path }] of local.files.entries()) {
    if (!args.force && (args.follow ? seen[index]!.target : seen[index]!.self).exists) continue
    const source = await localSource(context, path, basename(path), args.decrypt)
    ready.push({ index, ...source, ...(await source.digests()) })
    bytes += 'bytes' in source.content ? source.content.bytes.length : 0
    if (bytes > atOnce) await putReady()
  }
  await putReady()

  for (const [index, { rel, target }] of local.links.entries()) {
    const link = links[index]!
    const { owner, group } = args
    if (link.isLink && link.target === target) {
      await link.setAttributes({ owner, group })
      continue
    }
    only = await context.call('ansible.builtin.file', {
      path: at(rel),
      src: target,
      state: 'link',
      follow: false,
      force: true,
      ...(owner !== undefined && { owner }),
      ...(group !== undefined && { group }),
    })
    remote.changed(`link ${at(rel)}`)
  }
  const changed = remote.recorded.changed
  if (changed && only && alone) return { ...only, changed }
  return { dest: top, src: contentsOnly ? posix.join(source, '/') : source, changed, diff: null }
}

/** What a local directory holds, which is nothing to make when it is empty; the files of a folder come before those of the folders in it, as Ansible meets them. */
export async function localTree(top: string, prefix: string, follow: boolean): Promise<LocalTree> {
  const found: LocalTree = { files: [], directories: prefix === '' ? [] : [prefix], links: [] }
  const visit = async (directory: string, rel: string, above: ReadonlySet<string>) => {
    const inside = new Set([...above, await realpath(directory)])
    const folders: { readonly path: string; readonly below: string }[] = []
    for (const name of (await readdir(directory)).sort()) {
      const path = join(directory, name)
      const below = posix.join(rel, name)
      const info = await stat(path).catch(() => undefined)
      const isLink = await isLocalLink(path)
      // What a dangling link leads to cannot be copied, and what a link upwards leads to has no end; the link can.
      const endless = isLink && info?.isDirectory() && inside.has(await realpath(path))
      if (info === undefined || endless || (!follow && isLink))
        found.links.push({ rel: below, target: await readlink(path) })
      else {
        if (!info.isDirectory()) {
          found.files.push({ rel: below, path, mode: info.mode & 0o7777 })
          continue
        }
        found.directories.push(below)
        folders.push({ path, below })
      }
    }
    for (const { path, below } of folders) await visit(path, below, inside)
  }
  await visit(top, prefix, new Set())
  const bare = found.files.length + found.links.length === 0 && found.directories.length === 1
  return bare && prefix !== '' ? { ...found, directories: [] } : found
}
