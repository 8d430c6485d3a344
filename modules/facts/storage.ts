/** Disks, links to them, mounts and LVM: part of `hardware`. */
import type { Json } from '../../engine/python/values.js'
import { sizeFacts, sizeFormat } from '../mounts/size.js'
import type { Sections } from './sections.js'

type Data = { [name: string]: Json }

export const storageScript = (timeout: number) => `section links
for kind in id uuid label; do
  for link in /dev/disk/by-$kind/*; do [ ! -e "$link" ] || { to=$(readlink "$link"); printf '%s %s %s\\n' $kind "\${to##*/}" "\${link##*/}"; }; done
done
for slave in /sys/block/*/slaves/*; do [ ! -e "$slave" ] || { disk=\${slave#/sys/block/}; printf 'masters %s %s\\n' "\${slave##*/}" "\${disk%%/*}"; }; done
section devices
value() { [ ! -r "$2" ] || { line=; read -r line <"$2" 2>/dev/null; printf '%s %s\\n' "$1" "$line"; }; }
holders() { for holder in "$1"/holders/*; do [ -e "$holder" ] || continue; name=; [ ! -r "$holder/dm/name" ] || read -r name <"$holder/dm/name"; printf 'holder %s\\n' "\${name:-\${holder##*/}}"; done; }
for disk in /sys/block/*; do
  [ -e "$disk" ] || continue
  printf 'disk %s\\n' "\${disk##*/}"
  value vendor "$disk/device/vendor"; value model "$disk/device/model"
  value sas_address "$disk/device/sas_address"; value sas_device_handle "$disk/device/sas_device_handle"
  value removable "$disk/removable"; value rotational "$disk/queue/rotational"; value discard "$disk/queue/discard_granularity"
  value scheduler "$disk/queue/scheduler"; value sectors "$disk/size"
  value sectorsize "$disk/queue/logical_block_size"; value serial "$disk/device/serial"
  to=$(readlink "$disk"); case $to in *pci*) printf 'path %s\\n' "$to" ;; esac
  holders "$disk"
  for part in "$disk/\${disk##*/}"*; do
    [ -e "$part/start" ] || continue
    printf 'partition %s\\n' "\${part##*/}"
    value start "$part/start"; value sectors "$part/size"; value sectorsize "$part/queue/logical_block_size"; holders "$part"
  done
done
section lspci; has lspci && lspci -D 2>/dev/null
section mounts; cat /proc/mounts 2>/dev/null
section uuids; lsblk --list --noheadings --paths --output NAME,UUID --exclude 2 2>/dev/null
section binds; findmnt --list --noheadings --notruncate 2>/dev/null | while read -r target source rest; do case $source in *\\]) printf '%s\\n' "$target" ;; esac; done
section statfs
limit=; has timeout && limit="timeout ${timeout}"
while read -r device mount type rest; do
  case $device in /*|*:/*) ;; *) continue ;; esac
  [ "$type" != none ] || continue
  path=$(printf '%b' "$(printf '%s' "$mount" | sed 's/\\\\\\([0-7][0-7][0-7]\\)/\\\\0\\1/g')")
  printf '%s ' "$mount"; $limit stat -f -c '${sizeFormat}' "$path" 2>/dev/null || echo
done </proc/mounts
section lvm
if [ "$(id -u)" = 0 ] && has vgs; then
  echo present
  vgs --noheadings --nosuffix --units g --separator , 2>/dev/null | sed 's/^ */vg /'
  lvs --noheadings --nosuffix --units g --separator , 2>/dev/null | sed 's/^ */lv /'
  pvs --noheadings --nosuffix --units g --separator , 2>/dev/null | sed 's/^ */pv /'
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
  for (const line of sections.lines('links')) {
    const [kind = '', device = '', ...name] = line.split(' ')
    const group = links[kind === 'masters' ? kind : `${kind}s`]!
    group[device] = [...(group[device] ?? []), name.join(' ')].sort()
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
  const linksOf = (device: string) =>
    Object.fromEntries(Object.keys(links).map(kind => [kind, links[kind]![device] ?? []]))
  const devices: { [name: string]: Data } = {}
  let disk: Data = {}
  let current: Data = {}
  for (const line of sections.lines('devices')) {
    const [key = '', ...rest] = line.split(' ')
    const value = rest.join(' ').trim()
    if (key === 'disk') {
      disk = {
        virtual: 1,
        links: linksOf(value),
        vendor: null,
        model: null,
        sas_address: null,
        sas_device_handle: null,
        removable: null,
        support_discard: null,
        partitions: {},
        rotational: null,
        scheduler_mode: '',
        sectors: null,
        sectorsize: null,
        size: '0.00 Bytes',
        host: '',
        holders: [],
      }
      current = disk
      devices[value] = disk
    } else if (key === 'partition') {
      current = {
        links: linksOf(value),
        start: null,
        sectors: null,
        sectorsize: 512,
        size: '0.00 Bytes',
        uuid: links.uuids![value]?.[0] ?? null,
        holders: [],
      }
      ;(disk.partitions as Data)[value] = current
    } else if (key === 'holder') (current.holders as Json[] & string[]).push(value)
    else if (key === 'discard') current.support_discard = value
    else if (key === 'scheduler') current.scheduler_mode = /\[(.*)\]/.exec(value)?.[1] ?? ''
    else if (key === 'path') current.host = hostController(value, sections)
    else if (key === 'sectors') {
      current.sectors = value
      current.size = human(Number(value) * 512)
    } else if (key === 'sectorsize' && current === disk) current.sectorsize = value
    else if (key === 'sectorsize') current.sectorsize = Number(value)
    else if (value !== '') current[key] = value
  }
  return devices
}

function hostController(path: string, sections: Sections): string {
  const slots = [...path.matchAll(/[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]/g)].map(match => match[0])
  const line = sections.lines('lspci').find(one => one.startsWith(slots.at(-1) ?? '?'))
  return line ? line.slice(line.indexOf(' ') + 1) : ''
}

const unescaped = (text: string) =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))

function mountFacts(sections: Sections): Json[] {
  const uuids = new Map(sections.lines('uuids').map(line => line.trim().split(/\s+/) as [string, string | undefined]))
  const binds = new Set(sections.lines('binds'))
  const sizes = new Map(
    sections.lines('statfs').map(line => [line.split(' ')[0], line.split(' ').slice(1).map(Number)] as const),
  )
  // What is mounted last in one place hides what was there.
  const places = new Map<string, Json>()
  for (const line of sections.lines('mounts')) {
    const [device = '', escaped = '', fstype = '', options = ''] = line.split(' ')
    if ((!device.startsWith('/') && !device.includes(':/')) || fstype === 'none') continue
    const mount = unescaped(escaped)
    const size = sizeFacts(sizes.get(escaped) ?? [])
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

function lvmFacts(sections: Sections): Json {
  if (!sections.lines('lvm').includes('present')) return 'N/A'
  const rows = (kind: string) =>
    sections
      .lines('lvm')
      .filter(line => line.startsWith(`${kind} `))
      .map(line => line.slice(3).split(','))
  return {
    vgs: Object.fromEntries(
      rows('vg').map(([name = '', , lvs = '', , , size = '', free = '']) => [
        name,
        { size_g: size, free_g: free, num_lvs: lvs, num_pvs: rows('vg').find(row => row[0] === name)?.[1] ?? '' },
      ]),
    ),
    lvs: Object.fromEntries(rows('lv').map(([name = '', vg = '', , size = '']) => [name, { size_g: size, vg }])),
    pvs: Object.fromEntries(
      rows('pv').map(([name = '', vg = '', , , size = '', free = '']) => [name, { size_g: size, free_g: free, vg }]),
    ),
  }
}
