import { posix } from 'node:path'
import type { ArgsOf } from '../engine/args.js'
import { defineModule, fileAttributes, type ModuleContext, type ModuleResult } from '../engine/module/define.js'
import type { Json, Value } from '../engine/python/values.js'
import { chmodWord, permissionBits } from '../engine/remote/mode.js'
import {
  describe,
  type LinkAndTarget,
  lookBoth,
  type PathState,
  pathInfo,
  stateOf,
} from '../engine/remote/path-info.js'
import { sh } from '../engine/remote/quote.js'
import { RemoteFailure, type RemoteFile } from '../engine/remote/remote.js'
import { attributesOf, mergedDiff, noAttributes } from './files/attributes.js'
import { errnoText, makeDirectories } from './files/directories.js'
import { setTimes, type Wishes, wishedTimes } from './files/timestamps.js'
import { commandLines, type TreeEntry, tree } from './queries/tree.js'

const args = {
  path: { type: 'path', required: true, aliases: ['dest', 'name'], summary: 'what to manage' },
  state: {
    type: 'str',
    choices: ['absent', 'directory', 'file', 'hard', 'link', 'touch'],
    summary: 'what it should be; without it, what it is',
  },
  src: { type: 'path', summary: 'what a link points to' },
  recurse: { type: 'bool', default: false, summary: 'set attributes on all that a directory holds, too' },
  force: { type: 'bool', default: false, summary: 'make links to what does not exist, and in place of files' },
  follow: { type: 'bool', default: true, summary: 'act on what a link leads to' },
  access_time: { type: 'str', summary: 'now, preserve, or a date' },
  access_time_format: { type: 'str', default: '%Y%m%d%H%M.%S', summary: 'how access_time is written' },
  modification_time: { type: 'str', summary: 'now, preserve, or a date' },
  modification_time_format: { type: 'str', default: '%Y%m%d%H%M.%S', summary: 'how modification_time is written' },
  // Set by copy and fetch inside Ansible; old playbooks pass them on.
  _original_basename: { type: 'str', summary: 'for use by other modules only' },
  _diff_peek: { type: 'bool', summary: 'for use by other modules only' },
  ...fileAttributes,
} as const
type Context = ModuleContext<ArgsOf<typeof args>>

/** The path at work: after links were followed, with what was seen there. */
interface Subject extends LinkAndTarget {
  readonly path: string
  readonly times: Wishes
  /** What `src` names: taken from where the link is, and from inside it should it be a directory. */
  readonly source: { readonly beside: RemoteFile; readonly inside: RemoteFile } | undefined
}

export default defineModule({
  name: 'ansible.builtin.file',
  summary: 'Manage files, directories, links and their attributes',
  check: 'full',
  args,
  returns: {
    path: 'the path managed (state absent, directory, file)',
    dest: 'the path managed (state touch, link, hard)',
  },
  order: ['path', 'dest', 'src', 'changed', 'diff'],
  examples: `
- ansible.builtin.file:
    path: /etc/foo.conf
    owner: foo
    group: foo
    mode: '0644'

- ansible.builtin.file:
    src: /file/to/link/to
    dest: /path/to/symlink
    state: link

- ansible.builtin.file:
    path: /etc/some_directory
    state: directory
    mode: '0755'
`,

  async run(context) {
    const { args, remote, fail } = context
    const timed = args.state === 'absent' ? { ...args, access_time: undefined, modification_time: undefined } : args
    const wished = wishedTimes(remote, timed, args.state === 'touch' ? 'now' : 'preserve', fail)
    const [seen, source, times] = await Promise.all([lookBoth(remote, args.path), lookAtSource(context), wished])
    const state = args.state ?? (seen.self.exists ? present(seen.self) : args.recurse ? 'directory' : 'file')

    let subject: Subject = { ...seen, path: args.path, times, source }
    const name = args._original_basename ?? (args.src && posix.basename(args.src))
    if (name && state !== 'link' && state !== 'absent' && seen.target.isDirectory) {
      const path = posix.join(args.path, name)
      subject = { ...(await lookBoth(remote, path)), path, times, source }
    }
    if (args.recurse && state !== 'directory') failed(fail, "recurse option requires state to be 'directory'", subject)
    if (args.src && state !== 'link' && state !== 'hard')
      failed(fail, "src option requires state to be 'link' or 'hard'", subject)

    if (remote.checkMode && state !== 'absent') await warnOfStrangers(context)
    const result = await states[state](context, subject)
    const shown = (result.path ?? result.dest) as string
    const seenPath = { path: shown }
    const was = stateOf((state === 'file' ? followed(context, subject) : subject).self)
    const otherwise = (state === 'file' || state === 'touch') && was !== state
    const seenState = otherwise ? [{ before: { state: was }, after: { state } }] : []
    // Of a file that check mode would make, Ansible shows nothing.
    const unmade = state === 'touch' && was === 'absent' && remote.checkMode
    const diff =
      unmade || (state === 'absent' && !remote.recorded.changed)
        ? undefined
        : mergedDiff([{ before: seenPath, after: seenPath }, ...seenState, ...remote.recorded.diffs])
    const looked = remote.recorded.changed && !remote.checkMode && state !== 'absent'
    const gone = state === 'absent' && !remote.checkMode
    const info = looked ? await pathInfo(remote, shown) : gone ? {} : known(shown, subject)
    // What there is has the last word: in check mode what is to be absent still is a directory.
    return { ...result, ...info, ...(diff && { diff: diff as Json }) }
  },
})

