import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import authorizedKey from './authorized_key.js'
import { apr1 } from './keys/apr1.js'
import knownHosts from './known_hosts.js'
import mount from './mount.js'
import pamLimits from './pam_limits.js'
import sysctl from './sysctl.js'

testModule(
  sysctl,
  { name: 'vm.swappiness', sysctl_file: '/etc/sysctl.conf', reload: false },
  {
    'replaces a value and what repeats it': {
      args: { value: '30' },
      files: { '/etc/sysctl.conf': '  # c\nvm.swappiness = 10\nx = 1\nvm.swappiness = 20\n' },
      commands: { 'sysctl *': '60\n' },
      leaves: { '/etc/sysctl.conf': '# c\nvm.swappiness=30\nx=1\n' },
    },
    'a value that is null is none': {
      args: { value: null },
      commands: { 'sysctl *': '60\n' },
      fails: 'value cannot be None',
    },
    'keeps the first of other settings that repeat': {
      args: { name: ' vm.swappiness ', value: '30' },
      files: { '/etc/sysctl.conf': 'x = 1 # c\n\nx = 2\ny=3\n' },
      commands: { 'sysctl *': '60\n' },
      leaves: { '/etc/sysctl.conf': 'x=1 # c\n\ny=3\nvm.swappiness=30\n' },
    },
    'adds a value, with words of truth as numbers': {
      args: { value: 'yes' },
      commands: { 'sysctl *': '60\n' },
      leaves: { '/etc/sysctl.conf': 'vm.swappiness=1\n' },
    },
    'removes a value': {
      args: { state: 'absent' },
      files: { '/etc/sysctl.conf': 'vm.swappiness = 10\nx=1\n' },
      commands: { 'sysctl *': '' },
      leaves: { '/etc/sysctl.conf': 'x=1\n' },
    },
    'sets it now and applies the file': {
      args: { value: '30', sysctl_set: true, reload: true },
      commands: () => {
        let now = '60'
        return {
          'sysctl -e -n *': () => `${now}\n`,
          'sysctl -w *': () => {
            now = '30'
            return ''
          },
          'LANG=C *': '',
        }
      },
      again: { changed: 'the fake kernel forgets between plays' },
      runs: ["sysctl -w 'vm.swappiness=30'", 'LANG=C LC_ALL=C sysctl -p /etc/sysctl.conf'],
    },
    'needs a value': { fails: 'state is present but all of the following are missing: value' },
  },
)

const mounts = { 'cat /proc/self/mounts*': '/dev/m /m ext4 rw 0 0\n' }
testModule(
  mount,
  { fstab: '/etc/fstab' },
  {
    'adds an entry': {
      args: { path: '/with space', src: '/dev/b', fstype: 'xfs', state: 'present' },
      files: { '/etc/fstab': '# f\n/dev/a /a ext4 defaults 0 1' },
      commands: mounts,
      leaves: { '/etc/fstab': '# f\n/dev/a /a ext4 defaults 0 1\n/dev/b /with\\040space xfs defaults 0 0\n' },
      returns: { name: '/with space', fstype: 'xfs', opts: 'defaults' },
    },
    'leaves an entry in other spacing': {
      args: { path: '/a', src: '/dev/a', fstype: 'ext4', state: 'present', passno: '1' },
      files: { '/etc/fstab': '/dev/a   /a\text4 defaults 0 1\n' },
      commands: mounts,
      changed: false,
    },
    'mounts, and makes the mount point': {
      args: { path: '/b', src: '/dev/b', fstype: 'xfs', state: 'mounted' },
      files: { '/b': { directory: true } },
      commands: () => {
        let more = ''
        return {
          'cat /proc/self/mounts*': () => `/dev/m /m ext4 rw 0 0\n${more}`,
          'mount /b': () => {
            more = '/dev/b /b xfs rw 0 0\n'
            return ''
          },
        }
      },
      runs: ['mount /b'],
      again: { changed: 'handlers are made anew for each play' },
      leaves: { '/etc/fstab': '/dev/b /b xfs defaults 0 0\n' },
    },
    'takes an entry back that cannot be mounted': {
      args: { path: '/b', src: '/dev/b', fstype: 'xfs', state: 'mounted' },
      files: { '/b': { directory: true }, '/etc/fstab': '# f\n' },
      commands: { ...mounts, 'mount *': { rc: 32, stderr: 'no such device' } },
      fails: 'Error mounting /b: no such device',
      leaves: { '/etc/fstab': '# f\n' },
    },
    'takes an entry back that cannot be mounted in the place of another': {
      args: { path: '/m', src: '/dev/b', fstype: 'xfs', state: 'mounted' },
      files: { '/m': { directory: true }, '/etc/fstab': '/dev/m /m ext4 defaults 0 0\n' },
      commands: {
        ...mounts,
        'mount -o remount /m': { rc: 32, stderr: 'bad option' },
        'umount /m': '',
        'mount /m': { rc: 32, stderr: 'no such device' },
      },
      fails: 'Error mounting /m: no such device',
      leaves: { '/etc/fstab': '/dev/m /m ext4 defaults 0 0\n' },
    },
    'does not unmount what cannot be remounted with options': {
      args: { path: '/m', state: 'remounted', opts: 'ro' },
      files: { '/m': { directory: true }, '/etc/fstab': '' },
      commands: { ...mounts, 'mount -o *': { rc: 32, stderr: 'busy' } },
      fails: /^Options were specified with remounted, but the remount command failed/,
      runs: ['mount -o remount,ro /m'],
    },
    'leaves a mount and a folder that the table does not have': {
      args: { path: '/m', state: 'absent' },
      files: { '/m': { directory: true }, '/etc/fstab': '/dev/a /a ext4 defaults 0 0\n' },
      commands: mounts,
      runs: [],
      changed: false,
    },
    'makes no table to take nothing out of it': {
      args: { path: '/m', state: 'absent_from_fstab', fstab: '/etc/alt/fstab' },
      commands: mounts,
      changed: false,
      leaves: { '/etc/alt/fstab': null },
    },
    'tells why it cannot be remounted': {
      args: { path: '/m', state: 'remounted' },
      files: { '/m': { directory: true }, '/etc/fstab': '' },
      commands: { ...mounts, 'mount -o *': { rc: 32, stderr: 'x' }, 'umount /m': { rc: 32, stderr: 'busy\n' } },
      fails: 'Error remounting /m: busy\n',
    },
    'has nothing to unmount': { args: { path: '/n', state: 'unmounted' }, commands: mounts, changed: false },
    'needs a source': {
      args: { path: '/n', state: 'present' },
      fails: 'state is present but all of the following are missing: src, fstype',
    },
  },
)

