/** JSON schemas made from the keyword table and the modules' options: for editors, and to check data against with ajv. */
import { createRequire } from 'node:module'
import type { ErrorObject, Options, ValidateFunction } from 'ajv'
import type { ArgSpec, ArgSpecs } from '../args.js'
import { Diagnostic, didYouMean, type SourceRange } from '../diagnostics.js'
import { isDict, isList, PyFloat, type Value } from '../python/values.js'
import { keyPosition, positionOf, valuePosition } from '../yaml/positions.js'
import { textOf } from './freeform.js'
import { type Keyword, type KeywordType, keywords, keywordsOf, oldSpellings, type Place } from './keywords.js'

/** What a module's declaration says about its options. */
export interface ModuleSignature {
  /** Fully qualified. */
  readonly name: string
  readonly args: ArgSpecs
  readonly freeForm?: boolean | undefined
  readonly anyArgs?: boolean | undefined
}

export type Schema = { readonly [key: string]: unknown }

const ref = (name: string): Schema => ({ $ref: `#/definitions/${name}` })
const template: Schema = { type: 'string', pattern: '\\{[{%]' }
const oneOrMore = (item: Schema): Schema => ({ anyOf: [item, { type: 'array', items: item }] })
const orTemplate = (...others: Schema[]): Schema => ({ anyOf: [...others, ref('template')] })

const types: Record<KeywordType, Schema> = {
  string: { type: ['string', 'number', 'boolean', 'null'] },
  int: orTemplate({ type: ['integer', 'null'] }, { type: 'string', pattern: '^\\s*[-+]?\\d+\\s*$' }),
  float: orTemplate({ type: ['number', 'null'] }, { type: 'string', pattern: '^\\s*[-+]?[\\d.]+\\s*$' }),
  bool: orTemplate(
    { type: ['boolean', 'null'] },
    { enum: [0, 1] },
    {
      type: 'string',
      pattern:
        '^\\s*([yY]|[yY]es|[nN]|[nN]o|[oO]n|[oO]ff|[tT]|[tT]rue|[fF]|[fF]alse|0|1|YES|NO|TRUE|FALSE|ON|OFF)\\s*$',
    },
  ),
  percent: orTemplate({ type: ['number', 'null'] }, { type: 'string', pattern: '^[\\d.]+%?$' }),
  list: {},
  dict: orTemplate({ type: ['object', 'null'] }),
  conditions: oneOrMore({ type: ['boolean', 'string', 'number', 'null'] }),
  tasks: {
    anyOf: [{ type: 'null' }, { type: 'array', items: { anyOf: [ref('block'), ref('task'), { type: 'null' }] } }],
  },
  roles: { anyOf: [{ type: 'null' }, { type: 'array', items: ref('role') }] },
  any: {},
}

/** Keywords whose form is narrower than their type. */
const special: { readonly [name: string]: Schema } = {
  hosts: oneOrMore({ type: ['string', 'number'] }),
  tags: oneOrMore({ type: ['string', 'number'] }),
  vars: { anyOf: [{ type: ['object', 'null'] }, { type: 'array', items: { type: 'object' } }] },
  loop_control: ref('loop_control'),
  notify: { anyOf: [{ type: 'null' }, oneOrMore({ type: ['string', 'number'] })] },
  collections: oneOrMore({ type: 'string' }),
  module_defaults: oneOrMore({ type: 'object' }),
  action: { type: ['string', 'object'] },
  local_action: { type: ['string', 'object'] },
  handlers: {
    anyOf: [{ type: 'null' }, { type: 'array', items: { anyOf: [ref('block'), ref('handler'), { type: 'null' }] } }],
  },
}

function schemaOf(keyword: Keyword): Schema {
  const form = special[keyword.name] ?? (keyword.choices ? orTemplate({ enum: keyword.choices }) : types[keyword.type])
  return { description: keyword.summary, ...form }
}

const propertiesOf = (place: Place): { [name: string]: Schema } => {
  const old = [...oldSpellings].filter(([, { places }]) => places.includes(place))
  return {
    ...Object.fromEntries([...keywordsOf(place)].map(name => [name, schemaOf(keywords.get(name)!)])),
    ...Object.fromEntries(
      old.map(([name, { now }]) => [name, { description: `old spelling of ${now}`, deprecated: true }]),
    ),
  }
}

