// What makes room for files: partitions, volume groups, logical volumes and file systems.
import { testModule } from '../engine/module/test.js'
import { changing, type FakeAnswer, type FakeCommands } from '../engine/remote/fake.js'
import filesystem from './filesystem.js'
import lvg from './lvg.js'
import lvgRename from './lvg_rename.js'
import lvol from './lvol.js'
import parted from './parted.js'

/** A question answers `before`, and `after` once one of these programs has run. */
const disk =
  (question: RegExp, programs: RegExp, before: FakeAnswer, after = before, said: FakeAnswer = '') =>
  (): FakeCommands => {
    const { now, change } = changing(before, after, said)
    return [
      [question, now],
      [programs, change],
    ]
  }

const device = (
  type: string,
  { size = 41943040, fs = 41943040, mount = '' }: { size?: number; fs?: number; mount?: string } = {},
) => `type ${type}\nsize ${size}\nfs ${type ? fs : ''}\nmount ${mount}\n`
const formatted = (before: string, after?: string, said?: FakeAnswer) =>
  disk(
    /^d=\/dev\/sdb1; /,
    /^(mkfs|mkswap|wipefs|tune2fs|xfs_admin|pvchange|resize2fs|xfs_growfs|pvcreate|pvresize)/,
    before,
    after,
    said,
  )
const files = { '/dev/sdb1': { kind: 'block' } } as const

testModule(
  filesystem,
  { dev: '/dev/sdb1' },
  {
    'makes a file system with its options': {
      args: { fstype: 'ext4', opts: '-L data -m 0' },
      files,
      commands: formatted(device(''), device('ext4')),
      runs: ['mkfs.ext4 -F -L data -m 0 /dev/sdb1'],
    },
    'leaves the one that is there': {
      args: { fstype: 'ext4' },
      files,
      commands: formatted(device('ext4')),
      changed: false,
    },
    'makes one with a UUID; options that say another come first': {
      args: { fstype: 'ext4', uuid: '7f2c', opts: '-m 0' },
      files,
      commands: formatted(device(''), device('ext4')),
      runs: ['mkfs.ext4 -F -m 0 -U 7f2c /dev/sdb1'],
      again: { changed: 'the UUID is set each time' },
    },
    'leaves the UUID to options that say one': {
      args: { fstype: 'ext4', uuid: '7f2c', opts: '-U clear' },
      files,
      commands: formatted(device(''), device('ext4')),
      runs: ['mkfs.ext4 -F -U clear /dev/sdb1'],
      again: { changed: 'the UUID is set each time' },
    },
    'gives xfs its UUID after it was made': {
      args: { fstype: 'xfs', uuid: 'generate' },
      files,
      commands: formatted(device(''), device('xfs')),
      runs: ['mkfs.xfs -f /dev/sdb1', 'xfs_admin -U generate /dev/sdb1'],
      again: { changed: 'the UUID is set each time' },
    },
    'sets the UUID of one that is there': {
      args: { fstype: 'lvm', uuid: 'any' },
      files,
      commands: formatted(device('LVM2_member')),
      runs: ['pvchange -u /dev/sdb1'],
      again: { changed: 'the UUID is set each time' },
    },
    'has no UUID for swap': {
      args: { fstype: 'swap', uuid: '7f2c' },
      files,
      commands: formatted(device('')),
      fails: 'module does not support UUID option for this filesystem (swap) yet.',
    },
    'makes gfs2 with its lock table': {
      args: { fstype: 'gfs2', label: 'cluster:data', uuid: '7f2c', opts: '-j 2' },
      files,
      commands: formatted(device('')),
      runs: ['mkfs.gfs2 -O -j 2 -U 7f2c -t cluster:data /dev/sdb1'],
      again: { changed: 'the host still has none' },
    },
    'has labels for gfs2 only': {
      args: { fstype: 'ext4', label: 'data' },
      files,
      commands: formatted(device('')),
      fails: 'module does not support the label option for this filesystem (ext4) yet.',
    },
    'does not overwrite another': {
      args: { fstype: 'xfs' },
      files,
      commands: formatted(device('ext4')),
      fails: "'/dev/sdb1' is already used as ext4, use force=true to overwrite",
    },
    'overwrites another when told to': {
      args: { fstype: 'xfs', force: true },
      files,
      commands: formatted(device('ext4'), device('xfs')),
      runs: ['mkfs.xfs -f /dev/sdb1'],
      again: { changed: 'force makes it anew each time' },
    },
    'lets one fill its device': {
      args: { fstype: 'ext4', resizefs: true },
      files,
      commands: formatted(
        device('ext4', { fs: 20971520 }),
        device('ext4'),
        'The filesystem on /dev/sdb1 is now 40960 (1k) blocks long.\n',
      ),
      runs: ['resize2fs /dev/sdb1'],
      returns: { msg: 'The filesystem on /dev/sdb1 is now 40960 (1k) blocks long.\n' },
      foretells: { msg: 'resizing filesystem Ext4 on device /dev/sdb1' },
    },
    'leaves one that fills its device': {
      args: { fstype: 'ext4', resizefs: true },
      files,
      commands: formatted(device('ext4')),
      changed: false,
      returns: { msg: 'Ext4 filesystem is using the whole device /dev/sdb1' },
    },
    'lets xfs grow where it is mounted': {
      args: { fstype: 'xfs', resizefs: true },
      files,
      commands: formatted(device('xfs', { fs: 20971520, mount: '/srv' }), device('xfs', { mount: '/srv' })),
      runs: ['xfs_growfs /srv'],
    },
    'cannot let xfs grow where it is not mounted': {
      args: { fstype: 'xfs', resizefs: true },
      files,
      commands: formatted(device('xfs', { fs: 20971520 })),
      fails: '/dev/sdb1 needs to be mounted for xfs operations',
    },
    'knows a volume of LVM': {
      args: { fstype: 'lvm' },
      files,
      commands: formatted(device('LVM2_member')),
      changed: false,
    },
    'wipes a device': {
      args: { state: 'absent' },
      files,
      commands: formatted(device('ext4'), device('')),
      runs: ['wipefs --all /dev/sdb1'],
    },
    'has nothing to wipe': { args: { state: 'absent' }, files, commands: formatted(device('')), changed: false },
    'has no such device to wipe': {
      args: { state: 'absent' },
      commands: formatted(device('')),
      changed: false,
      returns: { msg: 'Device /dev/sdb1 not found.' },
    },
    'has no such device': {
      args: { fstype: 'ext4' },
      commands: formatted(device('')),
      fails: 'Device /dev/sdb1 not found.',
    },
  },
)

