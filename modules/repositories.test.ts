import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import aptKey from './apt_key.js'
import aptRepository from './apt_repository.js'
import deb822 from './deb822_repository.js'
import debconf from './debconf.js'
import dpkgSelections from './dpkg_selections.js'
import getent from './getent.js'
import { fakeServer } from './http/server.fake.js'
import packageFacts from './package_facts.js'
import { suggestedFile } from './packages/sources-list.js'
import yumRepository from './yum_repository.js'

const debian = {
  '/etc/apt/sources.list': 'deb http://deb.debian.org/debian bookworm main\n',
  '/etc/apt/sources.list.d': { directory: true },
} as const
/** Prints the sources as the question wants them. */
const sources: FakeCommands = [
  [
    /^for file in/,
    (_, host) =>
      `${['/etc/apt/sources.list', ...host.glob('/etc/apt/sources.list.d/*.list').map(one => one.path)].map(path => `\x1e${path}\n${host.text(path)}\n`).join('')}\x1ecodename\njammy\n`,
  ],
  [/apt-get -q update/, 'lists 5\n'],
]
const repo = 'deb http://archive.canonical.com/ubuntu hardy partner'

testModule(
  aptRepository,
  { repo },
  {
    'writes one blank between words, and takes an empty file name for none': {
      args: { repo: 'deb  http://archive.canonical.com/ubuntu   hardy partner # ours', filename: '' },
      files: debian,
      commands: sources,
      leaves: {
        '/etc/apt/sources.list.d/archive_canonical_com_ubuntu.list': { text: `${repo} # ours\n`, mode: 0o644 },
      },
    },
    'adds a source in a file named after it': {
      files: debian,
      commands: sources,
      leaves: { '/etc/apt/sources.list.d/archive_canonical_com_ubuntu.list': { text: `${repo}\n`, mode: 0o644 } },
      runs: [/apt-get -q update/],
      returns: {
        changed: true,
        repo,
        state: 'present',
        sources_added: ['/etc/apt/sources.list.d/archive_canonical_com_ubuntu.list'],
      },
    },
    'knows a source by its meaning': {
      args: { repo: 'deb   http://deb.debian.org/debian bookworm   main' },
      files: debian,
      commands: sources,
      changed: false,
    },
    'enables a source that is a comment': {
      args: { update_cache: false },
      files: { '/etc/apt/sources.list': `# ${repo}\n` },
      commands: sources,
      leaves: { '/etc/apt/sources.list': `${repo}\n` },
    },
    'removes a source and its empty file': {
      args: { state: 'absent', update_cache: false },
      files: { ...debian, '/etc/apt/sources.list.d/x.list': `${repo}\n` },
      commands: sources,
      leaves: {
        '/etc/apt/sources.list.d/x.list': null,
        '/etc/apt/sources.list': 'deb http://deb.debian.org/debian bookworm main\n',
      },
    },
    'refuses what is no source': {
      args: { repo: 'debx foo' },
      files: debian,
      commands: sources,
      fails: 'Invalid repository string: debx foo',
    },
  },
)

test('files are named as Ansible names them', () => {
  const name = (line: string) => suggestedFile(undefined, line, '/d')
  expect(name('deb [arch=amd64 signed-by=/k] https://user:pw@download.docker.com/linux/debian bookworm stable')).toBe(
    '/d/download_docker_com_linux_debian.list',
  )
  expect(suggestedFile('mine', 'deb http://x y', '/d')).toBe('/d/mine.list')
})

testModule(
  aptKey,
  {},
  {
    'leaves a trusted key alone': {
      args: { id: '0x12345678', url: 'http://x/key' },
      commands: {
        'if command -v curl*': 'curl\n',
        '*list-public-keys*': 'fpr:::::::::AAAABBBBCCCCDDDDEEEEFFFF0000111112345678:\n',
      },
      returns: { changed: false, short_id: '12345678' },
    },
    'trusts the key of a page': {
      args: { url: 'http://x/key' },
      commands: () => {
        let added = ''
        return [
          [/list-public-keys/, () => added],
          ...fakeServer({ head: 'HTTP/1.1 200 OK\r\n\r\n', body: 'a key' }),
          [/show-only/, 'fpr:::::::::AAAABBBBCCCCDDDDEEEEFFFF0000111112345678:\n'],
          [
            /apt-key add -/,
            () => {
              added = 'fpr:::::::::AAAABBBBCCCCDDDDEEEEFFFF0000111112345678:\n'
              return 'OK\n'
            },
          ],
        ]
      },
      returns: { changed: true, key_id: '0000111112345678' },
      // What the page holds has to be read to know which key it is.
      trips: 3,
    },
    'says why a key cannot be had': {
      args: { url: 'http://x/key' },
      commands: [
        [/list-public-keys/, ''],
        ...fakeServer({ head: '', rc: 7, error: 'curl: (7) Failed to connect', info: '000 0 \n' }),
      ],
      fails: 'Failed to download key at http://x/key: Request failed: <urlopen error [Errno 111] Connection refused>',
    },
    'names the program that is missing and where it was looked for': {
      args: { id: '12345678', state: 'absent' },
      commands: { 'printf %s*': '/usr/bin:/bin', '*': 'missing gpg\n' },
      fails: 'Failed to find required executable "gpg" in paths: /usr/bin:/bin',
    },
  },
)

