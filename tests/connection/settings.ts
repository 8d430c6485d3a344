/** Settings for tests: everything at its default but what a test names. */
import type { Value } from '../../engine/python/values.js'
import type { Settings } from '../../engine/settings/settings.js'

export function testSettings(values: { readonly [name: string]: Value } = {}): Settings {
  const get = (name: string): Value => (Object.hasOwn(values, name) ? values[name]! : null)
  return {
    get,
    has: name => Object.hasOwn(values, name),
    string: name => String(get(name) ?? ''),
    number: name => Number(get(name) ?? 0),
    bool: name => get(name) === true,
    list: name => (get(name) ?? []) as string[],
    origin: name => (Object.hasOwn(values, name) ? 'test' : 'default'),
  }
}
