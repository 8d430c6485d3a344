import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import filesize from './filesize.js'

/** dd as far as the module uses it. */
const dd: FakeCommands = {
  'command -v dd': '/usr/bin/dd\n',
  '/usr/bin/dd *': ({ argv }, host) => {
    const { if: from, of, bs, seek, count } = Object.fromEntries(argv!.slice(1).map(word => word.split('=')))
    if (from === '/dev/nono') return { rc: 1, stderr: 'no such file' }
    const old = host.files.get(of!)?.bytes ?? Buffer.alloc(0)
    const start = Buffer.concat([old, Buffer.alloc(Number(bs) * Number(seek))]).subarray(0, Number(bs) * Number(seek))
    const added = from === '/dev/null' ? 0 : Number(bs) * Number(count)
    host.add(of!, Buffer.concat([start, Buffer.alloc(added)]))
    return { stderr: 'records' }
  },
}
const bytes = (count: number) => ({ bytes: Buffer.alloc(count) })

testModule(
  filesize,
  { path: '/srv/f' },
  {
    'makes a file': {
      args: { size: '1kB', mode: '0600' },
      commands: dd,
      files: { '/srv': { directory: true } },
      after: { ...bytes(1000), mode: 0o600 },
      returns: {
        cmd: '/usr/bin/dd if=/dev/zero of=/srv/f bs=1000 seek=0 count=1',
        filesize: { blocks: 1, blocksize: 1000, bytes: 1000, iec: '1000 B', si: '1.0 kB' },
        size_diff: 1000,
      },
      diff: { before: { size: null, mode: '0644' }, after: { size: 1000, mode: '0600' } },
    },
    'lets it grow by blocks': {
      args: { size: 3 },
      commands: dd,
      files: { '/srv': { directory: true } },
      before: bytes(5000),
      after: bytes(3 * 4096),
      returns: { cmd: '/usr/bin/dd if=/dev/zero of=/srv/f bs=4096 seek=2 count=1', size_diff: 7288 },
    },
    'cuts it': {
      args: { size: '12.5kB' },
      commands: dd,
      files: { '/srv': { directory: true } },
      before: bytes(100_000),
      after: bytes(12_500),
      returns: { cmd: '/usr/bin/dd if=/dev/zero of=/srv/f bs=100 seek=125 count=0', size_diff: -87_500 },
    },
    'leaves what is right': {
      args: { size: '2KiB', blocksize: 512 },
      commands: dd,
      files: { '/srv': { directory: true } },
      before: bytes(2048),
      changed: false,
      returns: { filesize: { blocks: 4, blocksize: 512, bytes: 2048, iec: '2.0 KiB', si: '2.05 kB' }, size_diff: 0 },
    },
    'writes all of it again': {
      args: { size: '2kB', force: true },
      commands: dd,
      files: { '/srv': { directory: true } },
      before: { text: 'x'.repeat(2000) },
      after: bytes(2000),
      again: { changed: 'force' },
    },
    'leaves holes': {
      args: { size: '10MB', sparse: true, source: '/dev/urandom' },
      commands: dd,
      files: { '/srv': { directory: true } },
      returns: { cmd: '/usr/bin/dd if=/dev/zero of=/srv/f bs=1000000 seek=10 count=0' },
    },
    'counts the bytes that came': {
      args: { size: '7kB', source: '/dev/null' },
      commands: dd,
      files: { '/srv': { directory: true } },
      fails: 'module error while creating file /srv/f with size 7kB from source /dev/null: file is 0 bytes long',
    },
    'tells what dd says': {
      args: { size: '7kB', source: '/dev/nono' },
      commands: dd,
      files: { '/srv': { directory: true } },
      fails: 'dd error while creating file /srv/f with size 7kB from source /dev/nono: see stderr for details',
      returns: { rc: 1, stderr: 'no such file' },
    },
    'needs a folder': {
      args: { size: '7kB', path: '/srv/no/f' },
      commands: dd,
      fails: 'parent directory of the file must exist prior to run this module',
    },
    'knows no bits': {
      args: { size: '3b' },
      commands: dd,
      files: { '/srv': { directory: true } },
      fails: /^invalid size unit \(b\)/,
    },
    'knows no parts of bytes': {
      args: { size: '1000.5B' },
      commands: dd,
      files: { '/srv': { directory: true } },
      fails: 'byte is the smallest unit and requires an integer value',
    },
    'knows no parts of bytes in blocks': {
      args: { size: '1M', blocksize: '12.5' },
      commands: dd,
      files: { '/srv': { directory: true } },
      fails: 'invalid blocksize value: bytes require an integer value',
    },
    'has no size in dicts': {
      args: { size: { a: 1 } },
      commands: dd,
      files: { '/srv': { directory: true } },
      fails: "invalid value type (<class 'dict'>): size must be integer, float or string",
    },
    'leaves folders alone': {
      args: { size: '1M', path: '/srv' },
      commands: dd,
      files: { '/srv': { directory: true } },
      fails: '/srv exists but is not a regular file',
    },
  },
)
