/** What rpm and its front ends (dnf5, dnf, yum) know about packages. */
import { raw, sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'

export type Tool = 'dnf5' | 'dnf' | 'yum'

export interface Installed {
  readonly name: string
  readonly epoch: string
  readonly version: string
  readonly release: string
  readonly arch: string
}

export interface RpmState {
  /** Front end that was found, undefined when there is none. */
  readonly tool: Tool | undefined
  /** Spec as asked → installed packages that it names, provides or matches. */
  readonly installed: ReadonlyMap<string, readonly Installed[]>
  /** File → `version-release` of the package in it, when that is not installed. */
  readonly offered: ReadonlyMap<string, string>
  /** Spec → package of the same name in another version, for files and specs with a version. */
  readonly otherVersion: ReadonlyMap<string, Installed>
}

const format = '%{NAME} %{EPOCHNUM} %{VERSION} %{RELEASE} %{ARCH}'

/** rpm -q for each spec: by name or version, then by what provides it. */
export const rpmPackages = (
  specs: readonly string[],
  want: {
    readonly prefer: readonly Tool[]
    readonly root?: string
  },
): Query<RpmState> => ({
  command: sh`LC_ALL=C; export LC_ALL
for tool in ${want.prefer}; do command -v $tool >/dev/null 2>&1 && { echo "tool $tool"; break; }; tool=; done
q() { rpm ${want.root && want.root !== '/' ? ['--root', want.root] : []} "$@" --qf '${raw(format)}\n' 2>/dev/null; }
number=0
for spec in ${specs}; do
  number=$((number + 1))
  case $spec in
    @*) continue ;;
    *.rpm)
      out=
      if offer=$(q -qp --nosignature "$spec"); then
        set -- $offer
        out=$(q -q "$1-$3-$4.$5") || { out=; echo "offered $number $3-$4"; now=$(q -q "$1") && printf 'other %s %s\n' $number "$(printf '%s\n' "$now" | tail -n 1)"; }
      fi ;;
    *[*?[]*) out=$(q -qa "$spec") ;;
    *' '*) out=$(rpm -q --whatprovides "$spec" --qf '${raw(format)}\n' 2>/dev/null) || out= ;;
    *) out=$(q -q "$spec") || out=$(q -q --whatprovides "$spec") || out= ;;
  esac
  [ -z "$out" ] || printf '%s\n' "$out" | sed "s/^/installed $number /"
  if [ -z "$out" ]; then
    case $spec in
      *-[0-9]*) for name in "\${spec%-*-*}" "\${spec%-*}"; do [ "$name" = "$spec" ] || { out=$(q -q "$name") && { printf 'other %s %s\n' $number "$(printf '%s\n' "$out" | tail -n 1)"; break; }; }; done ;;
    esac
  fi
done
exit 0`,
  parse: stdout => {
    const installed = new Map<string, Installed[]>()
    const offered = new Map<string, string>()
    const otherVersion = new Map<string, Installed>()
    let tool: Tool | undefined
    for (const line of stdout.split('\n')) {
      const [kind, ...words] = line.split(' ')
      if (kind === 'tool') tool = words[0] as Tool
      if (kind === 'offered') offered.set(specs[Number(words[0]) - 1]!, words[1] ?? '')
      if (kind === 'installed' || kind === 'other') {
        const [number, name = '', epoch = '0', version = '', release = '', arch = ''] = words
        const one = { name, epoch, version, release, arch }
        const spec = specs[Number(number) - 1]!
        if (kind === 'other') otherVersion.set(spec, one)
        else installed.set(spec, [...(installed.get(spec) ?? []), one])
      }
    }
    return {
      tool,
      installed,
      offered,
      otherVersion,
    }
  },
})

/** rpm's order of versions (rpmvercmp). */
export function compareRpmVersions(a: string, b: string): number {
  const pieces = (text: string) => text.match(/\d+|[A-Za-z]+|~|\^/g) ?? []
  const [left, right] = [pieces(a), pieces(b)]
  for (let index = 0; ; index++) {
    const [one, other] = [left[index], right[index]]
    if (one === '~' || other === '~') {
      if (one !== other) return one === '~' ? -1 : 1
      continue
    }
    if (one === '^' || other === '^') {
      if (one === other) continue
      if (one === undefined || other === undefined) return one === undefined ? -1 : 1
      return one === '^' ? -1 : 1
    }
    if (one === undefined || other === undefined) return one === other ? 0 : one === undefined ? -1 : 1
    const [digits, otherDigits] = [/^\d/.test(one), /^\d/.test(other)]
    if (digits !== otherDigits) return digits ? 1 : -1
    const order = digits ? Number(one) - Number(other) : one < other ? -1 : one > other ? 1 : 0
    if (order !== 0) return order
  }
}
