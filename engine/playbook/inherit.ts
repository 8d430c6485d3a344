/** What a task gets from the levels above it: blocks, import statements, roles, the play. */
import type { SourceRange } from '../diagnostics.js'
import { type Dict, isDict, isList, type List, type Value } from '../python/values.js'
import { valuePosition } from '../yaml/positions.js'
import { TemplateString } from '../yaml/trust.js'
import { homeOf } from './collection.js'
import { keywords } from './keywords.js'
import type { Block, Node, Play, Role, Task } from './model.js'

/** A value and the place where it was written. */
export interface Written {
  readonly value: Value
  readonly at: SourceRange
}

/** The node itself, then every level above it, nearest first; ends with the play. */
export function* levels(node: Task | Block | Play): Generator<Task | Block | Play> {
  for (let level = node; ; level = level.parent) {
    yield level
    if (level.kind === 'play') return
  }
}

/** The play that a task or block belongs to. */
export function playOf(node: Task | Block | Play): Play {
  let level = node
  while (level.kind !== 'play') level = level.parent
  return level
}

/** The raw value of a keyword as seen from a task: the nearest level that has it. Undefined: nobody wrote it. */
export function inherited(node: Task | Block | Play, name: string): Value | undefined {
  if (keywords.get(name)?.inherit === 'none') return node.keywords.get(name)
  for (const { keywords: own } of levels(node)) {
    const value = own.get(name)
    if (value !== undefined) return value
  }
  return undefined
}

/** The raw values of a keyword as seen from a task, nearest first. */
export function* inheritedValues(node: Task | Block | Play, name: string): Generator<Value> {
  const alone = keywords.get(name)?.inherit === 'none'
  for (const { keywords: own } of alone ? [node] : levels(node)) {
    const value = own.get(name)
    if (value !== undefined) yield value
  }
}

/** Every value of a keyword from the play down to the node, outermost first. */
export function chain(node: Task | Block | Play, name: string): Written[] {
  const found: Written[] = []
  for (const level of levels(node)) {
    const value = level.keywords.get(name)
    if (value !== undefined) found.push({ value, at: level.at })
    if (level.kind === 'play' && (name === 'when' || name === 'tags')) {
      for (const statement of level.imports.toReversed()) {
        const imported = statement.keywords.get(name)
        if (imported !== undefined) found.push({ value: imported, at: statement.at })
      }
    }
  }
  return found.reverse()
}

/** A keyword that takes one thing or a list of things, as a list. */
export const asList = (value: Value): List => (value === null ? [] : isList(value) ? value : [value])

/** Conditions of the task and of everything around it, in the order in which Ansible tries them: outermost first. */
export function conditionsOf(node: Task | Block | Play): Written[] {
  return chain(node, 'when').flatMap(({ value, at }) =>
    asList(value).map((condition, index) => ({ value: condition, at: placeOf(condition, value, index) ?? at })),
  )
}

/** Roles carry tasks for systems that a host is not: what is wrong in these concerns nobody before their condition holds. */
export function mayBeLeftOut(node: Task | Block | Play): boolean {
  for (const level of levels(node)) {
    if (hasCondition(level.keywords) || (level.keywords.has('tags') && tagsAt(level.keywords).includes('never')))
      return true
    if (level.kind === 'play' && level.imports.some(statement => hasCondition(statement.keywords))) return true
  }
  return false
}

/** Whether the loop of a task may turn out to be empty: then nothing of the task is looked at but the loop itself. */
export function mayHaveNoItems({ loop }: Task): boolean {
  if (!loop) return false
  const sure = loopsThatTakeAll.has(loop.plugin) && isList(loop.value) && loop.value.some(isPlain)
  return !sure
}

const loopsThatTakeAll: ReadonlySet<string> = new Set([
  'loop',
  'items',
  'ansible.builtin.items',
  'list',
  'ansible.builtin.list',
])

/** A list within may be empty, and a template may give one. */
const isPlain = (item: Value): boolean => !isList(item) && !(item instanceof TemplateString)

const hasCondition = (own: ReadonlyMap<string, Value>): boolean =>
  own.has('when') && asList(own.get('when')!).length > 0

const placeOf = (item: Value, list: Value, index: number): SourceRange | undefined =>
  (item instanceof TemplateString ? item.at : undefined) ?? valuePosition(list, index)

