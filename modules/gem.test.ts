import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import gem from './gem.js'

const host = (before: string, after: string) => (): FakeCommands => {
  let now = before
  return [
    [/--remote/, 'rake (13.2.1, 13.0.0)\n'],
    [/ environment$/, '  - USER INSTALLATION DIRECTORY: /root/.gems\n'],
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
    "names the user's own directory where the platform sets another": {
      args: { override_platform_install_dir: true },
      commands: host('', 'rake (13.0.0)\n'),
      runs: [
        'gem install --norc --no-user-install --install-dir /root/.gems --bindir /root/.gems/bin --no-document rake',
      ],
    },
    "removes from the user's own directory": {
      args: { override_platform_install_dir: true, state: 'absent' },
      commands: host('rake (1.0)\n', ''),
      runs: ['gem uninstall --norc --install-dir /root/.gems --all --executable rake'],
    },
    "needs a user's installation for that": {
      args: { override_platform_install_dir: true, user_install: false },
      fails: 'override_platform_install_dir requires user_install=true',
    },
    'removes all versions': {
      args: { state: 'absent' },
      commands: host('rake (1.0)\n', ''),
      runs: ['gem uninstall --norc --all --executable rake'],
    },
    'leaves what is there': { commands: host('rake (1.0)\n', ''), runs: [], changed: false },
  },
)
