import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'

const kinds: { readonly [letter: string]: string } = {
  a: 'all files',
  b: 'block device',
  c: 'character device',
  d: 'directory',
  f: 'regular file',
  l: 'symbolic link',
  p: 'named pipe',
  s: 'socket',
}

export default defineModule({
  name: 'community.general.sefcontext',
  summary: 'Say which SELinux context files get',
  check: 'full',
  args: {
    target: { type: 'str', required: true, aliases: ['path'], summary: 'regular expression of paths' },
    setype: { type: 'str', summary: 'SELinux type' },
    substitute: { type: 'str', aliases: ['equal'], summary: 'path whose contexts hold here, too' },
    seuser: { type: 'str', summary: 'SELinux user' },
    selevel: { type: 'str', aliases: ['serange'], summary: 'SELinux level' },
    ftype: { type: 'str', choices: Object.keys(kinds), default: 'a', summary: 'kind of files' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be so' },
    reload: { type: 'bool', default: true, summary: 'reload the policy' },
    ignore_selinux_state: { type: 'bool', default: false, summary: 'go on where SELinux is off' },
  },
  rules: {
    exclusive: [
      ['setype', 'substitute'],
      ['substitute', 'ftype'],
      ['substitute', 'seuser'],
      ['substitute', 'selevel'],
    ],
    requiredIf: [['state', 'present', ['setype', 'substitute']]],
  },
  notes: ['Files keep their context until restorecon is run.'],
  examples: `
- community.general.sefcontext:
    target: '/srv/git_repos(/.*)?'
    setype: httpd_sys_rw_content_t
    state: present
`,

  async run(context) {
    const { args, remote, fail } = context
    const { target, setype, substitute, ftype, state } = args
    if (state === 'present' && setype === undefined && substitute === undefined)
      fail('state is present but any of the following are missing: setype, substitute')
    const seen = await remote.query({
      command: sh`selinuxenabled 2>/dev/null && echo "//enabled"; semanage fcontext -l -n 2>/dev/null; echo //equal; semanage fcontext -l -n -C 2>/dev/null | grep ' = '`,
      parse: stdout => stdout,
    })
    if (!seen.includes('//enabled') && !args.ignore_selinux_state) fail('SELinux is disabled on this host.')
    const noReload = args.reload ? [] : ['-N']
    const run = (words: string[]) =>
      checked(context, ['semanage', 'fcontext', ...noReload, ...words], `set the context of ${target}`)
    const result = { target, ftype, setype: setype ?? null, substitute: substitute ?? null, state }
    const equal = seen
      .split('\n')
      .map(line => line.split(' = '))
      .find(([path]) => path === target)?.[1]
    if (substitute !== undefined || (state === 'absent' && setype === undefined && equal !== undefined)) {
      if (state === 'present' && equal !== substitute) {
        if (equal !== undefined) await run(['-d', target])
        await run(['-a', '-e', substitute!, target])
      }
      if (state === 'absent' && equal !== undefined) await run(['-d', '-e', equal, target])
      return result
    }
    const entry = seen
      .split('\n')
      .map(line =>
        /^(.*?)\s{2,}(all files|block device|character device|directory|regular file|symbolic link|named pipe|socket)\s+(\S+)\s*$/.exec(
          line,
        ),
      )
      .findLast(found => found?.[1] === target && found[2] === kinds[ftype])
    const [user, , type, ...level] = entry?.[3]?.split(':') ?? []
    const right =
      type === setype &&
      (args.seuser === undefined || user === args.seuser) &&
      (args.selevel === undefined || level.join(':') === args.selevel)
    if (state === 'present' && !right) {
      const more = [...(args.seuser ? ['-s', args.seuser] : []), ...(args.selevel ? ['-r', args.selevel] : [])]
      await run([entry ? '-m' : '-a', '-f', ftype, '-t', setype!, ...more, target])
    }
    if (state === 'absent' && entry) await run(['-d', '-f', ftype, target])
    return result
  },
})
