/** The inventory plugins that compute: `constructed` and `generator`. */
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import { pyStr } from '../python/repr.js'
import { type Dict, isDict, isList, PyFloat, typeName, type Value } from '../python/values.js'
import type { Scope } from '../template/scope.js'
import type { Templar } from '../template/templar.js'
import { positionOf, valuePosition } from '../yaml/positions.js'
import { TemplateString } from '../yaml/trust.js'
import type { GroupNames } from './names.js'
import { type Group, type Host, sortGroups, type Tree } from './tree.js'

export interface ConstructOptions {
  readonly tree: Tree
  readonly names: GroupNames
  readonly templar: Templar
  /** Extra variables (-e), for use_extra_vars. */
  readonly extraVars?: Dict | undefined
  /** The setting that use_extra_vars defaults to. */
  readonly useExtraVars?: boolean | undefined
  /** Cached facts of a host. */
  readonly facts?: ((host: string) => Dict | undefined) | undefined
  /** group_vars and host_vars, for use_vars_plugins. */
  readonly varsFiles?: ((kind: 'group_vars' | 'host_vars', name: string) => readonly Dict[]) | undefined
}

const OPTIONS = [
  'plugin',
  'strict',
  'compose',
  'groups',
  'keyed_groups',
  'use_extra_vars',
  'leading_separator',
  'use_vars_plugins',
  'cache',
  'cache_plugin',
  'cache_timeout',
  'cache_connection',
  'cache_prefix',
]

/** Sets variables and makes groups from those that hosts have already. */
export async function readConstructed(config: Dict, options: ConstructOptions): Promise<void> {
  for (const key of config.keys()) {
    if (OPTIONS.includes(String(key))) continue
    throw new Diagnostic(`the constructed inventory has no option ${String(key)}`, {
      code: 'inventory-constructed',
      at: positionOf(config),
    })
  }
  for (const host of options.tree.hosts.values()) await new Constructor(config, options, host).run()
}

class Constructor {
  readonly #strict: boolean
  constructor(
    private readonly config: Dict,
    private readonly options: ConstructOptions,
    private readonly host: Host,
  ) {
    this.#strict = isTrue(config.get('strict') ?? false)
  }

  async run(): Promise<void> {
    await this.#compose()
    // Seen again, because compose may have added to them.
    const scope = this.#scope()
    await this.#groups(scope)
    await this.#keyedGroups(scope)
  }

