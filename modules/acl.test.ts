import { testModule } from '../engine/module/test.js'
import { changing, type FakeCommands } from '../engine/remote/fake.js'
import acl from './acl.js'

const text = (...entries: string[]) => `${entries.join('\n')}\n\n`
const plain = text('user::rw-', 'group::r--', 'other::r--')
const joe = text('user::rw-', 'user:joe:r--', 'group::r--', 'mask::r--', 'other::r--')

/** What getfacl prints, and `setfacl --test`, which writes `*` for a list that stays. */
const list = (before: string, after: string) => (): FakeCommands => {
  const { now, change } = changing(before, after)
  const test = () => (now() === after ? '*,*' : 'u::rw-,u:joe:r--,g::r--,m::r--,o::r--,*')
  return [
    [/^\[ -e .*; :$/, () => `${now()}//test\n`],
    [/^\[ -e /, () => `${now()}//test\n/srv/a: ${test()}\n`],
    [/^getfacl /, now],
    [/^setfacl /, change],
  ]
}

testModule(
  acl,
  { path: '/srv/a' },
  {
    'gives a user an entry': {
      args: { entity: 'joe', etype: 'user', permissions: 'r', state: 'present' },
      commands: list(plain, joe),
      runs: ['setfacl -m user:joe:r /srv/a'],
      returns: {
        msg: 'user:joe:r is present',
        acl: ['user::rw-', 'user:joe:r--', 'group::r--', 'mask::r--', 'other::r--'],
      },
    },
    'leaves an entry that is there': {
      args: { entry: 'u:joe:r', state: 'present' },
      commands: list(joe, joe),
      changed: false,
      returns: { msg: 'user:joe:r is present' },
    },
    'takes an entry away': {
      args: { entity: 'joe', etype: 'user', state: 'absent' },
      commands: list(joe, plain),
      runs: ['setfacl -x user:joe /srv/a'],
      returns: { acl: ['user::rw-', 'group::r--', 'other::r--'] },
    },
    'says what new files get, all the way down, and leaves the mask': {
      args: { entry: 'default:group:web:rwX', state: 'present', recursive: true, recalculate_mask: 'no_mask' },
      commands: list(plain, joe),
      runs: ['setfacl -d --recursive --no-mask -m group:web:rwX /srv/a'],
    },
    'only tells': {
      commands: list(joe, joe),
      changed: false,
      returns: { msg: 'current acl', acl: ['user::rw-', 'user:joe:r--', 'group::r--', 'mask::r--', 'other::r--'] },
    },
    'tells of every file below': {
      args: { entry: 'u:joe:r', state: 'present', recursive: true },
      commands: [[/^\[ -e /, `${joe}${plain}//test\n/srv/a: *,*\n/srv/a/b: *,*\n`]],
      changed: false,
      returns: {
        acl: [
          'user::rw-',
          'user:joe:r--',
          'group::r--',
          'mask::r--',
          'other::r--',
          '',
          'user::rw-',
          'group::r--',
          'other::r--',
        ],
      },
    },
    'has no such path': { commands: { '[ -e *': { rc: 90 } }, fails: 'Path not found or not accessible.' },
    'needs setfacl': {
      commands: { '[ -e *': { rc: 91 } },
      fails: /^Failed to find required executable "setfacl" in paths: /,
    },
    'says what setfacl says of a user that is none': {
      args: { entry: 'u:nosuch:r', state: 'present' },
      commands: {
        '[ -e *': {
          rc: 2,
          stdout: `${plain}//test\n`,
          stderr: 'setfacl: Option -m: Invalid argument near character 6\n',
        },
      },
      fails: 'setfacl: Option -m: Invalid argument near character 6',
      returns: { rc: 2, cmd: 'setfacl --test -m user:nosuch:r /srv/a' },
    },
    'wants three parts at least': {
      args: { entry: 'joe', state: 'present' },
      fails: "'entry' MUST have 3 or 4 sections divided by ':' when 'state=present'.",
    },
  },
)
