import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import dnf from './dnf.js'
import dnf5 from './dnf5.js'
import { planned } from './packages/dnf-command.js'
import { compareRpmVersions } from './queries/rpm.js'
import yum from './yum.js'

/** An rpm host: the answer of rpm, what the front end plans, then what the transaction prints and what rpm says afterwards. */
const host =
  (
    before: string,
    transaction: string | { rc: number; stdout?: string; stderr?: string } = '\x1eInstalled: httpd-2.4-1.x86_64\n',
    after = before,
    plans: { before?: string; after?: string; groups?: string } = {},
  ) =>
  (): FakeCommands => {
    let done = false
    return [
      [/^LC_ALL=C; export LC_ALL\nfor tool/, () => (done ? after : before)],
      [/^LC_ALL=C; export LC_ALL\nrpm .*-qa/, () => (done ? (plans.after ?? nothing) : (plans.before ?? httpd))],
      [/^LC_ALL=C; export LC_ALL\nnumber=0\nfor spec/, () => plans.groups ?? ''],
      [
        /^before=/,
        () => {
          done = typeof transaction === 'string'
          return transaction
        },
      ],
    ]
  }
const nothing = 'plan\nDependencies resolved.\nNothing to do.\nComplete!\nrc 0\n'
const httpd = 'plan\nInstalling:\n httpd  x86_64  2.4-1  base  1.4 M\n\nTransaction Summary\nOperation aborted.\nrc 1\n'
const foretold = { changed: true, msg: 'Check mode: No changes made, but would have if not in check mode', rc: 0 }
const refused = (said: string) => ({ before: `plan\n${said}rc 1\n` })

