import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, dirname, join, normalize, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { defineModule } from '../engine/module/define.js'
import { pyRepr } from '../engine/python/repr.js'
import { raw, sh } from '../engine/remote/quote.js'

export default defineModule({
  name: 'ansible.builtin.fetch',
  summary: 'Bring files from hosts to the controller',
  check: 'partial',
  // Ansible looks at no other option, and does not mind any.
  anyArgs: true,
  args: {
    // Both required, but with their own error texts.
    src: { type: 'raw', summary: 'file on the host' },
    dest: { type: 'raw', summary: 'directory on the controller, under which the host’s name and the path are kept' },
    flat: {
      type: 'bool',
      default: false,
      summary: 'dest is the file itself, or its directory when it ends with a slash',
    },
    fail_on_missing: { type: 'bool', default: true, summary: 'fail when the file cannot be read' },
    validate_checksum: {
      type: 'bool',
      default: true,
      aliases: ['validate_md5'],
      summary: 'compare checksums after the transfer',
    },
  },
  returns: {
    dest: 'the file on the controller',
    checksum: 'its sha1',
    md5sum: 'its md5',
    remote_checksum: 'sha1 on the host',
  },
  order: ['changed', 'md5sum', 'file', 'dest', 'checksum'],
  examples: `
- ansible.builtin.fetch:
    src: /tmp/somefile
    dest: /tmp/fetched
`,

  async run({ args, remote, task, fail }) {
    if (remote.checkMode)
      return { changed: false, skipped: true, msg: 'check mode not (yet) supported for this module' }
    const { src: source, dest } = args
    if (source === undefined || dest === undefined) return fail('src and dest are required')
    if (typeof source !== 'string') return fail('Invalid type supplied for source option, it must be a string')
    if (typeof dest !== 'string') return fail('Invalid type supplied for dest option, it must be a string')
    const src = await homeOf(source)
    const file = await remote.file(src, { want: 'sha1' })
    const why = file.exists ? '' : await whyMissing(src)
    if (/Not a directory/i.test(why)) {
      const msg = `Failed to get information on remote file (${src}): Not a directory`
      if (args.fail_on_missing) fail(msg, { file: src })
      return { changed: false, file: src, msg }
    }
    const hidden = /Permission denied/i.test(why)
    const problem = hidden
      ? 'remote file is not readable'
      : !file.exists
        ? 'the remote file does not exist'
        : file.isDirectory
          ? 'remote file is a directory, fetch cannot work on directories'
          : !file.sha1
            ? 'remote file is not readable'
            : undefined
    if (problem) {
      if (args.fail_on_missing) fail(file.isDirectory ? problem : `${problem}, not transferring, ignored`)
      return { changed: false, file: src, msg: `${problem}, not transferring, ignored` }
    }

    const local = await target(src, dest, args.flat)
    if (await isDirectory(local))
      fail(`failed to transfer file to ${local}: [Errno 21] Is a directory: b${pyRepr(local)}`)
    const [was, md5sum] = await Promise.all([digest(local, 'sha1'), digest(local, 'md5')])
    if (was === file.sha1) return { changed: false, md5sum: md5sum!, file: src, dest: local, checksum: was! }
    remote.changed(`fetch ${src} to ${local}`)

    await mkdir(dirname(local), { recursive: true })
    const partial = `${local}.${process.pid}.partial`
    try {
      await pipeline(await remote.download(src), createWriteStream(partial))
      await rename(partial, local)
    } catch (error) {
      await rm(partial, { force: true })
      throw error
    }
    const [checksum, md5] = await Promise.all([digest(local, 'sha1'), digest(local, 'md5')])
    const sums = { md5sum: md5!, checksum: checksum!, remote_md5sum: null, remote_checksum: file.sha1! }
    if (args.validate_checksum && checksum !== file.sha1) fail('checksum mismatch', { file: src, dest: local, ...sums })
    return { dest: local, ...sums }

    /** A file in a directory that may not be entered is there, perhaps. */
    function whyMissing(path: string): Promise<string> {
      return remote.query({ command: sh`LC_ALL=C ls -d -- ${path} 2>&1 >/dev/null`, parse: text => text })
    }

    /** `~` is the host's, of the user that the task becomes. */
    async function homeOf(path: string): Promise<string> {
      const [, user] = /^~([\w.-]*)(?=\/|$)/.exec(path) ?? []
      if (user === undefined) return path
      const home = await remote.query({ command: sh`printf %s ${raw(`~${user}`)}`, parse: text => text })
      return home + path.slice(user.length + 1)
    }

    /** Relative names start where the playbook is. */
    async function target(source: string, given: string, flat: boolean): Promise<string> {
      const home = given.replace(/^~(?=\/|$)/, homedir())
      const at = resolve(String((await task.variable('playbook_dir')) ?? '.'), home)
      if (!flat) return normalize(join(at, task.host, source))
      if (given.endsWith('/')) return join(at, basename(source))
      if (await isDirectory(at))
        fail('dest is an existing directory, use a trailing slash if you want to fetch src into that directory')
      return at
    }
  },
})

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    info => info.isDirectory(),
    () => false,
  )

async function digest(path: string, algorithm: string): Promise<string | undefined> {
  const hash = createHash(algorithm)
  try {
    await pipeline(createReadStream(path), hash)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  return hash.digest('hex')
}
