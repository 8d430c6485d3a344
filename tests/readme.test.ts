/** The README's tour is run as it is printed, on the embedded lab. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Lab, startLab } from '../lab/lab.js'
import { projectFolder, understudy } from './understudy.js'

const readme = readFileSync(join(projectFolder, 'README.md'), 'utf8')
const site = /```yaml\n([\s\S]*?)```/.exec(readme)![1]!
const tour = [...readme.matchAll(/```console\n\$ understudy (.*)\n([\s\S]*?)```/g)]

let lab: Lab
let folder: string
beforeAll(async () => {
  lab = await startLab()
  folder = mkdtempSync(join(tmpdir(), 'understudy-readme-'))
  writeFileSync(join(folder, 'site.yml'), site)
  writeFileSync(join(folder, 'typo.yml'), site.replace('changed_when', 'change_when'))
})
afterAll(() => {
  lab.stop()
  rmSync(folder, { recursive: true })
})

test.each(tour.map(([, command = '', printed = '']) => [command, printed]))('%s', async (command, printed) => {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!)
  const { stdout, stderr } = await understudy(
    folder,
    ...words.map(word => (word === 'INVENTORY' ? lab.inventory : word)),
  )
  expect((stdout + stderr).replaceAll(`${folder}/`, '').replace(/ +$/gm, '').trim()).toBe(printed.trim())
})

test('what the README says to run is there', () => {
  const { scripts } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8'))
  for (const [, script = ''] of readme.matchAll(/npm run (\w+)/g)) expect(scripts).toHaveProperty(script)
  for (const [, path = ''] of readme.matchAll(/\]\(([\w./-]+)\)/g))
    expect(readFileSync(join(projectFolder, path), 'utf8')).not.toBe('')
})