const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFoo me@x'
const passwd = { 'getent passwd *': 'joe:x:7:7::/home/joe:/bin/sh\n' }
testModule(
  authorizedKey,
  { user: 'joe', key, path: '/srv/keys' },
  {
    'adds a key': {
      commands: passwd,
      host: { users: { joe: 7 }, groups: { joe: 7 } },
      before: undefined,
      args: { manage_dir: false },
      after: { text: `${key}\n`, mode: 0o600, owner: 'joe' },
    },
    'takes the key from a file of the host': {
      commands: passwd,
      args: { key: 'file:///tmp/id_rsa.pub', manage_dir: false },
      files: { '/tmp/id_rsa.pub': `${key}\n` },
      leaves: { '/srv/keys': `${key}\n` },
    },
    'a file of keys that is missing': {
      commands: passwd,
      args: { key: 'file:///tmp/none' },
      fails: 'Path to a key file not found: /tmp/none',
    },
    'a directory has no keys': {
      commands: passwd,
      args: { key: 'file:///tmp/d' },
      files: { '/tmp/d': { directory: true } },
      fails: 'Path to a key is a directory and must be a file: /tmp/d',
    },
    'sets options': {
      args: { key_options: 'no-pty,command="a b"', manage_dir: false },
      commands: passwd,
      before: `# c\n${key}\n`,
      after: `# c\nno-pty,command="a b" ${key}\n`,
    },
    'removes the others': {
      args: { exclusive: true, manage_dir: false },
      commands: passwd,
      before: 'ssh-rsa AAAA r@x\n',
      after: `${key}\n`,
    },
    'removes a key': {
      args: { state: 'absent', manage_dir: false },
      commands: passwd,
      before: `${key}\nssh-rsa AAAA r@x\n`,
      after: 'ssh-rsa AAAA r@x\n',
    },
    'does not take anything for a key': {
      args: { key: 'foo bar' },
      commands: passwd,
      fails: 'invalid key specified: foo bar',
    },
  },
)

testModule(
  knownHosts,
  { name: 'h.x', path: '/srv/kh' },
  {
    'adds a key': { args: { key: `h.x ${key}` }, after: `h.x ${key}\n` },
    'replaces a key of the same type': {
      args: { key: `h.x ${key}` },
      before: 'h.x ssh-ed25519 OLD\nh.x ssh-rsa R\n',
      after: `h.x ssh-rsa R\nh.x ${key}\n`,
    },
    'removes a host, hashed or not': {
      args: { state: 'absent' },
      before: 'h.x ssh-rsa R\ni.x ssh-rsa R\n',
      after: 'i.x ssh-rsa R\n',
    },
    'writes a hashed name once': {
      args: { key: `h.x ${key}`, hash_host: true },
      before: undefined,
      changed: true,
    },
    'needs a key': { fails: 'No key specified when adding a host' },
    'wants the key of that host': {
      args: { key: `z.x ${key}` },
      fails: 'Host parameter does not match hashed host field in supplied key',
    },
  },
)

testModule(
  pamLimits,
  { domain: 'joe', limit_type: 'soft', limit_item: 'nofile', dest: '/etc/limits' },
  {
    'adds a limit': {
      args: { value: '100' },
      before: '# c\n',
      after: '# c\njoe\tsoft\tnofile\t100\n',
      returns: { msg: 'joe\tsoft\tnofile\t100\n' },
    },
    'takes a nice value only from its range': {
      args: { limit_item: 'nice', value: 'unlimited' },
      fails: /Value must be a number in the range -20 to 19 inclusive/,
    },
    'takes nothing below zero for what is counted': { args: { value: '-5' }, fails: /or a limit of 0 or larger/ },
    'takes a priority below zero': {
      args: { limit_item: 'priority', value: '-5' },
      before: '',
      after: 'joe\tsoft\tpriority\t-5\n',
    },
    'keeps a greater value': { args: { value: '50', use_max: true }, before: 'joe soft nofile 100\n', changed: false },
    'keeps a smaller value': {
      args: { value: '50', use_min: true },
      before: 'joe soft nofile 100\n',
      after: 'joe\tsoft\tnofile\t50\n',
    },
  },
)

test('apr1 hashes as Apache does', () => {
  // openssl passwd -apr1 -salt abcdefgh secret
  expect(apr1('secret', 'abcdefgh')).toBe('$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/')
})
