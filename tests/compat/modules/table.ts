/** docs/compat-modules.md: a row for each case, and why modules have none. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Row {
  readonly name: string
  readonly image: string
  readonly tasks: number
  /** Differences without a reason, by pass. */
  readonly found: { readonly [pass: string]: readonly string[] }
  /** Deliberate differences that showed. */
  readonly reasons: readonly string[]
}

const file = 'docs/compat-modules.md'

/** Rows of this run take the place of older ones; the others stay. */
export function record(root: string, rows: readonly Row[], ansible: string): void {
  const path = join(root, file)
  const kept = existsSync(path) ? rowsOf(readFileSync(path, 'utf8')) : new Map<string, string>()
  for (const row of rows) kept.set(row.name, line(row))
  const lines = [...kept].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text)
  writeFileSync(path, `${head(ansible)}\n${lines.join('\n')}\n`)
}

/** name → its line, of a recorded table. */
export function rowsOf(text: string): Map<string, string> {
  return new Map([...text.matchAll(/^\| `(\S+)` \|.*$/gm)].map(match => [match[1]!, match[0]]))
}

function line({ name, image, tasks, found, reasons }: Row): string {
  const pass = (key: string) => {
    const count = found[key]?.length
    return count === undefined ? '–' : count === 0 ? 'same' : `${count} differ`
  }
  const cells = [`\`${name}\``, image, tasks, pass('check'), pass('run'), pass('again'), reasons.join('; ')]
  return `| ${cells.join(' | ')} |`.replaceAll('|  |', '| |')
}

const head = (ansible: string) => `# Modules beside Ansible

Written by \`npm run compat:modules\`. Each case in \`tests/compat/modules/cases/\` is a playbook about one module. Understudy runs it on a real
host and Ansible (core ${ansible}, with Debian's collections) on a twin: in check mode, for real, and again. Compared are every task's status,
message, return values and diff, and after each pass all that is on the hosts: files with owner, mode and contents, packages, units and
their state, accounts, crontabs, sysctls, packet filters, mounts, databases and grants. The last column names deliberate differences.

| Case | Image | Tasks | Check | Run | Again | Different on purpose |
|---|---|---|---|---|---|---|`