  #scope(): Scope {
    const { varsFiles, extraVars, facts } = this.options
    const vars: Dict = new Map()
    const lay = (dict: Dict | undefined) => {
      for (const [key, value] of dict ?? []) vars.set(key, value)
    }
    const found = new Set<Group>(this.host.groups)
    for (const group of found) for (const parent of group.parents) found.add(parent)
    // Groups are only put below `all` once every source is read: its variables are not seen here.
    const groups = sortGroups(found)
    const plugins = isTrue(this.config.get('use_vars_plugins') ?? false) ? varsFiles : undefined
    for (const group of groups) lay(group.vars)
    for (const group of groups) for (const dict of plugins?.('group_vars', group.name) ?? []) lay(dict)
    lay(this.host.vars)
    for (const dict of plugins?.('host_vars', this.host.name) ?? []) lay(dict)
    lay(facts?.(this.host.name))
    vars.set('inventory_hostname', this.host.name)
    vars.set('inventory_hostname_short', this.host.name.split('.')[0]!)
    vars.set(
      'group_names',
      groups
        .map(group => group.name)
        .filter(name => name !== 'all')
        .sort(),
    )
    vars.set('inventory_file', this.host.inventoryFile ?? null)
    vars.set('inventory_dir', this.host.inventoryDir ?? null)
    if (isTrue(this.config.get('use_extra_vars') ?? this.options.useExtraVars ?? false)) lay(extraVars)
    return scopeOf(vars)
  }

  async #compose(): Promise<void> {
    const compose = this.config.get('compose')
    if (compose === undefined || compose === null) return
    if (!isDict(compose)) throw this.#bad('compose must be a dictionary', 'compose')
    const scope = this.#scope()
    for (const [name, expression] of compose) {
      try {
        this.host.setVariable(String(name), await this.#evaluate(expression, scope))
      } catch (error) {
        this.#failed(`Could not set ${String(name)} for host ${this.host.name}`, error, valuePosition(compose, name))
      }
    }
  }

  async #groups(scope: Scope): Promise<void> {
    const groups = this.config.get('groups')
    if (groups === undefined || groups === null) return
    if (!isDict(groups)) throw this.#bad('groups must be a dictionary', 'groups')
    const { tree, names, templar } = this.options
    for (const [written, condition] of groups) {
      const name = names.safe(String(written), { force: this.#forced })
      const at = valuePosition(groups, written)
      let member: boolean
      try {
        member = isTrue(await templar.expression(textOf(condition), scope, at))
      } catch (error) {
        this.#failed(`Could not add host ${this.host.name} to group ${name}`, error, at)
        continue
      }
      if (member) tree.addToGroup(tree.ensureGroup(name), this.host)
    }
  }

  async #keyedGroups(scope: Scope): Promise<void> {
    const keyed = this.config.get('keyed_groups')
    if (keyed === undefined || keyed === null) return
    if (!isList(keyed)) throw this.#bad('keyed_groups must be a list', 'keyed_groups')
    for (const [index, entry] of keyed.entries()) {
      const at = valuePosition(keyed, index)
      if (!isDict(entry) || entry.size === 0) {
        throw new Diagnostic(`Invalid keyed group entry, it must be a dictionary: ${String(entry)}`, {
          code: 'inventory-constructed',
          at,
        })
      }
      await this.#keyedGroup(entry, scope, at)
    }
  }

  async #keyedGroup(entry: Dict, scope: Scope, at: SourceRange | undefined): Promise<void> {
    const expression = entry.get('key') ?? null
    let key: Value
    try {
      key = await this.#evaluate(expression, scope)
    } catch (error) {
      this.#failed(`Could not generate group for host ${this.host.name} from ${textOf(expression)} entry`, error, at)
      return
    }
    const fallback = entry.get('default_value') ?? null
    const trailing = entry.get('trailing_separator') ?? null
    if (fallback !== null && trailing !== null) {
      throw new Diagnostic('parameters are mutually exclusive for keyed groups: default_value|trailing_separator', {
        code: 'inventory-constructed',
        at,
      })
    }
    if (!isTrue(key) && !(key === '' && fallback !== null)) {
      const empty = (isList(key) && key.length === 0) || (isDict(key) && key.size === 0)
      if (!this.#strict || empty) return
      throw new Diagnostic(
        `No key or key resulted empty for ${textOf(expression)} in host ${this.host.name}, invalid entry`,
        { code: 'inventory-constructed', at },
      )
    }
    const separator = entry.has('separator') ? textOf(entry.get('separator')!) : '_'
    const prefix = textOf(entry.get('prefix') ?? '')
    const parent = await this.#parent(entry, scope, at)
    if (parent === undefined) return
    const lead = prefix === '' && !isTrue(this.config.get('leading_separator') ?? true) ? '' : separator
    const { tree, names } = this.options
    for (const bare of groupNames(key, separator, fallback, trailing, at)) {
      const group = tree.ensureGroup(names.safe(`${prefix}${lead}${bare}`, { force: this.#forced }))
      tree.addToGroup(group, this.host)
      if (parent !== '') tree.addChild(tree.ensureGroup(names.safe(parent, { force: this.#forced })), group)
    }
  }

  /** The rendered parent_group, '' for none, undefined when the entry is to be skipped. */
  async #parent(entry: Dict, scope: Scope, at: SourceRange | undefined): Promise<string | undefined> {
    const written = entry.get('parent_group')
    if (written === undefined || written === null || written === '') return ''
    try {
      return textOf(await this.options.templar.render(written, scope))
    } catch (error) {
      this.#failed(`Could not generate parent group ${textOf(written)} for group`, error, at)
      return undefined
    }
  }

  /** Plugins clean group names unless the names of groups are to stay as they are. */
  get #forced(): boolean {
    return true
  }

  async #evaluate(expression: Value, scope: Scope): Promise<Value> {
    return this.options.templar.render(new TemplateString(`{{${textOf(expression)}}}`), scope)
  }

  #failed(what: string, error: unknown, at: SourceRange | undefined): void {
    if (!(error instanceof Diagnostic)) throw error
    if (!this.#strict) return
    throw new Diagnostic(`${what}: ${error.message}`, { code: 'inventory-constructed', at, cause: error })
  }

  #bad(message: string, key: string): Diagnostic {
    return new Diagnostic(message, { code: 'inventory-constructed', at: valuePosition(this.config, key) })
  }
}

function groupNames(
  key: Value,
  separator: string,
  fallback: Value,
  trailing: Value,
  at: SourceRange | undefined,
): string[] {
  const orFallback = (name: Value): string => (name === '' && fallback !== null ? textOf(fallback) : textOf(name))
  if (typeof key === 'string') return [orFallback(key)]
  if (isList(key)) return key.map(orFallback)
  if (isDict(key)) {
    return [...key].map(([name, value]) =>
      value === '' && fallback === null && trailing === false
        ? textOf(name)
        : `${textOf(name)}${separator}${orFallback(value)}`,
    )
  }
  // Before templates had native results, numbers were text here.
  if (key === true || typeof key === 'number' || typeof key === 'bigint' || key instanceof PyFloat) return [textOf(key)]
  throw new Diagnostic(
    `Invalid group name format, expected a string or a list of them or dictionary, got: ${typeName(key)}`,
    { code: 'inventory-constructed', at },
  )
}

function scopeOf(vars: Dict): Scope {
  return { get: name => vars.get(name), names: () => [...vars.keys()].map(String), searchPath: [] }
}

const textOf = (value: Value): string => (value instanceof TemplateString ? value.text : pyStr(value))

function isTrue(value: Value): boolean {
  if (isList(value)) return value.length > 0
  if (isDict(value)) return value.size > 0
  if (typeof value === 'string')
    return value !== '' && !['false', 'no', 'off', 'n', 'f', '0'].includes(value.toLowerCase())
  return typeof value === 'object' && value !== null ? true : Boolean(value)
}

/** One host per combination of the layers, with groups made from the same names. */
export async function readGenerator(config: Dict, options: ConstructOptions): Promise<void> {
  const layers = config.get('layers')
  const hosts = config.get('hosts')
  if (!isDict(layers) || !isDict(hosts)) {
    throw new Diagnostic('the generator inventory needs the dictionaries "hosts" and "layers"', {
      code: 'inventory-generator',
      at: positionOf(config),
    })
  }
  const { tree, templar } = options
  const scopeNames = [...layers.keys()]
  for (const combination of product([...layers.values()].map(values => (isList(values) ? values : [values])))) {
    const scope = scopeOf(new Map(scopeNames.map((name, index) => [name, combination[index]!])))
    const name = textOf(await templar.render(hosts.get('name') ?? null, scope))
    tree.ensureHost(name)
    await addParents(name, hosts.get('parents') ?? [], scope, options)
  }
}

async function addParents(child: string, parents: Value, scope: Scope, options: ConstructOptions): Promise<void> {
  const { tree, templar } = options
  for (const parent of isList(parents) ? parents : []) {
    const written = isDict(parent) ? parent.get('name') : undefined
    if (!isDict(parent) || written === undefined) {
      throw new Diagnostic(`Element ${child} has a parent with no name element`, {
        code: 'inventory-generator',
        at: positionOf(parents),
      })
    }
    const name = textOf(await templar.render(written, scope))
    const group = tree.ensureGroup(options.names.safe(name))
    const vars = parent.get('vars')
    if (isDict(vars))
      for (const [key, value] of vars) group.setVariable(String(key), await templar.render(value, scope))
    const host = tree.hosts.get(child)
    if (host) tree.addToGroup(group, host)
    else tree.addChild(group, tree.ensureGroup(child))
    await addParents(group.name, parent.get('parents') ?? [], scope, options)
  }
}

function product(lists: readonly (readonly Value[])[]): Value[][] {
  return lists.reduce<Value[][]>((made, list) => made.flatMap(head => list.map(item => [...head, item])), [[]])
}
