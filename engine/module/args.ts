/** Checks and coerces a module's arguments as Ansible's argument spec does, with its error texts. */
import type { ArgSpec, ArgSpecs, ArgType, Rules } from '../args.js'
import { didYouMean } from '../diagnostics.js'
import { pyStr } from '../python/repr.js'
import {
  type Dict,
  fromJson,
  isDict,
  isList,
  type Json,
  PyFloat,
  PyObject,
  typeName,
  type Value,
} from '../python/values.js'
import { TemplateString } from '../yaml/trust.js'
import { parseBytes } from './bytes.js'
import type { ModuleSpec } from './define.js'
import { dictFromText } from './dict-text.js'

export interface CheckedArgs {
  /** By canonical name, coerced, defaults filled in. */
  readonly args: { [name: string]: unknown }
  readonly given: Set<string>
  readonly warnings: string[]
  /** Every problem, Ansible's first one first; empty means the arguments are good. */
  readonly errors: string[]
  /** Those of `errors` that tell of an option which Ansible has and we do not. */
  readonly unsupported: string[]
  /** A near name for an option that does not exist. */
  readonly hint?: string
  /** Text of arguments that must never be shown. */
  readonly secrets: string[]
}

interface Level {
  readonly specs: ArgSpecs
  readonly rules: Rules
  readonly path: readonly string[]
  readonly anyArgs: boolean
  readonly unknownOptions: ModuleSpec['unknownOptions']
}

/** A value not known yet (a template, before a run): type and choices cannot be checked. */
export const isUnrendered = (value: unknown): boolean => value instanceof TemplateString

/** Arguments by any alias → arguments by canonical name, typed. `called`: the module name as the user wrote it. */
export function checkArgs(
  spec: Pick<ModuleSpec, 'args' | 'rules' | 'freeForm' | 'anyArgs' | 'unknownOptions'>,
  raw: Dict | ReadonlyMap<string, unknown>,
  called: string,
  environ: Readonly<Record<string, string | undefined>> = {},
): CheckedArgs {
  const specs = spec.freeForm ? withFreeForm(spec.args) : spec.args
  const found: CheckedArgs = { args: {}, given: new Set(), warnings: [], errors: [], unsupported: [], secrets: [] }
  const { rules = {}, anyArgs = false, unknownOptions } = spec
  const level: Level = { specs, rules, path: [], anyArgs, unknownOptions }
  Object.assign(
    found.args,
    checkLevel(level, raw as ReadonlyMap<unknown, unknown>, found, called, environ, found.given),
  )
  return found
}

const freeFormOf = new WeakMap<ArgSpecs, ArgSpecs>()

function withFreeForm(args: ArgSpecs): ArgSpecs {
  let specs = freeFormOf.get(args)
  if (!specs) {
    specs = { ...args, _raw_params: freeForm, ...args }
    freeFormOf.set(args, specs)
  }
  return specs
}

/** What is the same for every check against the same specs. */
interface Outline {
  /** Every name and alias → the name. */
  readonly canonical: ReadonlyMap<string, string>
  readonly required: readonly string[]
  /** Those that may have a value when nobody gives one, from the environment or by default. */
  readonly fallbacks: readonly { readonly name: string; readonly spec: ArgSpec; readonly settled: boolean }[]
  readonly rank: ReadonlyMap<string, number>
  /** Every name → 0, every alias → its place among those of its option, from 1. */
  readonly aliasRank: ReadonlyMap<string, number>
}

const outlines = new WeakMap<ArgSpecs, Outline>()

/** Made once, for a playbook asks a thousand times. */
function outlineOf(specs: ArgSpecs): Outline {
  let outline = outlines.get(specs)
  if (!outline) {
    const entries = Object.entries(specs)
    outline = {
      canonical: new Map(
        entries.flatMap(([name, { aliases = [] }]) => [name, ...aliases].map(each => [each, name] as const)),
      ),
      required: entries.filter(([, spec]) => spec.required).map(([name]) => name),
      fallbacks: entries
        .filter(([, spec]) => spec.env !== undefined || spec.default != null)
        .map(([name, spec]) => ({ name, spec, settled: isSettled(spec) })),
      rank: new Map(entries.map(([name], index) => [name, index])),
      aliasRank: new Map(
        entries.flatMap(([name, { aliases = [] }]) => [name, ...aliases].map((each, place) => [each, place] as const)),
      ),
    }
    outlines.set(specs, outline)
  }
  return outline
}

/** Is the default of the right type, so that it needs no further look? */
const isSettled = ({ type, default: value, choices, noLog }: ArgSpec): boolean =>
  (type === 'bool' ? typeof value === 'boolean' : type === 'str' && typeof value === 'string') &&
  (!choices || choices.includes(value as string)) &&
  !noLog

