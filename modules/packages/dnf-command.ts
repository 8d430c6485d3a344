/** Commands of the rpm front ends (dnf5, dnf, yum): what they would do, and what they say when they refuse. */
import { quote, raw, sh } from '../../engine/remote/quote.js'
import type { Query, ShellText } from '../../engine/remote/remote.js'
import type { Tool } from '../queries/rpm.js'

/** One call of the front end. */
export interface Action {
  readonly verb: 'install' | 'upgrade' | 'remove' | 'autoremove' | 'module reset'
  readonly specs: readonly string[]
  /** Options of this call alone. */
  readonly options?: readonly string[]
  /** Verb to use instead when the front end says that a group of `specs` is not installed. */
  readonly otherwise?: 'install'
}

export interface Plan {
  /** `name-[epoch:]version-release.arch`. */
  readonly installed: readonly string[]
  readonly removed: readonly string[]
  /** All that was said, when the front end refused. */
  readonly refused: string | undefined
}

/** `name-[epoch:]version-release.arch` of rpm's packages: the way front ends write them. */
export const nevraFormat = '%{NAME}-%|EPOCH?{%{EPOCH}:}:{}|%{VERSION}-%{RELEASE}.%{ARCH}'

/** Shell text of the calls, one after the other until one fails; its exit code is the last one's. */
export const calls = (tool: Tool, answer: '-y' | '--assumeno', flags: readonly string[], actions: readonly Action[]) =>
  actions
    .map(action => {
      const verbs = { upgrade: tool === 'yum' ? 'update' : 'upgrade' } as { [verb: string]: string }
      const call = (verb: string) =>
        [tool, answer, ...flags, ...(action.options ?? []), verbs[verb] ?? verb, ...action.specs.map(quote)].join(' ')
      return action.otherwise
        ? `{ out=$(${call(action.verb)} 2>&1); rc=$?; case $out in *'is not installed'*) ${call(action.otherwise)} ;; *) printf '%s\\n' "$out"; [ $rc -eq 0 ] ;; esac; }`
        : call(action.verb)
    })
    .join(` ${answer === '-y' ? '&&' : ';'} `)

/** What the calls would change. Downloads metadata where the cache is old, as any question to a front end does. */
export const planOf = (
  tool: Tool,
  root: string,
  flags: readonly string[],
  actions: readonly Action[],
): Query<Plan> => ({
  command: sh`LC_ALL=C; export LC_ALL
rpm ${root === '/' ? [] : ['--root', root]} -qa --qf 'old %{NAME}.%{ARCH} ${raw(nevraFormat)}\n'
${raw(
  actions
    .map(action => `echo plan; ${calls(tool, '--assumeno', flags, [action])} 2>&1 </dev/null; echo "rc $?"`)
    .join('\n'),
)}`,
  parse: stdout => {
    const at = stdout.search(/^plan$/m)
    const old = new Map<string, string>()
    for (const line of stdout.slice(0, at).split('\n')) {
      const [, name, nevra] = line.split(' ')
      if (name && nevra) old.set(name, nevra)
    }
    const installed: string[] = []
    const removed: string[] = []
    let refused: string | undefined
    for (const said of stdout
      .slice(at)
      .split(/^plan\n/m)
      .slice(1)) {
      const rows = planned(said)
      for (const row of rows) {
        ;(row.does === 'remove' ? removed : installed).push(row.nevra)
        const before = row.does === 'replace' ? old.get(row.name) : undefined
        if (before) removed.push(before)
      }
      for (const [, gone = ''] of said.matchAll(/^ {5,}replacing +(\S+) /gm)) {
        const nevra = old.get(gone)
        if (nevra && !removed.includes(nevra)) removed.push(nevra)
      }
      const rc = Number(/^rc (\d+)\n?$/m.exec(said)?.[1] ?? 1)
      const stopped = /Operation aborted|Exiting on user command|aborted by the user/i.test(said)
      if (rc !== 0 && !stopped) refused ??= said.replace(/^rc \d+\n?$/m, '')
    }
    return { installed: [...new Set(installed)].sort(), removed: [...new Set(removed)].sort(), refused }
  },
})

interface Row {
  readonly does: 'install' | 'replace' | 'remove'
  /** `name.arch` */
  readonly name: string
  readonly nevra: string
}

