import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { posix } from 'node:path'
import type { Readable } from 'node:stream'
import type { ArgsOf } from '../engine/args.js'
import { defineModule, fileAttributes, type ModuleContext } from '../engine/module/define.js'
import { pathInfo } from '../engine/remote/path-info.js'
import { type Archive, archiveState } from './archives/state.js'
import { attributesOf, noAttributes } from './files/attributes.js'
import { download as fetchUrl } from './http/download.js'
import { httpTool } from './http/request.js'

const args = {
  src: { type: 'path', required: true, summary: 'the archive' },
  dest: { type: 'path', required: true, summary: 'existing directory to unpack it in' },
  remote_src: { type: 'bool', default: false, summary: 'src is on the host, or a URL' },
  copy: { type: 'bool', default: true, summary: 'the opposite of remote_src; for old playbooks' },
  creates: { type: 'path', summary: 'do nothing when this exists' },
  list_files: { type: 'bool', default: false, summary: 'return the names of what is in it' },
  exclude: { type: 'list', elements: 'str', default: [], summary: 'what to leave out' },
  include: { type: 'list', elements: 'str', default: [], summary: 'what to unpack' },
  keep_newer: { type: 'bool', default: false, summary: 'do not replace newer files' },
  extra_opts: { type: 'list', elements: 'str', default: [], summary: 'more options for tar or unzip' },
  decrypt: { type: 'bool', default: true, summary: 'decrypt a vault file on the way' },
  validate_certs: { type: 'bool', default: true, summary: 'check the certificate of the server' },
  io_buffer_size: { type: 'int', default: 65536, summary: 'does nothing here' },
  ...fileAttributes,
} as const
type Context = ModuleContext<ArgsOf<typeof args>>

export default defineModule({
  name: 'ansible.builtin.unarchive',
  summary: 'Unpack archives on hosts',
  check: 'partial',
  args,
  rules: { exclusive: [['include', 'exclude']] },
  notes: [
    'Needs GNU tar (or BusyBox’, which then always reports a change unless contents are equal) or unzip on the host.',
  ],
  returns: { dest: 'where it was unpacked', src: 'the archive', handler: 'kind of archive', files: 'what is in it' },
  examples: `
- ansible.builtin.unarchive:
    src: foo.tgz
    dest: /var/lib/foo

- ansible.builtin.unarchive:
    src: https://example.com/example.zip
    dest: /usr/local/bin
    remote_src: true
`,

  async run(context) {
    const { args, given, remote, fail } = context
    if (args.src === '' || args.dest === '') fail('src (or content) and dest are required')
    if (given.has('copy') && given.has('remote_src')) fail("parameters are mutually exclusive: ('copy', 'remote_src')")
    const onHost = given.has('copy') ? !args.copy : args.remote_src
    const [creates, dest, there] = await Promise.all([
      args.creates === undefined ? undefined : remote.file(args.creates, { want: 'stat' }),
      remote.file(args.dest, { want: 'stat' }),
      onHost && !isUrl(args.src) ? remote.file(args.src, { want: 'stat' }) : undefined,
    ])
    if (creates?.exists) return { skipped: true, changed: false, msg: `skipped, since ${args.creates} exists` }
    const src = onHost && !isUrl(args.src) ? args.src : await brought(context, onHost)
    if (!dest.isDirectory) fail(`dest '${args.dest}' must be an existing dir`)
    if (there && !there.exists) fail(`Source '${src}' does not exist`)
    if (there?.isFile && there.size === 0) fail(`Invalid archive '${src}', the file is 0 bytes`)
    if (there?.isDirectory) fail(`Failed to find handler for "${src}". It is a directory`)

    const archive = await remote.query(archiveState(src, args.dest, args))
    // Ansible's tar handlers leave check mode before they look.
    if (remote.checkMode && archive.handler !== 'ZipArchive')
      return {
        skipped: true,
        changed: false,
        msg: 'remote module (ansible.legacy.unarchive) does not support check mode when using gtar',
      }
    if (archive.problem)
      fail(
        `Failed to find handler for "${src}". Make sure the required command to extract the file is installed.\n${archive.problem}`,
      )
    const result: { [key: string]: string | string[] | object } = { dest: args.dest, src, handler: archive.handler }
    if (archive.differences.length > 0) {
      const cmd = unpackCommand(archive, src, args)
      const done = await remote.exec({ argv: cmd, why: `unpack ${src} to ${args.dest}` })
      const extract_results = { cmd, rc: done.rc, out: done.stdout, err: done.stderr }
      if (done.rc !== 0) fail(`failed to unpack ${src} to ${args.dest}`, { ...result, extract_results } as never)
      if (!done.skipped) result.extract_results = extract_results
    }
    if (archive.handler === 'ZipArchive' && remote.diffMode && archive.differences.length > 0)
      result.diff = { prepared: itemized(archive) }
    await setAttributesOfAll(context, archive.names)
    if (args.list_files) result.files = archive.names
    return { ...(await pathInfo(remote, args.dest)), ...result }
  },
})