/** What `parted -s -m … print` writes. */
const table = (label: string, ...partitions: string[]) =>
  `BYT;\n/dev/sdb:102400kiB:scsi:512:512:${label}:ATA DISK:;\n${partitions.map(one => `${one};\n`).join('')}`
const bare = { rc: 1, stdout: `Error: /dev/sdb: unrecognised disk label\n${table('unknown')}` }
const parts = (before: FakeAnswer, after?: FakeAnswer) =>
  disk(/^command -v parted /, /^parted -s -m -a /, before, after)
const first = '1:1024kiB:51200kiB:50176kiB::primary:'

testModule(
  parted,
  { device: '/dev/sdb' },
  {
    'tells the unit in the letters in which it is asked for': {
      args: { unit: 'MiB', unit_preserve_case: true },
      commands: parts(table('gpt', first)),
      changed: false,
      returns: { disk: { unit: 'MiB' }, partitions: [{ unit: 'MiB' }] },
    },
    'only tells': {
      commands: parts(table('gpt', '1:1024kiB:51200kiB:50176kiB:ext4:data:boot, esp')),
      changed: false,
      returns: {
        disk: {
          dev: '/dev/sdb',
          size: 102400,
          unit: 'kib',
          table: 'gpt',
          model: 'ATA DISK',
          logical_block: 512,
          physical_block: 512,
        },
        partitions: [
          {
            num: 1,
            begin: 1024,
            end: 51200,
            size: 50176,
            fstype: 'ext4',
            name: 'data',
            flags: ['boot', 'esp'],
            unit: 'kib',
          },
        ],
        script: "unit 'KiB' print",
      },
    },
    'makes a table and the first partition': {
      args: { number: 1, state: 'present', label: 'gpt', part_end: '50%', fs_type: 'ext4' },
      commands: parts(bare, table('gpt', first)),
      runs: [
        'parted -s -m -a optimal /dev/sdb -- unit KiB mklabel gpt',
        'parted -s -m -a optimal /dev/sdb -- unit KiB mkpart primary ext4 0% 50%',
      ],
      returns: { script: 'unit KiB mklabel gpt mkpart primary ext4 0% 50%', partitions: [{ num: 1, name: 'primary' }] },
    },
    'leaves a partition that is there': {
      args: { number: 1, state: 'present', label: 'gpt', name: 'primary', flags: [] },
      commands: parts(table('gpt', first)),
      changed: false,
      returns: { script: '' },
    },
    'gives a partition a name and flags, and takes others': {
      args: { number: 1, state: 'present', label: 'gpt', name: 'my data', flags: ['lvm'] },
      commands: parts(
        table('gpt', '1:1024kiB:51200kiB:50176kiB::primary:raid'),
        table('gpt', '1:1024kiB:51200kiB:50176kiB::my data:lvm'),
      ),
      runs: [
        `parted -s -m -a optimal /dev/sdb -- unit KiB name 1 '"my data"'`,
        'parted -s -m -a optimal /dev/sdb -- unit KiB set 1 lvm on',
        'parted -s -m -a optimal /dev/sdb -- unit KiB set 1 raid off',
      ],
    },
    'lets a partition grow': {
      args: { number: 1, state: 'present', label: 'gpt', part_end: '100%', resize: true },
      commands: parts(table('gpt', first), table('gpt', '1:1024kiB:102400kiB:101376kiB::primary:')),
      runs: ['parted -s -m -a optimal /dev/sdb -- unit KiB resizepart 1 100%'],
    },
    'removes a partition': {
      args: { number: 1, state: 'absent' },
      commands: parts(table('gpt', first), table('gpt')),
      runs: ['parted -s -m -a optimal /dev/sdb -- unit KiB rm 1'],
      returns: { script: 'rm 1', partitions: [] },
    },
    'has no such partition to remove': {
      args: { number: 2, state: 'absent' },
      commands: parts(table('gpt', first)),
      changed: false,
      check: { differs: 'Ansible takes it that a task before this one would have made it' },
    },
    'replaces no table with partitions by another': {
      args: { number: 1, state: 'present', label: 'gpt' },
      commands: parts(table('msdos', first)),
      fails: '/dev/sdb has a msdos table with partitions: it is not replaced by gpt',
    },
    'has no such disk': {
      commands: parts({
        rc: 1,
        stdout: 'Error: Could not stat device /dev/sdb - No such file or directory.\n',
      }),
      fails: /^Error while getting device information with parted script: /,
      returns: { rc: 1, err: 'Error: Could not stat device /dev/sdb - No such file or directory.\n' },
    },
    'says what parted says': {
      args: { number: 2, state: 'present', label: 'gpt' },
      commands: [
        [/^command -v parted /, table('gpt', '1:1024kiB:102400kiB:101376kiB::primary:')],
        [/^parted /, { rc: 1, stderr: 'Error: Unable to satisfy all constraints on the partition.\n' }],
      ],
      fails: /Unable to satisfy all constraints on the partition\.$/,
    },
  },
)

