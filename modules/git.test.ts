import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import { archiveState } from './archives/state.js'
import { digestFor } from './get_url.js'
import git from './git.js'
import gitConfig from './git_config.js'
import { fakeServer } from './http/server.fake.js'
import sshKeys from './openssh_keypair.js'
import unarchive from './unarchive.js'

const sha = 'd36d0af265e64b9a243eb49d7f2795db1e2bc2fd'
const older = '9bb8eb64d6825691ca9cb392dc1b44d9847e30be'
const refs = `//refs\n${sha}\tHEAD\n${sha}\trefs/heads/main\n${older}\trefs/tags/v1\n//rc 0\n`
const clone = (head: string, more = '') => `exists yes\nhead ${head}\nbranch main\nurl https://x.org/r\n${more}`
const isLook = /checkout|git ls-remote/
const look = (text: string) => [[isLook, text]] as const

testModule(
  git,
  { repo: 'https://x.org/r', dest: '/srv/r' },
  {
    'clones what is not there': {
      commands: () => {
        let there = false
        return [
          [(call: { query: boolean }) => call.query, () => (there ? clone(sha) : '') + refs],
          [
            (call: { query: boolean }) => !call.query,
            () => {
              there = true
              return `//head ${sha}\n`
            },
          ],
        ] as never
      },
      changed: true,
      returns: { before: null, after: sha },
      runs: [/git clone --origin origin -- https:\/\/x\.org\/r \/srv\/r && cd \/srv\/r/],
      again: { changed: 'handlers are made anew for each play' },
    },
    'leaves a clone that is up to date, in one trip': {
      commands: look(clone(sha) + refs),
      changed: false,
      returns: { before: sha, after: sha, remote_url_changed: false },
    },
    'moves its repository to separate_git_dir, without fetching': {
      args: { separate_git_dir: '/srv/sep' },
      commands: () => {
        let moved = false
        return [
          [
            (call: { query: boolean }) => call.query,
            () => clone(sha, moved ? 'gitdir /srv/sep\nseparate /srv/sep\n' : 'gitdir /srv/r/.git\n') + refs,
          ],
          [
            (call: { query: boolean }) => !call.query,
            () => {
              moved = true
              return ''
            },
          ],
        ] as never
      },
      changed: true,
      returns: { before: sha, after: sha, git_dir_before: '/srv/r/.git', git_dir_now: '/srv/sep' },
      runs: [
        /^mkdir -p -- \/srv && mv -- \/srv\/r\/\.git \/srv\/sep && printf 'gitdir: %s\\n' \/srv\/sep >\/srv\/r\/\.git$/,
      ],
    },
    'moves its repository onto nothing that is there': {
      args: { separate_git_dir: '/srv/sep' },
      commands: look(clone(sha, 'gitdir /srv/r/.git\nseparate /srv/sep\n') + refs),
      fails: 'Separate-git-dir path /srv/sep already exists.',
    },
    'clones a path on the host as a URL, so that git copies no links and heeds the depth': {
      args: { repo: '/srv/repo.git' },
      commands: () => {
        let there = false
        return [
          [
            (call: { query: boolean }) => call.query,
            () => (there ? clone(sha).replace('https://x.org/r', '/srv/repo.git') : '') + refs,
          ],
          [
            (call: { query: boolean }) => !call.query,
            () => {
              there = true
              return `//head ${sha}\n`
            },
          ],
        ] as never
      },
      foretells: { changed: true, before: null, after: sha },
      runs: [/git clone --origin origin -- file:\/\/\/srv\/repo\.git \/srv\/r/],
      diff: { prepared: `>> Newly checked out ${sha}` },
    },
    'wants a destination unless it only asks': {
      args: { dest: undefined },
      commands: look(refs),
      fails: 'the destination directory must be specified unless clone=no',
    },
    'wants the umask as a text in octal': {
      args: { umask: 18 },
      fails: 'umask must be defined as a quoted octal integer',
    },
    'knows no umask in words': {
      args: { umask: 'bad' },
      fails: 'umask must be an octal integer',
      returns: { details: "invalid literal for int() with base 8: 'bad'" },
    },
    'tells of submodules that it brought': {
      commands: [
        [/git submodule update --init/, `//head ${sha}\n//submodules\n`],
        [isLook, clone(older) + refs],
        [/git diff/, ''],
      ],
      changed: true,
      returns: { after: sha, submodules_changed: true },
      again: { changed: 'the fake clone stays behind' },
    },
    'refuses local changes': {
      commands: look(clone(sha, 'dirty  M f\n') + refs),
      fails: 'Local modifications exist in the destination: /srv/r (force=no).',
      returns: { before: sha },
    },
    'leaves a clone that is not to be updated': {
      args: { update: false },
      commands: look(clone(older) + refs),
      changed: false,
      returns: { before: older, after: older },
    },
    'says what git says': {
      commands: look("//refs\n//rc 128\nfatal: repository 'https://x.org/r/' not found\n"),
      fails: "fatal: repository 'https://x.org/r/' not found",
      returns: { rc: 128 },
    },
  },
)