const isUrl = (src: string) => src.includes('://')

/** Puts the archive into a scratch directory on the host: uploaded, or downloaded there. */
async function brought(context: Context, download: boolean): Promise<string> {
  const { args, remote, controller, fail } = context
  const scratch = await remote.scratch()
  const path = posix.join(scratch, download ? posix.basename(new URL(args.src).pathname) || 'source' : 'source')
  if (download) {
    // Also in check mode: what is in it must be known. It is nobody's change, for the directory goes when the task ends.
    const { url, validate_certs } = { url: args.src, validate_certs: args.validate_certs }
    const tool = await remote.query(httpTool)
    const { status, msg } = await fetchUrl(context, tool, { url, validate_certs, keep: scratch })
    if (status === -1 || (/^https?:/i.test(url) && status !== 200)) fail(`Failure downloading ${url}, ${msg}`)
    const argv = ['mv', '-f', `${scratch}/out`, path]
    await remote.exec({ argv, why: `keep ${url}`, changes: false, inCheckMode: true })
    return path
  }
  const local = found()
  const size = (await stat(local)).size
  if (size === 0) fail(`Invalid archive '${local}', the file is 0 bytes`)
  const small = size < 1024 * 1024 ? await controller.readFile(local, { decrypt: args.decrypt }) : undefined
  // Also sent in check mode: what is in it must be known, and the directory goes when the task ends.
  const sent = await remote.exec({
    argv: ['/bin/sh', '-c', 'cat >"$1"', 'sh', path],
    stdin: small ?? (createReadStream(local) as Readable),
    why: `send ${local}`,
    changes: false,
    inCheckMode: true,
  })
  if (sent.rc !== 0) fail(`Could not send ${local}: ${sent.stderr.trim()}`)
  return path

  function found(): string {
    try {
      return controller.findFile('files', args.src)
    } catch (error) {
      return fail((error as Error).message)
    }
  }
}

function unpackCommand({ handler, flag }: Archive, src: string, args: Context['args']): string[] {
  const { dest, exclude, include, extra_opts, keep_newer } = args
  if (handler === 'ZipArchive')
    return [
      'unzip',
      keep_newer ? '-uo' : '-o',
      ...extra_opts,
      src,
      ...include,
      ...(exclude.length ? ['-x', ...exclude] : []),
      '-d',
      dest,
    ]
  return [
    'tar',
    '--extract',
    '-C',
    dest,
    ...(flag ? [flag] : []),
    ...(keep_newer ? ['--keep-newer-files'] : []),
    ...exclude.map(name => `--exclude=${name}`),
    ...(extra_opts.length > 0 ? ['--show-transformed-names', ...extra_opts] : []),
    '-f',
    src,
    ...include,
  ]
}

/** What a zip brings, a line for each name in the letters of rsync's itemized changes. */
function itemized({ names, differences }: Archive): string {
  const path = (name: string) => name.replace(/^\.\//, '').replace(/\/$/, '')
  const said = new Map(
    differences.map(line => [path(line.slice(0, line.indexOf(': '))), line.slice(line.indexOf(': ') + 2)]),
  )
  return names
    .filter(name => said.has(path(name)))
    .map(name => {
      const flags = /Cannot stat/.test(said.get(path(name))!) ? '++++++.' : 'c......'
      return `>${name.endsWith('/') ? 'd' : 'f'}${flags}?? ${name}\n`
    })
    .join('')
}

/** Owner and mode go to all that the archive brought, not to dest itself. */
async function setAttributesOfAll({ args, remote }: Context, names: readonly string[]): Promise<void> {
  const attributes = attributesOf(args)
  if (noAttributes(attributes)) return
  const paths = [...new Set(names.map(name => posix.join(args.dest, name).replace(/(.)\/$/, '$1')))]
  for (let at = 0; at < paths.length; at += 200) {
    const files = await Promise.all(
      paths.slice(at, at + 200).map(path => remote.file(path, { want: 'stat', follow: false })),
    )
    // A link has an owner of its own, and no mode.
    const { owner, group } = attributes
    await Promise.all(
      files.filter(file => file.exists).map(file => file.setAttributes(file.isLink ? { owner, group } : attributes)),
    )
  }
}
