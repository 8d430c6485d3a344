/** From variables, keywords and settings to the options of a connection: the declaration says where each comes from. */
import type { Value } from '../python/values.js'
import { PyFloat } from '../python/values.js'
import type { Settings } from '../settings/settings.js'
import type { ConnectionOption } from './connection.js'

/** A variable's value comes later (a lookup runs a command): to be asked for again when `ready` settles. */
export class Waits extends Error {
  constructor(readonly ready: Promise<void>) {
    super('a variable of the connection is not known yet')
    this.name = 'Waits'
  }
}

/** What `resolve` gives when nothing in it has to wait any more. */
export async function whenKnown<T>(resolve: () => T): Promise<T> {
  for (;;) {
    try {
      return resolve()
    } catch (error) {
      if (!(error instanceof Waits)) throw error
      await error.ready
    }
  }
}

export interface OptionSources {
  /** Rendered value of a variable; undefined when there is none. May throw Waits. */
  readonly vars: (name: string) => Value | undefined
  /** Rendered keywords of the task and what it stands in (remote_user, port, become_user, …). */
  readonly keywords?: ReadonlyMap<string, Value> | undefined
  readonly settings: Settings
}

/** Variables win over keywords, these over settings (flags, environment, ansible.cfg), these over defaults. */
export function resolveOptions(
  specs: { readonly [name: string]: ConnectionOption },
  { vars, keywords, settings }: OptionSources,
): Map<string, Value> {
  const resolved = new Map<string, Value>()
  for (const [name, spec] of Object.entries(specs)) {
    const value =
      firstPresent((spec.vars ?? []).toReversed(), vars) ??
      present(spec.keyword === undefined ? undefined : keywords?.get(spec.keyword)) ??
      fromSettings(spec, settings) ??
      present(spec.default as Value | undefined)
    if (value !== undefined) resolved.set(name, coerced(value, spec, name))
  }
  return resolved
}

const present = (value: Value | undefined): Value | undefined => (value === null ? undefined : value)

/** Of several variables the last one listed wins, as in Ansible. */
function firstPresent(names: readonly string[], vars: OptionSources['vars']): Value | undefined {
  for (const name of names) {
    const value = present(vars(name))
    if (value !== undefined) return value
  }
  return undefined
}

function fromSettings({ setting }: ConnectionOption, settings: Settings): Value | undefined {
  const names = setting === undefined ? [] : typeof setting === 'string' ? [setting] : setting
  for (const name of names) {
    if (!settings.has(name) || settings.origin(name) === 'default') continue
    const value = settings.get(name)
    if (value !== null && value !== '') return value
  }
  return undefined
}

function coerced(value: Value, { type }: ConnectionOption, name: string): Value {
  if (type === 'int') {
    const number = value instanceof PyFloat ? value.value : Number(value)
    if (!Number.isInteger(number)) throw new OptionError(`${name} must be a number, not '${String(value)}'`)
    return number
  }
  if (type === 'bool') {
    if (typeof value === 'boolean') return value
    return /^(?:y|yes|on|1|true|t)$/i.test(String(value).trim())
  }
  if (type === 'list') return Array.isArray(value) ? value : String(value).split(/\s*,\s*/)
  return typeof value === 'string' ? value : value instanceof PyFloat ? value.value.toFixed(1) : String(value)
}

/** An option that makes no sense. */
export class OptionError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'OptionError'
  }
}
