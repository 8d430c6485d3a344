import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import fileRemove from './file_remove.js'

const files = { '/srv/d': { directory: true } } as const

/** What find tells, without what was removed since. */
const holding =
  (...found: string[]) =>
  (): FakeCommands => {
    let now = found
    return [
      [/^find -H \/srv\/d /, () => now.map(one => `${one}//`).join('')],
      [
        /^rm -f -- /,
        call => {
          const gone = call.text.split(' ')
          now = now.filter(one => !gone.includes(one.slice(1)))
          return ''
        },
      ],
    ]
  }
const usual = ['f/srv/d/b.log', 'f/srv/d/a.log', 'f/srv/d/.c.log', 'f/srv/d/d.txt', 'l/srv/d/l.log']

testModule(
  fileRemove,
  { path: '/srv/d', pattern: '*.log' },
  {
    'removes files, but none that are hidden and no links': {
      files,
      commands: holding(...usual),
      runs: ['rm -f -- /srv/d/a.log /srv/d/b.log'],
      returns: {
        changed: true,
        removed_files: ['/srv/d/a.log', '/srv/d/b.log'],
        files_count: 2,
        path: '/srv/d',
        msg: "Removed 2 file(s) matching pattern '*.log'",
        diff: { before: { files: ['/srv/d/a.log', '/srv/d/b.log'] }, after: { files: [] } },
      },
    },
    'removes links and files in all directories below': {
      args: { recursive: true, file_type: 'any' },
      files,
      commands: holding(...usual, 'f/srv/d/sub/e.log'),
      runs: ['rm -f -- /srv/d/a.log /srv/d/b.log /srv/d/l.log /srv/d/sub/e.log'],
    },
    'removes links only': {
      args: { file_type: 'link', pattern: '*' },
      files,
      commands: holding(...usual),
      returns: { removed_files: ['/srv/d/l.log'] },
    },
    'removes what is hidden by a pattern that says so': {
      args: { pattern: '.*' },
      files,
      commands: holding(...usual),
      returns: { removed_files: ['/srv/d/.c.log'] },
    },
    'finds a regular expression anywhere in a name': {
      args: { use_regex: true, pattern: String.raw`[ac]\.l` },
      files,
      commands: holding(...usual),
      returns: { removed_files: ['/srv/d/.c.log', '/srv/d/a.log'] },
    },
    'removes more than one command line holds': {
      files,
      commands: holding(...Array.from({ length: 501 }, (_, index) => `f/srv/d/${index}.log`)),
      runs: [/^rm -f -- /, /^rm -f -- \/srv\/d\/99\.log$/],
      returns: { files_count: 501 },
    },
    'has nothing to remove': {
      args: { pattern: '*.zip' },
      files,
      commands: holding(...usual),
      changed: false,
      returns: { removed_files: [], msg: "Removed 0 file(s) matching pattern '*.zip'" },
    },
    'understands regular expressions only': {
      args: { use_regex: true, pattern: '[' },
      files,
      fails: /^Invalid regular expression pattern: unterminated character set at position 0/,
    },
    'needs the directory': { commands: holding(), fails: 'Path does not exist: /srv/d' },
    'needs a directory': {
      files: { '/srv/d': 'text' },
      commands: holding('f/srv/d'),
      fails: 'Path is not a directory: /srv/d',
    },
    'says why a file stays': {
      files,
      commands: [
        [/^find /, 'f/srv/d/a.log//'],
        [/^rm /, { rc: 1, stderr: 'rm: Operation not permitted\n' }],
      ],
      fails: 'Failed to remove: rm: Operation not permitted',
    },
  },
)
