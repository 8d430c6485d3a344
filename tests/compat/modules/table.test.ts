/** docs/compat-modules.md is true as far as that shows without Ansible: `npm run compat:modules` writes it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectFolder } from '../../understudy.js'
import { readCases } from './case.js'
import { rowsOf, uncompared } from './table.js'

const cases = readCases(join(projectFolder, 'tests/compat/modules/cases'))
const text = readFileSync(join(projectFolder, 'docs/compat-modules.md'), 'utf8')
const cellsOf = (name: string) =>
  rowsOf(text)
    .get(name)
    ?.split('|')
    .map(cell => cell.trim())

test.each(
  cases.map(one => [one.name, one] as const),
)('%s was run as it is now: image and number of tasks', (name, one) => {
  const [, , image, tasks] = cellsOf(name) ?? []
  expect({ image, tasks }).toEqual({ image: one.image, tasks: String(one.tasks.length) })
})

test('every row has its case', () => {
  expect([...rowsOf(text).keys()]).toEqual(cases.map(one => one.name).sort())
})

test('every other module is named, with the reason', () => {
  expect(text.slice(text.indexOf('## Not compared'))).toBe(uncompared(projectFolder))
})

test('tasks of included files have their reasons, too, under the names that the play gives them', () => {
  const { differs } = cases.find(one => one.name === 'portability')!
  expect(differs.get('busybox-ash: unarchive')).toEqual({ msg: 'Ansible names the folder as it is written' })
})
