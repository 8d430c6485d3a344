/**
 * Templates per second, this engine beside Python's Jinja2, in one run.
 *
 *     node bin/run-source.js tests/bench/template/run.ts
 *
 * Reported: the 2 KB config file rendered from a compiled template, one `{{ variable }}`, and conditions that were never
 * seen before (compile and evaluate). Python renders with the same templates and plain jinja2.Environment.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fromJson, type Value } from '../../../engine/python/values.js'
import { createTemplar } from '../../../engine/template/create.js'
import type { Scope } from '../../../engine/template/scope.js'
import { TemplateString } from '../../../engine/yaml/trust.js'

const folder = import.meta.dirname
const { vars, config } = JSON.parse(readFileSync(join(folder, 'workloads.json'), 'utf8')) as {
  vars: object
  config: string
}
const values = fromJson(vars) as Map<Value, Value>
const scope: Scope = { get: name => values.get(name), names: () => [...values.keys()].map(String), searchPath: [] }
const templar = createTemplar({ readFile: () => Buffer.from(''), environ: {}, setting: () => undefined, warn() {} })

/** Best of several rounds, in microseconds per call; other work on the machine only ever makes it slower. */
async function best(rounds: number, count: number, work: (index: number) => unknown): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < rounds; round++) {
    const start = process.hrtime.bigint()
    for (let index = 0; index < count; index++) await work(round * count + index)
    least = Math.min(least, Number(process.hrtime.bigint() - start) / 1000 / count)
  }
  return least
}

const single = new TemplateString('{{ name }}')
const text = await templar.renderText(config, scope)
const ours = {
  'config file, 2 KB': await best(7, 1500, () => templar.renderText(config, scope)),
  'one variable': await best(7, 30000, () => templar.renderNow(single, scope)),
  'condition, first time': await best(7, 1500, index =>
    templar.truth(`port == ${index} or name is match('web') and users | length > ${index % 7}`, scope),
  ),
}

const python = spawnSync(
  process.env.PYTHON ?? '/usr/bin/python3',
  [join(folder, 'peer.py'), join(folder, 'workloads.json')],
  { encoding: 'utf8' },
)
if (python.status !== 0) throw new Error(python.stderr)
const theirs = JSON.parse(python.stdout) as { [name: string]: number | string }
if (theirs.text !== text) throw new Error('the two engines do not agree on the config file')
console.log(`rendered alike, ${Buffer.byteLength(text)} bytes; node ${process.version}, jinja2 ${theirs.version}\n`)
console.log('| workload | Python Jinja2, us | Understudy, us | times faster |')
console.log('|---|---|---|---|')
for (const [name, time] of Object.entries(ours)) {
  const peer = theirs[name] as number
  console.log(`| ${name} | ${peer.toFixed(2)} | ${time.toFixed(2)} | ${(peer / time).toFixed(1)} |`)
}
