import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import snap from './snap.js'

const head = 'list Name Version Rev Tracking Publisher Notes\n'
const core = `${head}list core 16 1 latest/stable canonical** core\n`
const foo = (channel = 'latest/stable', notes = '-') => `${core}list foo 1.0 7 ${channel} someone ${notes}\n`
const host =
  (before: string, after: string): (() => FakeCommands) =>
  () => {
    let now = before
    return [
      [
        /./,
        call => {
          if (call.query) return now
          now = after
          return ''
        },
      ],
    ]
  }

testModule(
  snap,
  { name: 'foo' },
  {
    'installs what is missing': {
      commands: host(core, foo()),
      runs: ['snap install foo'],
      returns: { cmd: 'snap install foo', snaps_installed: ['foo'], channel: 'stable', classic: false },
    },
    'installs with confinement and channel, one at a time': {
      args: { name: ['foo', 'bar'], classic: true, channel: 'edge', dangerous: true },
      commands: host(core, `${foo('latest/edge')}list bar 1 2 latest/edge x -\n`),
      runs: [
        'snap install --classic --channel edge --dangerous foo',
        'snap install --classic --channel edge --dangerous bar',
      ],
    },
    'follows another channel': {
      args: { channel: '2.0' },
      commands: host(foo(), foo('2.0/stable')),
      runs: ['snap refresh --channel 2.0 foo'],
    },
    'installs a revision without confinement, and holds it': {
      args: { revision: 9, devmode: true },
      commands: host(core, `${core}list foo 1.2 9 latest/stable someone devmode,held\n`),
      runs: ['snap install --revision 9 --devmode foo', 'snap refresh --hold foo'],
      returns: { revision: 9, snaps_installed: ['foo'] },
    },
    'goes to another revision': {
      args: { revision: 9 },
      commands: host(foo(), `${core}list foo 1.2 9 latest/stable someone held\n`),
      runs: ['snap refresh --revision 9 foo', 'snap refresh --hold foo'],
    },
    'holds the revision that is there': {
      args: { revision: 7 },
      commands: host(foo(), foo('latest/stable', 'held')),
      runs: ['snap refresh --hold foo'],
    },
    'leaves a revision that is held': {
      args: { revision: 7 },
      commands: host(foo('latest/stable', 'held'), ''),
      changed: false,
    },
    'removes what is there': {
      args: { state: 'absent' },
      commands: host(foo(), core),
      runs: ['snap remove foo'],
      returns: { snaps_removed: ['foo'] },
    },
    'enables a snap': {
      args: { state: 'enabled' },
      commands: host(foo('latest/stable', 'disabled'), foo()),
      runs: ['snap enable foo'],
    },
    'disables a snap, and takes old revisions for none': {
      args: { state: 'disabled' },
      commands: host(
        `${core}list foo 0.9 6 latest/stable x disabled\nlist foo 1.0 7 latest/stable x -\n`,
        foo('latest/stable', 'disabled'),
      ),
      runs: ['snap disable foo'],
    },
    'sets options that differ': {
      args: { options: ['a.b=2', 'foo:c=x y', 'on=true'] },
      commands: host(
        `${foo()}options foo {"a":{"b":1},"on":true}\n`,
        `${foo()}options foo {"a":{"b":2},"c":"x y","on":true}\n`,
      ),
      runs: ["snap set foo 'a.b=2' 'c=x y'"],
      returns: { options_changed: ['foo:a.b=2', 'foo:c=x y'] },
    },
    'leaves a snap alone': { commands: host(foo(), core), runs: [], changed: false },
    'says that a snap wants classic confinement': {
      commands: [
        [/list/, core],
        [/install/, { rc: 1, stderr: 'error: This revision of snap "foo" was published using classic confinement\n' }],
      ],
      fails: "Couldn't install foo because it requires classic confinement",
      returns: { rc: 1 },
    },
    'cannot enable what is not there': {
      args: { state: 'enabled' },
      commands: host(core, core),
      fails: 'No snaps exist or some are not installed: foo',
    },
  },
)