testModule(
  dnf,
  {},
  {
    'installs what is missing': {
      args: { name: 'httpd,php', enablerepo: 'epel', disable_gpg_check: true },
      commands: host(
        'tool dnf\ninstalled 2 php 0 8.0 1 x86_64\n',
        undefined,
        'tool dnf\ninstalled 1 httpd 0 2.4 1 x86_64\ninstalled 2 php 0 8.0 1 x86_64\n',
      ),
      runs: [/; dnf -y --setopt='epel\.enabled=1' --nogpgcheck install httpd; rc=/],
      returns: { changed: true, rc: 0, results: ['Installed: httpd-2.4-1.x86_64'], msg: '' },
      foretells: { ...foretold, results: ['Installed: httpd-2.4-1.x86_64'] },
    },
    'says that there is nothing to do': {
      args: { name: 'php' },
      commands: host('tool dnf\ninstalled 1 php 0 8.0 1 x86_64\n'),
      returns: { changed: false, msg: 'Nothing to do', rc: 0, results: [] },
    },
    'switches repositories off before others on, by settings that no unknown name breaks': {
      args: { name: 'httpd', disablerepo: '*', enablerepo: 'base,epel' },
      commands: host('tool dnf\n', undefined, 'tool dnf\ninstalled 1 httpd 0 2.4 1 x86_64\n'),
      runs: [/ --setopt='\*\.enabled=0' --setopt='base\.enabled=1' --setopt='epel\.enabled=1' /],
    },
    'does not go back to an older version unasked': {
      args: { name: 'httpd-2.2-1' },
      commands: host('tool dnf\nother 1 httpd 0 2.4 1 x86_64\n'),
      runs: [],
      changed: false,
    },
    'goes back to a version that comes without its release': {
      args: { name: 'httpd-2.2' },
      commands: host(
        'tool dnf\nother 1 httpd 0 2.4 1 x86_64\n',
        undefined,
        'tool dnf\ninstalled 1 httpd 0 2.2 1 x86_64\n',
      ),
      runs: [/ install httpd-2\.2; /],
    },
    'installs no file that is older than what is there': {
      args: { name: '/root/httpd.rpm', disable_gpg_check: true },
      commands: host('tool dnf\noffered 1 2.2-1\nother 1 httpd 0 2.4 1 x86_64\n'),
      returns: { changed: false, results: ['Installed /root/httpd.rpm'] },
    },
    'leaves out what is not installed where only updates are wanted': {
      args: { name: 'httpd', state: 'latest', update_only: true },
      commands: host('tool dnf\n'),
      returns: { changed: false, results: ['Packages providing httpd not installed due to update_only specified'] },
    },
    'goes back when told to': {
      args: { name: 'httpd-2.2', allow_downgrade: true },
      commands: host(
        'tool dnf\nother 1 httpd 0 2.4 1 x86_64\n',
        undefined,
        'tool dnf\ninstalled 1 httpd 0 2.2 1 x86_64\n',
        {
          before:
            'old httpd.x86_64 httpd-1:2.4-1.x86_64\nplan\nDowngrading:\n httpd x86_64 1:2.2-1 base 9 k\nOperation aborted.\nrc 1\n',
        },
      ),
      runs: [/ install httpd-2\.2; /],
      foretells: { ...foretold, results: ['Installed: httpd-1:2.2-1.x86_64', 'Removed: httpd-1:2.4-1.x86_64'] },
    },
    'updates to the best there is': {
      args: { name: 'httpd', state: 'latest' },
      commands: host(
        'tool dnf\ninstalled 1 httpd 0 2.2 1 x86_64\n',
        undefined,
        'tool dnf\ninstalled 1 httpd 0 2.4 1 x86_64\n',
      ),
      runs: [/ --best install httpd; /],
      // rpm, and then the front end.
      trips: 2,
    },
    'updates everything but some, for security': {
      args: { name: '*', state: 'latest', exclude: 'kernel*', security: true },
      commands: host('tool dnf\n'),
      runs: [/ --exclude='kernel\*' --setopt=localpkg_gpgcheck=1 --security upgrade; /],
      // rpm, and then the front end.
      trips: 2,
    },
    'removes what is there and keeps its dependencies': {
      args: { name: ['httpd', 'nosuch'], state: 'absent' },
      commands: host(
        'tool dnf\ninstalled 1 httpd 0 2.4 1 x86_64\n',
        '\x1eRemoved: httpd-2.4-1.x86_64\n',
        'tool dnf\n',
        {
          before: 'plan\nRemoving:\n httpd x86_64 2.4-1 @base 0  \nOperation aborted.\nrc 1\n',
        },
      ),
      runs: [/ --setopt=clean_requirements_on_remove=False remove httpd; /],
      returns: { results: ['Removed: httpd-2.4-1.x86_64'] },
    },
    'tells of names with wildcards that are not installed': {
      args: { name: 'http*', state: 'absent' },
      commands: host('tool dnf\n'),
      returns: { changed: false, msg: 'Nothing to do', results: ['http* is not installed'] },
    },
    'installs a group when something of it is missing': {
      args: { name: '@Development Tools' },
      commands: host('tool dnf\n', '\x1eInstalled: gcc-8-1.x86_64\n', 'tool dnf\n', {
        groups: '1 group development\n',
      }),
      runs: [/ --setopt=module_stream_switch=1 install '@Development Tools'; /],
      returns: { changed: true, results: ['Group development installed.', 'Installed: gcc-8-1.x86_64'] },
      // rpm, and then the front end.
      trips: 2,
    },
    'resets a module that it removes': {
      args: { name: '@php:8/devel', state: 'absent' },
      commands: host('tool dnf\n', '\x1eRemoved: php-8-1.x86_64\n', 'tool dnf\n', {
        before: 'plan\nRemoving:\n php x86_64 8-1 @base 0  \nOperation aborted.\nrc 1\n',
        groups: '1 module php:8/devel\n',
      }),
      runs: [/ remove @php:8\/devel && dnf .* module reset php; /],
      returns: { results: ['Module php:8/devel removed.', 'Removed: php-8-1.x86_64'] },
      // rpm, and then the front end.
      trips: 2,
    },
    'knows no such group': {
      args: { name: '@nosuch' },
      commands: host(
        'tool dnf\n',
        undefined,
        undefined,
        refused("Module or Group 'nosuch' is not available.\nError: Nothing to do.\n"),
      ),
      fails: 'No group nosuch available.',
    },
    'says which package does not exist': {
      args: { name: 'nosuch' },
      commands: host(
        'tool dnf\n',
        { rc: 1, stderr: 'No match for argument: nosuch\nError: Unable to find a match: nosuch\n' },
        undefined,
        refused('No match for argument: nosuch\nError: Unable to find a match: nosuch\n'),
      ),
      fails: 'Failed to install some of the specified packages',
      returns: { failures: ['No package nosuch available.'], rc: 1 },
    },
    'says what dependencies forbid': {
      args: { name: 'broken' },
      commands: host('tool dnf\n', {
        rc: 1,
        stdout: "(try to add '--skip-broken' to skip uninstallable packages)\n",
        stderr: 'Error: \n Problem: conflicting requests\n  - nothing provides x needed by broken-1-1.noarch\n',
      }),
      fails:
        'Depsolve Error occurred: \n Problem: conflicting requests\n  - nothing provides x needed by broken-1-1.noarch',
      returns: { failures: [], results: [], rc: 1 },
    },
    'takes no unsigned file unless it is told to': {
      args: { name: '/root/loc-1-1.noarch.rpm' },
      commands: host(
        'tool dnf\n',
        { rc: 1, stdout: 'Package loc-1-1.noarch.rpm is not signed\n', stderr: 'Error: GPG check FAILED\n' },
        undefined,
        { before: 'plan\nInstalling:\n loc noarch 2:1-1 @commandline 9 k\nOperation aborted.\nrc 1\n' },
      ),
      runs: [/ --setopt=localpkg_gpgcheck=1 install \/root\/loc-1-1\.noarch\.rpm; /],
      fails: 'Failed to validate GPG signature for loc-2:1-1.noarch: Package loc-1-1.noarch.rpm is not signed',
    },
    'autoremove goes with absent alone': {
      args: { autoremove: true, state: 'present' },
      fails: 'Autoremove should be used alone or with state=absent',
    },
    'only fetches metadata': {
      args: { update_cache: true },
      commands: { ...{}, '*makecache': '', 'LC_ALL*': 'tool dnf\n' },
      returns: { changed: false, msg: 'Cache updated', rc: 0 },
      trips: 2,
    },
    'lists with options that the front end of the host knows': {
      args: { list: 'repos', update_cache: true },
      commands: [
        [
          /yum\) set -- (?:(?!--refresh).)* ;; \*\) set -- .*--refresh.* ;; esac; \$tool -q "\$@" repolist/,
          'base CentOS\n',
        ],
      ],
      returns: { results: [{ repoid: 'base', state: 'enabled' }] },
    },
    'lists what is installed': {
      args: { list: 'installed' },
      commands: { 'LC_ALL*': 'bash x86_64 0 5.1 2.el9 @System\n' },
      returns: {
        results: [
          {
            name: 'bash',
            arch: 'x86_64',
            epoch: '0',
            version: '5.1',
            release: '2.el9',
            repo: '@System',
            envra: '0:bash-5.1-2.el9.x86_64',
            nevra: '0:bash-5.1-2.el9.x86_64',
            yumstate: 'installed',
          },
        ],
      },
    },
    'needs a front end': { args: { name: 'x' }, commands: host(''), fails: 'Could not find dnf or yum on the host' },
  },
)

