import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'

const args = {
  login: { type: 'str', required: true, summary: 'the account, %group or __default__' },
  seuser: { type: 'str', summary: 'its SELinux user' },
  selevel: { type: 'str', aliases: ['serange'], default: 's0', summary: 'its range of levels' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether there is a mapping' },
  reload: { type: 'bool', default: true, summary: 'put the changed policy in force' },
  ignore_selinux_state: { type: 'bool', default: false, summary: 'also where SELinux is off' },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.general.selogin',
  summary: 'Which SELinux users accounts are',
  notes: ['The host needs semanage, and no Python library.'],
  check: 'full',
  args,
  rules: { requiredIf: [['state', 'present', 'seuser']] },
  returns: {
    login: 'the account',
    seuser: 'its SELinux user',
    serange: 'its range of levels',
    state: 'what was asked for',
  },
  examples: `
- name: Confine a developer
  community.general.selogin:
    login: gijoe
    seuser: staff_u
    serange: s0-s0:c0.c1023
    state: present
`,

  async run(context) {
    const { args, remote, fail } = context
    const { login, seuser = '', selevel: range, state } = args
    const { isOn, found } = await remote.query({
      command: sh`selinuxenabled 2>/dev/null && echo //enabled; semanage login -l -n`,
      parse: (stdout, rc, stderr) => {
        if (rc !== 0) fail(stderr.trim(), { rc })
        const rows = stdout.split('\n').map(line => line.trim().split(/\s+/))
        return { isOn: stdout.includes('//enabled\n'), found: rows.find(([name]) => name === login) }
      },
      needs: 'semanage',
    })
    if (!isOn && !args.ignore_selinux_state) fail('SELinux is disabled on this host.')
    const noReload = args.reload ? [] : ['-N']
    const wish = ['-s', seuser, '-r', range]
    if (state === 'present' && (found?.[1] !== seuser || (found[2] !== undefined && found[2] !== range)))
      await checked(
        context,
        ['semanage', 'login', found ? '-m' : '-a', ...noReload, ...wish, login],
        `make ${login} the SELinux user ${seuser}`,
      )
    if (state === 'absent' && found)
      await checked(context, ['semanage', 'login', '-d', ...noReload, login], `forget the SELinux user of ${login}`)
    return { login, seuser: args.seuser ?? null, serange: range, state }
  },
})
