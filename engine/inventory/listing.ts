/** What ansible-inventory prints: the tree as JSON, YAML, TOML or a graph. */
import { Diagnostic } from '../diagnostics.js'
import { PyDate, PyDateTime } from '../python/datetime.js'
import { dumps } from '../python/json.js'
import { pyStr } from '../python/repr.js'
import { type Dict, isDict, isList, PyFloat, type PyObject, Tuple, tuple, type Value } from '../python/values.js'
import { dumpYaml, Tagged } from '../python/yaml-dump.js'
import { looksLikeTemplate, TemplateString, VaultString } from '../yaml/trust.js'
import type { Inventory } from './inventory.js'
import type { Group, Host } from './tree.js'

export type ListingFormat = 'json' | 'yaml' | 'toml'

export interface ListingOptions {
  readonly inventory: Inventory
  /** Variables stay with the groups they were written for. */
  readonly export: boolean
  readonly hostVars: (host: Host) => Dict
  readonly groupVars: (group: Group) => Dict
}

/** Variables that describe the run, not the host. */
const INTERNAL = new Set<Value>([
  'ansible_diff_mode',
  'ansible_config_file',
  'ansible_facts',
  'ansible_forks',
  'ansible_inventory_sources',
  'ansible_limit',
  'ansible_playbook_python',
  'ansible_run_tags',
  'ansible_skip_tags',
  'ansible_verbosity',
  'ansible_version',
  'inventory_dir',
  'inventory_file',
  'inventory_hostname',
  'inventory_hostname_short',
  'groups',
  'group_names',
  'omit',
  'playbook_dir',
])

const withoutInternal = (vars: Dict): Dict => new Map([...vars].filter(([name]) => !INTERNAL.has(name)))

function groupVars(group: Group, options: ListingOptions): Dict {
  const vars = new Map(options.groupVars(group))
  if (group.priority !== 1) vars.set('ansible_group_priority', group.priority)
  return withoutInternal(vars)
}
const hostVars = (host: Host, options: ListingOptions): Dict => withoutInternal(options.hostVars(host))

export const describeInventory = {
  /** `--list` */
  list(format: ListingFormat, options: ListingOptions): string {
    if (format === 'yaml') return written(yamlGroup(options.inventory.all, options, new Set()), format)
    if (format === 'toml') return written(tomlGroups(options), format)
    return written(jsonGroups(options), format)
  },

  /** `--host NAME` */
  host(name: string, format: ListingFormat, options: ListingOptions): string {
    const hosts = options.inventory.match(name)
    if (hosts.length !== 1) {
      throw new Diagnostic('You must pass a single valid host to --host parameter', { code: 'options' })
    }
    return written(hostVars(hosts[0]!, options), format)
  },
}

/** `--graph [GROUP]` */
export function graph(name: string, withVars: boolean, options: ListingOptions): string {
  const top = options.inventory.groups.get(name)
  if (!top) throw new Diagnostic('Pattern must be valid group name when using --graph', { code: 'options' })
  const lines: string[] = []
  const line = (text: string, depth: number) => void lines.push(depth > 0 ? `${'  |'.repeat(depth)}--${text}` : text)
  const vars = (dict: Dict, depth: number) => {
    if (!withVars) return
    const sorted = [...dict].map(([key, value]) => [String(key), value] as const).sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [key, value] of sorted) line(`{${key} = ${pyStr(asText(value))}}`, depth)
  }
  const selected = limited(options)
  const walk = (group: Group, depth: number) => {
    line(`@${group.name}:`, depth)
    for (const child of group.children) walk(child, depth + 1)
    if (group.name !== 'all') {
      for (const host of group.hosts) {
        if (!selected(host)) continue
        line(host.name, depth + 1)
        vars(hostVars(host, options), depth + 2)
      }
    }
    vars(groupVars(group, options), depth + 1)
  }
  walk(top, 0)
  return lines.join('\n')
}

