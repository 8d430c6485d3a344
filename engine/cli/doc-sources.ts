/** Where `doc` finds things: the very tables that modules, filters, keywords, … are looked up in when they run. */
import type { ArgSpec, ArgSpecs, Rules } from '../args.js'
import type { Json } from '../python/values.js'

export interface OptionEntry {
  readonly name: string
  readonly summary: string
  readonly type: string
  readonly required?: boolean
  readonly default?: Json
  readonly elements?: string
  readonly choices?: readonly (string | number | boolean)[]
  readonly aliases?: readonly string[]
  readonly unsupported?: string
  readonly options?: readonly OptionEntry[]
}

export interface Entry {
  readonly type: string
  readonly summary: string
  readonly file: string
  readonly notes?: readonly string[]
  readonly facts?: { readonly [key: string]: Json }
  readonly options?: readonly OptionEntry[]
  readonly rules?: readonly string[]
  readonly examples?: string
  readonly returns?: { readonly [name: string]: string }
}

/** Names → how to get the entry; nothing is loaded before it is wanted. */
export type Catalogue = ReadonlyMap<string, () => Promise<Entry> | Entry>

export const catalogues: { readonly [type: string]: () => Promise<Catalogue> } = {
  module: modules,
  filter: async () => templatePlugins('filter', (await import('../template/filters/index.js')).filters),
  test: async () => templatePlugins('test', (await import('../template/tests/index.js')).tests),
  lookup: lookups,
  keyword: keywords,
  connection: connections,
  become: becomes,
  callback: callbacks,
  strategy: async () =>
    fixed('strategy', 'engine/executor/strategy', {
      linear: 'All hosts do a task before any host begins the next one',
      free: 'Each host goes on as fast as it can',
      host_pinned: 'As free, but a host is finished before a further one begins',
      debug: 'As linear, and asks what to do when a task fails',
    }),
  inventory: async () =>
    fixed('inventory', 'engine/inventory', {
      ini: 'Hosts and groups in ini files',
      yaml: 'Hosts and groups in YAML or JSON files',
      toml: 'Hosts and groups in TOML files',
      script: 'A program that prints the inventory as JSON',
      host_list: 'Host names on the command line, separated by commas',
      advanced_host_list: 'As host_list, with ranges such as web[1:9]',
      auto: 'A YAML file whose "plugin" says who reads it',
      constructed: 'Groups and variables computed from those of other sources',
      generator: 'Hosts and groups made from a pattern and layers',
    }),
  cache: async () =>
    fixed('cache', 'engine/vars', {
      memory: 'Facts are kept for one run',
      jsonfile: 'Facts are kept in a JSON file per host',
    }),
  vars: async () =>
    fixed('vars', 'engine/inventory', { host_group_vars: 'group_vars and host_vars beside inventory and playbook' }),
  shell: async () => fixed('shell', 'engine/remote', { sh: 'Any POSIX shell' }),
}

async function modules(): Promise<Catalogue> {
  const { loadModule, ourModules } = await import('../module/registry.js')
  return new Map(
    ourModules().map(name => [
      name,
      async (): Promise<Entry> => {
        const spec = await loadModule(name)
        return {
          type: 'module',
          summary: spec.summary,
          file: `modules/${name.slice(name.lastIndexOf('.') + 1)}.ts`,
          facts: { 'check mode': spec.check },
          options: optionEntries(spec.args),
          rules: ruleTexts(spec.rules),
          ...(spec.notes ? { notes: spec.notes } : {}),
          ...(spec.examples ? { examples: spec.examples } : {}),
          ...(spec.returns ? { returns: spec.returns } : {}),
        }
      },
    ]),
  )
}

interface TemplatePlugin {
  readonly summary: string
  readonly signature?: string
  readonly examples: readonly (readonly [string, unknown])[]
}

function templatePlugins(type: 'filter' | 'test', table: { readonly [name: string]: TemplatePlugin }): Catalogue {
  const entry = ({ summary, signature, examples }: TemplatePlugin): Entry => ({
    type,
    summary,
    file: `engine/template/${type}s`,
    ...(signature ? { facts: { parameters: signature } } : {}),
    examples: examples.map(([template, result]) => `${template}  # ${shown(result)}`).join('\n'),
  })
  return new Map(Object.entries(table).map(([name, plugin]) => [name, () => entry(plugin)]))
}

async function lookups(): Promise<Catalogue> {
  const { lookups } = await import('../template/lookups/index.js')
  return new Map(
    Object.entries(lookups).map(([name, { summary, examples, options }]) => [
      name,
      (): Entry => ({
        type: 'lookup',
        summary,
        file: 'engine/template/lookups',
        options: optionEntries(options ?? {}),
        examples: examples.map(([template, result]) => `${template}  # ${shown(result)}`).join('\n'),
      }),
    ]),
  )
}

