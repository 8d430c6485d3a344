import { describe, expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import apt from './apt.js'
import packageModule from './package.js'
import { fnmatch } from './packages/glob.js'
import { compareDebianVersions, debianPackages } from './queries/dpkg.js'

/** A Debian with some packages; apt-get installs and removes what it is told. */
const debian =
  (installed: { [name: string]: string } = {}, more: string[] = [], listsAt = 1000) =>
  (): FakeCommands => {
    const now = new Map(Object.entries(installed))
    let lists = listsAt
    return [
      [
        /^LC_ALL=C; export/,
        () =>
          `${[
            'now 2000',
            `lists ${lists}`,
            ...[...now].map(([name, version]) => `package ${name} amd64 ${version} install ok installed`),
            ...more,
          ].join('\n')}\n`,
      ],
      [
        /apt-get -o DPkg::Lock::Timeout=60 .* install /,
        call => {
          if (!call.text.includes('--simulate')) {
            for (const [, name = '', , version] of call.text.matchAll(/'([^'=]+)(=([^']+))?'/g))
              now.set(name, version ?? '9')
          }
          return 'The following NEW packages will be installed:\n  x\n1 upgraded, 0 newly\n'
        },
      ],
      [
        / remove /,
        call => {
          if (!call.text.includes('--simulate'))
            for (const [, name = ''] of call.text.matchAll(/'([^']+)'/g)) now.delete(name)
          return 'removed\n'
        },
      ],
      [
        /apt-get -q update/,
        () => {
          lists = 2000
          return 'Get:1\nlists 2000\n'
        },
      ],
    ]
  }

testModule(
  apt,
  {},
  {
    'installs what is missing': {
      args: { name: ['bash', 'sl'] },
      commands: debian({ bash: '5' }),
      runs: [
        '/usr/bin/apt-get -o DPkg::Lock::Timeout=60 -y -o "Dpkg::Options::=--force-confdef" -o "Dpkg::Options::=--force-confold"       install \'sl\'',
      ],
      returns: {
        changed: true,
        cache_updated: false,
        cache_update_time: 1000,
        diff: { prepared: expect.stringContaining('NEW packages') },
      },
    },
    'takes an installed package that provides the name': {
      args: { name: 'awk' },
      commands: debian({}, ['provided awk']),
      runs: [],
      changed: false,
    },
    'marks a package that came as a dependency as wanted, without a change': {
      args: { name: 'dash' },
      commands: () => {
        let automatic = true
        const mark = () => {
          automatic = false
          return ''
        }
        const look = () =>
          `now 2000\nlists 1000\npackage dash amd64 1 install ok installed\n${automatic ? 'automatic dash\n' : ''}`
        return [
          [/^LC_ALL=C; export/, look],
          [/^apt-mark/, mark],
        ]
      },
      runs: ['apt-mark manual dash >/dev/null'],
      changed: false,
    },
    'installs a version': {
      args: { name: 'libx=2.9*' },
      commands: debian({ libx: '2.8-1' }, [
        'policy libx:',
        'policy   Candidate: 3.0-1',
        'policy      3.0-1 500',
        'policy      2.9-2 500',
        'policy  *** 2.8-1 100',
      ]),
      runs: [/ install 'libx=2.9-2'$/],
    },
    'knows that a version cannot be had': {
      args: { name: 'bash=1.0' },
      commands: debian({ bash: '5' }, ['policy bash:', 'policy   Candidate: 5', 'policy  *** 5 100']),
      fails: 'no available installation candidate for bash=1.0',
    },
    'upgrades to the latest': {
      args: { name: 'bash', state: 'latest' },
      commands: debian({ bash: '5' }, ['policy bash:', 'policy   Candidate: 9', 'policy      9 500']),
      runs: [/ install 'bash'$/],
    },
    'leaves the latest alone': {
      args: { name: 'bash', state: 'latest' },
      commands: debian({ bash: '9' }, ['policy bash:', 'policy   Candidate: 9', 'policy  *** 9 500']),
      runs: [],
      changed: false,
    },
    'only upgrades what is installed': {
      args: { name: 'sl', only_upgrade: true },
      commands: debian(),
      runs: [],
      changed: false,
    },
    'removes with configuration': {
      args: { name: 'sl', state: 'absent', purge: true, autoremove: true },
      commands: debian({ sl: '1' }),
      runs: [/ -q -y .* --purge --auto-remove remove 'sl'$/],
    },
    'purges the configuration of a removed package': {
      args: { name: 'sl', state: 'absent', purge: true },
      commands: [
        [/^LC_ALL/, 'now 1\nlists 1\npackage sl amd64 1 deinstall ok config-files\n'],
        [/ remove /, ''],
      ],
      runs: [/--purge remove 'sl'/],
      again: { changed: 'this fake keeps no state' },
    },
    'says which package does not exist': {
      args: { name: 'nosuch' },
      commands: [
        [/^LC_ALL/, 'now 1\nlists 1\n'],
        [/ install /, { rc: 100, stderr: 'E: Unable to locate package nosuch\n' }],
      ],
      fails: "No package matching 'nosuch' is available",
    },
    'does not count what others depend on as a package': {
      args: { name: 'old' },
      commands: [
        [/^LC_ALL/, 'now 1\nlists 1\n'],
        [
          / install /,
          {
            rc: 100,
            stdout: 'Package old is not available, but is referred to by another package.\n',
            stderr: "E: Package 'old' has no installation candidate\n",
          },
        ],
      ],
      fails: "No package matching 'old' is available",
    },
    'shows the command that failed': {
      args: { name: 'awk' },
      commands: [
        [/^LC_ALL/, 'now 1\nlists 1\n'],
        [/ install /, { rc: 100, stderr: 'E: broken\n' }],
      ],
      fails: /^'\/usr\/bin\/apt-get -y .* install 'awk'' failed: E: broken\n$/,
      returns: { rc: 100, stderr: 'E: broken\n', cache_updated: false },
    },
    'fetches stale lists and installs': {
      args: { name: 'sl', update_cache: true, cache_valid_time: 100 },
      commands: debian(),
      runs: [/apt-get -q update/, / install 'sl'/],
      returns: { cache_updated: true, cache_update_time: 2000 },
    },
    'does not fetch fresh lists': {
      args: { cache_valid_time: 5000 },
      commands: debian(),
      runs: [],
      returns: { changed: false, cache_updated: false },
    },
    'says why the lists could not be fetched': {
      args: { update_cache: true },
      commands: [
        [/^LC_ALL/, 'now 2000\nlists 1000\n'],
        [/apt-get -q update/, { rc: 100, stdout: 'E: The repository is not signed.\nlists 1000\n' }],
      ],
      fails: 'Failed to update apt cache: E:The repository is not signed.',
    },
    'upgrades everything': {
      args: { upgrade: 'dist' },
      commands: [
        [/^LC_ALL/, 'now 1\nlists 1\n'],
        [/dist-upgrade/, '0 upgraded, 0 newly installed, 0 to remove and 3 not upgraded.\n'],
      ],
      changed: false,
      trips: 2,
    },
    'installs a package file': {
      args: { deb: '/tmp/x.deb' },
      commands: [
        [/^LC_ALL/, 'now 1\nlists 1\n'],
        [/^file=/, 'deb x 2.0\ninstalled install ok installed 1.0\n'],
        [/ install /, ''],
      ],
      runs: [/ install \/tmp\/x\.deb$/],
      again: { changed: 'this fake keeps no state' },
    },
    'refuses two things at once': { args: { name: 'x', upgrade: 'dist' }, fails: /mutually exclusive/ },
  },
)

testModule(
  packageModule,
  {},
  {
    'only fetches lists, where the package manager can': {
      args: { update_cache: true },
      commands: [[/^pkg_mgr/, 'apt\n']],
      modules: { 'ansible.builtin.apt': args => ({ changed: false, got: JSON.stringify(args) }) },
      returns: { got: '{"update_cache":true}' },
    },
  },
)
testModule(
  packageModule,
  { name: 'sl', state: 'present' },
  {
    'hands over to the module of the package manager': {
      args: { update_cache: true },
      commands: [[/^pkg_mgr/, 'apk\n']],
      modules: { 'community.general.apk': args => ({ changed: false, got: JSON.stringify(args) }) },
      returns: { changed: false, got: '{"name":"sl","state":"present","update_cache":true}' },
    },
    'believes the facts': {
      variables: { ansible_pkg_mgr: 'dnf' },
      modules: { 'ansible.builtin.dnf': () => ({ changed: false }) },
      changed: false,
    },
  },
)

describe('versions', () => {
  test.each([
    ['1.0', '1.0', 0],
    ['1.0-1', '1.0-2', -1],
    ['1:0.1', '9', 1],
    ['1.0~rc1', '1.0', -1],
    ['1.10', '1.9', 1],
    ['1.0a', '1.0+', -1],
    ['5.2.15-2+b13', '5.2.15-2+b8', 1],
    ['2.0', '2.0.1', -1],
  ])('%s against %s', (a, b, order) => {
    expect(Math.sign(compareDebianVersions(a, b))).toBe(order)
    expect(Math.sign(compareDebianVersions(b, a))).toBe(-order || 0)
  })
  test('globs are those of Python', () => {
    expect([fnmatch('1.2.3', '1.2*'), fnmatch('a.b', 'a?b'), fnmatch('ab', '[!b]b'), fnmatch('1x2', '1.2')]).toEqual([
      true,
      true,
      true,
      false,
    ])
  })
})

test('the policy of apt is read with its versions', () => {
  const answer =
    'now 1\nlists 1\npolicy bash:\npolicy   Installed: 5\npolicy   Candidate: 6\npolicy   Version table:\npolicy      6 500\npolicy         500 http://x y\npolicy  *** 5 100\npolicy         100 /var/lib/dpkg/status\n'
  expect(debianPackages(['bash']).parse(answer, 0, '').packages.get('bash')).toMatchObject({
    candidate: '6',
    versions: ['6', '5'],
  })
})