const freeForm: ArgSpec = { type: 'raw', summary: 'free-form text' }

function checkLevel(
  level: Level,
  raw: ReadonlyMap<unknown, unknown>,
  found: CheckedArgs,
  called: string,
  environ: Readonly<Record<string, string | undefined>>,
  given: Set<string>,
): { [name: string]: unknown } {
  const { specs, rules, path } = level
  const within = path.length ? ` found in ${path.join(' -> ')}` : ''
  const { canonical, required, fallbacks, rank, aliasRank } = outlineOf(specs)
  const args: { [name: string]: unknown } = {}
  const unsupported: string[] = []
  // Null that somebody wrote is none of the choices, and no reason to take a default of yes; it counts where options exclude
  // or need one another.
  const nulls: string[] = []
  const named = new Map<string, number>()
  for (const [written, value] of raw) {
    const key = typeof written === 'string' ? written : pyStr(written as Value)
    const name = canonical.get(key)
    if (name === undefined) {
      if (level.anyArgs) args[key] = value
      else unsupported.push(key)
      continue
    }
    if (given.has(name) && name !== key) {
      found.warnings.push(`Both option ${name} and its alias ${key} are set.`)
    } else if (given.has(name)) {
      found.warnings.push(
        `Both option ${name} and its alias ${[...raw.keys()].find(k => k !== key && canonical.get(k as string) === name)} are set.`,
      )
    }
    // Of several names for one option the last alias counts, wherever it stands.
    const weight = aliasRank.get(key)!
    if (weight < (named.get(name) ?? 0)) continue
    named.set(name, weight)
    if (value === null && !specs[name]!.required && !specs[name]!.nullable) {
      const wrong = wrongChoice(null, specs[name]!, name)
      if (wrong) nulls.push(wrong)
      given.delete(name)
      delete args[name]
      if (specs[name]!.default === true) args[name] = false
      continue
    }
    given.add(name)
    args[name] = value
  }
  const fail = (text: string) => void found.errors.push(text + within)
  const clashing = (rules.exclusive ?? []).filter(group => group.filter(name => named.has(name)).length > 1)
  if (clashing.length > 0)
    fail(`parameters are mutually exclusive: ${clashing.map(group => group.join('|')).join(', ')}`)
  // What has to be looked at: what was given, and what comes from elsewhere.
  const open: [string, ArgSpec][] = []
  for (const name in args) if (rank.has(name)) open.push([name, specs[name]!])
  for (const { name, spec, settled } of fallbacks) {
    if (name in args) continue
    const fromEnvironment = spec.env === undefined ? undefined : environ[spec.env]
    if (fromEnvironment !== undefined) args[name] = fromEnvironment
    else if (spec.default != null) args[name] = fromJson(spec.default)
    else continue
    if (fromEnvironment !== undefined || !settled) open.push([name, spec])
  }
  open.sort(([one], [other]) => rank.get(one)! - rank.get(other)!)
  const missing = required.filter(name => !(name in args))
  if (missing.length) fail(`missing required arguments: ${missing.sort().join(', ')}`)
  const mistyped = new Set<string>()
  for (const [name, spec] of open) {
    if (spec.unsupported && given.has(name)) {
      fail(`option '${name}' is not supported here: ${spec.unsupported}`)
      found.unsupported.push(found.errors.at(-1)!)
    }
    const value = args[name]
    if (spec.noLog) secretsOf(value, found.secrets)
    if (isUnrendered(value)) continue
    try {
      args[name] = chosen(
        coerce(given.has(name) ? stated(value as Value, spec) : (value as Value), spec, name, path),
        spec,
      )
    } catch (error) {
      found.errors.push((error as Error).message)
      mistyped.add(name)
    }
  }
  for (const [name, spec] of open) {
    if (mistyped.has(name) || isUnrendered(args[name])) continue
    const wrong = wrongChoice(args[name], spec, name)
    if (wrong) fail(wrong)
  }
  nulls.forEach(fail)
  checkRules(rules, args, named, fail)
  for (const [name, spec] of open) {
    if (spec.options && args[name] != null && !isUnrendered(args[name])) {
      args[name] = subOptions(spec, name, args[name], path, found, called, environ)
    }
  }
  if (path.length === 0 && unsupported.includes('_raw_params')) {
    // Text that only its template showed to be no `key=value`.
    found.errors.push(`invalid or malformed argument: '${pyStr(raw.get('_raw_params') as Value)}'`)
  } else if (unsupported.length) {
    const prefix = path.length ? `${path.join('.')}.` : ''
    const aliases = Object.values(specs).flatMap(spec => spec.aliases ?? [])
    const supported = Object.keys(specs)
      .filter(name => name !== '_raw_params')
      .sort()
      .join(', ')
    found.errors.push(
      level.unknownOptions?.(called, unsupported) ??
        `Unsupported parameters for (${called}) module: ${unsupported
          .map(name => prefix + name)
          .sort()
          .join(', ')}. ` +
          `Supported parameters include: ${supported}${aliases.length ? ` (${aliases.sort().join(', ')})` : ''}.`,
    )
    const near = didYouMean(unsupported[0]!, canonical.keys())
    if (near) Object.assign(found, { hint: `Did you mean '${near}'?` })
  }
  return args
}

