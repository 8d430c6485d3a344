import { defineModule } from '../engine/module/define.js'
import { fnmatch } from '../engine/python/fnmatch.js'
import { pyRepr, pyStr } from '../engine/python/repr.js'
import type { Json, Value } from '../engine/python/values.js'
import { raw, sh } from '../engine/remote/quote.js'
import type { Query, ShellText } from '../engine/remote/remote.js'
import { missingProgram } from './commands/missing-program.js'
import { sizeFacts, sizeFormat } from './mounts/size.js'
import { entriesOfFile, entriesOfMount, type SourceEntry } from './mounts/sources.js'

const dynamic = ['/etc/mtab', '/proc/mounts', '/etc/mnttab']
// AIX writes its table to /etc/filesystems; Linux has something else there, so it is not read.
const fixed = ['/etc/fstab', '/etc/vfstab']

export default defineModule({
  name: 'ansible.builtin.mount_facts',
  summary: 'Tell what is mounted, and what should be',
  check: 'full',
  args: {
    devices: { type: 'list', elements: 'str', summary: 'only devices that one of these shell patterns fits' },
    fstypes: {
      type: 'list',
      elements: 'str',
      summary: 'only file systems whose type one of these shell patterns fits',
    },
    sources: {
      type: 'list',
      elements: 'str',
      summary: 'files to read, the mount program, or all, static, dynamic (the default is all)',
    },
    mount_binary: {
      type: 'raw',
      default: 'mount',
      summary: 'program that lists mounts where no file does; null: none',
    },
    timeout: { type: 'float', summary: 'seconds to wait for each mount; null: for ever' },
    on_timeout: {
      type: 'str',
      choices: ['error', 'warn', 'ignore'],
      default: 'error',
      summary: 'what to do about a mount that does not answer',
    },
    include_aggregate_mounts: {
      type: 'bool',
      summary: 'also tell mounts that others hide; when left out, a warning names them',
    },
  },
  returns: { ansible_facts: 'mount_points: path → mount; aggregate_mounts: all of them in order' },
  examples: `
- name: File systems of other hosts
  ansible.builtin.mount_facts:
    devices: "[!/]*"
    timeout: 5
    on_timeout: warn
`,

  async run({ args, remote, fail, warn }) {
    const binary = args.mount_binary as Value
    if (args.timeout !== undefined && args.timeout !== null && Number(args.timeout) <= 0) {
      fail(`argument 'timeout' must be a positive number or null, not ${pyRepr(args.timeout as Value)}`)
    }
    if (binary !== null && typeof binary !== 'string') {
      return fail(`argument 'mount_binary' must be a string or null, not ${pyRepr(binary)}`)
    }
    if (args.sources?.includes('')) fail('sources contains an empty string')
    const seconds =
      typeof args.timeout === 'number' ? args.timeout : args.timeout ? Number(pyStr(args.timeout as Value)) : undefined
    const wanted = (entry: SourceEntry) => fits(entry.device, args.devices) && fits(entry.fstype, args.fstypes)

    const tables = await remote.query(readSources(args.sources ?? [], binary, seconds))
    if (tables.missing) await missingProgram({ remote, fail }, binary!)
    const mounts = tables.found.flatMap(({ source, entries }) =>
      entries.filter(wanted).map(entry => ({ source, entry })),
    )
    const more = await remote.query(sizesOf([...new Set(mounts.map(({ entry }) => entry.mount))], seconds))

    const points: { [path: string]: Json } = {}
    const repeats = new Map<string, string[]>()
    const all: Json[] = []
    for (const { source, entry } of mounts) {
      const { line, ...fields } = entry
      const size = more.sizes.get(entry.mount)
      if (size === 'late') {
        const text = `Timed out getting the size of ${entry.mount} (type ${entry.fstype}) after ${seconds} seconds`
        if (args.on_timeout === 'error') return fail(text)
        if (args.on_timeout === 'warn') warn(text)
      }
      const fact = {
        ...fields,
        ...(Array.isArray(size) ? sizeFacts(size) : {}),
        uuid: uuidOf(entry.device, more.uuids),
        ansible_context: { source, source_data: line },
      }
      all.push(fact)
      if (!Object.hasOwn(points, entry.mount)) points[entry.mount] = fact
      else if (mounts.find(one => one.entry.mount === entry.mount)!.source === source) {
        repeats.set(source, [...(repeats.get(source) ?? []), entry.mount])
      }
    }
    if (args.include_aggregate_mounts === undefined && repeats.size > 0) {
      const shown = [...repeats].map(([source, paths]) => `${source} (${pyRepr(paths)})`).join(', ')
      warn(
        `mount_facts: ignoring repeat mounts in the following sources: ${shown}. You can disable this warning by configuring the 'include_aggregate_mounts' option as True or False.`,
      )
    }
    return {
      changed: false,
      ansible_facts: { mount_points: points, aggregate_mounts: args.include_aggregate_mounts ? all : [] },
    }
  },
})

const fits = (text: string, patterns: readonly string[] | undefined): boolean =>
  !patterns?.length || patterns.some(pattern => fnmatch(text, pattern))

