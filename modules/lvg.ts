import { defineModule } from '../engine/module/define.js'
import { raw, sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'
import { missingProgram } from './commands/missing-program.js'
import { activate, activationOptions, activationText } from './volumes/activation.js'

export default defineModule({
  name: 'community.general.lvg',
  summary: 'Make volume groups of LVM',
  check: 'full',
  args: {
    vg: { type: 'str', required: true, summary: 'the group' },
    pvs: { type: 'list', elements: 'str', summary: 'devices it consists of' },
    pesize: { type: 'str', default: '4', summary: 'size of an extent, in megabytes or with a unit' },
    pv_options: { type: 'str', default: '', summary: 'more options for pvcreate' },
    vg_options: { type: 'str', default: '', summary: 'more options for vgcreate' },
    pvresize: { type: 'bool', default: false, summary: 'let physical volumes fill their devices' },
    state: {
      type: 'str',
      choices: ['absent', 'present', 'active', 'inactive'],
      default: 'present',
      summary: 'whether it should be there, and its volumes be in use',
    },
    force: { type: 'bool', default: false, summary: 'remove it with its logical volumes' },
    remove_extra_pvs: { type: 'bool', default: true, summary: 'take devices out that are not named' },
    reset_vg_uuid: { type: 'bool', default: false, summary: 'give the group a new UUID, each time' },
    reset_pv_uuid: { type: 'bool', default: false, summary: 'give its physical volumes new UUIDs, each time' },
  },
  rules: { requiredIf: [['reset_pv_uuid', true, 'pvs']] },
  examples: `
- community.general.lvg:
    vg: vg.services
    pvs: /dev/sda1
    pesize: 32
`,

  async run(context) {
    const { args, remote, fail } = context
    const { vg, state } = args
    const words = (text: string) => text.split(/\s+/).filter(Boolean)
    const pvs = args.pvs ?? []
    const activation = state === 'active' || state === 'inactive' ? state : undefined
    const seen = await remote.query({
      command: sh`command -v pvs >/dev/null || exit 91; for d in ${pvs}; do [ -e "$d" ] || echo "missing $d"; echo "dev $d $(readlink -f "$d") $(blockdev --getsize64 "$d" 2>/dev/null)"; done; vgs --noheadings -o vg_name,lv_count --separator ';' 2>/dev/null | sed 's/^ */vg /'; pvs --noheadings -o pv_name 2>/dev/null | while read -r d; do echo "dev $d $(readlink -f "$d")"; done; pvs --noheadings -o pv_name,vg_name,dev_size --units b --nosuffix --separator ';' 2>/dev/null | sed 's/^ */pv /'; pvs --noheadings -o pv_name,pv_size,pe_start --units b --nosuffix --separator ';' 2>/dev/null | sed 's/^ */size /'; ${raw(activation ? activationText(vg) : ':')}; :`,
      parse: (stdout, rc) => ({ rc, lines: stdout.split('\n') }),
    })
    if (seen.rc === 91) await missingProgram({ remote, fail }, 'pvs')
    const rows = (name: string) =>
      seen.lines
        .filter(line => line.startsWith(`${name} `))
        .map(line =>
          line
            .slice(name.length + 1)
            .split(';')
            .map(part => part.trim()),
        )
    const group = rows('vg').find(([name]) => name === vg)
    if (state === 'absent') {
      if (!group) return {}
      if (Number(group[1]) > 0 && !args.force) fail(`Cannot remove non-empty volume group ${vg} without force=true`)
      await checked(context, ['vgremove', '--force', vg], `remove ${vg}`, () => `Failed to remove volume group ${vg}`)
      return {}
    }
    const missing = seen.lines.find(line => line.startsWith('missing '))
    if (missing) fail(`Device ${missing.slice(8)} not found.`)
    const real = new Map(
      seen.lines
        .filter(line => line.startsWith('dev '))
        .map(line => [line.split(' ')[1]!, line.split(' ')[2] ?? ''] as const),
    )
    // LVM says /dev/mapper/a of what a link leads to as /dev/dm-0.
    const realOf = (device: string | undefined) => real.get(device!) || device!
    const wanted = pvs.map(realOf)
    const physical = new Map(
      rows('pv').map(([name, of, size]) => [realOf(name), { vg: of!, size: Number(size) }] as const),
    )
    for (const device of wanted) {
      const of = physical.get(device)?.vg
      if (of && of !== vg) fail(`Device ${device} is already in ${of} volume group.`)
    }
    const prepare = async (devices: readonly string[]) => {
      for (const device of devices.filter(one => !physical.has(one)))
        await checked(
          context,
          ['pvcreate', ...words(args.pv_options), '-f', device],
          `prepare ${device}`,
          () => `Creating physical volume '${device}' failed`,
        )
    }
    if (!group) {
      if (pvs.length === 0) fail('No physical volumes given.')
      await prepare(wanted)
      const size = /^\d+$/.test(args.pesize) ? `${args.pesize}m` : args.pesize
      await checked(
        context,
        [
          ...['vgcreate', ...words(args.vg_options), '-s', size],
          ...[...activationOptions(state, args.vg_options, seen.lines), vg, ...wanted],
        ],
        `make ${vg}`,
        () => `Creating volume group '${vg}' failed`,
      )
      return {}
    }
    const now = [...physical].filter(([, one]) => one.vg === vg).map(([name]) => name)
    const fresh = wanted.filter(device => !now.includes(device))
    if (state === 'inactive') await activate(context, vg, state, seen.lines)
    if (args.reset_vg_uuid) await checked(context, ['vgchange', '-u', vg], `a new UUID for ${vg}`)
    for (const device of args.reset_pv_uuid ? wanted.filter(one => now.includes(one)) : [])
      await checked(context, ['pvchange', '-u', device], `a new UUID for ${device}`)
    const gone = args.remove_extra_pvs && pvs.length > 0 ? now.filter(device => !wanted.includes(device)) : []
    if (args.pvresize) {
      const sizes = new Map(
        rows('size').map(([name, size, start]) => [realOf(name), Number(size) + Number(start)] as const),
      )
      for (const device of wanted.filter(one => now.includes(one))) {
        // Within an extent nothing is to be won.
        if (physical.get(device)!.size - (sizes.get(device) ?? 0) >= 4 * 1024 * 1024)
          await checked(
            context,
            ['pvresize', device],
            `let ${device} fill its device`,
            () => `Failed executing pvresize command.`,
          )
      }
    }
    if (fresh.length > 0) {
      await prepare(fresh)
      await checked(
        context,
        ['vgextend', vg, ...fresh],
        `add ${fresh.join(', ')} to ${vg}`,
        () => `Unable to extend ${vg} by ${fresh.join(' ')}.`,
      )
    }
    if (gone.length > 0)
      await checked(
        context,
        ['vgreduce', '--force', vg, ...gone],
        `take ${gone.join(', ')} from ${vg}`,
        () => `Unable to reduce ${vg} by ${gone.join(' ')}.`,
      )
    if (state === 'active') await activate(context, vg, state, seen.lines)
    return {}
  },
})
