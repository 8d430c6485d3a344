/** Disks, links to them, mounts and LVM: part of `hardware`. */
import type { Json } from '../../engine/python/values.js'
import { sizeFacts, sizeFormat } from '../mounts/size.js'
import { findUser } from './platform.js'
import type { Sections } from './sections.js'

type Data = { [name: string]: Json }

/** Disks and their partitions, each with a folder of its own. */
const folder = '/sys/class/block'

/** Fact → file in a disk's folder. */
const diskFiles = {
  vendor: 'device/vendor',
  model: 'device/model',
  sas_address: 'device/sas_address',
  sas_device_handle: 'device/sas_device_handle',
  removable: 'removable',
  rotational: 'queue/rotational',
  support_discard: 'queue/discard_granularity',
  scheduler_mode: 'queue/scheduler',
  sectors: 'size',
  sectorsize: 'queue/logical_block_size',
  serial: 'device/serial',
} as const

export const storageFiles = [
  ...[...Object.values(diskFiles), 'start', 'dm/name'].map(file => `${folder}/*/${file}`),
  '/proc/mounts',
  '/proc/self/mountinfo',
]

export const storageLinks = [
  ...['id', 'uuid', 'label'].map(kind => `/dev/disk/by-${kind}/*`),
  ...['', '/slaves/*', '/holders/*'].map(what => `${folder}/*${what}`),
]

/**
 * The sizes of local file systems are told by one program, those of others by one each: a server that does not answer
 * keeps no other waiting. `pvs` takes ten times as long as all the rest: it is asked where a disk may hold a label of LVM
 * (in its first four sectors, pvck(8)) or where that cannot be told, and `lvs` where there are volume groups.
 */
export const storageScript = (timeout: number) => `section lspci; has lspci && lspci -D 2>/dev/null
section uuids; lsblk --list --noheadings --paths --output NAME,UUID --exclude 2 2>/dev/null
section statfs
limit=; has timeout && limit="timeout ${timeout}"
sizes() { $limit stat -f -c '${sizeFormat} %n' "$@" 2>/dev/null; }
set --
while read -r device mount type rest; do
  [ "$type" != none ] || continue
  case $mount in *\\\\*) mount=$(printf '%b' "$(printf '%s' "$mount" | sed 's/\\\\\\([0-7][0-7][0-7]\\)/\\\\0\\1/g')") ;; esac
  case $device in //*|*:/*) sizes "$mount" ;; /*) set -- "$@" "$mount" ;; esac
done </proc/mounts
sizes "$@"; [ $? -lt 124 ] || for mount; do sizes "$mount"; done
section lvm
may_have_volumes() {
  case $(printf 'LABEL\\000ONE' | head -qc 8 2>/dev/null | tr '\\000' '\\n') in LABEL*) ;; *) return 0 ;; esac
  set --
  for disk in /sys/class/block/*; do
    case $disk in */fd[0-9]*) continue ;; esac
    disk=/dev/\${disk##*/}; [ -b "$disk" ] || return 0
    set -- "$@" "$disk"
  done
  [ $# != 0 ] && head -qc 16384 "$@" 2>/dev/null | LC_ALL=C tr '\\000' '\\n' | LC_ALL=C grep -q LABELONE
  [ $? != 1 ]
}
report="--noheadings --nosuffix --units g --separator , -o"
${findUser}if [ "$uid" = 0 ] && has vgs; then
  echo present
  volumes=
  may_have_volumes && volumes=$(pvs $report pv_name,pv_size,pv_free,vg_name,vg_size,vg_free,lv_count,pv_count 2>/dev/null)
  [ -z "$volumes" ] || { printf '%s\\n' "$volumes"; echo volumes; lvs $report lv_name,vg_name,lv_size 2>/dev/null; }
fi
`

export function storageFacts(sections: Sections): { [fact: string]: Json | undefined } {
  const links = linkFacts(sections)
  return {
    device_links: links,
    devices: deviceFacts(sections, links),
    mounts: mountFacts(sections),
    lvm: lvmFacts(sections),
  }
}

interface Links {
  readonly [kind: string]: { [device: string]: string[] }
}

function linkFacts(sections: Sections): Links {
  const links = { ids: {}, uuids: {}, labels: {}, masters: {} } as { [kind: string]: { [device: string]: string[] } }
  for (const [path, to] of sections.links) {
    const [, kind, name] = /^\/dev\/disk\/by-(id|uuid|label)\/(.*)$/.exec(path) ?? []
    const [, disk, slave] = /^\/sys\/class\/block\/([^/]+)\/slaves\/(.*)$/.exec(path) ?? []
    const [group, device, value] = disk
      ? ['masters', slave, disk]
      : [`${kind}s`, to?.slice(to.lastIndexOf('/') + 1), name]
    const known = links[group]
    if (known && device && value) known[device] = [...(known[device] ?? []), value].sort()
  }
  return links
}

const human = (bytes: number) => {
  const units = ['Bytes', 'KB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB']
  let power = 0
  for (let rest = bytes; rest >= 1024 && power < units.length - 1; rest /= 1024) power++
  return `${(bytes / 1024 ** power).toFixed(2)} ${units[power]}`
}

