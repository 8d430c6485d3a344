/** Coercion for the test harness until args.ts stands. */
import type { ArgSpec } from '../args.js'
import { fromJson, type Value } from '../python/values.js'
import { ModuleFailure, type ModuleSpec } from './define.js'

export function checkArgs(spec: ModuleSpec, raw: { readonly [name: string]: unknown }) {
  const args: { [name: string]: unknown } = {}
  const given = new Set<string>()
  for (const [name, one] of Object.entries(spec.args)) {
    const written = [name, ...(one.aliases ?? [])].find(alias => raw[alias] !== undefined)
    if (written !== undefined) given.add(name)
    const value = written === undefined ? one.default : raw[written]
    if (value === undefined && one.required) throw new ModuleFailure(`missing required arguments: ${name}`)
    args[name] = value === undefined || value === null ? undefined : coerced(one, value)
  }
  if (spec.freeForm && raw._raw_params !== undefined) args._raw_params = raw._raw_params
  if (spec.anyArgs) for (const [name, value] of Object.entries(raw)) if (!(name in args)) args[name] = fromJson(value)
  return { args, given }
}

function coerced({ type, elements }: ArgSpec, value: unknown): unknown {
  switch (type) {
    case 'str':
    case 'path':
      return String(value)
    case 'int':
    case 'float':
      return Number(value)
    case 'bool':
      return typeof value === 'boolean' ? value : /^(yes|on|1|true|t|y)$/i.test(String(value))
    case 'list': {
      const items = Array.isArray(value) ? value : String(value).split(',')
      return items.map(item => (elements ? coerced({ type: elements, summary: '' }, item) : (fromJson(item) as Value)))
    }
    default:
      return fromJson(value)
  }
}
