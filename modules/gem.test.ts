import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import gem from './gem.js'

const host = (before: string, after: string) => (): FakeCommands => {
  let now = before
  return [
    [/--remote/, 'rake (13.2.1, 13.0.0)\n'],
    [/ (?:query|list) /, () => now],
    [
      /^gem /,
      () => {
        now = after
        return ''
      },
    ],
  ]
}

testModule(
  gem,
  { name: 'rake' },
  {
    'installs a version': {
      args: { version: '13.0.0', user_install: false, repository: 'https://gems.example.com' },
      commands: host('rake (12.0)\n', 'rake (13.0.0, default: 12.0)\n'),
      runs: [
        'gem install --norc --version 13.0.0 --source https://gems.example.com --no-user-install --no-document rake',
      ],
      returns: { name: 'rake', state: 'present', version: '13.0.0' },
    },
    'takes the newest': {
      args: { state: 'latest' },
      commands: host('rake (13.0.0)\n', 'rake (13.2.1)\n'),
      runs: ['gem install --norc --version 13.2.1 --user-install --no-document rake'],
    },
    'removes all versions': {
      args: { state: 'absent' },
      commands: host('rake (1.0)\n', ''),
      runs: ['gem uninstall --norc --all --executable rake'],
    },
    'leaves what is there': { commands: host('rake (1.0)\n', ''), runs: [], changed: false },
  },
)
