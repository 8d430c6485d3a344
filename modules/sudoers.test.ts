import { testModule } from '../engine/module/test.js'
import sudoers from './sudoers.js'

const commands = { '* command -v visudo': '/usr/sbin/visudo\n', '/usr/sbin/visudo *': '' }
const files = { '/etc/sudoers.d': { directory: true } } as const
const path = '/etc/sudoers.d/rule'

testModule(
  sudoers,
  { name: 'rule' },
  {
    'writes a rule for a user, readable to its owner alone': {
      args: { user: 'backup', commands: ['/usr/bin/x', '/usr/bin/y'] },
      files,
      commands,
      leaves: { [path]: { text: 'backup ALL=NOPASSWD: /usr/bin/x, /usr/bin/y\n', mode: 0o440 } },
      changed: true,
    },
    'writes a rule for a group on one host, run as another user': {
      args: { group: 'wheel', commands: 'ALL', runas: 'bob', setenv: true, host: 'web' },
      files,
      commands,
      leaves: { [path]: { text: '%wheel web=(bob)NOPASSWD:SETENV: ALL\n' } },
    },
    'asks for the password': {
      args: { user: 'a', commands: 'ALL', nopassword: false, validation: 'absent' },
      files,
      commands,
      leaves: { [path]: { text: 'a ALL= ALL\n' } },
    },
    'keeps the commands from starting others, after Defaults of the group': {
      args: { group: 'ops', commands: 'ALL', noexec: true, setenv: true, defaults: ['!targetpw', 'env_keep += "A"'] },
      files,
      commands,
      leaves: {
        [path]: {
          text: 'Defaults:%ops !targetpw\nDefaults:%ops env_keep += "A"\n%ops ALL=NOEXEC:NOPASSWD:SETENV: ALL\n',
        },
      },
    },
    'removes a rule': {
      args: { state: 'absent' },
      files: { ...files, [path]: 'text' },
      commands,
      leaves: { [path]: null },
      changed: true,
    },
    'tells what visudo says of a rule that is none': {
      args: { user: 'alice', commands: 'ALL(' },
      files,
      commands: { ...commands, '/usr/sbin/visudo *': { rc: 1, stdout: 'syntax error\n', stderr: 'warning\n' } },
      fails: 'Failed to validate sudoers rule:\nsyntax error\n',
      returns: { stdout: 'syntax error\n', stderr: 'warning\n' },
    },
    'needs visudo when validation is required': {
      args: { user: 'a', commands: 'ALL', validation: 'required' },
      files,
      commands: { '* command -v visudo': { rc: 127 } },
      fails: /Failed to find required executable "visudo"/,
    },
    'needs commands': {
      args: { user: 'a' },
      fails: 'state is present but all of the following are missing: commands',
    },
  },
)
