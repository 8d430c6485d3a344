/** Lookups of variables, settings, hosts and the environment. */
import { Diagnostic } from '../../diagnostics.js'
import { pythonRegExp, search } from '../../python/regexp.js'
import { pyStr } from '../../python/repr.js'
import { isDict, isList, typeName, type Value } from '../../python/values.js'
import { pluginTypes } from '../../settings/settings.js'
import { defineLookup } from '../define.js'
import { merged } from '../filters/dicts.js'
import { isUndef, UndefinedError } from '../undefined.js'
import { lookupError, textTerm } from './terms.js'

export const env = defineLookup({
  summary: "Variables of the controller's environment",
  examples: [
    ["{{ lookup('env', 'NOSUCHVARIABLE') }}", ''],
    ["{{ lookup('env', 'NOSUCHVARIABLE', default='x') }}", 'x'],
  ],
  acceptsUndefined: true,
  options: { default: { type: 'raw', default: '', summary: 'what stands for a variable that is not set' } },
  run: ({ terms, options, host }) =>
    terms.map(term => {
      const name = pyStr(term).trim().split(/\s+/)[0] ?? ''
      const value = host.environ[name]
      if (value !== undefined) return value
      const fallback = options.default
      if (isUndef(fallback)) throw new UndefinedError(`The environment variable '${name}' is not set.`)
      return fallback as Value
    }),
})

export const vars = defineLookup({
  summary: 'Variables by name',
  examples: [
    ["{{ lookup('vars', 'nosuch', default='x') }}", 'x'],
    ["{{ lookup('vars', 'nosuch') }}", { error: 'No variable found with this name: nosuch' }],
  ],
  acceptsUndefined: true,
  options: { default: { type: 'raw', summary: 'what stands for a variable that is not defined' } },
  run: ({ terms, options, given, context }) =>
    terms.map(term => {
      if (isUndef(term)) throw term.error()
      const name = textTerm(term)
      const value = context.variable(name)
      if (value !== undefined && !isUndef(value)) return value
      if (given.has('default')) return (options.default ?? null) as Value
      if (value !== undefined && isUndef(value)) throw value.error()
      throw new UndefinedError(`No variable found with this name: ${name}`)
    }),
})

export const varnames = defineLookup({
  summary: 'Names of variables that match regular expressions',
  examples: [["{{ query('varnames', '^nosuch_') }}", []]],
  run: ({ terms, scope }) => {
    const names = [...scope.names()]
    return terms.flatMap(term => {
      const text = textTerm(term)
      try {
        const pattern = pythonRegExp(text)
        return names.filter(name => search(pattern, name))
      } catch (error) {
        throw new Diagnostic(`Unable to use "${text}" as a search parameter: ${(error as Error).message}`, {
          code: 'lookup-option',
        })
      }
    })
  },
})

export const config = defineLookup({
  summary: 'Settings by their names',
  examples: [["{{ lookup('config', 'NOSUCH_SETTING') }}", { error: 'Unable to find setting NOSUCH_SETTING' }]],
  options: {
    on_missing: {
      type: 'str',
      default: 'error',
      choices: ['error', 'skip', 'warn'],
      summary: 'what to do about a setting that there is not',
    },
    plugin_type: { type: 'str', choices: pluginTypes, summary: 'kind of the plugin whose option is asked for' },
    plugin_name: { type: 'str', summary: 'name of that plugin' },
  },
  run: async ({ terms, options: { on_missing, plugin_type, plugin_name }, host, context }) => {
    if ((plugin_type === undefined) !== (plugin_name === undefined))
      throw lookupError('Both plugin_type and plugin_name are required, cannot use one without the other')
    const variable = (name: string) => {
      const value = context.variable(name)
      return isUndef(value) ? undefined : value
    }
    const found: Value[] = []
    for (const term of terms) {
      const name = textTerm(term)
      const plugin = { type: plugin_type ?? '', plugin: plugin_name ?? '', option: name, variable }
      const value = plugin_type === undefined ? host.setting(name) : await host.pluginSetting?.(plugin)
      if (value !== undefined) found.push(value)
      // Names of the classes beside Ansible's constants are no settings, whatever on_missing says.
      else if (/^[A-Z][a-z]/.test(name)) throw lookupError(`Invalid setting "${name}" attempted`)
      else if (on_missing === 'error') throw lookupError(`Unable to find setting ${name}`)
      else if (on_missing === 'warn') host.warn(`Skipping, did not find setting ${name}`)
    }
    return found
  },
})

export const inventoryHostnames = defineLookup({
  summary: 'Names of the hosts that patterns select',
  examples: [],
  run: ({ terms, host }) => {
    if (!host.hostsMatching) throw lookupError('inventory_hostnames needs an inventory, and there is none here')
    const pattern = terms.map(term => (isList(term) ? term.map(pyStr).join(',') : pyStr(term))).join(',')
    try {
      return host.hostsMatching(pattern)
    } catch (error) {
      // A pattern that matches nothing is an empty answer here, whatever HOST_PATTERN_MISMATCH says of plays.
      if (error instanceof Diagnostic) return []
      throw error
    }
  },
})

export const mergeVariables = defineLookup({
  summary: 'Variables whose names match, merged into one list or dict',
  examples: [["{{ lookup('community.general.merge_variables', '__nosuch') }}", []]],
  options: {
    initial_value: { type: 'raw', summary: 'what the others are merged into' },
    pattern_type: {
      type: 'str',
      default: 'regex',
      choices: ['prefix', 'suffix', 'regex'],
      summary: 'how names are compared with the pattern',
    },
    override: {
      type: 'str',
      default: 'error',
      choices: ['error', 'warn', 'ignore'],
      summary: 'what to do when a key comes twice',
    },
    groups: { type: 'list', summary: 'groups of hosts', unsupported: 'merging over groups of hosts' },
  },
  run: ({ terms, options, scope, context, host }) =>
    terms.map(term => {
      const pattern = textTerm(term)
      const matches = (name: string) =>
        options.pattern_type === 'prefix'
          ? name.startsWith(pattern)
          : options.pattern_type === 'suffix'
            ? name.endsWith(pattern)
            : search(pythonRegExp(pattern), name) !== null
      const names = [...scope.names()].filter(matches).sort()
      let result: Value | undefined = options.initial_value as Value | undefined
      for (const name of names) {
        const value = context.variable(name)
        if (value === undefined) continue
        if (isDict(value)) {
          if (result !== undefined && !isDict(result)) throw mismatch(value)
          warnAboutOverrides(result, value, name, options.override, message => host.warn(message))
          result = result === undefined ? value : merged(result, value, true, 'append')
        } else if (isList(value)) {
          if (result !== undefined && !isList(result)) throw mismatch(value)
          result = [...(result ?? []), ...value]
        } else throw mismatch(value)
      }
      return result ?? []
    }),
})

const mismatch = (value: Value) =>
  lookupError(`Unable to merge, argument type '<class '${typeName(value)}'>' is not a list or a dict of the same kind`)

function warnAboutOverrides(
  before: Value | undefined,
  value: Map<Value, Value>,
  name: string,
  how: string,
  warn: (message: string) => void,
): void {
  if (before === undefined || !isDict(before) || how === 'ignore') return
  for (const [key, held] of value) {
    const known = before.get(key)
    if (known === undefined || (isDict(known) && isDict(held)) || (isList(known) && isList(held))) continue
    const message = `The key '${pyStr(key)}' with value '${pyStr(known)}' will be overwritten with value '${pyStr(held)}' from '${name}'`
    if (how === 'error') throw lookupError(message)
    warn(message)
  }
}
