/** Every keyword of the playbook language: where it may stand, what it takes, how it is inherited. Checks, schema and docs read this. */
import type { Json } from '../python/values.js'

/** Kinds of things that carry keywords. `include`: include_tasks and include_role, which take only a few of a task's. */
export type Place = 'play' | 'role' | 'block' | 'task' | 'handler' | 'include' | 'loop_control'

export type KeywordType =
  | 'string'
  | 'int'
  | 'float'
  | 'bool'
  | 'percent'
  | 'list'
  | 'dict'
  | 'conditions'
  | 'tasks'
  | 'roles'
  | 'any'

export interface Keyword {
  readonly name: string
  readonly places: readonly Place[]
  readonly type: KeywordType
  /** static: never a template · explicit: may hold {{ }} · implicit: is an expression already (when, until). */
  readonly template: 'static' | 'explicit' | 'implicit'
  /** nearest: the closest level that has it wins · extend: levels add up · none: counts where it is written only. */
  readonly inherit: 'nearest' | 'extend' | 'none'
  /** Used when nobody wrote it: a value, or the setting that holds it. */
  readonly default?: Json | { readonly setting: string }
  readonly choices?: readonly string[]
  /** One line for `doc`, no full stop. */
  readonly summary: string
}

type Row = Omit<Keyword, 'name'>

const everywhere = ['play', 'role', 'block', 'task', 'handler'] as const
const belowPlay = ['role', 'block', 'task', 'handler'] as const
const tasks = ['task', 'handler'] as const
const withIncludes = ['task', 'handler', 'include'] as const
/** What an include statement shares with every level. */
const allLevels = ['play', 'role', 'block', 'task', 'handler', 'include'] as const

const inherited = (type: KeywordType, summary: string, more: Partial<Row> = {}): Row => ({
  places: everywhere,
  type,
  template: 'explicit',
  inherit: 'nearest',
  summary,
  ...more,
})
const own = (
  places: readonly Place[],
  type: KeywordType,
  summary: string,
  more: Partial<Omit<Row, 'places' | 'type' | 'summary'>> = {},
): Row => ({ places, type, template: 'explicit', inherit: 'none', summary, ...more })

