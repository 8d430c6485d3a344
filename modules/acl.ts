import type { ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext } from '../engine/module/define.js'
import { quoteAll, raw, sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'
import { missingProgram } from './commands/missing-program.js'

const args = {
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
} as const
type Args = ArgsOf<typeof args>

export default defineModule({
  name: 'ansible.posix.acl',
  summary: 'Set access control lists of files',
  check: 'full',
  args,
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
    if (args.entry && state === 'query') fail("'entry' MUST NOT be set when 'state=query'.")
    const { entry, isDefault } = state === 'query' ? { entry: '', isDefault: args.default } : wanted(args, fail)
    const how = [
      ...(isDefault ? ['-d'] : []),
      ...(args.recursive ? ['--recursive'] : []),
      ...(args.recalculate_mask === 'mask' && state !== 'query' ? ['--mask'] : []),
      ...(args.recalculate_mask === 'no_mask' && state !== 'query' ? ['--no-mask'] : []),
      ...(args.follow ? [] : ['--physical']),
    ]
    const set = [...how, state === 'absent' ? '-x' : '-m', entry, path]
    const list = ['getfacl', '--omit-header', '--absolute-names', ...how.filter(word => !word.endsWith('mask')), path]
    // `--test` shows what would be; `*,*` means that nothing would change.
    const seen = await remote.query({
      command: sh`[ -e ${path} ] || exit 90; command -v setfacl >/dev/null || exit 91; ${raw(quoteAll(list))} || exit; echo "//test"; ${raw(state === 'query' ? ':' : quoteAll(['setfacl', '--test', ...set]))}`,
      parse: (stdout, rc, stderr) => ({ parts: stdout.split(/^\/\/test\n/m), rc, stderr }),
    })
    if (seen.rc === 90) fail('Path not found or not accessible.')
    if (seen.rc === 91) await missingProgram({ remote, fail }, 'setfacl')
    const [before = '', test = ''] = seen.parts
    if (seen.rc !== 0) {
      const cmd = quoteAll(seen.parts.length > 1 ? ['setfacl', '--test', ...set] : list)
      fail(seen.stderr.trim(), { cmd, rc: seen.rc, stdout: test, stderr: seen.stderr })
    }
    if (state === 'query') return { changed: false, msg: 'current acl', acl: entriesOf(before) }
    const settled = test
      .split('\n')
      .filter(Boolean)
      .every(line => line.endsWith('*,*'))
    if (!settled) await checked(context, ['setfacl', ...set], `set ${entry} of ${path}`)
    const after =
      settled || remote.checkMode
        ? before
        : await remote.query({ command: sh`${raw(quoteAll(list))}`, parse: text => text })
    return { changed: !settled, msg: `${entry} is ${state}`, acl: entriesOf(after) }
  },
})

type Fail = ModuleContext<Args>['fail']

/** The entry in setfacl's words, from `entry` or its parts. */
function wanted(args: Args, fail: Fail): { entry: string; isDefault: boolean } {
  if (args.entry === undefined || args.entry === '') {
    const parts = [args.etype!, args.entity, ...(args.permissions ? [args.permissions] : [])]
    return { entry: parts.join(':'), isDefault: args.default }
  }
  const colons = args.entry.split(':').length - 1
  if (args.state === 'present' && ![2, 3].includes(colons))
    fail("'entry' MUST have 3 or 4 sections divided by ':' when 'state=present'.")
  if (args.state === 'absent' && ![1, 2].includes(colons))
    fail("'entry' MUST have 2 or 3 sections divided by ':' when 'state=absent'.")
  const named = /^d(?:efault)?:/.test(args.entry)
  const [kind = '', entity = '', permissions] = (
    named ? args.entry.slice(args.entry.indexOf(':') + 1) : args.entry
  ).split(':')
  const etype = { u: 'user', g: 'group', o: 'other', m: 'mask' }[kind[0] ?? ''] ?? kind
  const rest = args.state === 'absent' || permissions === undefined ? [] : [permissions]
  return { entry: [etype, entity, ...rest].join(':'), isDefault: args.default || named }
}

/** getfacl's lines: an empty one stands between files of a recursive list. */
function entriesOf(text: string): string[] {
  const lines = text.replace(/\n$/, '').split('\n')
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines
}