testModule(
  unarchive,
  { src: '/srv/a.tgz', dest: '/srv/out', remote_src: true },
  {
    'leaves what is unpacked': {
      files: { '/srv/a.tgz': 'x', '/srv/out': { directory: true } },
      commands: [[/^s=\/srv\/a\.tgz/, 'gz\n./a\n//differences\n./a: Uid differs\n'.replace('./a: Uid differs\n', '')]],
      changed: false,
      // What is in the archive is asked for once it is known to be there; then what dest is.
      trips: 3,
      returns: { handler: 'TgzArchive', dest: '/srv/out', src: '/srv/a.tgz', state: 'directory' },
    },
    'unpacks what differs': {
      args: { exclude: ['b'], list_files: true },
      files: { '/srv/a.tgz': 'x', '/srv/out': { directory: true } },
      commands: [
        [/^s=\/srv\/a\.tgz/, 'gz\n./a\n//differences\n./a: Mod time differs\n'],
        [/^tar --extract/, ''],
      ],
      runs: [/^tar --extract -C \/srv\/out -z '?--exclude=b'? -f \/srv\/a\.tgz$/],
      returns: { files: ['./a'] },
      again: { changed: 'the fake tar unpacks nothing' },
    },
    'takes an archive that holds nothing for none': {
      files: { '/srv/a.tgz': 'x', '/srv/out': { directory: true } },
      commands: [[/^s=\/srv\/a\.tgz/, 'tar\n//empty /usr/bin/tar\n//differences\n']],
      foretells: {
        skipped: true,
        changed: false,
        msg: 'remote module (ansible.legacy.unarchive) does not support check mode when using gtar',
      },
      fails: /found no files in archive\. Empty archive files are not supported\.$/,
    },
    'takes an empty file for no archive': {
      files: { '/srv/a.tgz': '', '/srv/out': { directory: true } },
      fails: "Invalid archive '/srv/a.tgz', the file is 0 bytes",
    },
    'needs a directory': {
      files: { '/srv/a.tgz': 'x' },
      fails: "dest '/srv/out' must be an existing dir",
    },
    'fetches an archive in check mode, too, and that is no change': {
      args: { src: 'http://example.com/a.zip' },
      files: { '/srv/out': { directory: true } },
      commands: [
        ...fakeServer({ head: 'HTTP/1.1 200 OK\r\n\r\n', body: 'x' }),
        [/^mv -f \/tmp\/understudy-\d+\/out \/tmp\/understudy-\d+\/a\.zip$/, ''],
        [/^s=\/tmp\/understudy-\d+\/a\.zip /, 'zip\na\n//differences\n'],
      ],
      changed: false,
      // A place for it, the program that fetches, the fetching, its name, then what is in it and what dest is.
      trips: 7,
    },
    'says why an archive could not be fetched': {
      args: { src: 'http://example.com/a.zip' },
      files: { '/srv/out': { directory: true } },
      commands: fakeServer({ head: 'HTTP/1.1 404 Not Found\r\n\r\n' }),
      fails: 'Failure downloading http://example.com/a.zip, HTTP Error 404: Not Found',
    },
    'needs an archive': { files: { '/srv/out': { directory: true } }, fails: "Source '/srv/a.tgz' does not exist" },
    'skips when told so': {
      args: { creates: '/srv/out' },
      files: { '/srv/a.tgz': 'x', '/srv/out': { directory: true } },
      returns: { skipped: true, msg: 'skipped, since /srv/out exists' },
    },
  },
)

test('owners and modes only differ where they are asked for or tar would set them', () => {
  const query = archiveState('/a.tgz', '/out', { exclude: [], include: [], extra_opts: [], owner: 'joe' })
  const answer = query.parse(
    'gz\na\n//differences\na: Uid differs\na: Gid differs\n: : Warning: Cannot stat: No such file\n',
    0,
    '',
  )
  expect(answer).toMatchObject({
    handler: 'TgzArchive',
    flag: '-z',
    names: ['a'],
    differences: ['a: Gid differs'],
    problem: undefined,
  })
  expect(digestFor('a', '')).toBeUndefined()
})

testModule(
  sshKeys,
  { path: '/srv/id', type: 'ed25519' },
  {
    'leaves a pair': {
      files: { '/srv/id': 'secret', '/srv/id.pub': 'ssh-ed25519 AAAA me\n' },
      commands: {
        'command -v ssh-keygen*':
          '256 SHA256:abc me (ED25519)\n//public\nssh-ed25519 AAAA me\n//derived\nssh-ed25519 AAAA me\n',
      },
      changed: false,
      returns: { fingerprint: 'SHA256:abc', public_key: 'ssh-ed25519 AAAA', comment: 'me', size: 256 },
    },
    'refuses a key that it cannot read': {
      files: { '/srv/id': 'secret' },
      commands: { 'command -v ssh-keygen*': '//public\n//derived\n' },
      fails: /^Unable to read the key/,
    },
  },
)

testModule(
  gitConfig,
  { name: 'user.name', value: 'joe', scope: 'global' },
  {
    'needs git': {
      commands: { '*PATH*': '/usr/bin:/bin', 'cd / && git *': { rc: 127 }, 'command -v git': { rc: 127 } },
      fails: 'Failed to find required executable "git" in paths: /usr/bin:/bin',
    },
    'tells what git says without the name of a setting': {
      args: { name: undefined },
      commands: {
        'cd / && git config --includes --global*': { rc: 129, stderr: 'usage: git config\n' },
        'command -v git': '/usr/bin/git\n',
      },
      fails: 'usage: git config',
    },
  },
)