function uuidOf(device: string, uuids: ReadonlyMap<string, string>): string | null {
  const named = /^(UUID|PARTUUID|LABEL|PARTLABEL)="?([^"]*)"?$/.exec(device)
  return named?.[1] === 'UUID' ? named[2]! : (uuids.get(device) ?? null)
}

interface Tables {
  readonly missing: boolean
  readonly found: readonly { readonly source: string; readonly entries: readonly SourceEntry[] }[]
}

const mark = '\x1e'

/** Reads the tables one after the other, each once, whatever its name; the program speaks where no file did. */
function readSources(sources: readonly string[], binary: string | null, seconds: number | undefined): Query<Tables> {
  const [limit, call] = [seconds === undefined ? '' : `$limit ${seconds}`, binary ?? '']
  const file = (path: string, isDynamic: boolean) => sh`look ${path} ${isDynamic ? '1' : ''}`
  const program = sh`run ${call}`
  const fallback = binary === null ? [] : [sh`[ "$dynamic" ] || run ${call}`]
  const kinds: { readonly [name: string]: readonly ShellText[] } = {
    dynamic: [...dynamic.map(path => file(path, true)), ...fallback],
    static: fixed.map(path => file(path, false)),
  }
  const steps = (sources.length === 0 ? ['all'] : sources).flatMap(source => {
    if (source === 'all') return [...kinds.dynamic!, ...kinds.static!]
    if (Object.hasOwn(kinds, source)) return kinds[source]!
    return [source === binary || source === 'mount' ? program : file(source, dynamic.includes(source))]
  })
  return {
    command: sh`seen=; dynamic=; limit=; ! command -v timeout >/dev/null 2>&1 || limit=timeout
first() { case "$seen" in *"|$1|"*) return 1 ;; esac; seen="$seen|$1|"; }
look() { [ -r "$1" ] && [ ! -d "$1" ] || return 0; real=$(readlink -f "$1" 2>/dev/null || printf '%s' "$1")
case $real in /proc/[0-9]*/mounts) real=/proc/self/mounts ;; esac
first "$real" || return 0; text=$(cat "$1"); [ "$text" ] || return 0; [ -z "$2" ] || dynamic=1; printf '%s\\n%s\\n%s' "$1" "$text" ${mark}; }
run() { first "program $1" || return 0; command -v "$1" >/dev/null 2>&1 || { printf 'missing\\n\\n%s' ${mark}; return 0; }
text=$(${raw(limit)} "$1") || return 0; printf '%s\\n%s\\n%s' "program $1" "$text" ${mark}; }
${raw(steps.join('\n'))}`,
    parse: stdout => {
      const tables = stdout.split(mark).slice(0, -1)
      return {
        missing: tables.some(table => table.startsWith('missing\n')),
        found: tables.map(table => {
          const at = table.indexOf('\n')
          const [source, text] = [table.slice(0, at), table.slice(at + 1)]
          return source.startsWith('program ')
            ? { source: source.slice(8), entries: entriesOfMount(text) }
            : { source, entries: entriesOfFile(text) }
        }),
      }
    },
  }
}

interface More {
  readonly sizes: ReadonlyMap<string, readonly number[] | 'late'>
  readonly uuids: ReadonlyMap<string, string>
}

/** Sizes of the mounts that are wanted, and the UUIDs of devices and of their labels. */
function sizesOf(paths: readonly string[], seconds: number | undefined): Query<More> {
  const limit = seconds === undefined ? '' : `$limit ${seconds}`
  return {
    command: sh`limit=; ! command -v timeout >/dev/null 2>&1 || limit=timeout
for path in ${paths}; do printf 'size '; ${raw(limit)} stat -f -c ${sizeFormat} "$path" 2>/dev/null; rc=$?; [ $rc = 0 ] || echo "failed $rc"; done
lsblk --list --noheadings --paths --output NAME,UUID --exclude 2 2>/dev/null | sed 's/^/uuid /'
for kind in label partlabel partuuid; do for link in /dev/disk/by-$kind/*; do [ ! -e "$link" ] || printf 'link %s %s %s\\n' $kind "\${link##*/}" "$(readlink -f "$link")"; done; done`,
    parse: stdout => {
      const lines = stdout.split('\n').map(line => line.split(' '))
      const numbers = lines.filter(([kind]) => kind === 'size').map(([, ...words]) => words)
      const uuids = new Map<string, string>()
      for (const [kind, ...words] of lines) {
        const [device, uuid] = words.filter(Boolean)
        if (kind === 'uuid' && device && uuid) uuids.set(device, uuid)
      }
      for (const [kind, sort, name, device] of lines) {
        const uuid = kind === 'link' ? uuids.get(device!) : undefined
        if (uuid) uuids.set(`${sort!.toUpperCase()}=${name}`, uuid)
      }
      return {
        uuids,
        sizes: new Map(paths.map((path, index) => [path, sizeIn(numbers[index] ?? [])])),
      }
    },
  }
}

/** timeout(1) ends with 124, its busybox kin with 143. */
function sizeIn(words: readonly string[]): readonly number[] | 'late' {
  if (words[0] !== 'failed') return words.map(Number)
  return words[1] === '124' || words[1] === '143' ? 'late' : []
}
