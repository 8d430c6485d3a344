/** A host that takes long keeps others waiting at the strategy's barrier only: it waits here for what they do meanwhile. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { recap, understudy } from '../understudy.js'

const folder = mkdtempSync(join(tmpdir(), 'understudy-slow-'))
afterAll(() => rmSync(folder, { recursive: true }))

const quick = Array.from({ length: 9 }, (_, index) => `quick${index}`)

/** Ends when all quick hosts have come to a place, and fails when they do not. */
const waitFor = (place: string) =>
  `for i in $(seq 300); do [ $(ls ${place} | wc -l) = ${quick.length} ] && exit 0; sleep 0.1; done; exit 1`

async function run(name: string, strategy: string, tasks: readonly string[], forks: number) {
  const place = join(folder, name)
  mkdirSync(place)
  const work = `"{{ '${waitFor(place)}' if inventory_hostname == 'slow' else 'touch ${place}/' ~ inventory_hostname }}"`
  const lines = [
    '- hosts: all',
    '  gather_facts: false',
    `  strategy: ${strategy}`,
    '  tasks:',
    ...tasks.map(task => `    - shell: ${task === 'work' ? work : task}`),
  ]
  writeFileSync(join(folder, `${name}.yml`), `${lines.join('\n')}\n`)
  writeFileSync(join(folder, 'hosts'), ['slow', ...quick].map(host => `${host} ansible_connection=local\n`).join(''))
  return understudy(folder, 'playbook', '-i', 'hosts', '-f', String(forks), `${name}.yml`)
}

test('within a task nobody waits for it, though it holds one of two forks', { timeout: 60_000 }, async () => {
  const outcome = await run('linear', 'linear', ['work'], 2)
  expect(recap(outcome).slow).toMatchObject({ ok: 1, failed: 0 })
  expect(outcome.stdout.indexOf('changed: [quick8]')).toBeLessThan(outcome.stdout.indexOf('changed: [slow]'))
})

test('the next task begins when it has come as well', { timeout: 60_000 }, async () => {
  const { code, stdout } = await run('barrier', 'linear', ['work', 'echo next'], 5)
  expect(code).toBe(0)
  expect(stdout.indexOf('changed: [slow]')).toBeLessThan(stdout.lastIndexOf('TASK ['))
})

test('with the free strategy the others go on to the end', { timeout: 60_000 }, async () => {
  const tasks = [`"{{ '${waitFor(join(folder, 'free'))}' if inventory_hostname == 'slow' else 'true' }}"`, 'work']
  const outcome = await run('free', 'free', tasks, 5)
  expect(recap(outcome).slow).toMatchObject({ ok: 2, failed: 0 })
})