/** Tags as written at one level, comma lists split; templates stay. */
export function tagsAt(keywordsOfLevel: ReadonlyMap<string, Value>): Value[] {
  return asList(keywordsOfLevel.get('tags') ?? null).flatMap((tag): Value[] => {
    if (typeof tag !== 'string') return [tag]
    return tag.includes(',') ? tag.split(',').map(part => part.trim()) : [tag]
  })
}

/** Tags of the task and of everything around it, outermost first, without repeats. */
export function tagsOf(node: Task | Block | Play): Value[] {
  const found: Value[] = []
  const seen = new Set<string>()
  for (const { value } of chain(node, 'tags')) {
    for (const tag of tagsAt(new Map([['tags', value]]))) {
      const key = tag instanceof TemplateString ? tag.text : String(tag)
      if (!seen.has(key)) found.push(tag)
      seen.add(key)
    }
  }
  return found
}

/** `vars:` of the levels below the play, outermost first (the play's own rank differently). */
export function varsOf(node: Task | Block | Play): Dict[] {
  const found: Dict[] = []
  for (const level of levels(node)) if (level.kind !== 'play' && level.vars.size > 0) found.push(level.vars)
  return found.reverse()
}

/** `environment:` entries, outermost first; later ones win name by name. Entries are dicts or templates. */
export const environmentOf = (node: Task | Block | Play): Value[] =>
  chain(node, 'environment').flatMap(({ value }) => asList(value))

/** `module_defaults:` entries, outermost first; later ones win module by module. Entries are dicts or templates. */
export const moduleDefaultsOf = (node: Task | Block | Play): Value[] =>
  chain(node, 'module_defaults').flatMap(({ value }) => asList(value))

/**
 * Collections in which short names are looked up. A role brings its own list; the play's does not reach into it. Where the
 * playbook stands in a collection, that one comes first.
 */
export function collectionsOf(node: Task | Block | Play): string[] {
  const play = playOf(node)
  for (const level of levels(node)) {
    const own = level.keywords.get('collections')
    if (own !== undefined) return withHome(play, asList(own).filter(name => typeof name === 'string') as string[])
    if (level.kind === 'block' && level.origin === 'role' && level.role) return withHome(play, level.role.collections)
  }
  return withHome(play, [])
}

/** The collection that a play stands in, before those that are named. */
export function withHome(play: Play, names: readonly string[]): string[] {
  const home = homeOf(play.dir)
  return home.some(name => names.includes(name)) ? [...names] : [...home, ...names]
}

/** The role a task is in and the roles that brought that role, nearest first. */
export function* rolesOf(role: Role | undefined): Generator<Role> {
  for (let current = role; current; current = current.parentRole) yield current
}

/** Roles that imported or included this one, nearest first; a role that merely depends on it does not count. */
export function includersOf(role: Role): Role[] {
  const found: Role[] = []
  for (const one of rolesOf(role)) {
    if (one.parentRole && (one.origin === 'import_role' || one.origin === 'include_role')) found.push(one.parentRole)
  }
  return found
}

/** Blocks that a use of a role runs, in order: those of its dependencies first. */
export const blocksOfRole = (role: Role): Block[] => [...role.dependencies.flatMap(blocksOfRole), ...role.tasks]

/** Handlers in the order in which a later one of the same name wins: roles', the play's, imported roles'. */
export function handlersOf(play: Play): Task[] {
  const ofRole = (role: Role): Block[] => [...role.dependencies.flatMap(ofRole), ...role.handlers]
  return flatten([...play.roles.flatMap(ofRole), ...play.handlers, ...play.importedRoles.flatMap(ofRole)])
}

/** Tasks, and those in blocks, in the order in which a host meets them: block, rescue (unless it is left out), always. */
export function flatten(items: readonly (Task | Block)[], { rescue = true } = {}): Task[] {
  return items.flatMap(item =>
    item.kind === 'task'
      ? [item]
      : flatten([...item.block, ...(rescue ? item.rescue : []), ...item.always], { rescue }),
  )
}

/** Merges entries of `environment:` or `module_defaults:` that are dicts already. */
export function merged(entries: readonly Value[]): Dict {
  const all: Dict = new Map()
  for (const entry of entries) if (isDict(entry)) for (const [key, value] of entry) all.set(key, value)
  return all
}

/** Anything that holds keywords, for messages: "task", "block" … */
export const kindOf = (node: Node & { readonly kind?: string }): string => node.kind ?? 'statement'
