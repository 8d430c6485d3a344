import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import dnf from './dnf.js'
import { compareRpmVersions } from './queries/rpm.js'
import yum from './yum.js'

/** An rpm host: the answer of the question, then what the transaction prints. */
const host =
  (
    before: string,
    transaction: string | { rc: number; stdout?: string; stderr?: string } = '\x1eInstalled: httpd-2.4-1.x86_64\n',
    after = before,
  ) =>
  (): FakeCommands => {
    let answer = before
    return [
      [/^LC_ALL=C; export LC_ALL\nfor tool/, () => answer],
      [
        /^before=/,
        call => {
          if (call.text.includes('--assumeno'))
            return { rc: 1, stdout: 'Installing:\n httpd  x86_64  2.4-1  base  1.4 M\nOperation aborted.\n' }
          answer = after
          return transaction
        },
      ],
    ]
  }

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
      runs: [/; dnf -y --enablerepo=epel --nogpgcheck install httpd; rc=/],
      returns: { changed: true, rc: 0, results: ['Installed: httpd-2.4-1.x86_64'], msg: '' },
    },
    'says that there is nothing to do': {
      args: { name: 'php' },
      commands: host('tool dnf\ninstalled 1 php 0 8.0 1 x86_64\n'),
      returns: { changed: false, msg: 'Nothing to do', rc: 0, results: [] },
    },
    'does not go back to an older version unasked': {
      args: { name: 'httpd-2.2' },
      commands: host('tool dnf\nother 1 httpd 0 2.4 1 x86_64\n'),
      runs: [],
      changed: false,
    },
    'goes back when told to': {
      args: { name: 'httpd-2.2', allow_downgrade: true },
      commands: host(
        'tool dnf\nother 1 httpd 0 2.4 1 x86_64\n',
        undefined,
        'tool dnf\ninstalled 1 httpd 0 2.2 1 x86_64\n',
      ),
      runs: [/ install httpd-2\.2; /],
    },
    'updates to the latest': {
      args: { name: 'httpd', state: 'latest' },
      commands: host(
        'tool dnf\ninstalled 1 httpd 0 2.2 1 x86_64\nupdates 100\nupdate httpd.x86_64   2.4-1   base\n',
        undefined,
        'tool dnf\ninstalled 1 httpd 0 2.4 1 x86_64\nupdates 0\n',
      ),
      runs: [/ install httpd; /],
    },
    'updates everything but some, for security': {
      args: { name: '*', state: 'latest', exclude: 'kernel*', security: true },
      commands: host('tool dnf\nupdates 100\nupdate httpd.x86_64   2.4-1   base\n', undefined, 'tool dnf\nupdates 0\n'),
      runs: [/dnf -y '--exclude=kernel\*' --security upgrade ; |dnf -y --exclude='kernel\*' --security upgrade ; /],
    },
    'removes what is there and keeps its dependencies': {
      args: { name: ['httpd', 'nosuch'], state: 'absent' },
      commands: host('tool dnf\ninstalled 1 httpd 0 2.4 1 x86_64\n', '\x1eRemoved: httpd-2.4-1.x86_64\n', 'tool dnf\n'),
      runs: [/ --setopt=clean_requirements_on_remove=False remove httpd; /],
      returns: { results: ['Removed: httpd-2.4-1.x86_64'] },
    },
    'says which package does not exist': {
      args: { name: 'nosuch' },
      commands: host('tool dnf\n', {
        rc: 1,
        stderr: 'No match for argument: nosuch\nError: Unable to find a match: nosuch\n',
      }),
      fails: 'Failed to install some of the specified packages',
      returns: { failures: ['No package nosuch available.'], rc: 1 },
    },
    'only fetches metadata': {
      args: { update_cache: true },
      commands: { ...{}, '*makecache': '', 'LC_ALL*': 'tool dnf\n' },
      returns: { changed: false, msg: 'Cache updated', rc: 0 },
      trips: 2,
    },
    'lists what is installed': {
      args: { list: 'installed' },
      commands: { 'LC_ALL*': 'bash x86_64 0 5.1 2.el9 installed\n' },
      returns: {
        results: [
          {
            name: 'bash',
            arch: 'x86_64',
            epoch: '0',
            version: '5.1',
            release: '2.el9',
            repo: 'installed',
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
  yum,
  {},
  {
    'uses yum where there is no dnf': {
      args: { name: 'httpd', update_cache: true },
      commands: host('tool yum\n', undefined, 'tool yum\ninstalled 1 httpd 0 2.4 1 x86_64\n'),
      runs: [/; yum -q clean expire-cache; yum -y install httpd; /],
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
