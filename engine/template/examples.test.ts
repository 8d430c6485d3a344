/** The examples of filters, tests and lookups are what `doc` prints: here they prove true. */
import { describe, expect, it } from 'vitest'
import { Diagnostic } from '../diagnostics.js'
import { pyEquals } from '../python/compare.js'
import { pyRepr } from '../python/repr.js'
import { float, fromJson, Tuple, type Value } from '../python/values.js'
import { TemplateString } from '../yaml/trust.js'
import { createTemplar } from './create.js'
import type { Example } from './define.js'
import { filters } from './filters/index.js'
import { lookups } from './lookups/index.js'
import type { Scope } from './scope.js'
import { tests } from './tests/index.js'

const templar = createTemplar({
  readFile(path) {
    throw new Diagnostic(`no file ${path}`)
  },
  environ: { HOME: '/root', PATH: process.env.PATH },
  setting: () => undefined,
  warn: () => undefined,
})
const scope: Scope = { get: () => undefined, names: () => [], searchPath: ['/'] }

/** Tuples as lists and whole floats as ints: examples are written as JSON. */
function plain(value: Value): Value {
  if (value instanceof Tuple || Array.isArray(value)) return [...value].map(plain)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [plain(key), plain(item)]))
  return value
}

async function check([template, expected]: Example): Promise<void> {
  const wanted = expected as { error?: string } | null
  if (typeof wanted === 'object' && wanted !== null && typeof wanted.error === 'string') {
    await expect(templar.render(new TemplateString(template), scope), template).rejects.toThrow(wanted.error)
    return
  }
  const value = plain(await templar.render(new TemplateString(template), scope))
  const same = pyEquals(value, fromJson(expected)) || (typeof expected === 'number' && pyEquals(value, float(expected)))
  expect(same, `${template} gives ${pyRepr(value)}, not ${JSON.stringify(expected)}`).toBe(true)
}

for (const [kind, table] of Object.entries({ filters, tests, lookups })) {
  describe(`examples of ${kind}`, () => {
    const definitions = new Map(
      Object.entries(table)
        .reverse()
        .map(([name, definition]) => [definition, name]),
    )
    for (const [definition, name] of definitions) {
      it(`holds what the examples of ${name} say`, async () => {
        expect(definition.summary).not.toMatch(/\.$|^$/)
        for (const example of definition.examples) await check(example)
      })
    }
  })
}