testModule(
  deb822,
  { name: 'My Repo' },
  {
    'writes the fields by name': {
      args: { uris: 'https://x/', suites: 'stable', components: ['main', 'extra'], enabled: true, signed_by: '/k.gpg' },
      files: { '/etc/apt/sources.list.d': { directory: true } },
      leaves: {
        '/etc/apt/sources.list.d/my-repo.sources':
          'Components: main extra\nEnabled: yes\nX-Repolib-Name: My Repo\nSigned-By: /k.gpg\nSuites: stable\nTypes: deb\nURIs: https://x/\n',
      },
    },
    'keeps the key that a URL gives, named by its format': {
      args: { uris: 'https://x/', suites: './', signed_by: 'http://x/key' },
      files: { '/etc/apt/sources.list.d': { directory: true }, '/etc/apt/keyrings': { directory: true } },
      commands: fakeServer({ head: 'HTTP/1.1 200 OK\r\n\r\n', body: '-----BEGIN PGP PUBLIC KEY BLOCK-----\n' }),
      leaves: { '/etc/apt/keyrings/my-repo.asc': { text: '-----BEGIN PGP PUBLIC KEY BLOCK-----\n', mode: 0o644 } },
      returns: { key_filename: '/etc/apt/keyrings/my-repo.asc' },
      trips: 2,
    },
    'says why the key cannot be had': {
      args: { uris: 'https://x/', suites: './', signed_by: 'http://x/key' },
      files: { '/etc/apt/keyrings': { directory: true } },
      commands: fakeServer({ head: '', rc: 7, error: 'curl: (7) Failed to connect', info: '000 0 \n' }),
      fails: 'Could not fetch signed_by key: <urlopen error [Errno 111] Connection refused>',
    },
    'removes the file': {
      args: { state: 'absent' },
      files: { '/etc/apt/sources.list.d/my-repo.sources': 'x' },
      leaves: { '/etc/apt/sources.list.d/my-repo.sources': null },
    },
  },
)

testModule(
  yumRepository,
  { name: 'epel', reposdir: '/r' },
  {
    'adds a section': {
      args: {
        description: 'EPEL',
        baseurl: ['http://a/', 'http://b/'],
        gpgcheck: false,
        exclude: ['a', 'b'],
        file: 'ext',
      },
      files: { '/r': { directory: true }, '/r/ext.repo': '[old]\nname = x\n\n' },
      leaves: {
        '/r/ext.repo':
          '[old]\nname = x\n\n[epel]\nbaseurl = http://a/\n\thttp://b/\nexclude = a b\ngpgcheck = 0\nname = EPEL\n\n',
      },
      returns: { repo: 'epel', state: 'present' },
    },
    'leaves a file alone that means the same': {
      args: { description: 'E', baseurl: 'http://a/' },
      files: { '/r': { directory: true }, '/r/epel.repo': '# by hand\n[epel]\nname=E\nbaseurl=http://a/\n' },
      changed: false,
    },
    'removes the last section with its file': {
      args: { state: 'absent' },
      files: { '/r': { directory: true }, '/r/epel.repo': '[epel]\nname=E\n' },
      leaves: { '/r/epel.repo': null },
    },
    'needs an address': {
      args: { description: 'E' },
      fails: "Parameter 'baseurl', 'metalink' or 'mirrorlist' is required.",
    },
  },
)