const rows: { readonly [name: string]: Row } = {
  // Every level
  name: own(allLevels, 'string', 'what this is, for people and for start-at-task; of a handler also what notify names'),
  vars: own(allLevels, 'dict', 'variables for what stands at or below this level', { template: 'static' }),
  tags: {
    places: allLevels,
    type: 'list',
    template: 'explicit',
    inherit: 'extend',
    summary: 'labels that --tags and --skip-tags select by',
  },
  environment: inherited('list', 'environment variables for the modules that run; levels add up, the nearest wins', {
    inherit: 'extend',
  }),
  module_defaults: inherited('list', 'default arguments by module or by group/NAME; levels add up, the nearest wins', {
    inherit: 'extend',
  }),
  collections: inherited('list', 'collections in which short module and role names are looked up first', {
    places: allLevels,
    template: 'static',
  }),
  connection: inherited('string', 'connection plugin that reaches the host', {
    default: { setting: 'DEFAULT_TRANSPORT' },
  }),
  port: inherited('int', 'port to connect to'),
  remote_user: inherited('string', 'user to log in as'),
  become: inherited('bool', 'run as another user', { default: { setting: 'DEFAULT_BECOME' } }),
  become_user: inherited('string', 'user to become', { default: { setting: 'DEFAULT_BECOME_USER' } }),
  become_method: inherited('string', 'how to become: sudo, su, …', { default: { setting: 'DEFAULT_BECOME_METHOD' } }),
  become_exe: inherited('string', 'program that changes the user', { default: { setting: 'DEFAULT_BECOME_EXE' } }),
  become_flags: inherited('string', 'flags for that program', { default: { setting: 'DEFAULT_BECOME_FLAGS' } }),
  any_errors_fatal: inherited('bool', 'a failure on one host ends the play on all hosts', {
    default: { setting: 'ANY_ERRORS_FATAL' },
  }),
  ignore_errors: inherited('bool', 'go on after a failure', { places: allLevels }),
  ignore_unreachable: inherited('bool', 'go on with a host after it could not be reached'),
  no_log: inherited('bool', 'show neither arguments nor results', {
    places: allLevels,
    default: { setting: 'DEFAULT_NO_LOG' },
  }),
  check_mode: inherited('bool', 'only say what would change', { places: everywhere }),
  diff: inherited('bool', 'show what changes'),
  run_once: inherited('bool', 'run on the first host of the batch; its result counts for all', { places: allLevels }),
  throttle: inherited('int', 'at most so many hosts at a time', { default: 0 }),
  timeout: inherited('int', 'seconds after which the task fails; 0 waits for ever', {
    places: allLevels,
    default: { setting: 'TASK_TIMEOUT' },
  }),
  debugger: inherited('string', 'when to start the debugger', {
    places: allLevels,
    choices: ['always', 'never', 'on_failed', 'on_unreachable', 'on_skipped'],
  }),

  // Below the play
  when: {
    places: [...belowPlay, 'include'],
    type: 'conditions',
    template: 'implicit',
    inherit: 'extend',
    summary: 'run only where all of these are true',
  },
  delegate_to: inherited('string', 'host that does the work instead', { places: belowPlay }),
  delegate_facts: inherited('bool', 'give facts to the host that did the work', { places: belowPlay, default: false }),
  notify: inherited('list', 'handlers to run at the end when this changed something', {
    places: ['block', 'task', 'handler'],
  }),

  // Play
  hosts: own(['play'], 'list', 'hosts and groups that the play is for'),
  gather_facts: own(['play'], 'bool', 'run setup first', { default: { setting: 'DEFAULT_GATHERING' } }),
  gather_subset: own(['play'], 'list', 'which facts to gather', { default: { setting: 'DEFAULT_GATHER_SUBSET' } }),
  gather_timeout: own(['play'], 'int', 'seconds for one fact', { default: { setting: 'DEFAULT_GATHER_TIMEOUT' } }),
  fact_path: own(['play'], 'string', 'directory of local facts on the host', {
    default: { setting: 'DEFAULT_FACT_PATH' },
  }),
  vars_files: own(['play'], 'list', 'files with variables; a nested list means the first that exists'),
  vars_prompt: own(['play'], 'list', 'variables to ask the user for'),
  roles: own(['play'], 'roles', 'roles to run between pre_tasks and tasks'),
  pre_tasks: own(['play'], 'tasks', 'tasks before the roles'),
  tasks: own(['play'], 'tasks', 'tasks after the roles'),
  post_tasks: own(['play'], 'tasks', 'tasks after tasks and their handlers'),
  handlers: own(['play'], 'tasks', 'tasks that run when notified'),
  force_handlers: own(['play'], 'bool', 'run notified handlers on failed hosts, too', {
    default: { setting: 'DEFAULT_FORCE_HANDLERS' },
  }),
  max_fail_percentage: own(['play'], 'percent', 'end the play when more of a batch failed'),
  serial: own(['play'], 'list', 'batch sizes: numbers or percentages'),
  strategy: own(['play'], 'string', 'how hosts move through the tasks', { default: { setting: 'DEFAULT_STRATEGY' } }),
  order: own(['play'], 'string', 'in which order hosts are taken', {
    choices: ['inventory', 'sorted', 'reverse_sorted', 'reverse_inventory', 'shuffle'],
  }),

  // Role entries
  role: own(['role'], 'string', 'name or path of the role'),

  // Block
  block: own(['block'], 'tasks', 'tasks that share keywords and error handling'),
  rescue: own(['block'], 'tasks', 'tasks to run after one of the block failed'),
  always: own(['block'], 'tasks', 'tasks to run in any case'),

  // Task
  action: own(withIncludes, 'any', 'module and arguments, the old way to write a task'),
  local_action: own(withIncludes, 'any', 'as action, on the controller'),
  args: own(withIncludes, 'dict', 'more arguments for the module'),
  register: own(withIncludes, 'string', 'variable that keeps the result', { template: 'static' }),
  loop: own(withIncludes, 'any', 'list to run the task for, item by item'),
  loop_control: own(withIncludes, 'dict', 'how the loop names and shows its items'),
  until: own(tasks, 'conditions', 'try again until these are true', { template: 'implicit' }),
  retries: own(tasks, 'int', 'how often until tries again', { default: 3 }),
  delay: own(tasks, 'float', 'seconds between tries', { default: 5 }),
  changed_when: own(tasks, 'conditions', 'says whether this counts as changed', { template: 'implicit' }),
  failed_when: own(tasks, 'conditions', 'says whether this counts as failed', { template: 'implicit' }),
  async: own(tasks, 'int', 'run in the background for at most so many seconds', { default: 0 }),
  poll: own(tasks, 'int', 'seconds between looks at a background task; 0 does not wait', {
    default: { setting: 'DEFAULT_POLL_INTERVAL' },
  }),
  listen: own(['handler'], 'list', 'more names by which notify finds this handler', { template: 'static' }),

  // loop_control
  loop_var: own(['loop_control'], 'string', 'variable that holds the item', { default: 'item' }),
  index_var: own(['loop_control'], 'string', 'variable that counts from 0'),
  label: own(['loop_control'], 'any', 'what to show instead of the item', { template: 'implicit' }),
  pause: own(['loop_control'], 'float', 'seconds between items', { default: 0 }),
  extended: own(['loop_control'], 'bool', 'provide ansible_loop', { default: false }),
  extended_allitems: own(['loop_control'], 'bool', 'put all items into ansible_loop.allitems', { default: true }),
  break_when: own(['loop_control'], 'conditions', 'end the loop when these are true', { template: 'implicit' }),
}