function deviceFacts(sections: Sections, links: Links): Data {
  const all = sections.names(/^\/sys\/class\/block\/([^/]+)$/)
  const value = (device: string, file: string) => sections.firstLine(`${folder}/${device}/${file}`)?.trim() || null
  const size = (device: string) => human(Number(value(device, 'size') ?? 0) * 512)
  const linksOf = (device: string) =>
    Object.fromEntries(Object.keys(links).map(kind => [kind, links[kind]![device] ?? []]))
  const holders = (device: string) => {
    const held = [...sections.links.keys()].filter(path => path.startsWith(`${folder}/${device}/holders/`))
    return held.map(path => path.slice(path.lastIndexOf('/') + 1)).map(name => value(name, 'dm/name') ?? name)
  }
  const partition = (device: string): Data => ({
    links: linksOf(device),
    start: value(device, 'start'),
    sectors: value(device, 'size'),
    sectorsize: 512,
    size: size(device),
    uuid: links.uuids![device]?.[0] ?? null,
    holders: holders(device),
  })
  const disk = (device: string): Data => {
    const facts = Object.entries(diskFiles).map(([fact, file]) => [fact, value(device, file)] as const)
    const { serial, scheduler_mode, ...plain } = Object.fromEntries(facts)
    // A partition's folder lies in that of its disk.
    const parts = all.filter(
      one => value(one, 'start') && sections.links.get(`${folder}/${one}`)?.split('/').at(-2) === device,
    )
    return {
      virtual: 1,
      links: linksOf(device),
      ...plain,
      ...(serial && { serial }),
      scheduler_mode: /\[(.*)\]/.exec(scheduler_mode ?? '')?.[1] ?? '',
      partitions: Object.fromEntries(parts.map(part => [part, partition(part)])),
      size: size(device),
      host: hostController(sections.links.get(`${folder}/${device}`) ?? '', sections),
      holders: holders(device),
    }
  }
  return Object.fromEntries(all.filter(one => value(one, 'start') === null).map(one => [one, disk(one)]))
}

function hostController(path: string, sections: Sections): string {
  const slots = [...path.matchAll(/[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]/g)].map(match => match[0])
  const line = path.includes('pci') && sections.lines('lspci').find(one => one.startsWith(slots.at(-1) ?? '?'))
  return line ? line.slice(line.indexOf(' ') + 1) : ''
}

const unescaped = (text: string) =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))

function mountFacts(sections: Sections): Json[] {
  const uuids = new Map(sections.lines('uuids').map(line => line.trim().split(/\s+/) as [string, string | undefined]))
  // What is not the root of its file system is there by a bind mount.
  const mountinfo = sections
    .file('/proc/self/mountinfo')
    .split('\n')
    .map(line => line.split(' '))
  const binds = new Set(mountinfo.filter(words => words[3] !== '/').map(words => unescaped(words[4] ?? '')))
  const sizes = new Map(
    sections.lines('statfs').map(line => {
      const words = line.split(' ')
      return [words.slice(6).join(' '), words.slice(0, 6).map(Number)] as const
    }),
  )
  // What is mounted last in one place hides what was there.
  const places = new Map<string, Json>()
  for (const line of sections.file('/proc/mounts').split('\n')) {
    const [device = '', escaped = '', fstype = '', options = ''] = line.split(' ')
    if ((!device.startsWith('/') && !device.includes(':/')) || fstype === 'none') continue
    const mount = unescaped(escaped)
    const size = sizeFacts(sizes.get(mount) ?? [])
    const bind = binds.has(mount) && !/\bbind\b/.test(options)
    places.set(mount, {
      mount,
      device: unescaped(device),
      fstype,
      options: bind ? `${options},bind` : options,
      ...size,
      uuid: uuids.get(device) ?? 'N/A',
    })
  }
  return [...places.values()]
}

/** Lines of physical volumes with their groups, and after a line `volumes` the logical ones. */
function lvmFacts(sections: Sections): Json {
  const [present, ...lines] = sections.lines('lvm').map(line => line.trim())
  if (present !== 'present') return 'N/A'
  const rows = lines.map(line => line.split(','))
  const end = lines.includes('volumes') ? lines.indexOf('volumes') : rows.length
  const [physical, logical] = [rows.slice(0, end), rows.slice(end + 1)]
  return {
    vgs: Object.fromEntries(
      physical.flatMap(([, , , vg = '', size = '', free = '', lvs = '', pvs = '']) =>
        vg === '' ? [] : [[vg, { size_g: size, free_g: free, num_lvs: lvs, num_pvs: pvs }]],
      ),
    ),
    lvs: Object.fromEntries(logical.map(([name = '', vg = '', size = '']) => [name, { size_g: size, vg }])),
    pvs: Object.fromEntries(
      physical.map(([name = '', size = '', free = '', vg = '']) => [name, { size_g: size, free_g: free, vg }]),
    ),
  }
}
