import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import type { Query } from '../engine/remote/remote.js'
import { checked } from './commands/checked.js'
import { missingProgram } from './commands/missing-program.js'

const units = ['s', 'B', 'KB', 'KiB', 'MB', 'MiB', 'GB', 'GiB', 'TB', 'TiB', '%', 'cyl', 'chs', 'compact'] as const

export default defineModule({
  name: 'community.general.parted',
  summary: 'Make partitions',
  check: 'full',
  args: {
    device: { type: 'str', required: true, summary: 'the disk' },
    number: { type: 'int', summary: 'the partition' },
    state: {
      type: 'str',
      choices: ['absent', 'info', 'present'],
      default: 'info',
      summary: 'whether it should be there',
    },
    label: {
      type: 'str',
      choices: ['aix', 'amiga', 'bsd', 'dvh', 'gpt', 'loop', 'mac', 'msdos', 'pc98', 'sun'],
      default: 'msdos',
      summary: 'kind of table',
    },
    part_type: {
      type: 'str',
      choices: ['extended', 'logical', 'primary'],
      default: 'primary',
      summary: 'kind of partition',
    },
    part_start: { type: 'str', default: '0%', summary: 'where it begins' },
    part_end: { type: 'str', default: '100%', summary: 'where it ends' },
    name: { type: 'str', summary: 'name of the partition' },
    flags: { type: 'list', elements: 'str', summary: 'flags of the partition' },
    fs_type: { type: 'str', summary: 'file system it is meant for' },
    align: {
      type: 'str',
      choices: ['cylinder', 'minimal', 'none', 'optimal', 'undefined'],
      default: 'optimal',
      summary: 'how to align',
    },
    unit: { type: 'str', choices: units, default: 'KiB', summary: 'unit of what is returned' },
    unit_preserve_case: {
      type: 'bool',
      default: false,
      summary: 'return the unit as unit has it, not in small letters',
    },
    resize: { type: 'bool', default: false, summary: 'let a partition reach part_end' },
  },
  rules: {
    requiredIf: [
      ['state', 'present', 'number'],
      ['state', 'absent', 'number'],
    ],
  },
  returns: { partition_info: 'disk, partitions and script' },
  examples: `
- community.general.parted:
    device: /dev/sdb
    number: 1
    state: present
`,

  async run(context) {
    const { args, remote, fail } = context
    const { device, number, state, unit, label } = args
    const look = () => remote.query(table(device, unit, args.unit_preserve_case))
    const before = await look()
    if (before.rc === 91) await missingProgram({ remote, fail }, 'parted')
    if (before.rc !== 0 && !/unrecognised disk label/.test(before.said))
      fail(
        `Error while getting device information with parted script: '/usr/sbin/parted -s -m ${device} -- unit '${unit}' print'`,
        { rc: before.rc, out: '', err: `${before.said}\n` },
      )
    const script: string[][] = []
    const held = before.partitions.find(one => one.num === number)
    const base = ['parted', '-s', '-m', '-a', args.align, device, '--']

    const alterations: string[][] = []
    // In check mode Ansible takes it that a partition which is not there yet comes from a task before.
    if (state === 'absent' && (held || remote.checkMode)) script.push(['rm', String(number)])
    if (state === 'present') {
      const fresh = before.disk.table !== label
      // Another table would lose every partition, so only a disk without one gets it.
      if (fresh && before.partitions.length > 0 && !/unknown|loop/.test(before.disk.table))
        fail(`${device} has a ${before.disk.table} table with partitions: it is not replaced by ${label}`)
      if (fresh) script.push(['mklabel', label])
      if (!held) {
        script.push(['mkpart', args.part_type, ...(args.fs_type ? [args.fs_type] : []), args.part_start, args.part_end])
      } else if (args.resize) {
        const [end, wanted] = [
          before.partitions.find(one => one.num === number)!.end,
          inUnit(args.part_end, before.disk.size),
        ]
        if (wanted === undefined || Math.abs(wanted - end) > 1)
          script.push(['resizepart', String(number), args.part_end])
      }
      if (args.name !== undefined && (held?.name ?? '') !== args.name && /^(gpt|mac|pc98)$/.test(label))
        alterations.push(['name', String(number), `"${args.name}"`])
      const flags = args.flags
      if (flags !== undefined) {
        const now = new Set(held?.flags)
        // boot and esp are one flag of a GPT.
        const same = (one: string) => now.has(one) || (label === 'gpt' && one === 'boot' && now.has('esp'))
        for (const flag of flags.filter(one => !same(one))) alterations.push(['set', String(number), flag, 'on'])
        for (const flag of [...now].filter(
          one =>
            !flags.includes(one) &&
            !(label === 'gpt' && /^(boot|esp)$/.test(one) && flags.some(other => /^(boot|esp)$/.test(other))),
        ))
          alterations.push(['set', String(number), flag, 'off'])
      }
    }
    for (const words of [...script, ...alterations])
      await checked(
        context,
        [...base, 'unit', unit, ...words],
        `${words.join(' ')} on ${device}`,
        said => `Error while running parted script: ${words.join(' ')}: ${said}`,
      )
    const after = script.length + alterations.length > 0 && !remote.checkMode ? await look() : before
    const { disk, partitions } = after
    const text = (lines: string[][]) =>
      lines.length === 0 || state === 'absent'
        ? lines.flat().join(' ')
        : ['unit', unit, ...lines.flat().map(word => (word.startsWith('"') ? `'${word}'` : word))].join(' ')
    return {
      disk,
      partitions,
      script: state === 'info' ? `unit '${unit}' print` : [text(script), text(alterations)].filter(Boolean).join(' '),
    }
  },
})

interface Table {
  readonly rc: number
  readonly said: string
  readonly disk: {
    dev: string
    size: number
    unit: string
    table: string
    model: string
    logical_block: number
    physical_block: number
  }
  readonly partitions: {
    num: number
    begin: number
    end: number
    size: number
    fstype: string
    name: string
    flags: string[]
    unit: string
  }[]
}

/** What `parted -m print` says: fields with colons, lines with semicolons. */
export const table = (device: string, unit: string, preserveCase = false): Query<Table> => ({
  command: sh`command -v parted >/dev/null || exit 91; LC_ALL=C parted -s -m ${device} -- unit ${unit} print 2>&1`,
  parse(stdout, rc) {
    const rows = stdout.split('\n').map(line => line.replace(/;$/, '').split(':'))
    const number = (text: string | undefined) => Number.parseFloat(text ?? '') || 0
    const head = rows.find(row => row[0]?.startsWith('/')) ?? []
    const shownUnit = preserveCase ? unit : unit.toLowerCase()
    return {
      rc,
      said: stdout.trim(),
      disk: {
        dev: head[0] ?? device,
        size: number(head[1]),
        unit: shownUnit,
        table: head[5] ?? 'unknown',
        model: head[6] ?? '',
        logical_block: number(head[3]),
        physical_block: number(head[4]),
      },
      partitions: rows
        .filter(row => /^\d+$/.test(row[0] ?? '') && row.length >= 7)
        .map(([num, begin, end, size, fstype, name, flags]) => ({
          num: Number(num),
          begin: number(begin),
          end: number(end),
          size: number(size),
          fstype: fstype!,
          name: name!,
          flags: flags!.split(', ').filter(Boolean),
          unit: shownUnit,
        })),
    }
  },
})

/** A share of the disk in the unit of the table; undefined for what only parted can say. */
const inUnit = (text: string, size: number): number | undefined =>
  text.endsWith('%') ? (size * Number.parseFloat(text)) / 100 : undefined
