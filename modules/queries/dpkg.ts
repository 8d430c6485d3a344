/** What dpkg and apt know about packages. */
import { raw, sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'

export interface DebianPackage {
  /** Version, when it is installed (half-configured counts as not). */
  readonly installed: string | undefined
  /** Removed, but its configuration is still there. */
  readonly configFiles: boolean
  /** Version that apt would install; asked only with `candidates`. */
  readonly candidate: string | undefined
  /** Every version that apt could install; asked only with `candidates`. */
  readonly versions: readonly string[]
}

export interface DebianState {
  /** By the names asked for, and by what their globs match. */
  readonly packages: ReadonlyMap<string, DebianPackage>
  /** Names that an installed package provides. */
  readonly provided: ReadonlySet<string>
  /** Of the names asked for, those installed only because others need them. */
  readonly automatic: ReadonlySet<string>
  /** Every name apt knows; asked only with `globs`. */
  readonly known: readonly string[]
  /** When the package lists were last fetched, seconds since the epoch; 0: never. */
  readonly listsAt: number
  /** The host's clock. */
  readonly now: number
  readonly aptitude: boolean
  readonly broken: boolean
}

/** Prints the moment of the last successful update: the stamp of update-notifier, else the folder of the lists. */
export const listsTime = `stat -c %Y /var/lib/apt/periodic/update-success-stamp 2>/dev/null || stat -c %Y /var/lib/apt/lists 2>/dev/null || echo 0`

/** One question for `apt`: installed, candidate and virtual packages, and the age of the lists. */
export const debianPackages = (
  names: readonly string[],
  want: {
    readonly candidates?: boolean
    readonly globs?: boolean
    readonly check?: boolean
    readonly release?: string | undefined
  } = {},
): Query<DebianState> => ({
  command: sh`LC_ALL=C; export LC_ALL
echo "now $(date +%s)"; echo "lists $(${raw(listsTime)})"
! command -v aptitude >/dev/null 2>&1 || echo aptitude
${raw(want.check ? 'apt-get -q check >/dev/null 2>&1 || echo broken' : '')}
set -- ${names}
if [ $# -gt 0 ]; then
  dpkg-query -W -f='package \${Package} \${Architecture} \${Version} \${Status}\n' -- "$@" 2>/dev/null
  for name; do
    case $(dpkg-query -W -f='\${Status}|' -- "$name" 2>/dev/null) in *" installed|"*) ;; *) missing="$missing $name" ;; esac
  done
  [ -z "$missing" ] || dpkg-query -W -f='\${Status}\t\${Provides}\n' | awk -F '\t' -v names="$missing" '
    BEGIN { count = split(names, want, " ") }
    $1 ~ / installed$/ && $2 != "" { for (i = 1; i <= count; i++) if (index(", " $2 ",", ", " want[i] ",") || index(", " $2, ", " want[i] " (")) print want[i] }' | sort -u |
    while read -r name; do
      # A package of that very name is what is meant, however many others provide it.
      case $(apt-cache policy "$name" 2>/dev/null) in *"Candidate: (none)"*|'') echo "provided $name" ;; esac
    done
  [ ! -r /var/lib/apt/extended_states ] || awk -v names="$*" '
    BEGIN { count = split(names, list, " "); for (i = 1; i <= count; i++) want[list[i]] = 1 }
    $1 == "Package:" { name = $2 } $1 == "Architecture:" { arch = $2 }
    $1 == "Auto-Installed:" && $2 == 1 { if (name in want) print "automatic " name; if ((name ":" arch) in want) print "automatic " name ":" arch }
  ' /var/lib/apt/extended_states
  ${raw(want.candidates ? sh`apt-cache ${want.release ? ['-t', want.release] : []} policy "$@" | sed 's/^/policy /'` : '')}
fi
${raw(want.globs ? "apt-cache pkgnames | sed 's/^/known /'" : '')}
exit 0`,
  parse: stdout => {
    const packages = new Map<string, DebianPackage>()
    const rows = (key: string) => [...stdout.matchAll(new RegExp(`^${key} (.*)$`, 'gm'))].map(match => match[1]!)
    const policies = readPolicy(rows('policy'))
    for (const row of rows('package')) {
      const [name = '', architecture = '', version = '', ...status] = row.split(' ')
      const state = status.at(-1)
      const found: DebianPackage = {
        installed:
          state === 'installed' || state === 'triggers-awaited' || state === 'triggers-pending' ? version : undefined,
        configFiles: state === 'config-files',
        candidate: undefined,
        versions: [],
      }
      for (const key of [name, `${name}:${architecture}`]) {
        if (packages.get(key)?.installed === undefined) packages.set(key, { ...found, ...policies.get(key) })
      }
    }
    for (const [name, policy] of policies) {
      if (!packages.has(name)) packages.set(name, { installed: undefined, configFiles: false, ...policy })
    }
    return {
      packages,
      provided: new Set(rows('provided')),
      automatic: new Set(rows('automatic')),
      known: rows('known'),
      listsAt: Number(rows('lists')[0] ?? 0),
      now: Number(rows('now')[0] ?? 0),
      aptitude: /^aptitude$/m.test(stdout),
      broken: /^broken$/m.test(stdout),
    }
  },
})

function readPolicy(lines: readonly string[]) {
  const policies = new Map<string, { candidate: string | undefined; versions: string[] }>()
  let current: { candidate: string | undefined; versions: string[] } | undefined
  for (const line of lines) {
    const name = /^(\S+):$/.exec(line)?.[1]
    if (name) {
      current = { candidate: undefined, versions: [] }
      policies.set(name, current)
    }
    const candidate = /^ {2}Candidate: (.+)$/.exec(line)?.[1]
    if (current && candidate && candidate !== '(none)') current.candidate = candidate
    // " *** 1.2-3 500" is the installed version, "     1.2-3 500" another; the lines of their sources are indented further.
    const version = /^ (?:\*{3}|\s{3}) (\S+) -?\d+$/.exec(line)?.[1]
    if (current && version) current.versions.push(version)
  }
  return policies
}

/** dpkg's order of versions: negative, zero or positive. */
export function compareDebianVersions(a: string, b: string): number {
  const parts = (version: string) => {
    const [, epoch = '0', upstream = '', revision = ''] = /^(?:(\d+):)?(.*?)(?:-([^-]*))?$/.exec(version) ?? []
    return [epoch, upstream, revision] as const
  }
  const [epochA, upstreamA, revisionA] = parts(a)
  const [epochB, upstreamB, revisionB] = parts(b)
  return Number(epochA) - Number(epochB) || compareParts(upstreamA, upstreamB) || compareParts(revisionA, revisionB)
}

function compareParts(a: string, b: string): number {
  const pieces = (text: string) => text.match(/\d+|\D+/g) ?? []
  const left = /^\d/.test(a) ? ['', ...pieces(a)] : pieces(a)
  const right = /^\d/.test(b) ? ['', ...pieces(b)] : pieces(b)
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const one = left[index] ?? ''
    const other = right[index] ?? ''
    const order = index % 2 === 0 ? compareText(one, other) : Number(one || 0) - Number(other || 0)
    if (order !== 0) return order
  }
  return 0
}

/** Tilde sorts before the end, letters before everything else. */
function compareText(a: string, b: string): number {
  const weight = (char: string | undefined) =>
    char === '~' ? -1 : char === undefined ? 0 : /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const order = weight(a[index]) - weight(b[index])
    if (order !== 0) return order
  }
  return 0
}
