/** JSON and YAML, written and read. */
import { Diagnostic } from '../../diagnostics.js'
import { PyBytes } from '../../python/bytes.js'
import { truthy } from '../../python/compare.js'
import { PyDate, PyDateTime } from '../../python/datetime.js'
import { typeError } from '../../python/errors.js'
import { type DumpOptions, dumps, loads } from '../../python/json.js'
import { wholeNumber } from '../../python/numbers.js'
import { pyStr } from '../../python/repr.js'
import { PySet } from '../../python/set.js'
import { isInt, isList, type KeywordArguments, type PyObject, typeName, type Value } from '../../python/values.js'
import { dumpYaml, Tagged, type YamlDumpOptions } from '../../python/yaml-dump.js'
import { loadYaml, loadYamlAll } from '../../yaml/load.js'
import { VaultString } from '../../yaml/trust.js'
import { defineFilter } from '../define.js'
import { isUndef } from '../undefined.js'

/** What Ansible's encoder makes of values JSON does not have. */
function jsonStand(object: PyObject): Value | undefined {
  if (isUndef(object)) throw object.error()
  if (object instanceof PyDate || object instanceof PyDateTime) return object.isoformat()
  if (object instanceof VaultString) return new Map<Value, Value>([['__ansible_vault', object.ciphertext]])
  if (object instanceof PySet) return [...object.items]
  if (object instanceof PyBytes) return object.data.toString('utf8')
  return undefined
}

function jsonOptions(given: KeywordArguments, defaults: DumpOptions): DumpOptions {
  const options: { -readonly [K in keyof DumpOptions]: DumpOptions[K] } = { ...defaults, represent: jsonStand }
  for (const [name, value] of given) {
    switch (name) {
      case 'indent':
        options.indent = typeof value === 'string' ? value : value === null ? null : wholeNumber(value)
        break
      case 'sort_keys':
        options.sortKeys = truthy(value)
        break
      case 'ensure_ascii':
        options.ensureAscii = truthy(value)
        break
      case 'separators':
        if (value !== null) {
          if (!isList(value) || value.length !== 2) throw typeError('separators must be an (item, key) tuple')
          options.separators = [pyStr(value[0]!), pyStr(value[1]!)]
        }
        break
      case 'skipkeys':
        options.skipKeys = truthy(value)
        break
      case 'allow_nan':
        options.allowNan = truthy(value)
        break
      // The engine hands over what it knows to be safe; these only matter to Python's encoder.
      case 'check_circular':
      case 'vault_to_text':
      case 'preprocess_unsafe':
        break
      default:
        throw typeError(`JSONEncoder.__init__() got an unexpected keyword argument '${name}'`)
    }
  }
  return options
}

/** The encoder takes everything but the value by name. */
function noMoreArguments(args: readonly Value[]): void {
  if (args.length > 0)
    throw typeError(
      `dumps() takes 1 positional argument but ${args.length + 1} positional arguments (and 1 keyword-only argument) were given`,
    )
}

export const toJson = defineFilter({
  summary: 'The value as JSON on one line, as Python writes it',
  examples: [
    ["{{ {'b': [1, 1.0], 'a': none} | to_json }}", '{"b": [1, 1.0], "a": null}'],
    ["{{ ['é'] | to_json(ensure_ascii=false) }}", '["é"]'],
  ],
  signature: '*args, **kw',
  apply: (value: Value, args: Value[], given: KeywordArguments) => {
    noMoreArguments(args)
    return dumps(value, jsonOptions(given, {}))
  },
})

export const toNiceJson = defineFilter({
  summary: 'The value as JSON over several lines, keys sorted',
  examples: [["{{ {'b': 1, 'a': []} | to_nice_json(indent=2) }}", '{\n  "a": [],\n  "b": 1\n}']],
  signature: 'indent=4, sort_keys=True, *args, **kw',
  apply: (value: Value, indent: Value, sortKeys: Value, args: Value[], given: KeywordArguments) => {
    noMoreArguments(args)
    return dumps(
      value,
      jsonOptions(
        new Map<string, Value>([['indent', indent], ['sort_keys', sortKeys], ['separators', [',', ': ']], ...given]),
        {},
      ),
    )
  },
})

export const tojson = defineFilter({
  summary: "Jinja's JSON for HTML: keys sorted; <, >, & and ' escaped",
  examples: [["{{ {'b': 1, 'a': '<'} | tojson }}", '{"a": "\\u003c", "b": 1}']],
  signature: 'indent=None',
  apply: (value: Value, indent: Value) =>
    dumps(
      value,
      jsonOptions(
        new Map<string, Value>([
          ['indent', indent],
          ['sort_keys', true],
        ]),
        {},
      ),
    )
      .replaceAll('<', '\\u003c')
      .replaceAll('>', '\\u003e')
      .replaceAll('&', '\\u0026')
      .replaceAll("'", '\\u0027'),
})

