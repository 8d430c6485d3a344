import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { missingProgram } from './commands/missing-program.js'

const factors: { readonly [unit: string]: number } = {
  b: 1,
  s: 512,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
  p: 1024 ** 5,
  e: 1024 ** 6,
}

export default defineModule({
  name: 'community.general.lvol',
  summary: 'Make logical volumes of LVM',
  check: 'full',
  args: {
    vg: { type: 'str', required: true, summary: 'volume group' },
    lv: { type: 'str', summary: 'the volume' },
    size: { type: 'str', summary: 'megabytes, or with a unit, or a share: 80%VG, 100%FREE; + and - are relative' },
    opts: { type: 'str', summary: 'more options for lvcreate' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be there' },
    active: { type: 'bool', default: true, summary: 'whether it can be used' },
    force: { type: 'bool', default: false, summary: 'shrink and remove' },
    shrink: { type: 'bool', default: true, summary: 'make it smaller when it is too large' },
    resizefs: { type: 'bool', default: false, summary: 'let the file system follow' },
    snapshot: { type: 'str', summary: 'name of a snapshot of the volume' },
    pvs: { type: 'list', elements: 'str', summary: 'devices to use' },
    thinpool: { type: 'str', summary: 'thin pool' },
  },
  rules: { oneOf: [['lv', 'thinpool']] },
  examples: `
- community.general.lvol:
    vg: firefly
    lv: test
    size: 512
`,

  async run(context) {
    const { args, remote, fail } = context
    const { vg, lv, state, snapshot, thinpool } = args
    const words = (text: string | undefined) => (text ?? '').split(/[\s,]+/).filter(Boolean)
    const seen = await remote.query({
      command: sh`command -v lvm >/dev/null || exit 91; vgs ${vg} 2>&1 >/dev/null | sed 's/^/er /'; vgs ${vg} >/dev/null 2>&1; echo "rc $?"; vgs --noheadings --nosuffix --units b --separator ';' -o vg_name,vg_size,vg_free,vg_extent_size ${vg} 2>/dev/null | sed 's/^ */vg /'; lvs -a --noheadings --nosuffix --units b --separator ';' -o lv_name,size,lv_attr ${vg} 2>/dev/null | sed 's/^ */lv /'; :`,
      parse: (stdout, rc) => ({
        rc,
        missing: {
          rc: Number(/^rc (\d+)$/m.exec(stdout)?.[1] ?? 0),
          err: [...stdout.matchAll(/^er (.*\n)/gm)].map(line => line[1]).join(''),
        },
        rows: stdout.split('\n').map(line => ({
          kind: line.slice(0, 2),
          cells: line
            .slice(3)
            .split(';')
            .map(cell => cell.trim()),
        })),
      }),
    })
    const lvm = async (argv: string[], why: string, msg: string) => {
      const { rc, stderr } = await remote.exec({ argv, why })
      if (rc !== 0) fail(msg, { rc, err: stderr })
    }
    if (seen.rc === 91) await missingProgram({ remote, fail }, 'lvm')
    const group = seen.rows.find(row => row.kind === 'vg')?.cells
    if (!group) {
      if (state === 'absent') return { changed: false, stdout: `Volume group ${vg} does not exist.` }
      fail(`Volume group ${vg} does not exist.`, seen.missing)
    }
    const [, total = 0, free = 0, extent = 1] = group!.map(Number)
    const name = snapshot ?? lv ?? thinpool!
    const volumes = seen.rows
      .filter(row => row.kind === 'lv')
      .map(({ cells }) => ({
        name: cells[0]!.replace(/[[\]]/g, ''),
        size: Number(cells[1]),
        active: cells[2]?.[4] === 'a',
      }))
    const volume = volumes.find(one => one.name === name)
    if (snapshot !== undefined && state === 'present' && !volumes.some(one => one.name === lv))
      fail(`Snapshot origin LV ${lv} does not exist in volume group ${vg}.`)

    if (state === 'absent') {
      if (!volume) return { msg: '' }
      if (!args.force) fail(`Sorry, no removal of logical volume ${name} without force=true.`)
      await lvm(
        ['lvremove', '--force', `${vg}/${name}`],
        `remove ${vg}/${name}`,
        `Failed to remove logical volume ${name}`,
      )
      return {}
    }
    const wish = args.size === undefined ? undefined : sizeOf(args.size)
    if (args.size !== undefined && wish === undefined) fail(`Bad size specification of '${args.size}'`)
    if (!volume) {
      if (wish?.sign) fail(`Bad size specification of '${args.size}' for creating LV`)
      if (!wish && snapshot === undefined) fail(`No size given.`)
      const size = wish
        ? wish.share
          ? ['-l', `${wish.amount}%${wish.share}`]
          : [thinpool !== undefined && lv !== undefined ? '-V' : '-L', `${wish.amount}${wish.unit}`]
        : []
      const what =
        snapshot !== undefined
          ? ['-s', '-n', snapshot, ...words(args.opts), `${vg}/${lv}`]
          : thinpool !== undefined && lv !== undefined
            ? ['-n', lv, ...words(args.opts), '-T', `${vg}/${thinpool}`]
            : thinpool !== undefined
              ? [...words(args.opts), '-T', `${vg}/${thinpool}`]
              : ['-n', lv!, ...words(args.opts), vg, ...words(args.pvs?.join(','))]
      await lvm(
        ['lvcreate', '--yes', ...size, ...what],
        `make ${vg}/${name}`,
        `Creating logical volume '${name}' failed`,
      )
    } else if (wish) {
      const share = { VG: total, FREE: free, PVS: total, ORIGIN: volume.size, '': 0 }[wish.share]
      const asked = wish.share
        ? (share * Number(wish.amount)) / 100
        : Number(wish.amount) * factors[wish.unit.toLowerCase()]!
      const exact =
        wish.sign === '+'
          ? volume.size + asked
          : wish.sign === '-'
            ? volume.size - asked
            : wish.share === 'FREE'
              ? volume.size + asked
              : asked
      const bytes = wish.share ? Math.floor(exact / extent) * extent : Math.ceil(exact / extent) * extent
      const resize = args.resizefs ? ['--resizefs'] : []
      const size = wish.share
        ? ['-l', `${wish.sign || (wish.share === 'FREE' ? '+' : '')}${wish.amount}%${wish.share}`]
        : ['-L', `${wish.sign}${wish.amount}${wish.unit}`]
      if (bytes > volume.size) {
        if (bytes - volume.size > free)
          fail(
            `Logical Volume ${name} could not be extended. Not enough free space left (${bytes - volume.size}b required / ${free}b available)`,
          )
        await lvm(
          ['lvextend', ...resize, ...size, `${vg}/${name}`, ...words(args.pvs?.join(','))],
          `let ${vg}/${name} grow`,
          `Unable to resize ${name} to ${args.size}`,
        )
      } else if (bytes < volume.size && args.shrink && wish.sign !== '+') {
        if (bytes <= 0) fail(`Sorry, no shrinking of ${name} to 0 permitted.`)
        if (!args.force) fail(`Sorry, no shrinking of ${name} without force=true`)
        await lvm(
          ['lvreduce', '--force', ...resize, ...size, `${vg}/${name}`],
          `let ${vg}/${name} shrink`,
          `Unable to resize ${name} to ${args.size}`,
        )
      }
    }
    if (volume && snapshot === undefined && volume.active !== args.active)
      await lvm(
        ['lvchange', args.active ? '-ay' : '-an', `${vg}/${name}`],
        `${args.active ? 'switch on' : 'switch off'} ${vg}/${name}`,
        `Failed to ${args.active ? 'activate' : 'deactivate'} logical volume ${name}`,
      )
    if (!volume) return { msg: '' }
    const unit = (wish && !wish.share ? wish.unit : 'm').toLowerCase()
    return { vg, lv: name, size: volume.size / factors[unit]! }
  },
})

/** `512`, `10g`, `+1g`, `80%VG`. */
function sizeOf(text: string) {
  const found = /^([+-]?)(\d+(?:\.\d+)?)(?:%(VG|PVS|FREE|ORIGIN)|([bskmgtpeBSKMGTPE]?))$/i.exec(text.trim())
  if (!found) return undefined
  return {
    sign: found[1]!,
    amount: found[2]!,
    share: (found[3]?.toUpperCase() ?? '') as 'VG' | 'PVS' | 'FREE' | 'ORIGIN' | '',
    unit: found[4] || 'm',
  }
}