function subOptions(
  spec: ArgSpec,
  name: string,
  value: unknown,
  path: readonly string[],
  found: CheckedArgs,
  called: string,
  environ: Readonly<Record<string, string | undefined>>,
): unknown {
  const level: Level = {
    specs: spec.options!,
    rules: spec.rules ?? {},
    path: [...path, name],
    anyArgs: false,
    unknownOptions: undefined,
  }
  const one = (item: unknown) => {
    if (isUnrendered(item)) return item
    try {
      if (typeof item === 'string') item = dictFromText(item)
    } catch (error) {
      found.errors.push(`value of '${name}' must be of type dict or list of dicts`, (error as Error).message)
      return item
    }
    if (!isDict(item)) {
      found.errors.push(`value of '${name}' must be of type dict or list of dicts`)
      return item
    }
    return checkLevel(level, item, found, called, environ, new Set())
  }
  return spec.type === 'list' ? (value as Value[]).map(one) : one(value)
}

function checkRules(
  rules: Rules,
  args: { [name: string]: unknown },
  named: ReadonlyMap<string, unknown>,
  fail: (text: string) => void,
): void {
  const has = (name: string) => args[name] !== undefined && args[name] !== null
  const counts = (name: string) => named.has(name) || has(name)
  for (const group of rules.together ?? []) {
    const count = group.filter(counts).length
    if (count > 0 && count < group.length) fail(`parameters are required together: ${group.join(', ')}`)
  }
  for (const group of rules.oneOf ?? []) {
    if (!group.some(counts)) fail(`one of the following is required: ${group.join(', ')}`)
  }
  for (const [option, wanted, ...required] of rules.requiredIf ?? []) {
    if (!sameScalar(args[option], wanted)) continue
    const all = required.filter((name): name is string => typeof name === 'string')
    const missing = all.filter(name => !counts(name))
    if (missing.length)
      fail(`${option} is ${jsonText(wanted)} but all of the following are missing: ${missing.join(', ')}`)
    for (const any of required) {
      if (typeof any !== 'string' && !any.some(counts)) {
        fail(`${option} is ${jsonText(wanted)} but any of the following are missing: ${any.join(', ')}`)
      }
    }
  }
  for (const [option, needed] of Object.entries(rules.requiredBy ?? {})) {
    if (!has(option)) continue
    const missing = needed.filter(name => !has(name))
    if (missing.length) fail(`missing parameter(s) required by '${option}': ${missing.join(', ')}`)
  }
}

const sameScalar = (value: unknown, wanted: Json) => value === wanted
const jsonText = (value: Json) => pyStr(fromJson(value))

function secretsOf(value: unknown, into: string[]): void {
  if (typeof value === 'string') {
    if (value) into.push(value)
  } else if (typeof value === 'number') into.push(String(value))
  else if (isList(value)) for (const item of value) secretsOf(item, into)
  else if (isDict(value)) for (const item of value.values()) secretsOf(item, into)
}

/** One value to its declared type; throws with Ansible's text. */
export function coerce(
  value: Value,
  spec: Pick<ArgSpec, 'type' | 'elements' | 'required'>,
  name: string,
  path: readonly string[] = [],
): unknown {
  const { type, required } = spec
  if (value === null && (!required || type === 'raw')) return null
  const where = path.length > 0 ? ` found in '${path.join(' -> ')}'` : ''
  try {
    const made = convert[spec.type](value)
    if (spec.type !== 'list' || !spec.elements) return made
    return (made as Value[]).map(item =>
      isUnrendered(item) ? item : coerceElement(item, spec.elements!, `${name}'${where}`),
    )
  } catch (error) {
    if (error instanceof ElementError) throw error
    throw new Error(
      `argument '${name}' is of type ${className(value)}${where && `${where}.`} and we were unable to convert to ${spec.type}: ${(error as Error).message}`,
    )
  }
}

/** None for a required option is empty text, as since 2.19; 2.14's modules trip over it. Other types refuse it, and choices do. */
function stated(value: Value, { required, type, choices }: ArgSpec): Value {
  return value === null && required && !choices && (type === 'str' || type === 'path') ? '' : value
}

class ElementError extends Error {}
function coerceElement(item: Value, type: ArgType, option: string): unknown {
  try {
    return item === null && type !== 'str' ? item : convert[type](item)
  } catch (error) {
    throw new ElementError(
      `Elements value for option '${option} is of type ${className(item)} and we were unable to convert to ${type}: ${(error as Error).message}`,
    )
  }
}

