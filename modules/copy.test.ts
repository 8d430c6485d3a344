import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import { PyBytes } from '../engine/python/bytes.js'
import copy from './copy.js'
import { fakeDirectories } from './files/directories.fake.js'

const local = mkdtempSync(join(tmpdir(), 'copy-'))
afterAll(() => rmSync(local, { recursive: true }))
const file = join(local, 'file.conf')
writeFileSync(file, 'text\n')
chmodSync(file, 0o751)
mkdirSync(join(local, 'tree/sub/empty'), { recursive: true })
writeFileSync(join(local, 'tree/a'), 'a')
writeFileSync(join(local, 'tree/sub/b'), 'b')
symlinkSync('a', join(local, 'tree/link'))

const commands = [fakeDirectories]

testModule(
  copy,
  { dest: '/srv/x' },
  {
    'writes content': {
      args: { content: 'abc\n' },
      after: { text: 'abc\n', mode: 0o644 },
      changed: true,
      returns: {
        dest: '/srv/x',
        checksum: '03cfd743661f07975fa2f1220c5194cbaff48451',
        md5sum: '0bee89b07a248e27c83fc3d5951213c1',
        size: 4,
        state: 'file',
        mode: '0644',
      },
    },
    'leaves content that is there, and sets the mode': {
      args: { content: 'abc\n', mode: '0600' },
      before: 'abc\n',
      after: { text: 'abc\n', mode: 0o600 },
      returns: { dest: '/srv/x', path: '/srv/x', checksum: '03cfd743661f07975fa2f1220c5194cbaff48451', mode: '0600' },
    },
    'says the same when nothing is to do': {
      args: { content: 'abc\n' },
      before: 'abc\n',
      changed: false,
      returns: { path: '/srv/x', state: 'file', size: 4 },
    },
    'writes a bool as Python words it': { args: { content: true }, after: 'True' },
    'writes data as JSON': { args: { content: { a: [1, true] } }, after: '{"a": [1, true]}' },
    'writes bytes as they are': {
      args: { content: new PyBytes(Buffer.from('\xef\xbb\xbfa\n', 'latin1')) },
      after: { bytes: Buffer.from('\xef\xbb\xbfa\n', 'latin1') },
    },
    'writes bytes that a program printed and that are no UTF-8 as they were': {
      args: { content: 'a\udcffb' },
      after: { bytes: Buffer.from('a\xffb', 'latin1') },
    },
    'keeps a backup': { args: { content: 'new', backup: true }, before: 'old', after: 'new' },
    'has no name for content in a directory': {
      args: { content: 'new' },
      before: { directory: true },
      fails: 'can not use content with a dir as dest',
    },
    'needs something to copy': { fails: 'src (or content) is required' },
    'needs a place': { args: { content: 'a', dest: undefined }, fails: 'dest is required' },
    'cannot copy two things': { args: { content: 'a', src: 'b' }, fails: 'src and content are mutually exclusive' },
    'copies a file': { args: { src: file }, after: { text: 'text\n', mode: 0o644 }, returns: { src: file } },
    'preserves the mode': { args: { src: file, mode: 'preserve' }, after: { text: 'text\n', mode: 0o751 } },
    'copies a file into a directory': {
      args: { src: file },
      before: { directory: true },
      leaves: { '/srv/x/file.conf': 'text\n' },
      returns: { dest: '/srv/x/file.conf' },
    },
    'makes the directories of a dest with a slash': {
      args: { src: file, dest: '/srv/new/dir/' },
      commands,
      leaves: { '/srv/new/dir/file.conf': 'text\n' },
    },
    'wants the directory of dest': {
      args: { src: file, dest: '/srv/new/file' },
      fails: 'Destination directory /srv/new does not exist',
    },
    'leaves a file without force': {
      args: { content: 'new', force: false },
      before: 'old',
      after: 'old',
      changed: false,
    },
    'replaces a link': {
      args: { content: 'new' },
      before: { target: 'y' },
      files: { '/srv/y': 'new' },
      after: { kind: 'file', text: 'new' },
      leaves: { '/srv/y': 'new' },
      changed: true,
    },
    'writes through a link when following': {
      args: { content: 'new', follow: true },
      before: { target: 'y' },
      files: { '/srv/y': 'old' },
      leaves: { '/srv/x': { target: 'y' }, '/srv/y': 'new' },
      returns: { dest: '/srv/y' },
    },
    'compares a given checksum': {
      args: { src: file, checksum: 'abc' },
      fails: 'Copied file does not match the expected checksum. Transfer failed.',
      returns: { expected_checksum: 'abc' },
    },
    'asks the validator': {
      args: { content: 'new', validate: 'check %s' },
      before: 'old',
      commands: { 'check *': { rc: 3, stderr: 'bad' } },
      fails: 'failed to validate',
      returns: { exit_status: 3, stderr: 'bad' },
    },
    'wants %s for the validator': {
      args: { content: 'a', validate: 'check' },
      fails: 'validate must contain %s: check',
    },
    'copies a directory': {
      args: { src: join(local, 'tree'), mode: '0640', directory_mode: '0750' },
      commands,
      leaves: {
        '/srv/x/tree': { directory: true, mode: 0o750 },
        '/srv/x/tree/a': { text: 'a', mode: 0o640 },
        '/srv/x/tree/link': { text: 'a', kind: 'file' },
        '/srv/x/tree/sub/b': 'b',
        '/srv/x/tree/sub/empty': { directory: true },
      },
      returns: { dest: '/srv/x/', src: join(local, 'tree') },
    },
    'compares a given checksum with each file of a directory': {
      args: { src: join(local, 'tree'), checksum: 'abc' },
      commands,
      fails: 'Copied file does not match the expected checksum. Transfer failed.',
      returns: { expected_checksum: 'abc' },
    },
    'copies what a directory holds': {
      args: { src: `${join(local, 'tree')}/`, local_follow: false },
      commands,
      leaves: { '/srv/x/a': 'a', '/srv/x/link': { target: 'a' }, '/srv/x/sub/b': 'b' },
    },
    'asks nothing of the place for a new file in check mode: tasks before it may make it': {
      args: { dest: '/srv/none/x', content: 'new', owner: 'nobody-yet' },
      foretells: { changed: true },
      fails: 'Destination directory /srv/none does not exist',
    },
    'copies a directory on the host with its modes, and gives its own mode to the topmost': {
      args: { src: '/srv/y', remote_src: true, mode: '0711' },
      files: {
        '/srv/x': { directory: true },
        '/srv/y': { directory: true, mode: 0o2750 },
        '/srv/y/sub': { directory: true, mode: 0o4700 },
        '/srv/y/sub/f': { text: 'f', mode: 0o600 },
      },
      commands: [
        ['find -H /srv/y *', '//49c0 0 0 root root /srv/y/sub\n//8180 0 0 root root /srv/y/sub/f\n'],
        ['exec /bin/sh -e', ''],
        ['[ -f /srv/y ] *', ''],
        fakeDirectories,
      ],
      leaves: {
        '/srv/x/y': { directory: true, mode: 0o711 },
        '/srv/x/y/sub/f': { text: 'f', mode: 0o600 },
      },
      returns: { dest: '/srv/x/y', mode: '0711' },
      // The source, what it holds, the other side of that, and the result.
      trips: 4,
    },
    'copies on the host': {
      args: { src: '/srv/y', remote_src: true, mode: 'preserve' },
      files: { '/srv/y': { text: 'y', mode: 0o751 } },
      commands: { '[ -f /srv/y ] && md5sum *': 'abc -' },
      after: { text: 'y', mode: 0o751 },
      returns: { src: '/srv/y', dest: '/srv/x', md5sum: 'abc' },
      // The gate compares two files on the host by asking for both again.
      trips: 2,
    },
    'copies what the directory holds that a link on the host leads to': {
      args: { src: '/srv/ln', remote_src: true },
      files: { '/srv/x': { directory: true }, '/srv/ln': { target: 'y' }, '/srv/y/f': { text: 'f', mode: 0o600 } },
      commands: [
        ['find -H /srv/ln *', '//8180 0 0 root root /srv/ln/f\n'],
        ['exec /bin/sh -e', ''],
        ['[ -f /srv/ln ] *', ''],
        fakeDirectories,
      ],
      leaves: { '/srv/x/ln': { directory: true }, '/srv/x/ln/f': { text: 'f', mode: 0o600 } },
      trips: 4,
    },
    'tells of a file on the host that may not be replaced': {
      args: { src: '/srv/y', remote_src: true, force: false },
      before: 'x',
      files: { '/srv/y': 'y' },
      commands: { '[ -f /srv/y ] && md5sum *': 'abc -' },
      changed: false,
      returns: { msg: 'file already exists', dest: '/srv/x', mode: '0644', state: 'file' },
    },
    'tells of the directory that it would make on the host': {
      args: { src: '/srv/y', dest: '/srv/new/', remote_src: true },
      files: { '/srv/y': 'y' },
      commands: [['[ -f /srv/y ] *', 'abc -'], ['touch *', ''], fakeDirectories],
      foretells: { msg: 'dest directory /srv/new would be created', src: '/srv/y', changed: true },
      leaves: { '/srv/new/y': 'y' },
    },
    'sees a file where a directory would have to be': {
      args: { dest: '/srv/x/y', content: 'new' },
      files: { '/srv/x': 'x' },
      fails: 'Failed to get information on remote file (/srv/x/y): Not a directory',
    },
    'needs no %s for a validator that has nothing to do': {
      args: { content: 'same', validate: 'check' },
      before: 'same',
      changed: false,
    },
    'fails on an owner without a name': {
      args: { content: 'same', owner: '' },
      before: 'same',
      fails: 'chown failed: failed to look up user ',
    },
    'makes no parents of a directory on the host': {
      args: { src: '/srv/y', dest: '/srv/none/x', remote_src: true },
      files: { '/srv/y': { directory: true } },
      commands: [['[ -f /srv/y ] *', '']],
      fails: 'Destination directory /srv/none does not exist',
    },
    'may not replace a file by a directory of the host': {
      args: { src: '/srv/y', remote_src: true, force: false },
      before: 'x',
      files: { '/srv/y': { directory: true } },
      commands: [['[ -f /srv/y ] *', '']],
      changed: false,
      returns: { msg: 'file already exists', dest: '/srv/x', state: 'file' },
    },
    'leaves a directory that is there, and all in it': {
      args: { src: '/srv/y/', remote_src: true, force: false },
      files: { '/srv/x': { directory: true }, '/srv/y': { directory: true }, '/srv/y/f': 'f' },
      commands: [
        ['find -H /srv/y *', '//8180 0 0 root root /srv/y/f\n'],
        ['[ -f /srv/y/ ] *', ''],
      ],
      changed: false,
      trips: 3,
      returns: { msg: 'file already exists', dest: '/srv/x/', state: 'directory' },
    },
    'leaves a link that leads nowhere, unless it is to be followed': {
      args: { content: 'new', force: false },
      files: { '/srv/x': { target: 'gone' } },
      changed: false,
      leaves: { '/srv/x': { target: 'gone' } },
    },
    'knows that a directory has no checksum': {
      args: { src: '/srv/y', remote_src: true, checksum: 'abc' },
      files: { '/srv/y': { directory: true } },
      commands: [['[ -f /srv/y ] *', '']],
      fails: 'Copied file does not match the expected checksum. Transfer failed.',
    },
    'names what it made below a new directory of the host': {
      args: { src: '/srv/y', dest: '/srv/new/', remote_src: true },
      files: { '/srv/y': { directory: true } },
      commands: [['find -H /srv/y *', ''], ['exec /bin/sh -e', ''], ['[ -f /srv/y ] *', ''], fakeDirectories],
      foretells: { msg: 'dest directory /srv/new would be created', src: '/srv/y', changed: true },
      leaves: { '/srv/new/y': { directory: true } },
      returns: { dest: '/srv/new/y' },
      trips: 4,
    },
    'validates a file of the host, in the words of copy': {
      args: { src: '/srv/y', remote_src: true, validate: 'check %s' },
      files: { '/srv/y': 'y' },
      commands: [
        ['[ -f /srv/y ] *', 'abc -'],
        ['check *', { rc: 3, stdout: 'o', stderr: 'e' }],
      ],
      fails: 'failed to validate',
    },
    'names a validator that the host does not have': {
      args: { content: 'new', validate: 'nope %s' },
      commands: [['nope *', { rc: 127, stderr: '/bin/sh: 1: nope: not found\n' }]],
      fails: "[Errno 2] No such file or directory: b'nope'",
    },
    'shows what the link led to that it replaces': {
      args: { content: 'new' },
      files: { '/srv/x': { target: 'old' }, '/srv/old': 'old\n' },
      after: 'new',
      diff: [{ before: 'old\n', before_header: '/srv/x', after: 'new', after_header: 'content' }],
    },
    'tells of the file that a link leads to': {
      args: { src: '/srv/y', remote_src: true, follow: true },
      files: { '/srv/x': { target: 'old' }, '/srv/old': { text: 'y', mode: 0o600 }, '/srv/y': 'y' },
      commands: [['[ -f /srv/y ] *', 'abc -']],
      changed: false,
      returns: { dest: '/srv/old', state: 'file', mode: '0600' },
    },
    'misses a file on the host': {
      args: { src: '/srv/y', remote_src: true },
      commands: { '[ -f /srv/y ] && md5sum *': '' },
      fails: 'Source /srv/y not found',
    },
    'copies no device, pipe or socket of the host': {
      args: { src: '/srv/y', remote_src: true },
      files: { '/srv/y': { kind: 'char' } },
      commands: { '[ -f /srv/y ] && md5sum *': { rc: 1 } },
      fails: "Cannot copy invalid source '/srv/y': not a file",
    },
  },
)

test('what is to be written is not told among the arguments of the call', () => {
  expect(copy.args.content).toMatchObject({ untold: true })
})