type State = PathState | 'touch'
const states: { readonly [S in State]: (context: Context, subject: Subject) => Promise<ModuleResult> } = {
  async absent({ remote }, { path, self }) {
    const held = self.isDirectory ? await remote.query(tree(path, false)) : undefined
    if (self.exists) await self.remove()
    const before = remote.recorded.diffs[0]?.before
    if (held && typeof before === 'object') {
      const paths = (directory: boolean) =>
        held.filter(entry => (entry.kind === 'directory') === directory).map(entry => entry.path)
      Object.assign(before, { path_content: { directories: paths(true), files: paths(false) } })
    }
    return { path, state: 'absent', changed: remote.recorded.changed }
  },

  async file(context, given) {
    const subject = followed(context, given)
    const state = stateOf(subject.self)
    if (state === 'absent')
      context.fail(`file (${subject.path}) is absent, cannot continue`, { path: subject.path, state })
    if (state !== 'file' && state !== 'hard')
      failed(context.fail, `file (${subject.path}) is ${state}, cannot continue`, subject)
    await subject.self.setAttributes(attributesOf(context.args))
    await setTimes(context.remote, subject.path, subject.self, subject.times)
    return { path: subject.path }
  },

  async directory(context, given) {
    const { args, remote, fail } = context
    const { path, self, times } = followed(context, given)
    const state = stateOf(self)
    if (state !== 'absent' && state !== 'directory')
      failed(fail, `${path} already exists as a ${state}`, { path, self, target: self })

    if (state === 'absent') {
      remote.changed(`create directory ${path}`, {
        before: { path, state: 'absent' },
        after: { path, state: 'directory' },
      })
      // A diff tells of the attributes too, and so needs them to be set one by one.
      const made = await makeDirectories(remote, [path], remote.diffMode ? {} : attributesOf(args), fail)
      if (remote.diffMode && !noAttributes(attributesOf(args))) {
        const files = await Promise.all(made.map(one => remote.file(one, { want: 'stat' })))
        await Promise.all(files.map(file => file.setAttributes(attributesOf(args))))
      }
      if (typeof times.atime === 'object' || typeof times.mtime === 'object') await setTimes(remote, path, self, times)
      return { path }
    }
    await self.setAttributes(attributesOf(args))
    await setTimes(remote, path, self, times)
    if (args.recurse) await setRecursively(context, path)
    return { path }
  },

  async touch(context, { path, self, target, times }) {
    const { args, remote, fail } = context
    if (!target.exists) {
      remote.changed(`create ${path}`, { before: { path, state: 'absent' }, after: { path, state: 'touch' } })
      const made = await remote.exec({ argv: ['touch', '--', path], why: `create ${path}`, changes: false })
      if (made.rc !== 0) fail(`Error, could not touch target: ${errnoText(made, path)}`, { path })
      const needsMore =
        !noAttributes(attributesOf(args)) || typeof times.atime === 'object' || typeof times.mtime === 'object'
      if (needsMore && !remote.checkMode) {
        const created = await remote.file(path, { want: 'stat' })
        try {
          await created.setAttributes(attributesOf(args))
          const late = { atime: lateOnly(times.atime), mtime: lateOnly(times.mtime) }
          await setTimes(remote, path, created, late)
        } catch (error) {
          // A file that cannot be as wished does not stay.
          if (error instanceof RemoteFailure) await created.remove()
          throw error
        }
      }
      return { dest: path }
    }
    await (args.follow ? target : self).setAttributes(attributesOf(args))
    await setTimes(remote, path, target, times)
    return { dest: path }
  },

  async link(context, subject) {
    const { path, self, target, times } = subject
    const { args, remote, fail, warn } = context
    const state = stateOf(self)
    const src = args.src ?? (args.follow && target.exists ? self.target : undefined)
    if (args.src !== undefined && !args.force) {
      const pointed = state === 'directory' ? subject.source!.inside : subject.source!.beside
      if (!pointed.exists)
        failed(
          fail,
          `src file does not exist, use "force=yes" if you really want to create the link: ${pointed.path}`,
          subject,
          {
            src: args.src,
          },
        )
    }
    if (state === 'directory') await refuseDirectory(context, subject)
    if ((state === 'file' || state === 'hard') && !args.force)
      failed(fail, `refusing to convert from ${state} to symlink for ${path}`, subject)
    if (state === 'absent' && src === undefined) fail('src is required for creating new symlinks')

    const wrong = state !== 'link' || (src !== undefined && self.target !== src)
    if (wrong) {
      const before = state === 'link' ? { path, src: self.target } : { path, state }
      remote.changed(`link ${path} to ${src}`, {
        before,
        after: state === 'link' ? { path, src } : { path, state: 'link' },
      })
      const why = `link ${path} to ${src}`
      if (state === 'directory') await remote.exec({ argv: ['rmdir', '--', path], why, changes: false })
      const made = await remote.exec({ argv: ['ln', '-snf', '--', src!, path], why, changes: false })
      if (made.rc !== 0) fail(`Error while linking: ${errnoText(made, src!)} -> b'${path}'`, { path })
    }
    if (remote.checkMode && !self.exists) return { dest: path, src: src ?? null }

    const attributes = attributesOf(args)
    const after = wrong ? await lookBoth(remote, path) : { self, target }
    if (args.follow && !after.target.exists) {
      warn('Cannot set fs attributes on a non-existent symlink target. follow should be set to False to avoid this.')
    } else {
      // Linux keeps no permission bits for a link itself.
      await (args.follow
        ? after.target.setAttributes(attributes)
        : after.self.setAttributes({ ...attributes, mode: undefined }))
      await setTimes(remote, path, args.follow ? after.target : after.self, times)
    }
    return { dest: path, src: src ?? null }
  },

  async hard(context, subject) {
    const { path, self, times } = subject
    const { args, remote, fail } = context
    const state = stateOf(self)
    const src = args.src
    if (src === undefined && state !== 'hard') fail('src is required for creating new hardlinks')
    if (src !== undefined) {
      const source = subject.source!.beside
      const refuse = (msg: string) => failed(fail, msg, subject, { src, dest: path }, 'dest')
      if (!source.exists) refuse('src does not exist')
      const same = self.exists && !self.isLink && self.inode === source.inode && self.device === source.device
      if (!same) {
        if (state === 'directory') refuse(`Cannot link, directory exists at destination`)
        if (!args.force && state === 'hard') refuse('Cannot link, different hard link exists at destination')
        if (!args.force && state === 'file') refuse('Cannot link, file exists at destination')
        remote.changed(`link ${path} to ${src}`, { before: { path, state }, after: { path, state: 'hard' } })
        const made = await remote.exec({
          argv: ['ln', '-f', '--', src, path],
          why: `link ${path} to ${src}`,
          changes: false,
        })
        if (made.rc !== 0) fail(`Error while linking: ${errnoText(made, src)} -> b'${path}'`, { path })
      }
      await source.setAttributes(attributesOf(args))
      await setTimes(remote, path, source, times)
      return { dest: path, src }
    }
    await self.setAttributes(attributesOf(args))
    await setTimes(remote, path, self, times)
    return { dest: path, src: null }
  },
}

