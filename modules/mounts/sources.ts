/** Tables of mounts in their formats: the kernel's and fstab's, Solaris' vfstab, and what mount(8) prints. */
import { unescaped } from './fstab.js'

export interface SourceEntry {
  readonly device: string
  readonly mount: string
  readonly fstype: string
  readonly options: string
  readonly dump?: number
  readonly passno?: number | string
  readonly device_to_fsck?: string
  readonly mount_at_boot?: string
  /** The line as it stands there. */
  readonly line: string
}

/** Entries of a file; a file with a line that no format has gives none. */
export function entriesOfFile(text: string): SourceEntry[] {
  const lines = text.split('\n').filter(line => line.trim() !== '' && !line.trim().startsWith('#'))
  for (const format of [fstabEntry, vfstabEntry]) {
    const entries = lines.map(format)
    if (entries.every(entry => entry !== undefined)) return entries
  }
  return []
}

/** Entries that `mount` prints, on Linux and on the BSDs. */
export function entriesOfMount(text: string): SourceEntry[] {
  return text.split('\n').flatMap(line => {
    const linux = /^(.*) on (.*) type (\S+) \((.*)\)(?: \[.*\])?$/.exec(line)
    if (linux) return [{ device: linux[1]!, mount: linux[2]!, fstype: linux[3]!, options: linux[4]!, line }]
    const bsd = /^(.*) on (.*) \(([^,)]+)(?:, (.*))?\)$/.exec(line)
    return bsd ? [{ device: bsd[1]!, mount: bsd[2]!, fstype: bsd[3]!, options: bsd[4] ?? '', line }] : []
  })
}

function fstabEntry(line: string): SourceEntry | undefined {
  const [device, mount, fstype, options, dump, passno, ...rest] = line.trim().split(/\s+/)
  const whole = (field: string | undefined) => field === undefined || /^\d+$/.test(field)
  if (options === undefined || rest.length > 0 || !whole(dump) || !whole(passno)) return undefined
  return {
    device: unescaped(device!),
    mount: unescaped(mount!),
    fstype: fstype!,
    options,
    ...(dump === undefined ? {} : { dump: Number(dump) }),
    ...(passno === undefined ? {} : { passno: Number(passno) }),
    line,
  }
}

function vfstabEntry(line: string): SourceEntry | undefined {
  const [device, check, mount, fstype, passno, boot, options, ...rest] = line.trim().split(/\s+/)
  if (options === undefined || rest.length > 0) return undefined
  return {
    device: device!,
    device_to_fsck: check!,
    mount: mount!,
    fstype: fstype!,
    passno: /^\d+$/.test(passno!) ? Number(passno) : passno!,
    mount_at_boot: boot!,
    options,
    line,
  }
}