testModule(
  debconf,
  { name: 'tzdata' },
  {
    'answers a question': {
      args: { question: 'tzdata/Areas', vtype: 'select', value: 'Europe' },
      commands: () => {
        let now = 'Etc'
        return [
          ['debconf-show tzdata', () => `* tzdata/Areas: ${now}\n`],
          [
            'debconf-set-selections',
            call => {
              now = call.stdin.trim().split(' ').at(-1)!
              return ''
            },
          ],
        ]
      },
      returns: { current: { 'tzdata/Areas': 'Europe' }, previous: { 'tzdata/Areas': 'Etc' } },
    },
    'shows what the package has beside a new question': {
      args: { question: 'tzdata/x', vtype: 'note', value: true },
      again: { changed: 'the fake keeps no answers' },
      commands: { 'debconf-show tzdata': '* tzdata/Areas: Etc\n', 'debconf-set-selections': '' },
      returns: { current: { 'tzdata/x': 'True' }, previous: { 'tzdata/Areas': 'Etc', 'tzdata/x': '' } },
    },
    'takes a boolean by its word': {
      args: { question: 'tzdata/b', vtype: 'boolean', value: 'Yes' },
      commands: { 'debconf-show tzdata': '* tzdata/b: true\n' },
      changed: false,
    },
    'does not mind the order of a list': {
      args: { question: 'tzdata/m', vtype: 'multiselect', value: ['b', 'a'] },
      commands: { 'debconf-show tzdata': '* tzdata/m: a, b\n' },
      changed: false,
    },
    'takes a text for several choices as it is': {
      args: { question: 'tzdata/m', vtype: 'multiselect', value: 'b, a' },
      again: { changed: 'the fake keeps no answers' },
      commands: { 'debconf-show tzdata': '* tzdata/m: a, b\n', 'debconf-set-selections': '' },
      returns: { current: { 'tzdata/m': 'b, a' } },
    },
    'takes texts alone for choices': {
      args: { question: 'tzdata/m', vtype: 'multiselect', value: ['b', 1] },
      commands: { 'debconf-show tzdata': '* tzdata/m: a, b\n' },
      fails: "Invalid value provided for 'multiselect': expected strings, not 1",
    },
    'only shows': {
      commands: { 'debconf-show tzdata': '  tzdata/Areas: Etc\n' },
      returns: { changed: false, current: { 'tzdata/Areas': 'Etc' } },
    },
  },
)

testModule(
  dpkgSelections,
  { name: 'bash' },
  {
    'holds a package': {
      args: { selection: 'hold' },
      commands: () => {
        let now = 'install'
        return [
          ['dpkg --get-selections bash', () => `bash\t\t${now}\n`],
          [
            'dpkg --set-selections',
            call => {
              now = call.stdin.split(' ')[1]!
              return ''
            },
          ],
        ]
      },
      returns: { before: 'install', after: 'hold' },
    },
  },
)

testModule(
  getent,
  { database: 'group' },
  {
    'brings an entry': {
      args: { key: 'wheel' },
      commands: { 'if command*': 'wheel:x:10:joe,ann\n' },
      returns: { ansible_facts: { getent_group: { wheel: ['x', '10', 'joe,ann'] } } },
    },
    'an empty key is one that is missing': {
      args: { key: '' },
      commands: [
        [/getent +group ''/, { rc: 2 }],
        [/^if command/, 'wheel:x:10:joe,ann\n'],
      ],
      fails: 'One or more supplied key could not be found in the database.',
    },
    'fails on a missing key': {
      args: { key: 'x' },
      commands: { 'if command*': { rc: 2 } },
      fails: 'One or more supplied key could not be found in the database.',
    },
    'takes a missing key': {
      args: { key: 'x', fail_key: false },
      commands: { 'if command*': { rc: 2 } },
      returns: { ansible_facts: { getent_group: { x: null } } },
    },
  },
)

testModule(
  packageFacts,
  {},
  {
    'takes a package manager that has nothing for one': {
      commands: { 'command -v*': '\x1erpm\n\n' },
      returns: { ansible_facts: { packages: {} } },
    },
    'knows no package manager': {
      args: { manager: 'apk' },
      commands: { 'command -v*': '' },
      fails: /^Could not detect a supported package manager from the following list: apk,/,
    },
    'lists packages by name': {
      commands: { 'command -v*': '\x1eapt\ninstalled|bash|5.2|amd64|shells|Debian\nconfig-files|old|1|amd64|x|\n' },
      returns: {
        ansible_facts: {
          packages: {
            bash: [
              { name: 'bash', version: '5.2', arch: 'amd64', category: 'shells', origin: 'Debian', source: 'apt' },
            ],
          },
        },
      },
    },
  },
)
