/** What --list-tasks, --list-tags and --list-hosts show, line by line as Ansible prints it. */
import { truthy } from '../python/compare.js'
import { pyStr } from '../python/repr.js'
import { isList, type Value } from '../python/values.js'
import { textOf } from './freeform.js'
import { blocksOfRole, tagsAt, tagsOf } from './inherit.js'
import type { LoadedPlaybook } from './load.js'
import type { Block, Play, Task } from './model.js'
import { isSelected, type TagSelection } from './tags.js'

export interface ListedTask {
  /** `role : name`, or the action of a task without a name. */
  readonly name: string
  readonly tags: readonly string[]
}

export interface ListOptions {
  readonly tasks: boolean
  readonly tags: boolean
  readonly hosts: boolean
  /** The play's name with templates rendered, as far as that goes. Absent: as written. */
  nameOf?(play: Play): string
  readonly selection: TagSelection
  /** Names of the hosts that a play is for. */
  hostsOf(play: Play): readonly string[]
  /** Tags of a task with templates rendered. Absent: as written. */
  tagsOf?(task: Task): readonly string[]
}

const text = (value: Value): string => textOf(value) ?? pyStr(value)

/** The patterns of a play's `hosts:`. */
export function patternsOf(play: Play): string[] {
  if (play.hosts) return [...play.hosts]
  const hosts = play.keywords.get('hosts') ?? null
  return isList(hosts) ? hosts.map(text) : hosts === null ? [] : [text(hosts)]
}

/** Name of a play for banners and lists: its name, else its hosts. */
export const playName = (play: Play): string =>
  play.name === undefined || play.name === '' ? patternsOf(play).join(',') : text(play.name)

/** Blocks of a play in the order in which they run. */
export const blocksOf = (play: Play): Block[] => [
  ...play.pre_tasks,
  ...play.roles.flatMap(blocksOfRole),
  ...play.tasks,
  ...play.post_tasks,
]

/** The tasks that a list shows: those of `rescue` and `always` are left out, as Ansible does. */
export function listedTasks(play: Play, options: Pick<ListOptions, 'selection' | 'tagsOf'>): ListedTask[] {
  const found: ListedTask[] = []
  const walk = (items: readonly (Task | Block)[]) => {
    for (const item of items) {
      if (item.kind === 'block') {
        walk(item.block)
        continue
      }
      const tags = tagsOf(item).map(text)
      if (!isSelected(options.tagsOf?.(item) ?? tags, options.selection)) continue
      // Ansible shows the tags of what stands around the task as they are written, too.
      const rendered = options.tagsOf ? [...options.tagsOf(item), ...tagsOf(item.parent).map(text)] : tags
      found.push({ name: listedName(item), tags: [...new Set(rendered)].sort(byCodePoint) })
    }
  }
  walk(blocksOf(play))
  return found
}

function listedName({ name, role, written, action }: Task): string {
  if (name === undefined || !truthy(textOf(name) ?? name)) return written
  if (action === 'ansible.builtin.include_role') return text(name)
  return role ? `${role.fqcn ?? role.name} : ${text(name)}` : text(name)
}

const byCodePoint = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const bracketed = (names: readonly string[]): string => `[${names.join(', ')}]`

/** The lines of the whole listing of one playbook, as they come to be known; `file` as the user named it. */
export function* listing(
  playbook: Pick<LoadedPlaybook, 'plays'>,
  file: string,
  options: ListOptions,
): Generator<string> {
  yield* ['', `playbook: ${file}`]
  for (const [index, play] of playbook.plays.entries()) {
    const patterns = patternsOf(play)
    const own = tagsAt(play.keywords).concat(play.imports.flatMap(one => tagsAt(one.keywords)))
    const playTags = [...new Set(own.map(text))].sort(byCodePoint)
    yield ''
    yield `  play #${index + 1} (${patterns.join(',')}): ${options.nameOf?.(play) ?? playName(play)}\tTAGS: [${playTags.join(',')}]`
    if (options.hosts) {
      const hosts = options.hostsOf(play)
      yield `    pattern: ${patterns.length > 0 ? bracketed(patterns.map(quoted)) : 'None'}`
      yield `    hosts (${hosts.length}):`
      for (const host of hosts) yield `      ${host}`
    }
    if (!options.tasks && !options.tags) continue
    const tasks = listedTasks(play, options)
    if (options.tasks) {
      yield '    tasks:'
      for (const task of tasks) yield `      ${task.name}\tTAGS: ${bracketed(task.tags)}`
    }
    if (options.tags) {
      const all = [...new Set(tasks.flatMap(task => task.tags))].sort(byCodePoint)
      yield `      TASK TAGS: ${bracketed(all)}`
    }
  }
}

const quoted = (pattern: string): string => (pattern.includes("'") ? `"${pattern}"` : `'${pattern}'`)
