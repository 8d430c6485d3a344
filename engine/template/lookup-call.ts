/** Running lookup plugins: options checked, errors handled as asked, answers journaled. */
import type { ArgSpec } from '../args.js'
import { Diagnostic, didYouMean } from '../diagnostics.js'
import { truthy } from '../python/compare.js'
import { pyRepr, pyStr } from '../python/repr.js'
import { Unknown } from '../python/unknown.js'
import { fromJson, isInt, type KeywordArguments, typeName, type Value } from '../python/values.js'
import type { Lookup } from './define.js'
import type { Evaluation } from './evaluation.js'
import { Pending } from './pending.js'
import { Undef, UndefinedError } from './undefined.js'

/** Runs a lookup; always a list. Throws Pending where the plugin has to wait. */
export function runLookup(
  evaluation: Evaluation,
  name: string,
  terms: readonly Value[],
  given: KeywordArguments,
): Value[] {
  const { engine } = evaluation
  const lookup = engine.lookup(name)
  if (!lookup) {
    const near = didYouMean(name, engine.lookupNames())
    throw new Diagnostic(`lookup plugin (${name}) not found`, {
      code: 'unknown-lookup',
      hint: near === undefined ? undefined : `did you mean '${near}'?`,
    })
  }
  if (!evaluation.state.lookups) {
    throw new Diagnostic(
      'lookups are not allowed here: this text came out of a template and may hold what a host printed',
      {
        code: 'lookup-forbidden',
      },
    )
  }
  const options = lookupOptions(name, lookup, given, evaluation)
  const key = `lookup ${name} ${terms.map(term => (typeof term === 'string' ? term : typeName(term))).join('\0')}`
  const result = evaluation.state.journal.once(key, () =>
    lookup.run({
      terms,
      options: options as never,
      given,
      scope: evaluation.scope,
      templar: evaluation.templar,
      context: evaluation,
      host: evaluation.host,
      searchPath: evaluation.scope.searchPath,
    }),
  )
  return result as Value[]
}

/** `lookup(name, *terms, errors=…, wantlist=…, **options)` and `query`. */
export function lookupGlobal(
  evaluation: Evaluation,
  args: readonly Value[],
  kwargs: KeywordArguments,
  listWanted: boolean,
): Value {
  const [name, ...terms] = args
  if (name === undefined)
    throw new Diagnostic("lookup() missing 1 required positional argument: 'name'", { code: 'TypeError' })
  if (name instanceof Undef) return name
  if (name instanceof Unknown) return name
  const options = new Map(kwargs)
  const errors = take(options, 'errors', 'strict')
  const wantlist = truthy(take(options, 'wantlist', false)) || listWanted
  options.delete('allow_unsafe')
  const plugin = evaluation.engine.lookup(pyStr(name))
  for (const value of [...terms, ...options.values()]) {
    if (value instanceof Unknown) return value
    if (value instanceof Undef && plugin && !plugin.acceptsUndefined) return value
  }
  let results: Value[]
  try {
    results = runLookup(evaluation, pyStr(name), terms, options)
  } catch (error) {
    if (error instanceof Pending || !(error instanceof Diagnostic) || error.code === 'unknown-lookup') throw error
    // What is undefined is so for everyone, whatever is done about the lookup's own errors.
    if (error instanceof UndefinedError) throw error
    if (errors === 'ignore' || errors === 'warn') {
      const message = `An unhandled exception occurred while running the lookup plugin '${pyStr(name)}'. ${error.message}`
      if (errors === 'warn') evaluation.warn(message)
      return wantlist ? [] : null
    }
    throw error
  }
  if (wantlist) return results
  if (results.length === 0) return []
  if (results.every(result => typeof result === 'string')) return results.join(',')
  return results.length === 1 ? results[0]! : results
}

function take(options: Map<string, Value>, name: string, fallback: Value): Value {
  const value = options.get(name)
  options.delete(name)
  return value === undefined ? fallback : value
}

