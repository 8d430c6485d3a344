import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import type { Value } from '../python/values.js'
import type { Settings } from '../settings/settings.js'
import { openFactCache } from './fact-cache.js'

const folder = mkdtempSync(join(tmpdir(), 'fact-cache-'))
afterAll(() => rmSync(folder, { recursive: true }))

const warnings: string[] = []
beforeEach(() => warnings.splice(0))

/** The cache that an ansible.cfg in `folder` asks for. */
function opened(plugin: string, connection: Value) {
  const values: { readonly [name: string]: Value } = {
    CACHE_PLUGIN: plugin,
    CACHE_PLUGIN_CONNECTION: connection,
    CACHE_PLUGIN_PREFIX: '',
    CACHE_PLUGIN_TIMEOUT: 0,
    ANSIBLE_HOME: join(folder, 'home'),
  }
  const get = (name: string) => values[name] ?? null
  const settings = { get, string: get, number: get, origin: () => join(folder, 'ansible.cfg') } as unknown as Settings
  const environ = { HOME: join(folder, 'home') }
  return openFactCache({ settings, cwd: '/nowhere', environ }, text => warnings.push(text))
}

const facts = new Map<Value, Value>([['ansible_system', 'Linux']])

test('the folder may hold variables and ~, and begins where the configuration file stands', () => {
  for (const [written, made] of [
    ['$HOME/a', 'home/a'],
    ['~/b', 'home/b'],
    ['c/d', 'c/d'],
  ] as const) {
    opened('jsonfile', written).save('h1', facts)
    expect(JSON.parse(readFileSync(join(folder, made, 'h1'), 'utf8'))).toEqual({ ansible_system: 'Linux' })
  }
  expect(warnings).toEqual([])
})

test('what cannot be used is a warning, and facts last for the run', () => {
  writeFileSync(join(folder, 'file'), '')
  for (const cache of [opened('redis', 'localhost:6379'), opened('jsonfile', null), opened('jsonfile', 'file/x')]) {
    cache.save('h1', facts)
    expect(cache.load('h1')).toBeUndefined()
  }
  expect(warnings.map(text => /\(redis\)|fact_caching_connection|create cache dir/.exec(text)?.[0])).toEqual([
    '(redis)',
    'fact_caching_connection',
    'create cache dir',
  ])
})

test('facts that cannot be written are a warning, those that cannot be read an error that takes them away', () => {
  const cache = opened('jsonfile', 'e')
  mkdirSync(join(folder, 'e', 'h1'))
  cache.save('h1', facts)
  expect(warnings).toEqual([expect.stringContaining(`while trying to write to ${join(folder, 'e', 'h1')}`)])
  writeFileSync(join(folder, 'e', 'h2'), '{ "a":')
  expect(() => cache.load('h2')).toThrow(/The cache file .*h2 was corrupt/)
  expect(existsSync(join(folder, 'e', 'h2'))).toBe(false)
})
