import { describe, expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import command from './command.js'
import { expandedWord } from './commands/expand-words.js'
import { duration, timestamp } from './commands/timing.js'
import shell from './shell.js'

const again = { changed: 'a command is run each time' }

testModule(
  command,
  {},
  {
    'runs the words of a free-form line': {
      args: { _raw_params: "touch 'a b' c" },
      commands: { "touch 'a b' c": 'done\n\n' },
      runs: ["touch 'a b' c"],
      returns: { changed: true, cmd: ['touch', 'a b', 'c'], rc: 0, stdout: 'done', stderr: '', msg: '' },
      again,
    },
    'keeps empty lines at the end when told to': {
      args: { argv: ['cat'], strip_empty_ends: false, stdin: 'x' },
      commands: { cat: call => call.stdin },
      returns: { stdout: 'x\n' },
      again,
    },
    'fails with the exit code and the output': {
      args: { cmd: 'false' },
      commands: { false: { rc: 3, stdout: 'out', stderr: 'err\n' } },
      fails: 'non-zero return code',
      returns: { changed: true, rc: 3, stdout: 'out', stderr: 'err', cmd: ['false'] },
    },
    'says that a program is missing as Python does': {
      args: { cmd: 'nosuch "x y"' },
      commands: { "nosuch 'x y'": { rc: 127, stderr: 'sh: nosuch: not found' }, 'cd*': 'noprogram\n' },
      fails: "[Errno 2] No such file or directory: b'nosuch'",
      returns: { changed: false, rc: 2, cmd: "nosuch 'x y'", stderr: '' },
    },
    'says that chdir is missing as Python does': {
      args: { cmd: 'ls', chdir: '/nope' },
      commands: { ls: { rc: 1 }, 'cd*': 'nodir\n' },
      fails: "Unable to change directory before execution: [Errno 2] No such file or directory: b'/nope'",
      returns: { changed: false, rc: null, cmd: ['ls'] },
    },
    'enters chdir before it looks for creates': {
      args: { cmd: 'ls', chdir: '/nope', creates: '/etc/x' },
      files: { '/etc/x': '' },
      commands: { 'cd*': 'nodir\n' },
      fails: "Unable to change directory before execution: [Errno 2] No such file or directory: b'/nope'",
      returns: { changed: false, rc: null, cmd: ['ls'] },
    },
    'is done when creates is there': {
      args: { cmd: 'ls', creates: '/etc/x*' },
      files: { '/etc/x1': '' },
      returns: { changed: false, rc: 0, stdout: 'skipped, since /etc/x* exists', start: null },
    },
    'looks for a relative creates in chdir': {
      args: { cmd: 'ls', creates: 'x', chdir: '/etc' },
      files: { '/etc/x': '' },
      commands: { 'cd*': '' },
      runs: [],
    },
    'is done when removes is missing': {
      args: { cmd: 'ls', removes: '/nope' },
      returns: { changed: false, msg: "Did not run command since '/nope' does not exist" },
    },
    'expands variables and the tilde on the host': {
      args: { cmd: 'ls $HOME ~/x plain' },
      commands: { 'exec *': '' },
      runs: [`exec 'ls' "\${HOME-\\$HOME}" ~'/x' 'plain'`],
      again,
    },
    'refuses an empty command': { args: { cmd: '' }, fails: 'no command given', returns: { rc: 256, cmd: null } },
    'refuses a command given twice': {
      args: { cmd: 'ls', argv: ['ls'] },
      fails: 'only command or argv can be given, not both',
    },
  },
)

testModule(
  shell,
  {},
  {
    'hands the line to the shell as it is': {
      args: { _raw_params: 'a | b > c' },
      commands: { 'a | b > c': '' },
      runs: ['a | b > c'],
      returns: { cmd: 'a | b > c', changed: true },
      again,
    },
    'says that the shell is missing': {
      args: { cmd: 'ls', executable: '/bin/nope' },
      commands: { ls: { rc: 127 }, 'cd*': 'noprogram\n' },
      fails: "[Errno 2] No such file or directory: b'/bin/nope'",
      returns: { cmd: '/bin/nope -c ls', rc: 2, changed: false },
    },
  },
)

describe('words for the shell', () => {
  test.each([
    ["it's", `'it'\\''s'`],
    ['', "''"],
    ['~', '~'],
    ['~bob/x y', "~bob'/x y'"],
    ['a~', "'a~'"],
    ['$A-${B}c', `"\${A-\\$A}"'-'"\${B-\\\${B\\}}"'c'`],
    ['$1 $$ ${x y} $', "'$1'' $$ ''${x y}'' $'"],
    ['$IFS', "'$IFS'"],
  ])('%j becomes %s', (word, expected) => expect(expandedWord(word)).toBe(expected))
})

test('times are printed as Python prints them', () => {
  expect(duration(0.003298)).toBe('0:00:00.003298')
  expect(duration(90_061.5)).toBe('1 day, 1:01:01.500000')
  expect(timestamp(1_700_000_000.25)).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.250000$/)
})