function limited({ inventory }: ListingOptions): (host: Host) => boolean {
  if (inventory.limitText === undefined) return () => true
  const hosts = new Set(inventory.match('all'))
  return host => hosts.has(host)
}

/** Drops empty members, and says whether anything is left. */
function withoutEmpty(dict: Dict): Dict {
  return new Map(
    [...dict].filter(([, value]) => !((isDict(value) && value.size === 0) || (isList(value) && value.length === 0))),
  )
}

function jsonGroups(options: ListingOptions): Dict {
  const { inventory } = options
  const hosts = inventory.match('all')
  const available = new Set(hosts)
  const seen = new Set<Group>()
  const results: Dict = new Map()
  const add = (group: Group) => {
    const children: Value[] = []
    results.set(group.name, null)
    for (const child of group.children) {
      if (!seen.has(child)) {
        seen.add(child)
        add(child)
      }
      children.push(child.name)
    }
    const entry = withoutEmpty(
      new Map<Value, Value>([
        [
          'hosts',
          group.name === 'all' ? [] : [...group.hosts].filter(host => available.has(host)).map(host => host.name),
        ],
        ['children', children],
        ['vars', options.export ? groupVars(group, options) : new Map()],
      ]),
    )
    if (entry.size > 0) results.set(group.name, entry)
    else results.delete(group.name)
  }
  add(inventory.all)
  const hostvars: Dict = new Map()
  for (const host of hosts) {
    const vars = hostVars(host, options)
    if (vars.size > 0) hostvars.set(host.name, vars)
  }
  results.set('_meta', new Map([['hostvars', hostvars]]))
  return results
}

function yamlGroup(group: Group, options: ListingOptions, seen: Set<Host>): Dict {
  const selected = limited(options)
  const children: Dict = new Map()
  for (const child of group.children)
    for (const [name, entry] of yamlGroup(child, options, seen)) children.set(name, entry)
  const hosts: Dict = new Map()
  if (group.name !== 'all') {
    for (const host of group.hosts) {
      if (!selected(host)) continue
      hosts.set(host.name, seen.has(host) ? new Map() : hostVars(host, options))
      seen.add(host)
    }
  }
  const vars: Dict = options.export ? groupVars(group, options) : new Map()
  const entry = withoutEmpty(
    new Map<Value, Value>([
      ['children', children],
      ['hosts', hosts],
      ['vars', vars],
    ]),
  )
  return new Map([[group.name, entry]])
}

function tomlGroups(options: ListingOptions): Dict {
  const { inventory } = options
  const selected = limited(options)
  const seen = new Set<Host>()
  const hasUngrouped = inventory.groups.get('ungrouped')!.hosts.size > 0
  const results: Dict = new Map()
  const add = (group: Group) => {
    const entry: Dict = new Map()
    const children: Value[] = []
    for (const child of group.children) {
      if (child.name === 'ungrouped' && !hasUngrouped) continue
      if (group.name !== 'all') children.push(child.name)
    }
    results.set(group.name, entry)
    for (const child of group.children) if (child.name !== 'ungrouped' || hasUngrouped) add(child)
    entry.set('children', children)
    if (group.name !== 'all') {
      const hosts: Dict = new Map()
      for (const host of group.hosts) {
        if (!selected(host)) continue
        hosts.set(host.name, seen.has(host) ? new Map() : hostVars(host, options))
        seen.add(host)
      }
      entry.set('hosts', hosts)
    }
    if (options.export) entry.set('vars', groupVars(group, options))
    const kept = withoutEmpty(entry)
    if (kept.size > 0) results.set(group.name, kept)
    else results.delete(group.name)
  }
  add(inventory.all)
  return results
}

function written(data: Dict, format: ListingFormat): string {
  if (format === 'json') return dumps(forJson(data), { sortKeys: !mixesKeys(data), indent: 4, ensureAscii: false })
  if (format === 'toml') return tomlText(data)
  return dumpYaml(data, { allowUnicode: true, sortKeys: true, flow: false, represent })
}