/** Rows of the table that a front end shows before it asks. A name that is too long for its column pushes the rest to the next line. */
export function planned(said: string): Row[] {
  const rows: Row[] = []
  let does: Row['does'] | undefined
  let words: string[] = []
  for (const line of said.split('\n')) {
    if (!line.startsWith(' ')) {
      const heading =
        /^(Installing|Upgrading|Updating|Removing|Downgrading|Reinstalling)\b(?!.*(?:Group|stream|profile)s?:)/
      const verb = heading.exec(line)?.[1]
      does =
        verb === undefined ? undefined : verb === 'Removing' ? 'remove' : verb === 'Installing' ? 'install' : 'replace'
      words = []
      continue
    }
    if (!does || /^ {5,}replacing /.test(line)) continue
    words.push(...line.split(/ +/).filter(Boolean))
    if (words.length < 5) continue
    const [name = '', arch = '', evr = ''] = words
    words = []
    rows.push({ does, name: `${name}.${arch}`, nevra: `${name}-${evr.replace(/^0:/, '')}.${arch}` })
  }
  return rows
}

/** What `@spec` names. */
export interface GroupName {
  readonly kind: 'module' | 'group' | 'environment' | 'unknown'
  readonly id: string
}

/** Which of the specs, each with its `@`, are modules, groups or environments. */
export const groupNames = (
  tool: Tool,
  flags: readonly string[],
  specs: readonly string[],
): Query<ReadonlyMap<string, GroupName>> => ({
  command: `LC_ALL=C; export LC_ALL
number=0
for spec in ${specs.map(quote).join(' ')}; do
  number=$((number + 1)); spec=\${spec#@}; spec=\${spec#^}
  if ${tool} -q ${flags.join(' ')} module list "\${spec%%/*}" >/dev/null 2>&1 </dev/null; then echo "$number module $spec"; continue; fi
  ${tool} -q -v ${flags.join(' ')} group info "$spec" 2>/dev/null </dev/null |
    sed -n "s/^ *Environment-Id *: */$number environment /p; s/^ *Group-Id *: */$number group /p" | head -n 1
done` as ShellText,
  parse: stdout => {
    const names = new Map<string, GroupName>(specs.map(spec => [spec, { kind: 'unknown', id: spec.slice(1) }]))
    for (const line of stdout.split('\n')) {
      const [, number, kind, id = ''] = /^(\d+) (\w+) (.*)$/.exec(line) ?? []
      if (number) names.set(specs[Number(number) - 1]!, { kind: kind as GroupName['kind'], id })
    }
    return names
  },
})

export interface Refusal {
  readonly msg: string
  /** What the failure carries beside it. */
  readonly extra: {
    readonly failures?: string[]
    readonly rc?: number
    readonly results?: string[]
    readonly conf_file?: string
  }
}

/** Ansible's words for what a front end said when it refused. `wanted`: packages as the plan had them, with their epochs. */
export function refusalOf(said: string, rc: number, wanted: readonly string[] = []): Refusal {
  const groups = [...said.matchAll(/^Module or Group '(.*)' is not available\.$/gm)].map(match => match[1]!)
  if (groups[0] !== undefined) return { msg: `No group ${groups[0]} available.`, extra: { results: [] } }
  const failures = [
    ...[...said.matchAll(/^(?:No match for argument:?|No package) (.+?)(?: available\.?)?$/gm)].map(
      ([, name]) => `No package ${name} available.`,
    ),
    ...[...said.matchAll(/^All matches were filtered out by (\S+ filtering) for argument: (.+)$/gm)].map(
      ([all, , name]) => `${name} ${all}`,
    ),
  ]
  if (failures.length > 0)
    return {
      msg: 'Failed to install some of the specified packages',
      extra: { failures: [...new Set(failures)], rc: 1, results: [] },
    }
  const unsigned =
    /^Package (\S+)\.rpm is not signed$|^(?:Public key|.*) for (\S+)\.rpm is not (?:installed|correct).*$/m.exec(said)
  if (unsigned) {
    const file = unsigned[1] ?? unsigned[2]!
    const nevra = wanted.find(one => one.replace(/-\d+:/, '-') === file) ?? file
    return { msg: `Failed to validate GPG signature for ${nevra}: ${unsigned[0]}`, extra: {} }
  }
  const text = said
    .split('\n')
    .filter(
      line =>
        !/^\(try to |^Last metadata |^The downloaded packages were saved|^You can remove cached|^\[MIRROR\] /.test(
          line,
        ),
    )
    .join('\n')
  const error = (/^Error: ?([\s\S]*)/m.exec(text)?.[1] ?? text).trimEnd()
  if (/^\s*Problem\b/.test(error))
    return { msg: `Depsolve Error occurred: ${error}`, extra: { failures: [], rc: 1, results: [] } }
  const missing = /Config error: Config file "(.*)" does not exist/.exec(said)
  if (missing) return { msg: 'cannot read configuration file', extra: { conf_file: missing[1]!, results: [] } }
  if (/^Failed to download metadata|^Cannot download/.test(error)) return { msg: error, extra: { rc: 1, results: [] } }
  return { msg: `Unknown Error occurred: ${error.trim()}`, extra: { failures: [], rc: rc || 1, results: [] } }
}
