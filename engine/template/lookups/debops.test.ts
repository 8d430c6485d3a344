import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTemplar } from '../create.js'
import { bareHost } from '../fixture.js'

let project: string
const started = process.cwd()
beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'debops-'))
  for (const path of ['mine/web', 'role/templates/web']) mkdirSync(join(project, path), { recursive: true })
  writeFileSync(join(project, 'role/templates/web/a.j2'), '')
  writeFileSync(join(project, 'role/templates/web/b.j2'), '')
  writeFileSync(join(project, 'mine/web/a.j2'), '')
  process.chdir(project)
})
afterEach(() => {
  process.chdir(started)
  rmSync(project, { recursive: true })
})

const templar = createTemplar(bareHost)
const found = (term: string) =>
  templar.expression(`lookup('debops.debops.template_src', '${term}')`, {
    get: () => undefined,
    names: () => [],
    searchPath: [join(project, 'role')],
  })

test.each([
  ['.debops.yml', 'override_paths:\n  templates_path: nowhere:mine\n'],
  ['.debops.json', '{"override_paths": {"templates_path": "nowhere:mine"}}'],
  ['.debops.toml', '[override_paths]\ntemplates_path = "nowhere:mine"\n'],
])('a file of the project is preferred to the role’s, as %s says', async (name, text) => {
  writeFileSync(join(project, name), text)
  expect(await found('web/a.j2')).toBe(join(project, 'mine/web/a.j2'))
  expect(await found('web/b.j2')).toBe(join(project, 'role/templates/web/b.j2'))
})

test('without a configuration the role’s own file is found', async () => {
  expect(await found('web/a.j2')).toBe(join(project, 'role/templates/web/a.j2'))
  await expect(found('web/c.j2')).rejects.toThrow('could not locate file in lookup: web/c.j2')
})

test('a configuration that cannot be read is named', async () => {
  writeFileSync(join(project, '.debops.toml'), 'a = [broken\n')
  await expect(found('web/a.j2')).rejects.toThrow('.debops.toml: Invalid TOML document')
})