export const fromJson = defineFilter({
  summary: 'The value that a JSON text describes',
  examples: [
    ['{{ \'{"a": [1, 2.5, null]}\' | from_json }}', { a: [1, 2.5, null] }],
    ["{{ '{' | from_json }}", { error: 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)' }],
  ],
  signature: '**kw',
  apply: (value: Value, _given: KeywordArguments) => {
    if (typeof value !== 'string')
      throw typeError(`the JSON object must be str, bytes or bytearray, not ${typeName(value)}`)
    return loads(value)
  },
})

function yamlStand(object: PyObject): Value | Tagged | undefined {
  if (isUndef(object)) throw object.error()
  if (object instanceof PyDate) return new Tagged('timestamp', object.isoformat(), null)
  if (object instanceof PyDateTime) return new Tagged('timestamp', object.isoformat(' '), null)
  if (object instanceof VaultString) return new Tagged('!vault', object.ciphertext, '|')
  if (object instanceof PyBytes)
    return new Tagged('binary', object.data.toString('base64').replace(/.{1,76}/g, '$&\n'), '|')
  if (object instanceof PySet) return new Map([...object.items].map(item => [item, null]))
  return undefined
}

function yamlOptions(given: KeywordArguments): YamlDumpOptions {
  const options: { -readonly [K in keyof YamlDumpOptions]: YamlDumpOptions[K] } = {
    allowUnicode: true,
    represent: yamlStand,
  }
  const count = (value: Value) => (value === null ? null : isInt(value) ? Number(value) : wholeNumber(value))
  for (const [name, value] of given) {
    switch (name) {
      case 'indent':
        options.indent = count(value)
        break
      case 'width':
        options.width = typeof value === 'number' ? value : count(value)
        break
      case 'allow_unicode':
        options.allowUnicode = truthy(value)
        break
      case 'sort_keys':
        options.sortKeys = truthy(value)
        break
      case 'explicit_start':
        options.explicitStart = truthy(value)
        break
      case 'explicit_end':
        options.explicitEnd = truthy(value)
        break
      case 'default_flow_style':
        options.flow = value === null ? null : truthy(value)
        break
      case 'default_style':
        options.style = value === null || value === '' ? null : pyStr(value)
        break
      case 'canonical':
        options.canonical = truthy(value)
        break
      case 'line_break':
        options.lineBreak = value === '\r\n' || value === '\r' ? value : '\n'
        break
      case 'version':
        if (value !== null && isList(value)) options.version = [wholeNumber(value[0]!), wholeNumber(value[1]!)]
        break
      case 'encoding':
      case 'Dumper':
        break
      case 'tags':
        throw new Diagnostic(`the option '${name}' of to_yaml is not supported`, { code: 'filter-argument' })
      default:
        throw typeError(`AnsibleDumper() got an unexpected keyword argument '${name}'`)
    }
  }
  return options
}

function yaml(value: Value, given: KeywordArguments, name: string): string {
  try {
    return dumpYaml(value, yamlOptions(given))
  } catch (error) {
    if (error instanceof Diagnostic && error.code === 'yaml')
      throw new Diagnostic(`${name} - ${error.message}`, { code: 'filter-type' })
    throw error
  }
}

export const toYaml = defineFilter({
  summary: 'The value as YAML, as PyYAML writes it: keys sorted, innermost collections on one line',
  examples: [["{{ {'b': [1, 2], 'a': 'yes'} | to_yaml }}", "a: 'yes'\nb: [1, 2]\n"]],
  signature: '*args, **kw',
  apply: (value: Value, _args: Value[], given: KeywordArguments) => yaml(value, given, 'to_yaml'),
})

export const toNiceYaml = defineFilter({
  summary: 'The value as YAML over several lines, four spaces a level',
  examples: [["{{ {'a': [{'x': 1}]} | to_nice_yaml(indent=2) }}", 'a:\n- x: 1\n']],
  signature: 'indent=4, *args, **kw',
  apply: (value: Value, indent: Value, _args: Value[], given: KeywordArguments) =>
    yaml(value, new Map<string, Value>([['indent', indent], ['default_flow_style', false], ...given]), 'to_nice_yaml'),
})

const data = { file: '<template>', trusted: false }

export const fromYaml = defineFilter({
  summary: 'The value that a YAML text describes',
  examples: [["{{ 'a: [1, yes]' | from_yaml }}", { a: [1, true] }]],
  apply: (value: Value): Value => (typeof value === 'string' ? loadYaml(value, data) : value),
})

export const fromYamlAll = defineFilter({
  summary: 'The values of all documents of a YAML text',
  examples: [["{{ 'a: 1\n---\nb' | from_yaml_all | list }}", [{ a: 1 }, 'b']]],
  apply: (value: Value): Value => (typeof value === 'string' ? loadYamlAll(value, data) : value === null ? [] : value),
})
