import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import xattr from './xattr.js'

/** A host that keeps the attributes of one file. */
const attributes = (start: { [name: string]: string }) => (): FakeCommands => {
  const now = { ...start }
  return [
    [
      /^getfattr /,
      call => {
        const key = /-n (\S+)/.exec(call.text)?.[1]
        const names = Object.keys(now).filter(name => key === undefined || name === key)
        if (names.length === 0) return { rc: key === undefined ? 0 : 1 }
        const line = (name: string) => (call.text.includes('-d ') || key ? `${name}="${now[name]}"` : name)
        return `# file: /f\n${names.map(line).join('\n')}\n\n`
      },
    ],
    [
      /^setfattr .*-n/,
      ({ argv }) => {
        const at = argv!.indexOf('-n')
        now[argv![at + 1]!] = argv![at + 3]!
        return ''
      },
    ],
    [
      /^setfattr .*-x/,
      ({ argv }) => {
        delete now[argv![argv!.indexOf('-x') + 1]!]
        return ''
      },
    ],
  ]
}

testModule(
  xattr,
  { path: '/f' },
  {
    'sets one': {
      args: { key: 'foo', value: 'a b' },
      before: 'x',
      commands: attributes({}),
      runs: ["setfattr -n user.foo -v 'a b' /f"],
      returns: { changed: true, msg: 'user.foo set to a b', xattr: {} },
    },
    'takes the namespace out of a key only where it is that of users': {
      args: { key: 'trusted.foo', namespace: 'trusted', value: '1' },
      before: 'x',
      commands: attributes({}),
      runs: ['setfattr -n trusted.trusted.foo -v 1 /f'],
    },
    'leaves what is so': {
      args: { key: 'user.foo', value: 'say "x"', state: 'present' },
      before: 'x',
      commands: attributes({ 'user.foo': 'say \\"x\\"' }),
      runs: [],
      changed: false,
    },
    'removes one from a link itself': {
      args: { key: 'foo', namespace: 'trusted', state: 'absent', follow: false },
      before: 'x',
      commands: attributes({ 'trusted.foo': '1' }),
      runs: ['setfattr -h -x trusted.foo /f'],
      returns: { msg: 'trusted.foo removed', xattr: { 'trusted.foo': '1' } },
    },
    'removes what is not there': {
      args: { key: 'foo', state: 'absent' },
      before: 'x',
      commands: attributes({}),
      runs: [],
      returns: { changed: false, msg: 'user.foo removed' },
    },
    'reads one': {
      args: { key: 'foo' },
      before: 'x',
      commands: attributes({ 'user.foo': 'bar', 'user.two': '2' }),
      returns: { changed: false, msg: 'returning user.foo', xattr: { 'user.foo': 'bar' } },
    },
    'lists the names': {
      args: { state: 'keys' },
      before: 'x',
      commands: attributes({ 'user.foo': 'bar' }),
      returns: { msg: 'returning all keys', xattr: { 'user.foo': '' } },
    },
    'dumps all': {
      args: { state: 'all' },
      before: 'x',
      commands: attributes({ 'user.foo': 'bar', 'user.two': '2' }),
      returns: { msg: 'dumping all', xattr: { 'user.foo': 'bar', 'user.two': '2' } },
    },
    'needs a key': {
      args: { state: 'absent' },
      before: 'x',
      commands: attributes({}),
      fails: 'absent needs a key parameter',
    },
    'needs a value': {
      args: { state: 'present', key: 'a' },
      before: 'x',
      commands: attributes({}),
      fails: 'present needs a value parameter',
    },
    'needs the file': { args: { key: 'a' }, commands: attributes({}), fails: 'path not found or not accessible!' },
    'needs the program': {
      args: { key: 'a' },
      before: 'x',
      commands: [[/^getfattr/, { rc: 127 }]],
      fails: 'Failed to find required executable "getfattr" in paths: /usr/bin:/bin',
    },
  },
)
