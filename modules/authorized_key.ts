import { posix } from 'node:path'
import { defineModule } from '../engine/module/define.js'
import { describe, pathInfo } from '../engine/remote/path-info.js'
import { sh } from '../engine/remote/quote.js'
import type { RemoteFile } from '../engine/remote/remote.js'
import { makeDirectories } from './files/directories.js'
import { download } from './http/download.js'
import { type HttpTool, httpTool } from './http/request.js'
import { type AuthorizedKey, parseKey, parseKeys, withKeys } from './keys/authorized-keys.js'

export default defineModule({
  name: 'ansible.posix.authorized_key',
  summary: 'Say whose ssh keys may log in as a user',
  check: 'full',
  args: {
    user: { type: 'str', required: true, summary: 'user to log in as' },
    key: {
      type: 'str',
      required: true,
      summary: 'keys, one a line; or a URL that has them; or file:// and a file of the host',
    },
    path: { type: 'path', summary: 'file to keep them in' },
    manage_dir: { type: 'bool', default: true, summary: 'make the directory of the file and set who owns it' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether they may' },
    key_options: { type: 'str', summary: 'what goes before the keys' },
    exclusive: { type: 'bool', default: false, summary: 'remove all other keys' },
    validate_certs: { type: 'bool', default: true, summary: 'check the certificate of the server' },
    comment: { type: 'str', summary: 'what goes after the keys' },
    follow: { type: 'bool', default: false, summary: 'write through a link instead of replacing it' },
  },
  returns: { keyfile: 'the file', key: 'the option', user: 'the option' },
  order: [
    'user',
    'key',
    'manage_dir',
    'state',
    'exclusive',
    'validate_certs',
    'follow',
    'path',
    'key_options',
    'comment',
    'keyfile',
    'changed',
  ],
  examples: `
- ansible.posix.authorized_key:
    user: charlie
    state: present
    key: "{{ lookup('file', '/home/charlie/.ssh/id_rsa.pub') }}"

- name: Take it from a file of the host
  ansible.posix.authorized_key:
    user: charlie
    key: file:///home/charlie/.ssh/id_rsa.pub
`,

  async run({ args, remote, fail }) {
    const { user, state } = args
    const asked = remote.query({
      command: sh`getent passwd ${user} 2>/dev/null || grep ${`^${user.replace(/[.[\]*^$\\]/g, '\\$&')}:`} /etc/passwd`,
      parse: stdout => (stdout.includes(':') ? stdout.trim().split('\n')[0]!.split(':') : undefined),
    })
    const isUrl = /^https?:\/\//.test(args.key)
    const keyFile = fileOf(args.key)
    const looks = (path: string) =>
      Promise.all([
        remote.file(path, { want: 'text' }),
        remote.file(path, { want: 'stat', follow: false }),
        remote.file(posix.dirname(path), { want: 'stat' }),
        isUrl ? remote.query(httpTool) : undefined,
        keyFile === undefined ? undefined : remote.file(keyFile, { want: 'text' }),
      ])
    // Only where the file is said does one trip do.
    const [account, early] = await Promise.all([asked, args.path === undefined ? undefined : looks(args.path)])
    if (!account && !(remote.checkMode && args.path !== undefined)) {
      if (remote.checkMode) fail('Either user must exist or you must provide full path to key file in check mode')
      fail(`Failed to lookup user ${user}: "getpwnam(): name not found: '${user}'"`)
    }
    const keyfile = args.path ?? posix.join(account![5]!, '.ssh/authorized_keys')
    const directory = posix.dirname(keyfile)
    const [file, self, above, tool, source] = early ?? (await looks(keyfile))
    const keys = parsed(tool ? await downloaded(tool) : source ? contentOf(source) : args.key)
    const fresh = withKeys(parseKeys(file.text), keys, { ...args, options: args.key_options, comment: args.comment })

    const owner = account?.[2]
    const group = account?.[3]
    // Without a change, directory and file stay as they are, whatever their modes.
    if (fresh !== undefined) {
      if (args.manage_dir) {
        if (!above.exists) await makeDirectories(remote, [directory], { mode: '0700', owner, group }, fail)
        else if (above.mode !== 0o700 || String(above.uid) !== owner || String(above.gid) !== group)
          await remote.exec(forUserAlone(directory, owner, group))
      }
      // Keys that contradict each other are a change, though the last one is there already.
      if (fresh === file.text) remote.changed(`write ${keyfile}`)
      if (self.isLink && !args.follow) await remote.exec(alsoBehindLink(keyfile, owner, group))
      await file.put({
        text: fresh,
        owner,
        group,
        mode: '0600',
        replaceLink: !args.follow,
        diffBefore: keyfile,
        diff: 'content',
      })
    }
    const { key, manage_dir, exclusive, validate_certs, follow, path = null, key_options = null, comment = null } = args
    const info =
      remote.recorded.changed && !remote.checkMode ? await pathInfo(remote, keyfile) : file.exists ? describe(self) : {}
    return {
      state,
      ...(args.path === undefined ? {} : info),
      user,
      key,
      path,
      manage_dir,
      key_options,
      exclusive,
      validate_certs,
      follow,
      comment,
      keyfile,
    }

    async function downloaded(tool: HttpTool): Promise<string> {
      const { status, body } = await download({ remote, fail }, tool, { url: args.key, validate_certs })
      if (status !== 200) fail(`Error getting key from: ${args.key}`)
      return body.toString()
    }
    function contentOf(source: RemoteFile): string {
      if (!source.exists) fail(`Path to a key file not found: ${keyFile}`)
      if (!source.isFile) fail(`Path to a key is a directory and must be a file: ${keyFile}`)
      return source.text
    }
    function parsed(text: string): AuthorizedKey[] {
      const lines = text
        .split('\n')
        .map(line => line.trim())
        .filter(line => line !== '' && !line.startsWith('#'))
      return lines.map(line => parseKey(line) ?? fail(`invalid key specified: ${line}`))
    }
  },
})

/** The path of file://path; a host in it says nothing. */
const fileOf = (key: string) => /^file:\/\/[^/\n]*(\/[^?#;\n]*)/.exec(key)?.[1]

/** Ansible does so without a word. */
const forUserAlone = (directory: string, owner: string | undefined, group: string | undefined) => ({
  argv: [
    ...['/bin/sh', '-c', 'chown "$1:$2" "$3" && chmod 00700 "$3"', 'sh'],
    ...[owner ?? '', group ?? '', directory],
  ],
  why: `give ${directory} to its user alone`,
  changes: false,
})

/** What a link led to is made the user's, too, before a file of its own takes the link's place. */
const alsoBehindLink = (path: string, owner: string | undefined, group: string | undefined) => ({
  argv: ['/bin/sh', '-c', ': >>"$1" && chown "$2:$3" "$1" && chmod 00600 "$1"', 'sh', path, owner ?? '', group ?? ''],
  why: `give what ${path} leads to to its user`,
  changes: false,
})
