/** docs/compat-modules.md: a row for each case, and the modules that no case is about. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, readCases } from './case.js'

export interface Row {
  readonly name: string
  readonly image: string
  readonly tasks: number
  /** Differences without a reason, by pass. */
  readonly found: { readonly [pass: string]: readonly string[] }
  /** Deliberate differences that showed. */
  readonly reasons: readonly string[]
  /** Day and minute, UTC. */
  readonly when: string
}

const file = 'docs/compat-modules.md'

/** Rows of this run take the place of older ones; the others stay. */
export function record(root: string, rows: readonly Row[], ansible: string): void {
  const path = join(root, file)
  const kept = existsSync(path) ? rowsOf(readFileSync(path, 'utf8')) : new Map<string, string>()
  for (const row of rows) kept.set(row.name, line(row))
  const names = new Set(readCases(join(root, 'tests/compat/modules/cases')).map(one => one.name))
  for (const name of [...kept.keys()]) if (!names.has(name)) kept.delete(name)
  const lines = [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)
  writeFileSync(path, `${head(ansible)}\n${lines.join('\n')}\n\n${uncompared(root)}`)
}

/** Why these cannot be compared here. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [/^debops_/, 'not Ansible’s: seen beside DebOps’ own with its roles'],
  [/^docker/, 'no Docker on the hosts: recorded command lines only'],
  [/^(k8s|kube$)/, 'no cluster: recorded command lines only'],
  [/^virt/, '`tests/e2e/play/virt.yml` runs them on a real libvirtd, alone'],
  [
    /^(apk|dnf5|pacman|zypper|zypper_repository|snap|flatpak|pkgng|openbsd_pkg)$/,
    'no such package manager on the hosts: a fake host only',
  ],
  [/^npm$/, 'hundreds of packages on each host: recorded command lines only'],
  [/^systemd_service$/, 'another name of `systemd`'],
  [/^modprobe$/, 'the hosts’ kernel has no modules'],
  [
    /^(add_host|group_by|assert|debug|fail|meta|pause|set_fact|set_stats)$/,
    'act on the controller alone: `tests/compat/playbooks`',
  ],
  [/^(async_status|gather_facts|ping|raw|script|wait_for|wait_for_connection)$/, '`tests/compat/playbooks`'],
  [/./, 'no case yet'],
]

/** The second part: modules of modules/ that no case uses. */
export function uncompared(root: string): string {
  const cases = readCases(join(root, 'tests/compat/modules/cases'))
  const compared = new Set(cases.flatMap((one: Case) => [...one.modules]))
  const names = readdirSync(join(root, 'modules'))
    .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map(file => file.slice(0, -3))
  const groups = new Map<string, string[]>()
  for (const name of names.filter(name => !compared.has(name)).sort()) {
    const reason = reasons.find(([pattern]) => pattern.test(name))![1]
    groups.set(reason, [...(groups.get(reason) ?? []), `\`${name}\``])
  }
  const lines = [...groups].map(([reason, modules]) => `| ${modules.join(' ')} | ${reason} |`)
  return `## Not compared\n\n| Modules | Why |\n|---|---|\n${lines.join('\n')}\n`
}

/** name → its line, of a recorded table. */
export function rowsOf(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^\| `(\S+)` \| (?:debian|el|busybox) \|.*$/gm)].map(match => [match[1]!, match[0]]))
}

function line({ name, image, tasks, found, reasons, when }: Row): string {
  const pass = (key: string) => {
    const count = found[key]?.length
    return count === undefined ? '–' : count === 0 ? 'same' : `${count} differ`
  }
  const cells = [`\`${name}\``, image, tasks, pass('check'), pass('run'), pass('again'), when, reasons.join('; ')]
  return `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |')
}

const head = (ansible: string) => `# Modules beside Ansible

Written by \`npm run compat:modules\`. Each case in \`tests/compat/modules/cases/\` is a playbook about one module. Understudy runs it on a real
host and Ansible (core ${ansible}, with Debian's collections) on a twin: in check mode, for real, and again. Compared are every task's status,
message, return values and diff, and after each pass all that is on the hosts: files with owner, mode and contents, packages, units and
their state, accounts, crontabs, sysctls, packet filters, mounts, databases and grants. A run takes hours and writes the rows of the cases
that it was given: *When* says which code a row is about (UTC). The last column names deliberate differences; – is a pass that was not run.

| Case | Image | Tasks | Check | Run | Again | When | Different on purpose |
|---|---|---|---|---|---|---|---|`
