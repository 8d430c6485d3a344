import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import pkgng from './pkgng.js'

const host =
  (before: string, after: string, rehearsal = 0): (() => FakeCommands) =>
  () => {
    let now = before
    let rc = rehearsal
    return [
      [
        /./,
        call => {
          if (call.query) return now
          if (call.text.includes('--dry-run')) return { rc }
          now = after
          rc = 0
          return 'done\n'
        },
      ],
    ]
  }

testModule(
  pkgng,
  { name: 'foo' },
  {
    'installs what is missing': {
      args: { name: 'foo,bar', pkgsite: 'mine', cached: true, jail: 'j' },
      commands: host('installed bar\n', 'installed bar\ninstalled foo\n'),
      runs: ['pkg --jail j install --yes --repository mine --no-repo-update --glob foo'],
      returns: { changed: true, msg: 'installed 1 package(s)', stdout: 'done\n' },
    },
    'leaves a package alone': {
      commands: host('installed foo\n', ''),
      runs: [],
      returns: { changed: false, msg: 'package(s) already present' },
    },
    'removes what is there, and what nothing needs then': {
      args: { state: 'absent', autoremove: true },
      commands: host('installed foo\n', ''),
      runs: ['pkg delete --yes --glob foo', 'pkg autoremove --yes'],
      returns: { msg: 'removed 1 package(s), autoremoved packages' },
    },
    'upgrades what is old': {
      args: { state: 'latest' },
      commands: host('installed foo\n', 'installed foo\n', 1),
      runs: ['pkg upgrade --glob foo --dry-run --quiet', 'pkg upgrade --glob foo --yes --no-repo-update'],
      trips: 2, // The rehearsal needs to know what is installed.
    },
    'upgrades everything': {
      args: { name: '*', state: 'latest', rootdir: '/mnt' },
      commands: host('', '', 1),
      runs: [
        'pkg --rootdir /mnt upgrade --glob --dry-run --quiet',
        'pkg --rootdir /mnt upgrade --glob --yes --no-repo-update',
      ],
      returns: { msg: 'upgraded packages' },
      trips: 2, // The rehearsal needs to know what is installed.
    },
    'does nothing for all packages but upgrade them': { args: { name: '*' }, commands: host('', ''), changed: false },
    'keeps notes': {
      args: { annotation: '+a=1,-b,:c=x y' },
      commands: host('installed foo\nnote foo b 2\nnote foo c old\n', 'installed foo\nnote foo a 1\nnote foo c x y\n'),
      runs: [
        'pkg annotate --yes --add foo a 1',
        'pkg annotate --yes --delete foo b',
        "pkg annotate --yes --modify foo c 'x y'",
      ],
      returns: { msg: 'added/changed 3 annotations.' },
    },
    'says which note is none': { args: { annotation: 'x' }, fails: /^failed to annotate: invalid annotation 'x'/ },
    'says what pkg says': {
      commands: [
        [/info/, ''],
        [/install/, { rc: 1, stderr: 'pkg: No packages available' }],
      ],
      fails: 'failed to install foo: pkg: No packages available',
    },
  },
)
