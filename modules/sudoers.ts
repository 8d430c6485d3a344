import { defineModule } from '../engine/module/define.js'
import { join } from '../engine/python/posixpath.js'
import { sh } from '../engine/remote/quote.js'
import { ValidateFailed } from '../engine/remote/remote.js'
import { missingProgram } from './commands/missing-program.js'

export default defineModule({
  name: 'community.general.sudoers',
  summary: 'Keep one rule in sudoers.d',
  check: 'full',
  args: {
    name: { type: 'str', required: true, summary: 'name of the rule, and so of its file' },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'whether it should be there' },
    commands: { type: 'list', elements: 'str', summary: 'commands that are allowed; ALL for all' },
    user: { type: 'str', summary: 'user that it is for' },
    group: { type: 'str', summary: 'group that it is for' },
    host: { type: 'str', default: 'ALL', summary: 'host that it is for' },
    nopassword: { type: 'bool', default: true, summary: 'ask for no password' },
    runas: { type: 'str', summary: 'user that the commands run as' },
    noexec: { type: 'bool', default: false, summary: 'let the commands start no others' },
    setenv: { type: 'bool', default: false, summary: 'keep the environment' },
    defaults: { type: 'list', elements: 'str', summary: 'Defaults for the user or group, a line each before the rule' },
    sudoers_path: { type: 'str', default: '/etc/sudoers.d', summary: 'directory of the rules' },
    validation: {
      type: 'str',
      choices: ['absent', 'detect', 'required'],
      default: 'detect',
      summary: 'whether visudo must accept the rule',
    },
  },
  rules: { exclusive: [['user', 'group']], requiredIf: [['state', 'present', 'commands']] },
  examples: `
- community.general.sudoers:
    name: allow-backup
    state: present
    user: backup
    commands: /usr/local/bin/backup
`,

  async run({ args, remote, fail }) {
    const path = join(args.sudoers_path, args.name)
    const [file, parent, visudo] = await Promise.all([
      remote.file(path, { want: 'text' }),
      remote.file(args.sudoers_path, { want: 'stat' }),
      remote.query({
        command: sh`PATH=$PATH:/usr/sbin:/usr/local/sbin command -v visudo`,
        parse: stdout => stdout.trim() || undefined,
      }),
    ])
    if (args.state === 'absent') {
      await file.remove()
      return {}
    }
    if (args.user === undefined && args.group === undefined) fail('user or group is required')
    if (args.validation === 'required' && visudo === undefined) await missingProgram({ remote, fail }, 'visudo')

    if (!parent.exists) fail(`[Errno 2] No such file or directory: '${path}'`)

    const who = args.user ?? `%${args.group}`
    const tags = `${args.noexec ? 'NOEXEC:' : ''}${args.nopassword ? 'NOPASSWD:' : ''}${args.setenv ? 'SETENV:' : ''}`
    const runas = args.runas === undefined ? '' : `(${args.runas})`
    const defaults = (args.defaults ?? []).map(setting => `Defaults:${who} ${setting}\n`).join('')
    const text = `${defaults}${who} ${args.host}=${runas}${tags} ${args.commands!.join(', ')}\n`
    const validate = args.validation === 'absent' || visudo === undefined ? undefined : `${visudo} -c -f %s`
    try {
      await file.put({ text, mode: 0o440, validate: text === file.text ? undefined : validate })
    } catch (error) {
      if (error instanceof ValidateFailed) {
        const { stdout, stderr } = error
        fail(`Failed to validate sudoers rule:\n${stdout || stderr}`, { stdout, stderr })
      }
      throw error
    }
    return {}
  },
})
