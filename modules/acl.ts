import { defineModule } from '../engine/module/define.js'
import { quoteAll, raw, sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'

export default defineModule({
  name: 'ansible.posix.acl',
  aliases: ['ansible.builtin.acl'],
  summary: 'Set access control lists of files',
  check: 'full',
  args: {
    path: { type: 'path', required: true, aliases: ['name'], summary: 'file or directory' },
    entry: { type: 'str', summary: 'the whole entry: etype:entity:permissions' },
    entity: { type: 'str', default: '', summary: 'user or group' },
    etype: { type: 'str', choices: ['group', 'mask', 'other', 'user'], summary: 'kind of entry' },
    permissions: { type: 'str', summary: 'what is allowed: r, w, x' },
    state: {
      type: 'str',
      choices: ['absent', 'present', 'query'],
      default: 'query',
      summary: 'whether it should be there',
    },
    default: { type: 'bool', default: false, summary: 'what new files in the directory get' },
    recursive: { type: 'bool', default: false, aliases: ['recurse'], summary: 'for all that the directory holds' },
    follow: { type: 'bool', default: true, summary: 'act on what a link leads to' },
    recalculate_mask: {
      type: 'str',
      choices: ['default', 'mask', 'no_mask'],
      default: 'default',
      summary: 'what becomes of the mask',
    },
    use_nfsv4_acls: { type: 'bool', default: false, summary: 'write entries of NFS 4' },
  },
  returns: { acl: 'the list as it is then' },
  examples: `
- ansible.posix.acl:
    path: /etc/foo.conf
    entity: joe
    etype: user
    permissions: r
    state: present
`,

  async run(context) {
    const { args, remote, fail } = context
    const { path, state } = args
    if (args.recursive && state === 'query') fail("'recursive' MUST NOT be set when 'state=query'.")
    if (!args.entry && state !== 'query') {
      if (state === 'absent' && args.permissions !== undefined)
        fail("'permissions' MUST NOT be set when 'state=absent'.")
      if (args.etype === undefined)
        fail("'state=query' must not be used without 'entry' or 'etype'.".replace('query', state))
    }
    if (args.entry && (args.etype || args.entity || args.permissions))
      fail("'entry' MUST NOT be set when 'entity', 'etype' or 'permissions' are set.")
    let entry = ''
    if (state !== 'query') {
      let parts = args.entry?.split(':') ?? [
        args.etype!,
        args.entity,
        ...(state === 'present' ? [args.permissions ?? ''] : []),
      ]
      if (/^d(efault)?$/.test(parts[0]!)) parts = parts.slice(1)
      const etype = { u: 'user', g: 'group', o: 'other', m: 'mask' }[parts[0]!] ?? parts[0]!
      entry = `${args.default || /^d(efault)?:/.test(args.entry ?? '') ? 'default:' : ''}${[etype, ...parts.slice(1, state === 'absent' ? 2 : 3)].join(':')}`
    }
    const mask = { default: [], mask: ['--mask'], no_mask: ['--no-mask'] }[args.recalculate_mask]
    const how = [
      ...(args.recursive ? ['--recursive'] : []),
      ...(state === 'present' ? mask : []),
      ...(args.follow ? [] : ['--physical']),
    ]
    const words = [state === 'absent' ? '-x' : '-m', entry]
    // `--test` shows what would be; `*,*` means that nothing would change.
    const seen = await remote.query({
      command: sh`[ -e ${path} ] || exit 90; command -v setfacl >/dev/null || exit 91; getfacl --omit-header --absolute-names ${path}; echo "//test $?"; ${raw(state === 'query' ? ':' : quoteAll(['setfacl', ...how, '--test', ...words, path]))}`,
      parse: (stdout, rc, stderr) => ({ stdout, rc, stderr }),
    })
    if (seen.rc === 90) fail('Path not found or not accessible.')
    if (seen.rc === 91) fail('Failed to find required executable "setfacl" in paths of the host')
    const [list = '', test = ''] = seen.stdout.split(/^\/\/test \d+\n/m)
    const acl = (text: string) => text.split('\n').filter(Boolean)
    if (state === 'query') return { changed: false, msg: 'current acl', acl: acl(list) }
    if (seen.rc !== 0) fail(seen.stderr.trim(), { rc: seen.rc })
    const settled = test
      .split('\n')
      .filter(Boolean)
      .every(line => line.endsWith('*,*'))
    if (settled) return { changed: false, msg: `${entry} is ${state}`, acl: acl(list) }
    await checked(context, ['setfacl', ...how, ...words, path], `set ${entry} of ${path}`)
    const after = remote.checkMode
      ? list
      : await remote.query({ command: sh`getfacl --omit-header --absolute-names ${path}`, parse: text => text })
    return { msg: `${entry} is ${state}`, acl: acl(after) }
  },
})