/** In a dry run an earlier task may be what would make the owner: Ansible warns first, whatever comes of it. */
async function warnOfStrangers({ args, remote, warn }: Context): Promise<void> {
  const known = (database: string, name: string) =>
    remote.query({
      command: sh`if command -v getent >/dev/null 2>&1; then getent ${database} ${name} >/dev/null; else cut -d: -f1,3 ${`/etc/${database}`} | tr : '\n' | grep -qxF -e ${name}; fi`,
      parse: (_, rc) => rc === 0,
    })
  const sides = [
    ['user', 'uid', 'passwd', args.owner],
    ['group', 'gid', 'group', args.group],
  ] as const
  const found = await Promise.all(sides.map(([, , database, name]) => (name ? known(database, name) : true)))
  for (const [index, [kind, id, , name]] of sides.entries()) {
    if (found[index]) continue
    const as = /^\d+$/.test(name!) ? ` with ${id}` : ''
    const make = kind === 'user' ? 'Create user' : 'Create group'
    warn(`failed to look up ${kind}${as} ${name}. ${make} up to this point in real play`)
  }
}

async function lookAtSource({ args: { src, path, state }, remote }: Context): Promise<Subject['source']> {
  if (src === undefined) return undefined
  // A hard link's source is taken from where the module runs, as link(2) does.
  if (state === 'hard') {
    const source = await remote.file(src, { want: 'stat' })
    return { beside: source, inside: source }
  }
  const from = (directory: string) =>
    remote.file(src.startsWith('/') ? src : posix.join(directory, src), { want: 'stat' })
  // As Python's dirname: what ends with a slash is a directory itself.
  const [beside, inside] = await Promise.all([
    from(path.includes('/') ? path.slice(0, path.lastIndexOf('/')) || '/' : '.'),
    from(path),
  ])
  return { beside, inside }
}

