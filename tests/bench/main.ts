/** `npm run bench`: each line of work with every program, in turn, and the medians with their ratios as a table. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { cpus, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Servers } from './endpoints.js'
import type { Line } from './line.js'
import { lines } from './lines/index.js'
import { measure, median } from './measure.js'
import { type Found, type Program, programs } from './programs.js'

const usage = `usage: npm run bench -- [--rounds N] [--only understudy,ansible,…] [LINE …]

Lines: ${lines.map(line => line.name).join(' ')}
`

export async function main(argv: string[], root: string): Promise<void> {
  const { values, positionals } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: { rounds: { type: 'string' }, only: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  const chosen = positionals.length === 0 ? lines : lines.filter(line => positionals.includes(line.name))
  const wrong = positionals.find(name => !lines.some(line => line.name === name))
  if (values.help || wrong !== undefined) {
    process.stdout.write(wrong === undefined ? usage : `there is no line "${wrong}"\n${usage}`)
    return
  }
  const folder = mkdtempSync(join(tmpdir(), 'understudy-bench-'))
  const servers = new Servers()
  const { found, missing } = programs(root, folder)
  const only = values.only?.split(',')
  const used = found.filter(({ program }) => only === undefined || only.includes(program))
  const say = (text: string) => process.stdout.write(`${text}\n`)
  try {
    say(`${new Date().toISOString().slice(0, 10)}, ${cpus().length} × ${cpus()[0]?.model.trim()}, Linux ${release()}`)
    for (const { program, version } of used) if (version) say(`${program}: ${version}`)
    for (const text of missing) say(`missing: ${text}`)
    say('\n| work | understudy | Ansible | Mitogen | pyinfra | floor | wanted |\n|---|---|---|---|---|---|---|')
    for (const line of chosen) say(await row(line, used, servers, folder, Number(values.rounds ?? line.rounds ?? 3)))
  } finally {
    await servers.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function row(line: Line, found: readonly Found[], servers: Servers, folder: string, rounds: number) {
  const own = join(folder, line.name)
  mkdirSync(own)
  const endpoints = await servers.hosts(line.hosts ?? 1, own, line.rtt)
  const work = line.prepare({ folder: own, endpoints })
  const unit = line.unit ?? 's'
  const taken = new Map<Program, number[]>()
  const failed = new Map<Program, string>()
  // Interleaved: whatever else the machine does meets all of them alike.
  for (let round = 0; round < rounds; round++) {
    for (const each of found) {
      const command = each.command(work, endpoints)
      if (!command || failed.has(each.program)) continue
      work.before?.()
      try {
        const measured = await measure(command, unit === 'MB')
        taken.set(each.program, [...(taken.get(each.program) ?? []), measured[unit]])
      } catch (error) {
        failed.set(each.program, (error as Error).message)
      }
    }
  }
  for (const [program, message] of failed) process.stderr.write(`${line.name}: ${program}: ${message}\n`)
  const ours = taken.has('understudy') ? median(taken.get('understudy')!) : undefined
  const cell = (program: Program) => {
    const values = taken.get(program)
    if (!values) return failed.has(program) ? 'failed' : '–'
    const value = median(values)
    const text = unit === 'MB' ? value.toFixed(0) : value.toFixed(2)
    return program === 'understudy' || ours === undefined ? text : `${text} (${(value / ours).toFixed(1)} ×)`
  }
  const wanted = [
    ...Object.entries(line.bar).map(([peer, ratio]) => `${ratio} × ${peer}`),
    ...Object.entries(line.within ?? {}).map(([peer, ratio]) => `within ${ratio} × ${peer}`),
    ...(line.limit === undefined ? [] : [`at most ${line.limit} ${unit === 'MB' ? 'MB' : 's'}`]),
  ]
  const cells = (['understudy', 'ansible', 'mitogen', 'pyinfra', 'floor'] as const).map(cell)
  return `| ${[`${line.title}${unit === 's' ? '' : ` (${unit})`}`, ...cells, wanted.join(', ')].join(' | ')} |`
}