/** Options by the plugin's declaration: defaults filled in, types coerced, unknown names refused. */
function lookupOptions(
  name: string,
  lookup: Lookup,
  given: KeywordArguments,
  evaluation: Evaluation,
): { [option: string]: Value | undefined } {
  const specs = lookup.options ?? {}
  const options: { [option: string]: Value | undefined } = {}
  const canonical = new Map<string, string>()
  for (const [option, spec] of Object.entries(specs)) {
    canonical.set(option, option)
    for (const alias of spec.aliases ?? []) canonical.set(alias, option)
    const fromEnvironment = spec.env === undefined ? undefined : evaluation.host.environ[spec.env]
    if (fromEnvironment !== undefined) options[option] = coerced(fromEnvironment, spec, option, name)
    else if (spec.default !== undefined) options[option] = fromJson(spec.default)
  }
  for (const [option, value] of given) {
    const known = canonical.get(option)
    if (known !== undefined) {
      const spec = specs[known]!
      if (spec.unsupported !== undefined)
        throw new Diagnostic(`lookup '${name}', option '${option}': ${spec.unsupported}`, { code: 'unsupported' })
      options[known] = value === null ? options[known] : coerced(value, spec, option, name)
    } else if (!lookup.anyOptions) {
      const near = didYouMean(option, canonical.keys())
      if (lookup.strictOptions) {
        throw new Diagnostic(`lookup '${name}' has no option '${option}'`, {
          code: 'lookup-option',
          hint: near === undefined ? undefined : `did you mean '${near}'?`,
        })
      }
      // Ansible passes over it; a playbook that runs there must run here.
      evaluation.warn(
        `lookup '${name}' has no option '${option}'${near === undefined ? '' : `, did you mean '${near}'?`}; it is ignored`,
      )
    }
  }
  for (const [option, spec] of Object.entries(specs)) {
    if (spec.required && options[option] === undefined) {
      throw new Diagnostic(`missing required option '${option}' of lookup '${name}'`, { code: 'lookup-option' })
    }
    const value = options[option]
    if (spec.choices && value !== undefined && !spec.choices.includes(value as string)) {
      throw new Diagnostic(
        `Invalid value "${pyStr(value)}" for configuration option "${entryOf(name, option)}", valid values are: ${spec.choices.join(', ')}`,
        { code: 'lookup-option' },
      )
    }
  }
  return options
}

const TRUE = new Set(['1', 'true', 'yes', 'on', 'y', 't'])
const FALSE = new Set(['0', 'false', 'no', 'off', 'n', 'f', ''])

/** How Ansible names an option of a lookup. */
const entryOf = (lookup: string, option: string) => `plugin_type: lookup plugin: ${lookup} setting: ${option} `

function coerced(value: Value, spec: ArgSpec, option: string, lookup: string): Value {
  switch (spec.type) {
    case 'bool': {
      if (typeof value === 'boolean') return value
      const text = pyStr(value).toLowerCase()
      if (TRUE.has(text)) return true
      if (FALSE.has(text)) return false
      break
    }
    case 'int':
      if (isInt(value)) return Number(value)
      if (typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value)) return Number(value)
      throw new Diagnostic(
        `Invalid type for configuration option ${entryOf(lookup, option)}(from Direct): invalid literal for int() with base 10: ${pyRepr(value)}`,
        { code: 'lookup-option' },
      )
    case 'float':
      if (typeof value === 'number') return value
      if (typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))) return Number(value)
      return value
    case 'list':
      if (Array.isArray(value)) return value
      return typeof value === 'string' ? value.split(',').map(part => part.trim()) : [value]
    case 'str':
    case 'path':
      return typeof value === 'string' ? value : pyStr(value)
    default:
      return value
  }
  throw new Diagnostic(`option '${option}' must be ${spec.type}, not ${pyStr(value)}`, { code: 'lookup-option' })
}
