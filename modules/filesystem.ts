import { defineModule } from '../engine/module/define.js'
import { quote, raw, sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'

const makers: { readonly [fstype: string]: readonly string[] } = {
  ext2: ['mkfs.ext2', '-F'],
  ext3: ['mkfs.ext3', '-F'],
  ext4: ['mkfs.ext4', '-F'],
  ext4dev: ['mkfs.ext4', '-F'],
  xfs: ['mkfs.xfs', '-f'],
  btrfs: ['mkfs.btrfs', '-f'],
  f2fs: ['mkfs.f2fs', '-f'],
  reiserfs: ['mkfs.reiserfs', '-q'],
  ocfs2: ['mkfs.ocfs2', '-Fx'],
  vfat: ['mkfs.vfat'],
  swap: ['mkswap', '-f'],
  lvm: ['pvcreate', '-f'],
  bcachefs: ['mkfs.bcachefs', '--force'],
  gfs2: ['mkfs.gfs2', '-O'],
}

/** How a file system gets its UUID: as it is made, when it is there, and by which of its maker's options the user says it. */
const uuids: {
  readonly [fstype: string]: {
    readonly making?: (uuid: string) => readonly string[]
    readonly there?: (uuid: string, dev: string) => readonly string[]
    readonly said: RegExp
  }
} = {
  ext: {
    making: uuid => ['-U', uuid],
    there: (uuid, dev) => ['tune2fs', '-U', uuid, dev],
    said: /(?:^|\s)-U/,
  },
  xfs: { there: (uuid, dev) => ['xfs_admin', '-U', uuid, dev], said: /(?:^|[\s,=])uuid=/ },
  lvm: {
    making: uuid => ['-u', uuid, '--norestorefile'],
    there: (_, dev) => ['pvchange', '-u', dev],
    said: /(?:^|\s)(?:-u|--uuid)/,
  },
  bcachefs: { making: uuid => ['-U', uuid], said: /(?:^|\s)(?:-U|--uuid)/ },
  gfs2: { making: uuid => ['-U', uuid], said: /(?:^|\s)-U/ },
}

export default defineModule({
  name: 'community.general.filesystem',
  summary: 'Make file systems on devices',
  check: 'full',
  args: {
    dev: { type: 'path', required: true, aliases: ['device'], summary: 'device, or file that stands for one' },
    fstype: {
      type: 'str',
      choices: [...Object.keys(makers), 'ufs'],
      aliases: ['type'],
      summary: 'kind of file system',
    },
    state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'absent: wipe it' },
    force: { type: 'bool', default: false, summary: 'replace another file system' },
    resizefs: { type: 'bool', default: false, summary: 'let it fill the device' },
    opts: { type: 'str', summary: 'more options for mkfs' },
    uuid: { type: 'str', summary: 'UUID of the file system; set each time' },
    label: { type: 'str', summary: 'lock table of gfs2: CLUSTERNAME:LOCKSPACE' },
  },
  rules: { requiredIf: [['state', 'present', 'fstype']], exclusive: [['resizefs', 'uuid']] },
  examples: `
- community.general.filesystem:
    fstype: ext4
    dev: /dev/sdb1
`,

  async run(context) {
    const { args, remote, warn, fail } = context
    const { dev, state, fstype } = args
    const [file, seen] = await Promise.all([
      remote.file(dev, { want: 'stat' }),
      remote.query({
        command: sh`d=${dev}; echo "type $(blkid -c /dev/null -o value -s TYPE "$d" 2>/dev/null)"; echo "size $(blockdev --getsize64 "$d" 2>/dev/null || stat -L -c %s "$d" 2>/dev/null)"; echo "fs $(case ${fstype ?? ''} in ext*) LC_ALL=C dumpe2fs -h "$d" 2>/dev/null | awk -F: '/^Block count/{c=$2}/^Block size/{s=$2}END{printf "%.0f", c*s}';; xfs) m=$(findmnt -n -o TARGET "$d" 2>/dev/null | head -n 1); LC_ALL=C xfs_info "$${raw('{m:-$d}')}" 2>/dev/null | awk -F'[= ,]+' '/^data/{for(i=1;i<=NF;i++){if($i=="bsize")b=$(i+1);if($i=="blocks")c=$(i+1)}}END{printf "%.0f",b*c}';; esac)"; echo "mount $(findmnt -n -o TARGET "$d" 2>/dev/null | head -n 1)"`,
        parse: stdout =>
          new Map(stdout.split('\n').map(line => [line.split(' ')[0]!, line.slice(line.indexOf(' ') + 1).trim()])),
      }),
    ])
    if (!file.exists) {
      if (state === 'present') fail(`Device ${dev} not found.`)
      return { msg: `Device ${dev} not found.`, changed: false }
    }
    const now = { LVM2_member: 'lvm' }[seen.get('type')!] ?? seen.get('type')!
    if (state === 'absent') {
      if (now === '') return { changed: false }
      await checked(context, ['wipefs', '--all', dev], `wipe ${dev}`)
      return {}
    }
    if (fstype === 'ufs') fail('module does not support this filesystem (ufs) yet.')
    const same = now === fstype || (fstype === 'ext4dev' && now === 'ext4')
    const { uuid, label } = args
    const identity = uuids[fstype!.replace(/^ext.*/, 'ext')]
    if (uuid && !(same ? identity?.there : identity))
      fail(`module does not support UUID option for this filesystem (${fstype}) yet.`)
    if (label && fstype !== 'gfs2')
      fail(`module does not support the label option for this filesystem (${fstype}) yet.`)
    if (same && uuid) {
      const done = await checked(context, identity!.there!(uuid, dev), `set the UUID of ${dev}`)
      return { msg: done.stdout }
    }
    if (same && !args.force) {
      if (!args.resizefs) return { changed: false }
      const kind = `${fstype![0]!.toUpperCase()}${fstype!.slice(1)}`
      const [size, held] = [Number(seen.get('size')), Number(seen.get('fs'))]
      const grow = growCommand(fstype!, dev, seen.get('mount') ?? '')
      if (grow === undefined) fail(`module does not support resizing ${fstype} filesystem yet.`)
      if (typeof grow === 'string') fail(grow)
      // Less than a block's worth at the end is no room.
      if (size && held && size - held < 4096 * 16)
        return {
          msg: `${kind} filesystem is using the whole device ${dev}`,
          changed: false,
        }
      const done = await checked(context, grow as string[], `let ${fstype} fill ${dev}`)
      return { msg: done.skipped ? `resizing filesystem ${kind} on device ${dev}` : done.stdout }
    }
    if (now !== '' && !same && !args.force)
      fail(`'${dev}' is already used as ${now}, use force=true to overwrite`, { rc: 0, err: '' })
    if (args.resizefs && now === '') warn(`${dev} holds no file system yet: it is made, not resized`)
    const opts = (args.opts ?? '').split(/\s+/).filter(Boolean)
    const own = uuid && !identity!.said.test(args.opts ?? '') ? uuid : undefined
    const named = label && !/(?:^|\s)-t/.test(args.opts ?? '') ? ['-t', label] : []
    const given = own === undefined ? [] : (identity!.making?.(own) ?? [])
    await checked(context, [...makers[fstype!]!, ...opts, ...given, ...named, dev], `make ${fstype} on ${quote(dev)}`)
    if (own !== undefined && !identity!.making)
      await checked(context, identity!.there!(own, dev), `set the UUID of ${quote(dev)}`)
    return {}
  },
})

/** How a file system is told to fill its device; a text says why it cannot now. */
function growCommand(fstype: string, dev: string, mount: string): string[] | string | undefined {
  switch (fstype) {
    case 'ext2':
    case 'ext3':
    case 'ext4':
    case 'ext4dev':
      return ['resize2fs', dev]
    case 'xfs':
      return mount ? ['xfs_growfs', mount] : `${dev} needs to be mounted for xfs operations`
    case 'btrfs':
      return mount ? ['btrfs', 'filesystem', 'resize', 'max', mount] : `${dev} needs to be mounted for btrfs operations`
    case 'f2fs':
      return ['resize.f2fs', dev]
    case 'vfat':
      return ['fatresize', '--size', 'max', dev]
    case 'lvm':
      return ['pvresize', dev]
  }
  return undefined
}