const mib = 1024 * 1024
/** Devices as asked, then what vgs and pvs print; each physical volume has 400 MiB. */
const groups = (
  named: string,
  vgs: string,
  pvs: readonly string[],
  links: { readonly [device: string]: string } = {},
) =>
  [
    named,
    ...pvs.map(one => one.split(';')[0]!).map(name => `dev ${name} ${links[name] ?? name}`),
    vgs,
    ...pvs.map(one => `pv ${one};${400 * mib}`),
    ...pvs.map(one => `size ${one.split(';')[0]};${396 * mib};${mib}`),
    '',
  ].join('\n')
const group = (before: string, after?: string) =>
  disk(/^command -v pvs /, /^(vgchange|pvchange|pvcreate|pvresize|vgcreate|vgextend|vgreduce|vgremove) /, before, after)
const named = `dev /dev/sdb /dev/sdb ${400 * mib}\ndev /dev/sdc /dev/sdc ${400 * mib}`

testModule(
  lvg,
  { vg: 'site', pvs: ['/dev/sdb', '/dev/sdc'] },
  {
    'makes a group of two disks': {
      args: { pesize: '8' },
      commands: group(groups(named, '', []), groups(named, 'vg site;0', ['/dev/sdb;site', '/dev/sdc;site'])),
      runs: ['pvcreate -f /dev/sdb', 'pvcreate -f /dev/sdc', 'vgcreate -s 8m site /dev/sdb /dev/sdc'],
    },
    'leaves the group that is there': {
      commands: group(groups(named, 'vg site;2', ['/dev/sdb;site', '/dev/sdc;site'])),
      changed: false,
    },
    'adds a disk that is prepared already': {
      commands: group(
        groups(named, 'vg site;2', ['/dev/sdb;site', '/dev/sdc;']),
        groups(named, 'vg site;2', ['/dev/sdb;site', '/dev/sdc;site']),
      ),
      runs: ['vgextend site /dev/sdc'],
    },
    'takes out a disk that is not named': {
      args: { pvs: '/dev/sdb' },
      commands: group(
        groups('dev /dev/sdb /dev/sdb 1', 'vg site;2', ['/dev/sdb;site', '/dev/sdc;site']),
        groups('dev /dev/sdb /dev/sdb 1', 'vg site;2', ['/dev/sdb;site', '/dev/sdc;']),
      ),
      runs: ['vgreduce --force site /dev/sdc'],
    },
    'leaves a disk in that is not named': {
      args: { pvs: '/dev/sdb', remove_extra_pvs: false },
      commands: group(groups('dev /dev/sdb /dev/sdb 1', 'vg site;2', ['/dev/sdb;site', '/dev/sdc;site'])),
      changed: false,
    },
    'knows a device by each of its names': {
      args: { pvs: '/dev/mapper/crypt' },
      commands: group(
        groups('dev /dev/mapper/crypt /dev/dm-0 1', 'vg site;2', ['/dev/mapper/crypt;site'], {
          '/dev/mapper/crypt': '/dev/dm-0',
        }),
      ),
      changed: false,
    },
    'removes a group': {
      args: { state: 'absent', pvs: null },
      commands: group(groups('', 'vg site;0', ['/dev/sdb;site']), groups('', '', ['/dev/sdb;'])),
      runs: ['vgremove --force site'],
    },
    'removes no group that holds volumes': {
      args: { state: 'absent' },
      commands: group(groups(named, 'vg site;2', ['/dev/sdb;site'])),
      fails: 'Cannot remove non-empty volume group site without force=true',
    },
    'takes no disk of another group': {
      commands: group(groups(named, 'vg other;2', ['/dev/sdc;other'])),
      fails: 'Device /dev/sdc is already in other volume group.',
    },
    'has no such disk': {
      commands: group(groups(`missing /dev/sdb\n${named}`, '', [])),
      fails: 'Device /dev/sdb not found.',
    },
    'wants disks for a new group': {
      args: { pvs: null },
      commands: group(groups('', '', [])),
      fails: 'No physical volumes given.',
    },
    'leaves a group whose disks are not told': {
      args: { pvs: null },
      commands: group(groups('', 'vg site;2', ['/dev/sdb;site'])),
      changed: false,
    },
    'makes a group that a start leaves alone': {
      args: { state: 'inactive' },
      commands: group(
        `${groups(named, '', [])}auto\n`,
        `${groups(named, 'vg site;0', ['/dev/sdb;site', '/dev/sdc;site'])}auto\nlv ;\n`,
      ),
      runs: [
        'pvcreate -f /dev/sdb',
        'pvcreate -f /dev/sdc',
        'vgcreate -s 4m --setautoactivation n site /dev/sdb /dev/sdc',
      ],
    },
    'brings volumes into use': {
      args: { state: 'active', pvs: null },
      commands: group(
        `${groups('', 'vg site;1', ['/dev/sdb;site'])}auto\nlv -wi-------;\n`,
        `${groups('', 'vg site;1', ['/dev/sdb;site'])}auto\nlv -wi-a-----;enabled\n`,
      ),
      runs: ['vgchange --setautoactivation y site', 'vgchange --activate y site'],
    },
    'takes volumes out of use where LVM does not know autoactivation': {
      args: { state: 'inactive', pvs: null },
      commands: group(
        `${groups('', 'vg site;1', ['/dev/sdb;site'])}lv -wi-a-----\n`,
        `${groups('', 'vg site;1', ['/dev/sdb;site'])}lv -wi-------\n`,
      ),
      runs: ['vgchange --activate n site'],
    },
    'gives new UUIDs each time': {
      args: { reset_vg_uuid: true, reset_pv_uuid: true },
      commands: group(groups(named, 'vg site;2', ['/dev/sdb;site', '/dev/sdc;site'])),
      runs: ['vgchange -u site', 'pvchange -u /dev/sdb', 'pvchange -u /dev/sdc'],
      again: { changed: 'each run gives others' },
    },
    'needs disks to give them new UUIDs': {
      args: { reset_pv_uuid: true, pvs: undefined },
      fails: 'reset_pv_uuid is True but all of the following are missing: pvs',
    },
  },
)