/** The schema of a playbook. With modules, their options are known to it, too. */
export function playbookSchema(modules: Iterable<ModuleSignature> = []): Schema {
  const declared: { [name: string]: Schema } = {}
  const known: { [name: string]: Schema } = {}
  for (const module of modules) {
    declared[module.name] = moduleSchema(module)
    known[module.name] = ref(module.name)
    const short = module.name.slice(module.name.lastIndexOf('.') + 1)
    known[short] ??= ref(module.name)
  }
  const task = (place: Place): Schema => ({
    type: 'object',
    minProperties: 1,
    properties: { ...known, ...propertiesOf(place) },
    patternProperties: { '^with_': {} },
  })
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Ansible playbook',
    type: 'array',
    items: { anyOf: [ref('import_playbook'), ref('play')] },
    minItems: 1,
    definitions: {
      ...declared,
      template,
      play: { type: 'object', properties: propertiesOf('play'), required: ['hosts'], additionalProperties: false },
      import_playbook: {
        type: 'object',
        properties: {
          import_playbook: { type: 'string', description: 'playbook whose plays stand here' },
          'ansible.builtin.import_playbook': { type: 'string', description: 'playbook whose plays stand here' },
          ...Object.fromEntries(['name', 'vars', 'tags', 'when'].map(name => [name, schemaOf(keywords.get(name)!)])),
        },
        anyOf: [{ required: ['import_playbook'] }, { required: ['ansible.builtin.import_playbook'] }],
      },
      block: { type: 'object', properties: propertiesOf('block'), required: ['block'], additionalProperties: false },
      task: task('task'),
      handler: task('handler'),
      loop_control: { type: ['object', 'null'], properties: propertiesOf('loop_control'), additionalProperties: false },
      role: {
        anyOf: [
          { type: ['string', 'number'] },
          { type: 'object', properties: propertiesOf('role'), anyOf: [{ required: ['role'] }, { required: ['name'] }] },
        ],
      },
    },
  }
}

/** The schema of a file of tasks. */
export function tasksSchema(modules: Iterable<ModuleSignature> = []): Schema {
  const { definitions } = playbookSchema(modules)
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: 'Ansible tasks', ...types.tasks, definitions }
}

function moduleSchema(module: ModuleSignature): Schema {
  const names = optionsSchema(module.args)
  return {
    anyOf: [
      { type: ['null', 'string'] },
      {
        type: 'object',
        properties: names,
        ...(module.anyArgs || module.freeForm ? {} : { additionalProperties: false }),
      },
    ],
  }
}

function optionsSchema(specs: ArgSpecs): { [name: string]: Schema } {
  const found: { [name: string]: Schema } = {}
  for (const [name, spec] of Object.entries(specs)) {
    found[name] = optionSchema(spec)
    for (const alias of spec.aliases ?? []) found[alias] = { ...found[name], description: `alias of ${name}` }
  }
  return found
}

function optionSchema(spec: ArgSpec): Schema {
  const described = { description: spec.summary, ...(spec.default === undefined ? {} : { default: spec.default }) }
  if (spec.choices)
    return {
      ...described,
      ...orTemplate({ enum: [...new Set([...spec.choices, ...spec.choices.map(String)])] }, { type: 'null' }),
    }
  switch (spec.type) {
    case 'bool':
      return { ...described, ...types.bool }
    case 'int':
      return { ...described, ...types.int }
    case 'float':
      return { ...described, ...types.float }
    default:
      return described
  }
}

const optionTypes = [
  'str',
  'int',
  'float',
  'bool',
  'path',
  'list',
  'dict',
  'raw',
  'json',
  'jsonarg',
  'bytes',
  'bits',
  'sid',
]