const present = (self: RemoteFile) => stateOf(self) as Exclude<PathState, 'absent'>
const lateOnly = (wish: Wishes['atime']): Wishes['atime'] => (typeof wish === 'object' ? wish : 'preserve')

/** A link stands for what it leads to, unless `follow: no`. */
function followed({ args }: Context, subject: Subject): Subject {
  if (!args.follow || !subject.self.isLink) return subject
  return { ...subject, path: subject.target.realPath, self: subject.target }
}

function known(path: string, { path: given, self, target }: Subject) {
  if (!target.exists) return {}
  return describe(path === given ? self : target)
}

type Fail = Context['fail']
/** Fails with what Ansible adds about the path. */
function failed(
  fail: Fail,
  msg: string,
  { path, self, target }: LinkAndTarget & { path: string },
  extra: { [key: string]: Json } = {},
  key: 'path' | 'dest' = 'path',
): never {
  return fail(msg, { [key]: path, ...(target.exists ? describe(self) : {}), ...extra })
}

async function refuseDirectory({ args, remote, fail }: Context, at: LinkAndTarget & { path: string }): Promise<void> {
  if (!args.force) failed(fail, `refusing to convert from directory to symlink for ${at.path}`, at)
  const held = await remote.query(tree(at.path, false))
  if (held.length > 0) failed(fail, `the directory ${at.path} is not empty, refusing to convert it`, at)
}

/** Owner, group and mode of all that a directory holds: one look, and one command for what differs. */
async function setRecursively({ args, remote, fail }: Context, top: string): Promise<void> {
  const attributes = attributesOf(args)
  const { mode, owner, group, ...rest } = attributes
  const [below, through] = await Promise.all([
    remote.query(tree(top, false)),
    args.follow ? remote.query(tree(top, true)) : [],
  ])
  if (!noAttributes(rest)) {
    const files = await Promise.all(below.map(({ path }) => remote.file(path, { want: 'stat', follow: false })))
    await Promise.all(
      files.map(file => file.setAttributes(file.isLink ? { ...attributes, mode: undefined } : attributes)),
    )
    return
  }

  const seen = new Set(below.filter(entry => entry.kind !== 'link').map(entry => entry.path))
  const entries = [...below, ...through.filter(entry => entry.kind !== 'link' && !seen.has(entry.path))]
  const groups = new Map<string, { command: string[]; paths: string[] }>()
  const add = (command: string[], path: string) => {
    const key = command.join('\0')
    if (!groups.has(key)) groups.set(key, { command, paths: [] })
    groups.get(key)!.paths.push(path)
  }
  for (const entry of entries) {
    if (owner && !names(owner, entry.owner, entry.uid)) add(['chown', '-h', '--', owner], entry.path)
    if (group && !names(group, entry.group, entry.gid)) add(['chgrp', '-h', '--', group], entry.path)
    const bits = entry.kind === 'link' ? undefined : wantedBits(mode, entry)
    if (bits !== undefined && bits !== entry.mode) add(['chmod', '--', chmodWord(bits)], entry.path)
  }
  if (groups.size === 0) return
  const lines = [...groups.values()].flatMap(({ command, paths }) => commandLines(command, paths))
  const done = await remote.exec({
    // Standard input may be a socket, which /dev/stdin cannot open.
    shell: 'exec /bin/sh -e',
    stdin: `${lines.join('\n')}\n`,
    why: `set attributes below ${top}`,
  })
  if (done.rc !== 0) fail(done.stderr.trim(), { path: top })
}

const names = (wanted: string, name: string, id: number) => wanted === name || wanted === String(id)
const wantedBits = (mode: Value | undefined, entry: TreeEntry) =>
  permissionBits(mode as string | number | undefined, {
    current: entry.mode,
    isDirectory: entry.kind === 'directory',
    umask: 0o022,
  })