/** Python cannot sort numbers among names; Ansible then leaves every dict of the output in its own order. */
function mixesKeys(value: Value): boolean {
  if (isList(value)) return value.some(mixesKeys)
  if (!isDict(value)) return false
  const kinds = new Set([...value.keys()].map(key => typeof key === 'string'))
  return kinds.size > 1 || [...value.values()].some(mixesKeys)
}

/** Templates as the text that was written; vault values opened. */
function asText(value: Value): Value {
  if (value instanceof TemplateString) return value.text
  if (value instanceof VaultString) return value.plain
  if (value instanceof Tuple) return tuple(value.map(asText))
  if (isList(value)) return value.map(asText)
  if (isDict(value)) return new Map([...value].map(([key, one]) => [key, asText(one)]))
  return value
}

/** As Ansible's JSON: vault values stay encrypted, data that is no template though it looks like one is marked. */
function forJson(value: Value): Value {
  if (typeof value === 'string') return looksLikeTemplate(value) ? new Map([['__ansible_unsafe', value]]) : value
  if (value instanceof TemplateString) return value.text
  if (value instanceof VaultString) return new Map([['__ansible_vault', value.ciphertext]])
  if (value instanceof PyDate || value instanceof PyDateTime) return value.isoformat()
  if (isList(value)) return value.map(forJson)
  if (isDict(value)) return new Map([...value].map(([key, one]) => [key, forJson(one)]))
  return value
}

/** As AnsibleDumper's YAML: vault values stay encrypted. */
function represent(object: PyObject): Value | Tagged | undefined {
  if (object instanceof TemplateString) return object.text
  if (object instanceof VaultString) return new Tagged('!vault', object.ciphertext, '|')
  if (object instanceof PyDate) return new Tagged('timestamp', object.isoformat(), null)
  if (object instanceof PyDateTime) return new Tagged('timestamp', object.isoformat(' '), null)
  return undefined
}

const BARE = /^[A-Za-z0-9_-]+$/

/** TOML in the layout of Python's toml package: simple values first, then each table, level by level. */
function tomlText(data: Dict): string {
  let [text, sections] = tomlSections(data)
  while (sections.size > 0) {
    const next = new Map<string, Dict>()
    for (const [path, table] of sections) {
      const [values, inner] = tomlSections(table)
      if (values !== '' || inner.size === 0) {
        if (text !== '' && !text.endsWith('\n\n')) text += '\n'
        text += `[${path}]\n${values}`
      }
      for (const [name, one] of inner) next.set(`${path}.${name}`, one)
    }
    sections = next
  }
  return text
}

function tomlSections(table: Dict): [string, Map<string, Dict>] {
  let text = ''
  const sections = new Map<string, Dict>()
  for (const [key, value] of table) {
    const name = BARE.test(String(key)) ? String(key) : tomlString(String(key))
    if (isDict(value)) sections.set(name, value)
    else if (isList(value) && value.length > 0 && value.every(isDict)) {
      for (const item of value) if (isDict(item)) text += tomlArrayTable(name, item)
    } else if (value !== null) text += `${name} = ${tomlValue(value)}\n`
  }
  return [text, sections]
}

function tomlArrayTable(name: string, item: Dict): string {
  const [values, inner] = tomlSections(item)
  let text = `\n[[${name}]]\n${values}`
  for (const [key, table] of inner) text += `\n[${name}.${key}]\n${tomlSections(table)[0]}`
  return text
}

function tomlValue(value: Value): string {
  if (isList(value)) return `[${value.map(item => ` ${tomlValue(item)},`).join('')}]`
  if (isDict(value)) return `{ ${[...value].map(([key, item]) => `${String(key)} = ${tomlValue(item)}`).join(', ')} }`
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof PyFloat) return pyStr(value)
  if (value instanceof PyDate || value instanceof PyDateTime) return value.isoformat()
  return tomlString(pyStr(asText(value)))
}

function tomlString(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1)
  return `"${escaped.replace(/\\u([0-9a-f]{4})/g, '\\u$1')}"`
}
