/** Inventories written in YAML (or JSON), and the same shape from TOML. */
import { Diagnostic } from '../diagnostics.js'
import { type Dict, isDict, typeName, type Value } from '../python/values.js'
import { keyPosition, positionOf, valuePosition } from '../yaml/positions.js'
import { expandHosts } from './hosts.js'
import type { GroupNames } from './names.js'
import type { Group, Tree } from './tree.js'

const SECTIONS = ['vars', 'children', 'hosts']

export interface DictReaderOptions {
  readonly tree: Tree
  readonly names: GroupNames
  readonly warn: (message: string) => void
}

/** Adds groups, hosts and variables of a parsed YAML inventory. */
export function readYamlInventory(data: Value, file: string, options: DictReaderOptions): void {
  if (data === null || (isDict(data) && data.size === 0)) {
    throw new Diagnostic('Parsed empty YAML file', { code: 'inventory-yaml', at: { file, line: 1, column: 1 } })
  }
  if (!isDict(data)) {
    throw new Diagnostic(`YAML inventory has invalid structure, it should be a dictionary, got: ${typeName(data)}`, {
      code: 'inventory-yaml',
      at: positionOf(data) ?? { file, line: 1, column: 1 },
    })
  }
  if (data.get('plugin')) {
    throw new Diagnostic('Plugin configuration YAML file, not YAML inventory', {
      code: 'inventory-yaml',
      at: keyPosition(data, 'plugin'),
    })
  }
  const reader = new DictReader(options)
  for (const [name, group] of data) reader.group(name, group)
}

class DictReader {
  constructor(private readonly options: DictReaderOptions) {}

  group(written: Value, data: Value): Group | undefined {
    const { tree, names, warn } = this.options
    const name = typeof written === 'string' ? names.safe(written) : String(written)
    if (data !== null && !isDict(data)) {
      warn(`Skipping '${name}' as this is not a valid group definition`)
      return undefined
    }
    const group = tree.ensureGroup(name)
    if (data === null) return group
    const sections = new Map<Value, Value>()
    for (const [section, value] of data) {
      // A single name may stand for a dict of one.
      const usable = typeof value === 'string' && SECTIONS.includes(String(section)) ? new Map([[value, null]]) : value
      if (SECTIONS.includes(String(section)) && usable !== null && !isDict(usable)) {
        throw new Diagnostic(
          `Invalid "${section}" entry for "${name}" group, requires a dictionary, found "${typeName(usable)}" instead.`,
          {
            code: 'inventory-yaml',
            at: valuePosition(data, section),
            hint: Array.isArray(usable)
              ? `Write each name as a key: \`${section}:\` then \`  name:\` with a colon, not \`- name\`.`
              : undefined,
          },
        )
      }
      sections.set(section, usable)
    }
    for (const [section, value] of sections) {
      if (!isDict(value)) continue
      if (section === 'vars') for (const [key, one] of value) group.setVariable(String(key), one)
      else if (section === 'children') this.#children(group, value)
      else if (section === 'hosts') for (const [pattern, vars] of value) this.#hosts(group, pattern, vars, value)
      else {
        warn(`Skipping unexpected key (${section}) in group (${name}), only "vars", "children" and "hosts" are valid`)
      }
    }
    return group
  }

  #children(group: Group, children: Dict): void {
    for (const [name, data] of children) {
      const child = this.group(name, data)
      if (!child) continue
      try {
        this.options.tree.addChild(group, child)
      } catch (error) {
        if (error instanceof Diagnostic) error.at ??= keyPosition(children, name)
        throw error
      }
    }
  }

  #hosts(group: Group, pattern: Value, vars: Value, holder: Dict): void {
    const at = keyPosition(holder, pattern)
    if (typeof pattern !== 'string') {
      throw new Diagnostic(
        `Host pattern ${String(pattern)} must be a string. Enclose integers/floats in quotation marks.`,
        { code: 'inventory-yaml', at },
      )
    }
    if (vars !== null && !isDict(vars)) {
      throw new Diagnostic(`variables of host "${pattern}" must be a dictionary, found "${typeName(vars)}" instead.`, {
        code: 'inventory-yaml',
        at: valuePosition(holder, pattern) ?? at,
      })
    }
    const { tree } = this.options
    const { hosts, port } = withPlace(at, () => expandHosts(pattern))
    for (const name of hosts) {
      const host = tree.ensureHost(name, port)
      tree.addToGroup(group, host)
      if (vars) for (const [key, value] of vars) host.setVariable(String(key), value)
    }
  }
}

function withPlace<T>(at: Diagnostic['at'], work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof Diagnostic) error.at ??= at
    throw error
  }
}
