/** Inventories written in TOML: each table is a group with `hosts`, `children` and `vars`. */
import { parse, TomlDate, TomlError } from 'smol-toml'
import { Diagnostic } from '../diagnostics.js'
import { PyDate, PyDateTime } from '../python/datetime.js'
import { type Dict, float, isDict, typeName, type Value } from '../python/values.js'
import { trusted } from '../yaml/trust.js'
import { expandHosts } from './hosts.js'
import type { GroupNames } from './names.js'
import type { Group, Tree } from './tree.js'

/** Adds what the text says to the tree. */
export function readTomlInventory(text: string, file: string, tree: Tree, names: GroupNames): void {
  const data = parseToml(text, file)
  if (data.size === 0) throw new Diagnostic('Parsed empty TOML file', { code: 'inventory-toml' })
  if (data.get('plugin')) {
    throw new Diagnostic('Plugin configuration TOML file, not TOML inventory', { code: 'inventory-toml' })
  }
  for (const [written, table] of data) {
    const group = tree.ensureGroup(names.safe(String(written)))
    if (table === null) continue
    if (!isDict(table)) {
      throw new Diagnostic(`Skipping "${group.name}" as this is not a valid group definition`, {
        code: 'inventory-toml',
        at: { file, line: 1, column: 1 },
      })
    }
    readTable(group, table, file, tree, names)
  }
}

function readTable(group: Group, table: Dict, file: string, tree: Tree, names: GroupNames): void {
  const wrong = (section: string, value: Value, wanted: string) =>
    new Diagnostic(
      `Invalid "${section}" entry for "${group.name}" group, requires a ${wanted}, found "${typeName(value)}" instead.`,
      { code: 'inventory-toml', at: { file, line: 1, column: 1 } },
    )
  for (const [section, value] of table) {
    if (section === 'vars') {
      if (!isDict(value)) throw wrong('vars', value, 'dictionary')
      for (const [key, one] of value) group.setVariable(String(key), one)
    } else if (section === 'children') {
      if (!Array.isArray(value)) throw wrong('children', value, 'list')
      for (const child of value) tree.addChild(group, tree.ensureGroup(names.safe(String(child))))
    } else if (section === 'hosts') {
      if (!isDict(value)) throw wrong('hosts', value, 'dictionary')
      for (const [pattern, vars] of value) {
        const { hosts, port } = expandHosts(String(pattern))
        for (const name of hosts) {
          const host = tree.ensureHost(name, port)
          tree.addToGroup(group, host)
          if (isDict(vars)) for (const [key, one] of vars) host.setVariable(String(key), one)
        }
      }
    }
  }
}

function parseToml(text: string, file: string): Dict {
  try {
    return tomlValue(parse(text, { integersAsBigInt: true })) as Dict
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    throw new Diagnostic(`TOML file (${file}) is invalid: ${error.message.split('\n')[0]}`, {
      code: 'inventory-toml',
      at: { file, line: error.line, column: error.column },
    })
  }
}

function tomlValue(value: unknown): Value {
  if (typeof value === 'string') return trusted(value)
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }
  if (typeof value === 'number') return float(value)
  if (typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(tomlValue)
  if (value instanceof TomlDate) return tomlDate(value)
  const dict: Dict = new Map()
  for (const [key, one] of Object.entries(value as object)) dict.set(key, tomlValue(one))
  return dict
}

function tomlDate(value: TomlDate): Value {
  const text = value.toISOString()
  const match = /^(\d+)-(\d+)-(\d+)(?:T(\d+):(\d+):(\d+)(?:\.(\d+))?(Z|[-+]\d+:\d+)?)?/.exec(text)
  if (!match) return text
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(part => Number(part ?? 0))
  if (match[4] === undefined) return new PyDate(year!, month!, day!)
  const zone = match[8]
  const minutes = zone && zone !== 'Z' ? Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4)) : 0
  const offset = zone === undefined ? undefined : zone.startsWith('-') ? -minutes : minutes
  const microsecond = Number((match[7] ?? '').slice(0, 6).padEnd(6, '0'))
  return new PyDateTime(year!, month!, day!, hour, minute, second, microsecond, offset)
}
