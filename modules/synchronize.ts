import { spawn } from 'node:child_process'
import { posix } from 'node:path'
import { defineModule } from '../engine/module/define.js'
import { quote } from '../engine/remote/quote.js'

/** Before each changed name in rsync's output, to tell it from everything else. */
const mark = '<<CHANGED>>'

export default defineModule({
  name: 'ansible.posix.synchronize',
  summary: 'Copy directories with rsync',
  check: 'full',
  notes: [
    'rsync runs on the controller and connects to the host by itself; it must be installed on both.',
    'With delegate_to it runs on that host, which takes the place of the controller.',
  ],
  args: {
    // Required both, but with their own error text.
    src: { type: 'str', summary: 'where from' },
    dest: { type: 'str', summary: 'where to' },
    mode: { type: 'str', choices: ['pull', 'push'], default: 'push', summary: 'push: to the host' },
    archive: { type: 'bool', default: true, summary: 'everything: recursive, links, permissions, times, owners' },
    recursive: { type: 'bool', summary: 'what directories hold' },
    links: { type: 'bool', summary: 'links as links' },
    copy_links: { type: 'bool', default: false, summary: 'what links lead to' },
    perms: { type: 'bool', summary: 'keep permissions' },
    times: { type: 'bool', summary: 'keep times' },
    owner: { type: 'bool', summary: 'keep owners' },
    group: { type: 'bool', summary: 'keep groups' },
    dirs: { type: 'bool', default: false, summary: 'directories without what they hold' },
    delete: { type: 'bool', default: false, summary: 'remove what is not in src' },
    checksum: { type: 'bool', default: false, summary: 'compare content, not time and size' },
    compress: { type: 'bool', default: true, summary: 'compress on the way' },
    existing_only: { type: 'bool', default: false, summary: 'make no new files' },
    partial: { type: 'bool', default: false, summary: 'keep what was transferred of a file' },
    delay_updates: { type: 'bool', default: true, summary: 'move files into place at the end' },
    link_dest: { type: 'list', elements: 'str', summary: 'directories to make hard links to' },
    rsync_opts: { type: 'list', elements: 'str', default: [], summary: 'more options' },
    rsync_path: { type: 'str', summary: 'rsync on the host' },
    rsync_timeout: { type: 'int', default: 0, summary: 'seconds without data' },
    dest_port: { type: 'int', summary: 'port of ssh' },
    private_key: { type: 'path', summary: 'private key for ssh' },
    set_remote_user: { type: 'bool', default: true, summary: 'log in as the user of the task' },
    use_ssh_args: { type: 'bool', default: false, summary: 'use ssh_args and friends' },
    ssh_connection_multiplexing: { type: 'bool', default: false, summary: 'share a connection of ssh' },
    verify_host: { type: 'bool', default: false, summary: 'check the key of the host' },
    _local_rsync_path: { type: 'path', default: 'rsync', summary: 'rsync on the controller' },
    _local_rsync_password: { type: 'str', noLog: true, summary: 'for use by other modules only' },
    _substitute_controller: { type: 'bool', default: false, summary: 'for use by other modules only' },
    _ssh_args: { type: 'str', summary: 'for use by other modules only' },
  },
  returns: { cmd: 'what was run', msg: 'what rsync changed', stdout_lines: 'the same as lines' },
  examples: `
- ansible.posix.synchronize:
    src: some/relative/path
    dest: /some/absolute/path
`,

  async run({ args: given, task, remote, controller, fail }) {
    const { src: from, dest: where } = given
    if (!from || !where) return fail('synchronize requires both src and dest parameters are set')
    const delegate = task.delegatedTo
    // rsync runs beside the files of the one side: on the controller, or where delegate_to says.
    const onController = delegate === undefined || task.connection === 'local'
    const local =
      delegate === undefined
        ? task.connection === 'local'
        : delegate === task.host || String(await task.variable('ansible_connection')) === 'local'
    const variable = async (...names: string[]) => {
      for (const name of names) {
        const value = await task.variable(name)
        if (value !== undefined && value !== null && value !== '') return String(value)
      }
      return undefined
    }
    const host = (await variable('ansible_host', 'ansible_ssh_host')) ?? task.host
    const user = given.set_remote_user ? await variable('ansible_user', 'ansible_ssh_user') : undefined
    const port = given.dest_port ?? (await variable('ansible_port', 'ansible_ssh_port'))
    const key = given.private_key ?? (await variable('ansible_private_key_file', 'ansible_ssh_private_key_file'))
    const become =
      (await variable('ansible_become')) === 'true' ? ((await variable('ansible_become_method')) ?? 'sudo') : undefined
    // Quotes around a path of this side are none of its name.
    const push = given.mode === 'push'
    const args = {
      ...given,
      src: push || local ? withoutQuotes(from) : from,
      dest: !push || local ? withoutQuotes(where) : where,
    }
    const dir = String((await task.variable('playbook_dir')) ?? '.')
    const isRsync = /^rsync:\/\/|::/.test(args.src) || /^rsync:\/\/|::/.test(args.dest)

    const remotely = (path: string) =>
      local || isRsync ? path : `${user ? `${user}@` : ''}${host.includes(':') ? `[${host}]` : host}:${path}`
    const here = (path: string) =>
      isRsync || !onController || path.startsWith('/') || path.startsWith('~')
        ? path
        : kept(posix.resolve(dir, path), path)
    const source = push ? localSource(args.src) : remotely(args.src)
    const dest = push ? remotely(args.dest) : here(args.dest)

    const ssh = [
      'ssh',
      ...(args.ssh_connection_multiplexing ? [] : ['-S', 'none']),
      ...(key ? ['-i', key] : []),
      ...(port ? ['-o', `Port=${port}`] : []),
      ...(args.verify_host ? [] : ['-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null']),
    ]
    const sshArgs = args.use_ssh_args
      ? [
          await variable('ansible_ssh_args'),
          await variable('ansible_ssh_common_args'),
          await variable('ansible_ssh_extra_args'),
        ]
          .filter(Boolean)
          .join(' ')
      : ''
    const flag = (given: boolean | undefined, name: string) =>
      given === undefined || given === null
        ? []
        : args.archive
          ? given
            ? []
            : [`--no-${name}`]
          : given
            ? [`--${name}`]
            : []
    const argv = [
      args._local_rsync_path,
      ...(args.delay_updates ? ['--delay-updates', '-F'] : ['-F']),
      ...(args.compress ? ['--compress'] : []),
      ...(args.rsync_timeout ? [`--timeout=${args.rsync_timeout}`] : []),
      ...(remote.checkMode ? ['--dry-run'] : []),
      ...(args.delete ? ['--delete-after'] : []),
      ...(args.existing_only ? ['--existing'] : []),
      ...(args.checksum ? ['--checksum'] : []),
      ...(args.copy_links ? ['--copy-links'] : []),
      ...(args.archive ? ['--archive'] : []),
      ...flag(args.recursive, 'recursive'),
      ...flag(args.links, 'links'),
      ...flag(args.perms, 'perms'),
      ...flag(args.times, 'times'),
      ...flag(args.owner, 'owner'),
      ...flag(args.group, 'group'),
      ...(args.dirs ? ['--dirs'] : []),
      ...(local || isRsync ? [] : [`--rsh=${words(ssh)}${sshArgs ? ` ${sshArgs}` : ''}`]),
      ...(args.rsync_path
        ? [`--rsync-path=${args.rsync_path}`]
        : become && !local
          ? [`--rsync-path=${become} -u ${(await variable('ansible_become_user')) ?? 'root'} rsync`]
          : []),
      ...args.rsync_opts,
      ...(args.partial ? ['--partial'] : []),
      // -vv tells of files that are not written because they are links to what was there.
      ...(args.link_dest ? ['-H', '-vv'] : []),
      ...(args.link_dest ?? []).map(path => `--link-dest=${path}`),
      `--out-format=${mark}%i %n%L`,
      source,
      dest,
    ]
    for (const link of args.link_dest ?? []) {
      const target = posix.resolve(posix.dirname(dest))
      if (target.startsWith(posix.resolve(link)))
        fail(`Hardlinking into a subdirectory of the source would cause recursion. ${target} and ${dest}`)
    }
    const cmd = words(argv)
    const done = onController
      ? await run(argv, controller.signal)
      : await remote.exec({ argv, why: `rsync ${source} ${dest}`, changes: false, inCheckMode: true })
    if (done.rc !== 0) fail(done.stderr || done.stdout || `rsync failed with ${done.rc}`, { rc: done.rc, cmd })
    // With -vv also what stays as it is has a line, which starts with a dot.
    const changed = args.link_dest ? !done.stdout.includes(`${mark}.`) : done.stdout.includes(mark)
    const out = done.stdout.replaceAll(mark, '')
    const diff = task.diffMode ? { diff: { prepared: out } } : {}
    return { changed, msg: out, rc: done.rc, cmd, stdout_lines: out.split('\n').filter(Boolean), ...diff }

    /** A trailing slash means the content, and path functions drop it. */
    function kept(resolved: string, written: string): string {
      return written.endsWith('/') ? `${resolved.replace(/\/*$/, '')}/` : resolved
    }
    function localSource(path: string): string {
      if (isRsync || !onController || path.startsWith('/') || path.startsWith('~')) return path
      try {
        return kept(controller.findFile('files', path), path)
      } catch {
        return here(path)
      }
    }
  },
})

const withoutQuotes = (path: string) => /^(['"])(.*)(?<!\\)\1$/s.exec(path)?.[2] ?? path

/** As people write them: `Port=22` needs no quotes. */
const words = (argv: readonly string[]) =>
  argv.map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : quote(word))).join(' ')

function run(argv: readonly string[], signal: AbortSignal): Promise<{ rc: number; stdout: string; stderr: string }> {
  return new Promise(done => {
    const child = spawn(argv[0]!, argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'], signal })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (data: Buffer) => {
      stdout += data.toString()
    })
    child.stderr.on('data', (data: Buffer) => {
      stderr += data.toString()
    })
    child.on('error', error =>
      done({ rc: 127, stdout, stderr: `Failed to run rsync on the controller: ${error.message}` }),
    )
    child.on('close', code => done({ rc: code ?? 1, stdout, stderr }))
  })
}