testModule(
  dnf5,
  { name: 'httpd' },
  {
    'installs what is missing with dnf5': {
      commands: host('tool dnf5\n', undefined, 'tool dnf5\ninstalled 1 httpd 0 2.4 1 x86_64\n'),
      runs: [/; dnf5 -y .*install httpd; rc=/],
      returns: { changed: true, rc: 0, results: ['Installed: httpd-2.4-1.x86_64'] },
    },
    'takes dnf where there is no dnf5': {
      commands: host('tool dnf\n', undefined, 'tool dnf\ninstalled 1 httpd 0 2.4 1 x86_64\n'),
      runs: [/; dnf -y .*install httpd; rc=/],
    },
    'leaves what is installed': {
      commands: host('tool dnf5\ninstalled 1 httpd 0 2.4 1 x86_64\n'),
      changed: false,
      returns: { msg: 'Nothing to do', results: [] },
    },
    'removes what is there': {
      args: { state: 'absent' },
      commands: host(
        'tool dnf5\ninstalled 1 httpd 0 2.4 1 x86_64\n',
        '\x1eRemoved: httpd-2.4-1.x86_64\n',
        'tool dnf5\n',
        {
          before:
            'old httpd.x86_64 httpd-2.4-1.x86_64\nplan\nRemoving:\n httpd  x86_64  2.4-1  base  1.4 M\n\nTransaction Summary\nOperation aborted.\nrc 1\n',
        },
      ),
      runs: [/; dnf5 -y .*remove httpd; rc=/],
      returns: { changed: true, results: ['Removed: httpd-2.4-1.x86_64'] },
    },
    'needs a front end': { commands: host(''), fails: 'Could not find dnf or yum on the host', returns: { rc: 1 } },
  },
)

testModule(
  yum,
  {},
  {
    'uses yum where there is no dnf': {
      args: { name: 'httpd', update_cache: true },
      commands: host('tool yum\n', undefined, 'tool yum\ninstalled 1 httpd 0 2.4 1 x86_64\n'),
      runs: [/; yum -q clean expire-cache; yum -y --setopt=localpkg_gpgcheck=1 install httpd; /],
    },
  },
)

test.each([
  ['1.0', '1.0', 0],
  ['1.10', '1.9', 1],
  ['1.0~rc1', '1.0', -1],
  ['1.0^git1', '1.0', 1],
  ['2.4.6-97.el7', '2.4.6-9.el7', 1],
  ['1a', '1.1', -1],
])('rpm orders %s and %s', (a, b, order) => {
  expect(Math.sign(compareRpmVersions(a, b))).toBe(order)
})

test('rows of a plan go on in the next line where a name is long', () => {
  const said = `Dependencies resolved.
================
 Package                                  Arch     Version      Repository  Size
================
Installing:
 a-name-that-is-longer-than-the-column
                                          noarch   1:2.0-1.el8  base       6.1 k
     replacing  old.noarch 1-1.el8
Installing dependencies:
 libb                                     x86_64   3-1          base       1.2 M
Upgrading:
 c                                        x86_64   0:4-1        base        12 k
Removing dependent packages:
 d                                        noarch   5-1          @base          0
Installing Groups:
 Development Tools

Transaction Summary
================
Install  2 Packages
`
  expect(planned(said)).toEqual([
    {
      does: 'install',
      name: 'a-name-that-is-longer-than-the-column.noarch',
      nevra: 'a-name-that-is-longer-than-the-column-1:2.0-1.el8.noarch',
    },
    { does: 'install', name: 'libb.x86_64', nevra: 'libb-3-1.x86_64' },
    { does: 'replace', name: 'c.x86_64', nevra: 'c-4-1.x86_64' },
    { does: 'remove', name: 'd.noarch', nevra: 'd-5-1.noarch' },
  ])
})
