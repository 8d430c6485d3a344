import { testModule } from '../engine/module/test.js'
import { changing, type FakeCommands } from '../engine/remote/fake.js'
import capabilities from './capabilities.js'

/** What `getcap -v` prints of /srv/a before and after; newer ones write `=` for `+`, older ones ` = ` after the path. */
const held =
  (before: string, after = before) =>
  (): FakeCommands => {
    const { now, change } = changing(before, after)
    return [
      [/getcap -v/, () => `/srv/a${now()}\n`],
      [/^setcap /, change],
    ]
  }

testModule(
  capabilities,
  { path: '/srv/a' },
  {
    'gives a program its first capability': {
      args: { capability: 'CAP_NET_RAW+ep' },
      commands: held('', ' cap_net_raw=ep'),
      runs: ['setcap cap_net_raw+ep /srv/a'],
      returns: { msg: 'capabilities changed', state: 'present', stdout: '' },
    },
    'leaves what a program has, in whatever order': {
      args: { capability: 'cap_net_raw+pe' },
      commands: held(' cap_net_raw=ep'),
      changed: false,
      returns: { state: 'present' },
    },
    'reads what an older getcap prints': {
      args: { capability: 'cap_net_raw+ep' },
      commands: held(' = cap_net_admin,cap_net_raw+ep'),
      changed: false,
    },
    'keeps the others when one is added': {
      args: { capability: 'cap_chown+ep' },
      commands: held(' cap_net_admin,cap_net_raw=ep', ' cap_chown,cap_net_admin,cap_net_raw=ep'),
      runs: ["setcap 'cap_net_admin=ep cap_net_raw=ep cap_chown+ep' /srv/a"],
    },
    'gives other flags': {
      args: { capability: 'cap_net_raw+eip' },
      commands: held(' cap_chown=ep cap_net_raw=ep', ' cap_chown=ep cap_net_raw=eip'),
      runs: ["setcap 'cap_chown=ep cap_net_raw+eip' /srv/a"],
    },
    'takes one away': {
      args: { capability: 'cap_chown+ep', state: 'absent' },
      commands: held(' cap_chown,cap_net_raw=ep', ' cap_net_raw=ep'),
      runs: ["setcap 'cap_net_raw=ep' /srv/a"],
    },
    'takes the last one away': {
      args: { capability: 'cap_chown', state: 'absent' },
      commands: held(' cap_chown=ep', ''),
      runs: ['setcap -r /srv/a'],
    },
    'takes nothing away that is not there': {
      args: { capability: 'cap_chown', state: 'absent' },
      commands: held(' cap_net_raw=ep'),
      changed: false,
    },
    'has no such program': {
      args: { capability: 'cap_chown+ep' },
      commands: { '*getcap -v*': { stderr: '/srv/a (No such file or directory)\n' } },
      fails: 'Unable to get capabilities of /srv/a',
      returns: { stderr: '/srv/a (No such file or directory)\n' },
    },
    'says what setcap says': {
      args: { capability: 'cap_nosuch+ep' },
      commands: { '*getcap -v*': '/srv/a\n', 'setcap *': { rc: 1, stderr: 'fatal error: Invalid argument\n' } },
      fails: 'Unable to set capabilities of /srv/a',
      returns: { stderr: 'fatal error: Invalid argument\n' },
    },
    'wants an operator': {
      args: { capability: 'cap_chown' },
      fails: "Couldn't find operator (one of: ('=', '-', '+'))",
    },
  },
)