const className = (value: Value) => `<class '${typeName(value)}'>`
const cannot = (value: Value, type: string): never => {
  throw new Error(`${className(value)} cannot be converted to ${type}`)
}

const convert: { readonly [type in ArgType]: (value: Value) => unknown } = {
  raw: value => value,
  str: value => (typeof value === 'string' ? value : pyStr(value)),
  path: value => (typeof value === 'string' ? value : pyStr(value)),
  int: toInt,
  float: toFloat,
  bool: toBool,
  list: value => {
    if (isList(value)) return [...value]
    if (typeof value === 'string') return value.split(',')
    if (typeof value === 'number' || typeof value === 'bigint' || value instanceof PyFloat) return [pyStr(value)]
    if (typeof value === 'boolean') return [pyStr(value)]
    return cannot(value, 'a list')
  },
  dict: value => {
    if (isDict(value)) return value
    if (typeof value === 'string') return dictFromText(value)
    return cannot(value, 'a dict')
  },
  json: value => (typeof value === 'string' ? value : JSON.stringify(plain(value))),
  jsonarg: value => (typeof value === 'string' ? value.trim() : JSON.stringify(plain(value))),
  bytes: value => sizeOf(value, false, 'a Byte value'),
  bits: value => sizeOf(value, true, 'a Bit value'),
}

function sizeOf(value: Value, bits: boolean, kind: string): number {
  try {
    return parseBytes(pyStr(value), bits)
  } catch {
    return cannot(value, kind)
  }
}

function toInt(value: Value): number | bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return value
  if (typeof value === 'bigint') return value
  if (typeof value === 'boolean') return Number(value)
  if (typeof value === 'string' && /^\s*[+-]?\d+(?:_\d+)*\s*$/.test(value)) {
    const digits = value.trim().replaceAll('_', '')
    const number = Number(digits)
    return Number.isSafeInteger(number) ? number : BigInt(digits)
  }
  return cannot(value, 'an int')
}

function toFloat(value: Value): number {
  if (value instanceof PyFloat) return value.value
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return Number(value)
  if (typeof value === 'string' && /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(value)) return Number(value)
  return cannot(value, 'a float')
}

const trueWords = new Set(['1', 'yes', 'on', 'true', 't', 'y'])
const falseWords = new Set(['0', 'no', 'off', 'false', 'f', 'n'])

/** Ansible's words for yes and no. */
export function toBool(value: Value): boolean {
  if (typeof value === 'boolean') return value
  const number = value instanceof PyFloat ? value.value : value
  if (number === 1 || number === 0) return number === 1
  if (typeof value === 'string') {
    const word = value.toLowerCase().trim()
    if (trueWords.has(word)) return true
    if (falseWords.has(word)) return false
  }
  if (isList(value) || isDict(value)) return cannot(value, 'a bool')
  throw new Error(
    `The value '${pyStr(value)}' is not a valid boolean.  ` +
      `Valid booleans include: 0, 1, '0', '1', 'f', 'false', 'n', 'no', 'off', 'on', 't', 'true', 'y', 'yes'`,
  )
}

/** YAML turns `state: no` into a bool; where exactly one choice is such a word, that one was meant. */
function chosen(value: unknown, spec: ArgSpec): unknown {
  if ((value !== 'True' && value !== 'False') || !spec.choices || spec.choices.includes(value)) return value
  const words = value === 'True' ? trueWords : falseWords
  const meant = spec.choices.filter(choice => typeof choice === 'string' && words.has(choice))
  return meant.length === 1 ? meant[0] : value
}

function wrongChoice(value: unknown, spec: ArgSpec, name: string): string | undefined {
  const choices = spec.choices
  if (!choices || value === undefined) return undefined
  const listed = choices.map(choice => (typeof choice === 'boolean' ? pyStr(choice) : String(choice))).join(', ')
  if (Array.isArray(value)) {
    const bad = value.filter(item => !isUnrendered(item) && !choices.includes(item as string))
    if (bad.length)
      return `value of ${name} must be one or more of: ${listed}. Got no match for: ${bad.map(item => pyStr(item as Value)).join(', ')}`
    return undefined
  }
  if (choices.includes(value as string)) return undefined
  return `value of ${name} must be one of: ${listed}, got: ${pyStr(value as Value)}`
}

function plain(value: Value): unknown {
  if (isDict(value)) return Object.fromEntries([...value].map(([key, item]) => [pyStr(key), plain(item)]))
  if (isList(value)) return value.map(plain)
  if (value instanceof PyFloat) return value.value
  return typeof value === 'bigint' ? Number(value) : value instanceof PyObject ? pyStr(value) : value
}