/** The schema of a role's argument_specs: entry points and their options. */
export const argumentSpecsSchema: Schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'argument_specs of a role',
  type: 'object',
  additionalProperties: ref('entry_point'),
  definitions: {
    entry_point: {
      type: ['object', 'null'],
      properties: {
        short_description: { type: 'string' },
        description: {},
        author: {},
        version_added: {},
        seealso: {},
        notes: {},
        examples: {},
        deprecated: {},
        options: { type: ['object', 'null'], additionalProperties: ref('option') },
      },
      additionalProperties: true,
    },
    option: {
      type: ['object', 'null'],
      properties: {
        description: {},
        type: { enum: optionTypes },
        elements: { enum: optionTypes },
        required: { type: 'boolean' },
        default: {},
        choices: { type: 'array' },
        options: { type: ['object', 'null'], additionalProperties: ref('option') },
        aliases: { type: 'array', items: { type: 'string' } },
        no_log: { type: 'boolean' },
        version_added: {},
        deprecated: {},
        removed_in_version: {},
        removed_from_collection: {},
        deprecated_aliases: {},
        apply_defaults: { type: 'boolean' },
        fallback: {},
        mutually_exclusive: { type: 'array' },
        required_together: { type: 'array' },
        required_one_of: { type: 'array' },
        required_if: { type: 'array' },
        required_by: { type: 'object' },
      },
      additionalProperties: false,
    },
  },
}

const vague = new Set(['anyOf', 'type', 'required', 'pattern', 'enum'])
const isBelow = (one: ErrorObject, other: ErrorObject): boolean => one.instancePath.startsWith(`${other.instancePath}/`)

const compiled = new WeakMap<Schema, ValidateFunction>()

/** What ajv finds wrong with a value, with the places where it was written. */
export function schemaProblems(value: Value, schema: Schema): Diagnostic[] {
  let validate = compiled.get(schema)
  if (!validate) {
    // Loaded when first needed: most runs check nothing against a schema.
    const { Ajv } = createRequire(import.meta.url)('ajv') as {
      Ajv: new (options: Options) => { compile(schema: Schema): ValidateFunction }
    }
    validate = new Ajv({ allErrors: true, strict: false, verbose: true }).compile(schema)
    compiled.set(schema, validate)
  }
  if (validate(toPlain(value))) return []
  const errors = validate.errors ?? []
  // Of alternatives that all failed, the one that got deepest says what is wrong.
  const best = errors.filter(
    error =>
      !vague.has(error.keyword) ||
      !errors.some(
        other =>
          other !== error &&
          (isBelow(other, error) || (!vague.has(other.keyword) && other.instancePath === error.instancePath)),
      ),
  )
  return best.map(error => explain(error, value))
}

function explain(error: ErrorObject, root: Value): Diagnostic {
  const path = error.instancePath
    .split('/')
    .slice(1)
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const where = path.length > 0 ? path.join('.') : 'the document'
  const extra = error.params.additionalProperty as string | undefined
  const allowed = error.params.allowedValues as readonly unknown[] | undefined
  const names =
    extra === undefined ? undefined : Object.keys((error.parentSchema as { properties?: object }).properties ?? {})
  const near =
    extra !== undefined
      ? didYouMean(extra, names ?? [])
      : allowed && typeof error.data === 'string'
        ? didYouMean(error.data, allowed.map(String))
        : undefined
  const message =
    extra !== undefined
      ? `${where} has the unknown key '${extra}'`
      : allowed
        ? `${where} must be one of ${allowed.join(', ')}`
        : `${where} ${error.message}`
  return new Diagnostic(message, {
    code: 'schema',
    at: placeAt(root, extra === undefined ? path : [...path, extra]),
    hint: near && `Did you mean '${near}'?`,
  })
}

/** Where the value at a JSON path was written, or the nearest container around it. */
function placeAt(root: Value, path: readonly string[]): SourceRange | undefined {
  let value: Value | undefined = root
  let at = positionOf(root)
  for (const part of path) {
    const key: Value = isList(value) ? Number(part) : part
    at = (isList(value) ? valuePosition(value, key) : keyPosition(value, key)) ?? at
    value = isList(value) ? value[key as number] : isDict(value) ? value.get(key) : undefined
  }
  return at
}

function toPlain(value: Value): unknown {
  if (isDict(value))
    return Object.fromEntries([...value].map(([key, one]) => [textOf(key) ?? String(key), toPlain(one)]))
  if (isList(value)) return value.map(toPlain)
  if (value instanceof PyFloat) return value.value
  if (typeof value === 'bigint') return Number(value)
  return textOf(value) ?? (typeof value === 'object' && value !== null ? String(value) : value)
}