/** THE table, by name. */
export const keywords: ReadonlyMap<string, Keyword> = new Map(
  Object.entries(rows).map(([name, row]) => [name, { name, ...row }]),
)

const places = new Map<Place, ReadonlySet<string>>()

/** Names that may stand at `place`. */
export function keywordsOf(place: Place): ReadonlySet<string> {
  let names = places.get(place)
  if (!names) {
    names = new Set([...keywords.values()].filter(keyword => keyword.places.includes(place)).map(({ name }) => name))
    places.set(place, names)
  }
  return names
}

/** Spellings of older Ansible that still work here: what they mean now, and where. */
export const oldSpellings: ReadonlyMap<string, { readonly now: string; readonly places: readonly Place[] }> = new Map([
  ['user', { now: 'remote_user', places: ['play'] }],
  ['sudo', { now: 'become', places: everywhere }],
  ['sudo_user', { now: 'become_user', places: everywhere }],
  ['sudo_exe', { now: 'become_exe', places: everywhere }],
  ['sudo_flags', { now: 'become_flags', places: everywhere }],
  ['su', { now: 'become', places: everywhere }],
  ['su_user', { now: 'become_user', places: everywhere }],
  ['su_exe', { now: 'become_exe', places: everywhere }],
  ['su_flags', { now: 'become_flags', places: everywhere }],
])

/** Accepted and without meaning: what they switched is gone from Ansible, too. */
export const ignoredSpellings: ReadonlyMap<string, readonly Place[]> = new Map([
  ['accelerate', ['play']],
  ['accelerate_ipv6', ['play']],
  ['accelerate_port', ['play']],
])

/** Gone from Ansible, with what to write instead; always an error. */
export const removedSpellings: ReadonlyMap<string, string> = new Map([
  ['first_available_file', "write `with_first_found:` or `lookup('first_found', …)`"],
])