async function keywords(): Promise<Catalogue> {
  const { keywords } = await import('../playbook/keywords.js')
  return new Map(
    [...keywords.values()].map(keyword => [
      keyword.name,
      (): Entry => {
        const fallback = keyword.default
        const setting =
          typeof fallback === 'object' && fallback !== null && 'setting' in fallback ? fallback.setting : undefined
        return {
          type: 'keyword',
          summary: keyword.summary,
          file: 'engine/playbook/keywords.ts',
          facts: {
            applies_to: keyword.places.map(place => place[0]!.toUpperCase() + place.slice(1)),
            description: keyword.summary,
            inherit: keyword.inherit,
            template: keyword.template,
            type: keyword.type,
            ...(keyword.choices ? { choices: [...keyword.choices] } : {}),
            ...(setting !== undefined
              ? { default: `the setting ${String(setting)}` }
              : fallback !== undefined
                ? { default: fallback as Json }
                : {}),
          },
        }
      },
    ]),
  )
}

async function connections(): Promise<Catalogue> {
  const { connectionNamed, connectionNames, loadConnection } = await import('../connection/registry.js')
  const full = new Set(
    connectionNames()
      .map(connectionNamed)
      .filter(name => name !== undefined),
  )
  return new Map(
    [...full].map(name => [
      name,
      async (): Promise<Entry> => {
        const { summary, options } = await loadConnection(name)
        return { type: 'connection', summary, file: 'engine/connection', options: optionEntries(options) }
      },
    ]),
  )
}

async function becomes(): Promise<Catalogue> {
  const { becomeMethods, becomeOptionSpecs } = await import('../connection/become.js')
  return new Map(
    becomeMethods.map(name => [
      name,
      (): Entry => ({
        type: 'become',
        summary: `Become another user with ${name.slice(name.lastIndexOf('.') + 1)}`,
        file: 'engine/connection/become.ts',
        options: optionEntries(becomeOptionSpecs(name)),
      }),
    ]),
  )
}

async function callbacks(): Promise<Catalogue> {
  const { outputNames, outputNamed } = await import('../output/outputs.js')
  return new Map(
    outputNames().map(name => [
      name,
      async (): Promise<Entry> => {
        const { summary, kind } = await outputNamed(name)
        return { type: 'callback', summary, file: 'engine/output', facts: { kind } }
      },
    ]),
  )
}

const fixed = (type: string, file: string, summaries: { readonly [name: string]: string }): Catalogue =>
  new Map(Object.entries(summaries).map(([name, summary]) => [name, () => ({ type, file, summary })]))

const optionEntries = (specs: ArgSpecs): OptionEntry[] =>
  Object.entries(specs)
    .map(([name, spec]) => optionEntry(name, spec))
    .sort((a, b) => (a.name < b.name ? -1 : 1))

function optionEntry(name: string, spec: ArgSpec): OptionEntry {
  const { summary, type, required, elements, choices, aliases, unsupported, options } = spec
  return {
    name,
    summary,
    type,
    ...(required ? { required } : {}),
    ...(spec.default !== undefined ? { default: spec.default } : {}),
    ...(elements ? { elements } : {}),
    ...(choices ? { choices } : {}),
    ...(aliases ? { aliases } : {}),
    ...(unsupported ? { unsupported } : {}),
    ...(options ? { options: optionEntries(options) } : {}),
  }
}

function ruleTexts({
  exclusive = [],
  together = [],
  oneOf = [],
  requiredIf = [],
  requiredBy = {},
}: Rules = {}): string[] {
  const or = (names: readonly string[]) => names.join(' or ')
  return [
    ...exclusive.map(names => `only one of ${names.join(', ')}`),
    ...together.map(names => `all or none of ${names.join(', ')}`),
    ...oneOf.map(names => `one of ${names.join(', ')} is needed`),
    ...requiredIf.map(([option, value, ...needed]) => {
      const parts = needed.flatMap(one =>
        typeof one === 'string' ? [one] : [`(${or(one.filter(name => name !== 'any'))})`],
      )
      return `${option}: ${String(value)} needs ${parts.join(', ')}`
    }),
    ...Object.entries(requiredBy).map(([option, needed]) => `${option} needs ${needed.join(', ')}`),
  ]
}

const shown = (result: unknown): string =>
  result instanceof RegExp ? String(result) : (JSON.stringify(result) ?? String(result))
