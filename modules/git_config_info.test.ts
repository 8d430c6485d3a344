import { testModule } from '../engine/module/test.js'
import gitConfigInfo from './git_config_info.js'

const said = (text: string, rc = 0, error = '') => ({
  '*git config*': {
    stdout: Buffer.from(text).toString('hex').replace(/../g, ' $&'),
    stderr: `${error}${error && '\n'}${rc}\n`,
  },
})

testModule(
  gitConfigInfo,
  {},
  {
    'tells one setting with all its values': {
      args: { name: 'push.pushoption' },
      commands: said('a\nb\0c\0'),
      returns: {
        changed: false,
        msg: '',
        config_value: 'a\nb',
        config_values: { 'push.pushoption': ['a\nb', 'c'] },
      },
    },
    'tells all settings, also such as have no value': {
      args: { scope: 'file', path: '/etc/gc' },
      commands: said('core.editor\nvim\0x.b\0x.l\n1\0x.l\n2\0'),
      returns: { config_value: '', config_values: { 'core.editor': ['vim'], 'x.b': [''], 'x.l': ['1', '2'] } },
    },
    'tells nothing of a setting that is not there': {
      args: { name: 'no.thing', scope: 'global' },
      commands: said('', 1),
      returns: { config_value: '', config_values: { 'no.thing': [] } },
    },
    'tells nothing of a file that is not there': {
      commands: said('', 128, "fatal: unable to read config file '/etc/gitconfig': No such file or directory"),
      returns: { config_values: {} },
    },
    'looks into a repository': {
      args: { scope: 'local', path: '/srv/r', name: 'core.bare' },
      commands: {
        '*cd /srv/r 2>/dev/null; { git config --includes --null --local --get-all core.bare;*': {
          stdout: '66 6f 00',
          stderr: '0\n',
        },
      },
      returns: { config_value: 'fo' },
    },
    'fails where there is no repository': {
      args: { scope: 'local', path: '/srv', name: 'a.b' },
      commands: said('', 128, 'fatal: --local can only be used inside a git repository'),
      fails: 'fatal: --local can only be used inside a git repository',
      returns: { rc: 128, cmd: 'git config --includes --null --local --get-all a.b' },
    },
    'needs to know which file': {
      args: { scope: 'file' },
      fails: 'scope is file but all of the following are missing: path',
    },
  },
)
