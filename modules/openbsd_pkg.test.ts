import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import pkg from './openbsd_pkg.js'

const host =
  (before: string, after: string, said = ''): (() => FakeCommands) =>
  () => {
    let now = before
    let text = said
    return [
      [
        /./,
        call => {
          if (call.query) return now
          const output = text
          if (!call.text.includes(' -n')) {
            now = after
            text = ''
          }
          return output
        },
      ],
    ]
  }

testModule(
  pkg,
  { name: 'nmap' },
  {
    'installs what is missing': {
      args: { name: ['nmap', 'vim--no_x11'], snapshot: true },
      commands: host('vim-9.1-gtk3\n', 'nmap-7.1p0\nvim-9.1-no_x11\n'),
      runs: ['pkg_add -I -m -D snap nmap vim--no_x11'],
      returns: { changed: true, rc: 0, state: 'present' },
    },
    'knows stems, versions, flavours and branches': {
      args: { name: ['nmap', 'vim--', 'python%3.10', 'py3-pip-23.0', 'git--x11-pgp'] },
      commands: host('nmap-7.1p0\nvim-9.1\npython-3.10.4\npy3-pip-23.0\ngit-2.1-pgp-x11\n', ''),
      runs: [],
      changed: false,
    },
    'removes what is there': {
      args: { state: 'absent', clean: true, quick: true },
      commands: host('nmap-7.1p0\n', ''),
      runs: ['pkg_delete -I -m -c -q nmap'],
    },
    'upgrades everything': {
      args: { name: '*', state: 'latest' },
      commands: host('nmap-7.1\n', 'nmap-7.2\n', 'nmap-7.1->7.2: ok\n'),
      runs: ['pkg_add -I -m -u'],
      changed: true,
      trips: 2, // pkg_add alone knows what is newer.
    },
    'takes the name * for upgrades only': {
      args: { name: '*' },
      fails: "the package name '*' is only valid when using state=latest",
    },
    'refuses to build ports': { args: { build: true }, fails: /option 'build' is not supported here/ },
    'says what is not to be found': {
      commands: [
        [/pkg_info/, ''],
        [/pkg_add/, { stderr: "Can't find nmap\n" }],
      ],
      fails: "Can't find nmap",
      returns: { rc: 1 },
    },
  },
)