/** vgs and lvs of a group of 400 MiB in extents of 4 MiB. */
const volumes = (free: number, ...lvs: string[]) =>
  ['rc 0', `vg site;${400 * mib};${free * mib};${4 * mib}`, ...lvs.map(one => `lv ${one}`), ''].join('\n')
const data = (size: number, attr = '-wi-a-----', name = 'data') => `${name};${size * mib};${attr}`
const volume = (before: string, after?: string) =>
  disk(/^command -v lvm /, /^(lvcreate|lvextend|lvreduce|lvremove|lvchange) /, before, after)

testModule(
  lvol,
  { vg: 'site', lv: 'data' },
  {
    'makes a volume': {
      args: { size: '100', opts: '-r 16', pvs: ['/dev/sdb', '/dev/sdc'] },
      commands: volume(volumes(400), volumes(300, data(100))),
      runs: ['lvcreate --yes -L 100m -n data -r 16 site /dev/sdb /dev/sdc'],
      returns: { msg: '' },
    },
    'leaves a volume of this size': {
      args: { size: '98m' },
      commands: volume(volumes(300, data(100))),
      changed: false,
      returns: { vg: 'site', lv: 'data', size: 100 },
    },
    'makes a volume of all there is': {
      args: { size: '100%FREE' },
      commands: volume(volumes(400), volumes(0, data(400))),
      runs: ['lvcreate --yes -l 100%FREE -n data site'],
    },
    'lets a volume grow with its file system': {
      args: { size: '0.2g', resizefs: true },
      commands: volume(volumes(300, data(100)), volumes(192, data(208))),
      runs: ['lvextend --resizefs -L 0.2g site/data'],
    },
    'grows to a share of the group': {
      args: { size: '50%VG' },
      commands: volume(volumes(300, data(100)), volumes(200, data(200))),
      runs: ['lvextend -l 50%VG site/data'],
    },
    'shrinks only by force': {
      args: { size: '50m' },
      commands: volume(volumes(300, data(100))),
      fails: 'Sorry, no shrinking of data without force=true',
    },
    shrinks: {
      args: { size: '52m', force: true },
      commands: volume(volumes(300, data(100)), volumes(348, data(52))),
      runs: ['lvreduce --force -L 52m site/data'],
    },
    'leaves a larger one where shrinking is off': {
      args: { size: '50m', shrink: false },
      commands: volume(volumes(300, data(100))),
      changed: false,
    },
    'switches a volume off': {
      args: { active: false },
      commands: volume(volumes(300, data(100)), volumes(300, data(100, '-wi-------'))),
      runs: ['lvchange -an site/data'],
    },
    'makes a snapshot': {
      args: { snapshot: 'yesterday', size: '20m' },
      commands: volume(
        volumes(300, data(100, 'owi-a-s---')),
        volumes(280, data(100, 'owi-a-s---'), data(20, 'swi-a-s---', 'yesterday')),
      ),
      runs: ['lvcreate --yes -L 20m -s -n yesterday site/data'],
    },
    'makes a volume in a thin pool': {
      args: { thinpool: 'pool', size: '1g' },
      commands: volume(
        volumes(300, data(100, 'twi-a-tz--', 'pool')),
        volumes(300, data(100, 'twi-a-tz--', 'pool'), data(1024, 'Vwi-a-tz--')),
      ),
      runs: ['lvcreate --yes -V 1g -n data -T site/pool'],
    },
    'removes a volume': {
      args: { state: 'absent', force: true },
      commands: volume(volumes(300, data(100)), volumes(400)),
      runs: ['lvremove --force site/data'],
    },
    'removes only by force': {
      args: { state: 'absent' },
      commands: volume(volumes(300, data(100))),
      fails: 'Sorry, no removal of logical volume data without force=true.',
    },
    'has no room': {
      args: { size: '900m' },
      commands: volume(volumes(300, data(100))),
      fails: /^Logical Volume data could not be extended\. Not enough free space left/,
    },
    'has no such group': {
      args: { size: '1g' },
      commands: volume('er   Volume group "site" not found\ner   Cannot process volume group site\nrc 5\n'),
      fails: 'Volume group site does not exist.',
      returns: { rc: 5, err: '  Volume group "site" not found\n  Cannot process volume group site\n' },
    },
    'has nothing to remove where the group is gone': {
      args: { state: 'absent', force: true },
      commands: volume('rc 5\n'),
      changed: false,
      returns: { stdout: 'Volume group site does not exist.' },
    },
    'wants to know how large': { commands: volume(volumes(400)), fails: 'No size given.' },
    'cannot read a size': {
      args: { size: 'big' },
      commands: volume(volumes(400)),
      fails: "Bad size specification of 'big'",
    },
  },
)

