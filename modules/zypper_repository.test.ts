import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import repository from './zypper_repository.js'

const xml = (priority: number) =>
  `<?xml version='1.0'?><stream><repo-list><repo alias="mine" name="Mine" enabled="1" autorefresh="1" gpgcheck="1" priority="${priority}"><url>https://e.example.com/a&amp;b/</url></repo></repo-list></stream>`

const host = (before: string, after: string) => (): FakeCommands => {
  let now = before
  return [
    [/--xmlout repos/, () => (now ? now : { rc: 6, stdout: '' })],
    [
      /zypper .*(?:addrepo|removerepo)/,
      () => {
        now = after
        return ''
      },
    ],
    [/zypper .*refresh/, ''],
  ]
}

testModule(
  repository,
  { name: 'mine', repo: 'https://e.example.com/a&b' },
  {
    'adds a repository and imports its key': {
      args: { auto_import_keys: true },
      commands: host('', xml(99)),
      runs: [
        "/usr/bin/zypper --quiet --non-interactive addrepo --gpgcheck --refresh 'https://e.example.com/a&b' mine",
        '/usr/bin/zypper --quiet --non-interactive --gpg-auto-import-keys refresh --repo mine',
      ],
    },
    'replaces one with another priority': {
      args: { priority: 5 },
      commands: host(xml(99), xml(5)),
      runs: [/removerepo mine$/, /addrepo --priority 5 /],
    },
    'removes a repository': { args: { state: 'absent' }, commands: host(xml(99), ''), runs: [/removerepo mine$/] },
    'leaves it alone': { commands: host(xml(99), ''), runs: [], changed: false },
    'wants an address': { args: { repo: undefined }, fails: "Module option state='present' requires repo" },
  },
)
