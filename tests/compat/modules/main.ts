/**
 * `npm run compat:modules [NAME …] [--keep] [--no-record]`: each case on a real host by Understudy and on its twin by Ansible, in
 * check mode, for real, and again; compares every task's status, message, return values and diff, and the hosts' end states.
 * Prints the differences, and records the table in docs/compat-modules.md. Exits 1 when something differs.
 *
 * Needs root, ansible-playbook, and scripts that boot hosts (LAB, as in tests/e2e/real-hosts.test.ts). --keep leaves the hosts
 * up for the next run; --no-record leaves the table alone. ANSIBLE_NEWER: the ansible-playbook for modules that 2.14 lacks; without
 * it their cases are left out.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Case, readCases } from './case.js'
import { compareRuns } from './compare.js'
import { newDifferences, type State, stamp, stateDifferences, stateOf } from './state.js'
import { type Row, record } from './table.js'
import { type Lab, openLab } from './twins.js'

const passes = [
  { name: 'check', options: ['--diff', '--check'] },
  { name: 'run', options: ['--diff'] },
  { name: 'again', options: ['--diff'] },
] as const

export async function main(argv: readonly string[], root: string): Promise<number> {
  const wanted = argv.filter(word => !word.startsWith('--'))
  const cases = readCases(join(root, 'tests/compat/modules/cases')).filter(
    ({ name, newer }) =>
      (wanted.length === 0 || wanted.includes(name)) && (newer === '' || process.env.ANSIBLE_NEWER !== undefined),
  )
  if (cases.length === 0) throw new Error(`no case is called ${wanted.join(' or ')}`)
  const stateScript = readFileSync(join(root, 'tests/e2e/host-state.sh'), 'utf8')
  const scripts = process.env.LAB ?? join(root, '..', 'shared', 'lab')
  const understudy = process.env.UNDERSTUDY ?? join(root, 'bin/understudy.js')
  const lab = openLab(scripts, understudy, [...new Set(cases.map(one => one.image))], argv.includes('--keep'))
  const recording = !argv.includes('--no-record')
  const version = ansibleVersion()
  const rows: Row[] = []
  try {
    for (const one of cases) {
      const row = await compareCase(one, lab, stateScript)
      rows.push(row)
      process.stdout.write(differences(row))
      // A run takes hours: what it has seen stays known when it is stopped.
      if (recording) record(root, [row], version)
    }
  } finally {
    lab.close()
  }
  const differing = rows.filter(row => Object.values(row.found).some(found => found.length > 0))
  process.stdout.write(
    `${rows.length} cases, ${differing.length} differ${differing.length > 0 ? `: ${differing.map(row => row.name).join(' ')}` : ''}\n`,
  )
  return differing.length === 0 ? 0 : 1
}

async function compareCase(one: Case, lab: Lab, stateScript: string): Promise<Row> {
  const started = Date.now()
  process.stdout.write(`${one.name} `)
  const twins = lab.twins(one.image)
  const both = <T>(work: (twin: (typeof twins)[number]) => Promise<T>) => Promise.all([work(twins[0]), work(twins[1])])
  const states = (): Promise<[State, State]> => both(twin => stateOf(twin, stateScript))
  const used = new Set<string>()
  const found: { [pass: string]: string[] } = {}
  try {
    lab.reset(one.image)
    await both(twin => twin.shell(`set -e\n${one.setup}\nsleep 0.01; : >${stamp}`))
    const atFirst = await states()
    const before = stateDifferences(...atFirst)
    for (const { name, options } of passes) {
      if (one.between) await both(twin => twin.shell(`set -e\n${one.between}`))
      const [ours, theirs] = await both(twin => twin.run(one.path, options, one.newer !== ''))
      found[name] = compareRuns(ours, theirs, one.differs, one.stateDiffers, used)
      if (ours.tasks.length === 0) found[name].push(`Understudy ran no task: ${ours.stderr.slice(-2000)}`)
      if (theirs.tasks.length === 0) found[name].push(`Ansible ran no task: ${theirs.stderr.slice(-2000)}`)
      const left = await newDifferences(twins, await states(), before, one.stateDiffers, used)
      found[name].push(...left.map(line => `left: ${line}`))
    }
  } catch (error) {
    found.run = [...(found.run ?? []), `could not be compared: ${(error as Error).message}`]
  }
  if (one.cleanup) await both(twin => twin.shell(one.cleanup)).catch(() => {})
  const count = Object.values(found).flat().length
  process.stdout.write(
    `${((Date.now() - started) / 1000).toFixed(0)} s, ${count === 0 ? 'same' : `${count} differences`}\n`,
  )
  return {
    name: one.name,
    image: one.image,
    tasks: one.tasks.length,
    found,
    reasons: [...(one.newer ? [one.newer] : []), ...used],
    when: new Date(started).toISOString().slice(0, 16),
  }
}

function ansibleVersion(): string {
  return /core ([\d.]+)/.exec(execFileSync('ansible-playbook', ['--version'], { encoding: 'utf8' }))?.[1] ?? 'unknown'
}

/** Each difference once, with the passes that show it. */
function differences({ found }: Row): string {
  const passesOf = new Map<string, string[]>()
  for (const [pass, lines] of Object.entries(found)) {
    for (const line of lines) passesOf.set(line, [...(passesOf.get(line) ?? []), pass])
  }
  return [...passesOf].map(([line, names]) => `  ${names.join('+')}: ${line.replaceAll('\n', '\n    ')}\n`).join('')
}