const groupNames = (before: string, after = before) => disk(/^vgs /, /^vgrename /, before, after, 'renamed\n')

testModule(
  lvgRename,
  { vg: 'old', vg_new: 'new' },
  {
    'gives a group another name': {
      commands: groupNames('  old;SNgd0Q\n  root;Ab\n', '  new;SNgd0Q\n  root;Ab\n'),
      runs: ['vgrename old new'],
      returns: { changed: true, msg: 'renamed\n', diff: { before: { vg: 'old' }, after: { vg: 'new' } } },
      foretells: { changed: true, msg: 'Running in check mode. The module would rename VG old to new.' },
    },
    'knows it by its UUID': {
      args: { vg: 'SNgd0Q' },
      commands: groupNames('  old;SNgd0Q\n', '  new;SNgd0Q\n'),
      runs: ['vgrename SNgd0Q new'],
    },
    'has nothing to do': {
      commands: groupNames('  new;SNgd0Q\n'),
      returns: { changed: false, msg: 'The new VG (new) already exists, nothing to do.' },
    },
    'takes no name of another group': {
      commands: groupNames('  old;a\n  new;b\n'),
      fails: 'The new VG name (new) is already in use.',
    },
    'misses both': { commands: groupNames(''), fails: 'Both current (old) and new (new) VG are missing.' },
    'says what LVM says': {
      commands: [
        [/^vgs /, '  old;a\n'],
        [/^vgrename /, { rc: 5, stderr: 'in use\n' }],
      ],
      fails: 'in use',
    },
  },
)
