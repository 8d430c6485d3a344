import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { Settings } from '../settings/settings.js'
import { rejectedModules } from './rejected-modules.js'

const folder = mkdtempSync(join(tmpdir(), 'filters-'))
afterAll(() => rmSync(folder, { recursive: true }))

function read(text: string, warnings: string[] = []) {
  const file = join(folder, 'filters.yml')
  writeFileSync(file, text)
  return rejectedModules({ get: () => file } as unknown as Settings, warning => warnings.push(warning))
}

test('names of modules that must not run are read', () => {
  expect([...read('filter_version: 1.0\nmodule_rejectlist: [copy, pause]\n')]).toEqual(['copy', 'pause'])
  expect([...read('filter_version: "1.0"\nmodule_blacklist:\n')]).toEqual([])
})

test('stat cannot be refused, nor can a file of another version be understood', () => {
  expect(() => read('filter_version: 1.0\nmodule_rejectlist: [stat]\n')).toThrow(/without the stat module/)
  expect(() => read('filter_version: 2\n')).toThrow(/filter_version must be 1.0/)
})

test('a file that is not there is a warning', () => {
  const warnings: string[] = []
  const settings = { get: () => join(folder, 'nosuch.yml') } as unknown as Settings
  expect(rejectedModules(settings, warning => warnings.push(warning)).size).toBe(0)
  expect(warnings).toHaveLength(1)
})
