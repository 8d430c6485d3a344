import { testModule } from '../engine/module/test.js'
import type { FakeAnswer, FakeCommands } from '../engine/remote/fake.js'
import make from './make.js'

/** make of a tree whose targets are up to date once it has run; `--question` says 1 for what is not. */
const tree =
  (upToDate: boolean, said: FakeAnswer = 'touch a\n') =>
  (): FakeCommands => {
    let done = upToDate
    return [
      [/^cd \/srv\/src \|\| exit 99; .* --question /, () => ({ rc: done ? 0 : 1, stdout: '/usr/bin/make\n' })],
      [
        /^\/usr\/bin\/make/,
        () => {
          done = true
          return said
        },
      ],
    ]
  }

testModule(
  make,
  { chdir: '/srv/src' },
  {
    'makes what is not up to date': {
      args: { target: 'install', params: { NUM: 4, DEBUG: null }, jobs: 2, file: 'Makefile.site' },
      commands: tree(false),
      runs: ["/usr/bin/make -j 2 -f Makefile.site install 'NUM=4' DEBUG"],
      returns: {
        chdir: '/srv/src',
        command: '/usr/bin/make -j 2 -f Makefile.site install NUM=4 DEBUG',
        target: 'install',
        stdout: 'touch a',
      },
    },
    'leaves what is up to date': {
      commands: tree(true),
      changed: false,
      returns: { command: '/usr/bin/make', stdout: '', target: null, params: null },
    },
    'makes several targets': {
      args: { targets: ['all', 'docs'] },
      commands: tree(false),
      runs: ['/usr/bin/make all docs'],
      returns: { targets: ['all', 'docs'] },
    },
    'says what make says': {
      commands: {
        'cd *': { rc: 2, stdout: '/usr/bin/make\n', stderr: "make: *** No rule to make target 'nosuch'.  Stop.\n" },
        '/usr/bin/make nosuch': { rc: 2, stderr: "make: *** No rule to make target 'nosuch'.  Stop.\n" },
      },
      args: { target: 'nosuch' },
      fails: "make: *** No rule to make target 'nosuch'.  Stop.",
      returns: { rc: 2, cmd: '/usr/bin/make nosuch' },
    },
    'has no such directory': {
      commands: { 'cd *': { rc: 99, stderr: "sh: 1: cd: can't cd to /srv/src\n" } },
      fails: "Unable to change directory to /srv/src: sh: 1: cd: can't cd to /srv/src",
    },
    'needs make': {
      commands: { 'cd *': { rc: 98 } },
      fails: /^Failed to find required executable "make" in paths: /,
    },
  },
)
