import { testModule } from '../engine/module/test.js'
import { fakeDirectories } from './files/directories.fake.js'
import mount from './mount.js'

const nothingMounted = 'tmpfs / tmpfs rw 0 0\n'
const table = '# static\n/dev/sda1 / ext4 defaults 0 1\n'

testModule(
  mount,
  { path: '/mnt/a', src: '/dev/none', fstype: 'ext4' },
  {
    'leaves neither an entry nor a directory behind when it cannot be mounted': {
      args: { state: 'mounted' },
      files: { '/etc/fstab': table },
      commands: [
        fakeDirectories,
        ['cat /proc/self/mounts *', nothingMounted],
        ['mount /mnt/a', { rc: 32, stderr: 'mount: special device /dev/none does not exist.\n' }],
      ],
      fails: 'Error mounting /mnt/a: mount: special device /dev/none does not exist.\n',
      leaves: { '/etc/fstab': table, '/mnt/a': null, '/mnt': null },
    },
    'remounts what is not mounted neither: a plain mount could take another entry of the same source': {
      args: { state: 'remounted' },
      files: { '/etc/fstab': table, '/mnt/a': { directory: true } },
      commands: [
        ['cat /proc/self/mounts *', nothingMounted],
        ['mount -o remount /mnt/a', { rc: 32, stderr: 'mount point not mounted' }],
        ['umount /mnt/a', { rc: 32, stderr: 'umount: /mnt/a: not mounted.' }],
      ],
      fails: /not mounted/,
    },
  },
)
