import { readFileSync } from 'node:fs'
import { parse } from 'smol-toml'
import { expect, test } from 'vitest'
import { loads } from '../../python/json.js'
import type { Dict } from '../../python/values.js'
import { toToml } from './toml.js'

// What Python's `toml` wrote of random tables.
const cases = loads(readFileSync(new URL('toml-cases.json', import.meta.url), 'utf8')) as Dict[]

test('random tables are written as the filter of DebOps writes them', () => {
  for (const one of cases) expect(toToml.apply!(one.get('value') as never)).toBe(one.get('gives'))
})

// The library stumbles over these.
test('control characters and backslashes before an x read back as they were', () => {
  const text = 'bell\x07 C:\\x41 \\\\x01 nel\u0085'
  expect(parse(toToml.apply!(new Map([['a', text]]) as never) as string)).toEqual({ a: text })
})
