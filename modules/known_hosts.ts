import { posix } from 'node:path'
import { defineModule } from '../engine/module/define.js'
import { describe, pathInfo } from '../engine/remote/path-info.js'
import { makeDirectories } from './files/directories.js'
import { type HostLine, hashedHost, hostLines, matchesHost } from './keys/known-hosts.js'

export default defineModule({
  name: 'ansible.builtin.known_hosts',
  summary: 'Keep the keys of ssh servers',
  check: 'full',
  args: {
    name: { type: 'str', required: true, aliases: ['host'], summary: 'the server' },
    key: { type: 'str', summary: 'its key, as in the file' },
    path: { type: 'path', default: '~/.ssh/known_hosts', summary: 'file to keep it in' },
    hash_host: { type: 'bool', default: false, summary: 'do not show the name in the file' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be there' },
  },
  order: ['name', 'key', 'path', 'hash_host', 'state', 'diff', 'changed'],
  examples: `
- ansible.builtin.known_hosts:
    path: /etc/ssh/ssh_known_hosts
    name: foo.com.invalid
    key: "{{ lookup('ansible.builtin.file', 'pubkeys/foo.com.invalid') }}"
`,

  async run({ args, remote, fail }) {
    const { name, path, state, hash_host } = args
    // Names are case insensitive, and ssh writes them small.
    const host = name.toLowerCase()
    const key = args.key?.trim()
    if (name.includes(','))
      fail(
        'Comma separated list of names is not supported. Please pass a single name to lookup in the known_hosts file.',
      )
    if (state === 'present' && !key) fail('No key specified when adding a host')
    const wanted = key === undefined ? undefined : hostLines(key)
    if (wanted && (wanted.length === 0 || wanted.some(line => line.type === undefined)))
      fail('ssh-keygen: the key is not in the format of known_hosts')
    if (wanted && !wanted.every(line => matchesHost(line.hosts, host)))
      fail('Host parameter does not match hashed host field in supplied key')

    const directory = posix.dirname(path)
    const [file, above] = await Promise.all([
      remote.file(path, { want: 'text' }),
      remote.file(directory, { want: 'stat' }),
    ])
    if (file.isDirectory && state === 'present') fail(`Failed to read ${path}: [Errno 21] Is a directory: '${path}'`)
    const types = new Set(wanted?.map(line => line.type))
    const hashed = (hosts: string) => hosts.startsWith('|1|')
    const right = (line: HostLine) =>
      wanted!.some(
        one =>
          one.type === line.type &&
          one.data === line.data &&
          one.marker === line.marker &&
          (hash_host || hashed(one.hosts) ? hashed(line.hosts) : one.hosts === line.hosts),
      )
    let done = new Set<string>()
    const kept = file.lines.filter(text => {
      const [line] = hostLines(text)
      if (!line || !matchesHost(line.hosts, host)) return true
      if (wanted !== undefined && !types.has(line.type)) return true
      // Beside the key of an authority there may be others, of hosts and of authorities.
      if (line.marker === '@cert-authority' && !(wanted !== undefined && right(line))) return true
      if (state === 'absent') return false
      if (!right(line)) return false
      done = new Set([...done, line.type!])
      return true
    })
    if (state === 'present')
      for (const line of wanted!.filter(line => !done.has(line.type!)))
        kept.push(hash_host && !hashed(line.hosts) ? line.text.replace(line.hosts, hashedHost(host)) : line.text)

    if (state === 'present' && !above.exists) await makeDirectories(remote, [directory], { mode: '0700' }, fail)
    const text = kept.map(line => `${line}\n`).join('')
    const diff = {
      before_header: file.exists ? path : '/dev/null',
      before: file.text,
      after_header: path,
      after: text,
    }
    if (file.isFile || state === 'present') await file.put({ text, replaceLink: true })
    if (remote.checkMode) return { changed: remote.recorded.changed, diff }
    const info = remote.recorded.changed ? await pathInfo(remote, path) : file.exists ? describe(file) : {}
    return {
      ...info,
      name,
      key: args.key ?? null,
      path,
      hash_host,
      diff,
      ...(file.exists || state === 'present' ? {} : { state }),
    }
  },
})
