import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeCall } from '../engine/remote/fake.js'
import expectModule, { words } from './expect.js'

const ask = ({ say }: FakeCall) => {
  const first = say!('Name: ')
  const second = say!(`${`hi ${first}`.replace('\n', '\r\n')}Name: `)
  return { stdout: `hi ${second}`.replace('\n', '\r\n'), rc: 0 }
}
const silent = async ({ say }: FakeCall) => {
  say!('Who? ')
  for (let waited = 0; waited < 40; waited++) {
    await new Promise(resolve => setTimeout(resolve, 50))
    if (say!('') === undefined) break
  }
  return { rc: 0 }
}
const program = { '*noprogram*': '' }
const again = { changed: 'a command runs each time' }

testModule(
  expectModule,
  { command: '/opt/ask "a b"' },
  {
    'the same answer each time': {
      args: { responses: { '(?i)name': 'zed' } },
      commands: { ...program, "/opt/ask 'a b'": ask },
      returns: { stdout: 'Name: hi zed\r\nName: hi zed', rc: 0, cmd: '/opt/ask "a b"' },
      changed: true,
      again,
    },
    'answers one after the other, shown': {
      args: { responses: { Name: ['x', 5] }, echo: true },
      commands: { ...program, "/opt/ask 'a b'": ask },
      returns: { stdout: 'Name: x\r\nhi x\r\nName: 5\r\nhi 5' },
      again,
    },
    'too few answers': {
      args: { responses: { Name: ['x'] } },
      commands: { ...program, "/opt/ask 'a b'": ask },
      fails: "No remaining responses for 'Name', output was 'b': hi x\\r\\nName''",
    },
    'the question that comes first is answered first': {
      args: { responses: { Name: 'second', N: 'first' } },
      commands: { ...program, "/opt/ask 'a b'": ({ say }) => `(${say!('xxN.. Name ')})` },
      returns: { stdout: 'xxN.. Name (first\nsecond\n)' },
      again,
    },
    'nobody answers what was not foreseen': {
      args: { responses: { Other: 'x' }, timeout: 1 },
      commands: { ...program, "/opt/ask 'a b'": silent },
      fails: 'command exceeded timeout',
      returns: { rc: null, stdout: 'Who? ', changed: true },
    },
    'a command that fails': {
      args: { responses: { Other: 'x' } },
      commands: { ...program, "/opt/ask 'a b'": { rc: 3, stdout: 'oh\r\n' } },
      fails: 'non-zero return code',
      returns: { rc: 3, stdout: 'oh' },
    },
    'what it creates is there': {
      args: { responses: {}, creates: '/etc/made' },
      commands: { '*noprogram*': 'created\n' },
      runs: [],
      returns: { stdout: 'skipped, since /etc/made exists', rc: 0 },
      changed: false,
    },
    'what it removes is gone': {
      args: { responses: {}, removes: '/etc/made' },
      commands: { '*noprogram*': 'gone\n' },
      runs: [],
      returns: { stdout: 'skipped, since /etc/made does not exist' },
    },
    'no such program': {
      args: { responses: {} },
      commands: { '*noprogram*': 'noprogram\n' },
      fails: 'The command was not found or was not executable: /opt/ask.',
    },
    'no such directory': {
      args: { responses: {}, chdir: '/nowhere' },
      commands: { '*noprogram*': 'nochdir\n' },
      fails: "[Errno 2] No such file or directory: '/nowhere'",
    },
    'no command': { args: { command: ' ', responses: {} }, fails: 'no command given', returns: { rc: 256 } },
    'a question that is no regular expression': {
      args: { responses: { '(Name': 'x' } },
      fails: /^\(Name in responses is not a regular expression/,
    },
  },
)

test('a command line is split without a shell', () => {
  expect(words(`printf '%s|' a\\ b "c d" e'f'"g" $HOME "" 'x`)).toEqual([
    'printf',
    '%s|',
    'a b',
    'c d',
    'efg',
    '$HOME',
    '',
    'x',
  ])
})
