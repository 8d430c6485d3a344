import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import mountFacts from './mount_facts.js'
import { entriesOfFile, entriesOfMount } from './mounts/sources.js'

const mtab = `/etc/mtab
/dev/sda1 / ext4 rw,relatime 0 0
tmpfs /run\\040x tmpfs rw 0 0
proc /proc proc rw 0 0
proc /proc proc ro 0 0
server:/export /mnt nfs4 rw 0 0
\x1e`
const sizes = `size 4096 4096 1000 400 50 20
size 4096 4096 10 10 5 5
size failed 1
size failed 124
uuid /dev/sda1 11-22
link label root /dev/sda1
`
const commands = { '*seen=;*': mtab, '*for path in*': sizes }
const root = {
  device: '/dev/sda1',
  mount: '/',
  fstype: 'ext4',
  options: 'rw,relatime',
  dump: 0,
  passno: 0,
  uuid: '11-22',
  size_total: 4096000,
  size_available: 1638400,
  block_size: 4096,
  block_total: 1000,
  block_available: 400,
  block_used: 600,
  inode_total: 50,
  inode_available: 20,
  inode_used: 30,
  ansible_context: { source: '/etc/mtab', source_data: '/dev/sda1 / ext4 rw,relatime 0 0' },
}

testModule(
  mountFacts,
  { timeout: 3, on_timeout: 'ignore' },
  {
    'tells each mount point once and warns of repeats': {
      commands,
      changed: false,
      returns: { ansible_facts: { mount_points: { '/': root, '/run x': { fstype: 'tmpfs', size_total: 40960 } } } },
      warnings: [/repeat mounts in the following sources: \/etc\/mtab \(\['\/proc'\]\)/],
      // Sizes are asked of the mounts that the filters leave.
      trips: 2,
    },
    'tells all on request': {
      args: { include_aggregate_mounts: true, fstypes: ['proc'] },
      commands: { ...commands, '*for path in /proc; do*': 'size failed 1\n' },
      returns: {
        ansible_facts: {
          aggregate_mounts: [{ options: 'rw' }, { options: 'ro' }],
          mount_points: { '/proc': { options: 'rw' } },
        },
      },
      trips: 2,
    },
    'asks only what the filters leave': {
      args: { devices: ['[!/]*:*'] },
      commands: { ...commands, '*for path in /mnt; do*': 'size 1 1 1 1 1 1\n' },
      returns: { ansible_facts: { mount_points: { '/mnt': { device: 'server:/export', uuid: null } } } },
      trips: 2,
    },
    'a mount that does not answer': {
      args: { on_timeout: 'error', include_aggregate_mounts: false },
      commands,
      fails: 'Timed out getting the size of /mnt (type nfs4) after 3 seconds',
    },
    'a missing program': {
      args: { sources: ['mount'], mount_binary: '/no/mount' },
      commands: { '*seen=;*': 'missing\n\n\x1e' },
      fails: 'Failed to find required executable "/no/mount" in paths: /usr/bin:/bin',
    },
    'an empty source': { args: { sources: [''] }, fails: 'sources contains an empty string' },
    'no time': { args: { timeout: 0 }, fails: /must be a positive number or null/ },
    'no program': { args: { mount_binary: [1] }, fails: "argument 'mount_binary' must be a string or null, not [1]" },
  },
)

test('files are read in the formats of Linux and Solaris, or not at all', () => {
  expect(entriesOfFile('# c\nUUID=a / ext4 defaults\n')).toMatchObject([
    { device: 'UUID=a', mount: '/', fstype: 'ext4' },
  ])
  expect(entriesOfFile('/dev/dsk/a /dev/rdsk/a /b ufs 2 yes -\n')).toMatchObject([
    {
      device: '/dev/dsk/a',
      device_to_fsck: '/dev/rdsk/a',
      mount: '/b',
      fstype: 'ufs',
      passno: 2,
      mount_at_boot: 'yes',
    },
  ])
  expect(entriesOfFile('a b c d 0 0\nnot a mount\n')).toEqual([])
})

test('the output of mount is read as Linux and the BSDs print it', () => {
  expect(entriesOfMount('a on /b c type ext4 (rw,x)\n')).toMatchObject([
    { device: 'a', mount: '/b c', fstype: 'ext4', options: 'rw,x' },
  ])
  expect(entriesOfMount('/dev/ada0 on / (ufs, local, journaled)\n')).toMatchObject([
    { device: '/dev/ada0', mount: '/', fstype: 'ufs', options: 'local, journaled' },
  ])
})
