/** What a host goes through in a play, in order: facts, pre_tasks, roles, tasks, post_tasks, with handlers flushed after each. */
import { blocksOfRole } from '../playbook/inherit.js'
import type { Block, Play, Task } from '../playbook/model.js'
import type { Dict, Value } from '../python/values.js'

export interface SectionOptions {
  /** The implicit setup task; undefined when facts are not gathered. */
  readonly gather: Dict | undefined
  readonly forceHandlers: boolean
}

export function sectionsOf(play: Play, { gather, forceHandlers }: SectionOptions): Block[] {
  const flush = (): Block => around(play, [metaTask(play, 'flush_handlers')])
  const section = (blocks: readonly Block[]): Block[] => {
    if (!forceHandlers) return [...blocks, flush()]
    // Handlers run even after a failure: the flush stands in an always part.
    return [{ ...around(play, blocks), always: [flush()] }]
  }
  const roles = play.roles.flatMap(role => blocksOfRole(role))
  return [
    ...(gather ? [around(play, [gatherTask(play, gather)])] : []),
    ...section(play.pre_tasks),
    ...section([...roles, ...play.tasks]),
    ...section(play.post_tasks),
  ]
}

function around(play: Play, items: readonly (Task | Block)[]): Block {
  return {
    kind: 'block',
    at: play.at,
    keywords: new Map(),
    vars: new Map(),
    name: undefined,
    block: items,
    rescue: [],
    always: [],
    parent: play,
    role: undefined,
    implicit: true,
    origin: 'list',
    statement: undefined,
    target: undefined,
  }
}

let made = 0

function implicitTask(play: Play, name: string | undefined, action: string, args: Dict, tags: Value[]): Task {
  return {
    kind: 'task',
    id: `implicit-${++made}`,
    at: play.at,
    keywords: new Map<string, Value>([['tags', tags]]),
    vars: new Map(),
    name,
    action: `ansible.builtin.${action}`,
    written: action,
    args,
    loop: undefined,
    parent: play,
    role: undefined,
    handler: false,
  }
}

export const metaTask = (play: Play, what: string): Task =>
  implicitTask(play, undefined, 'meta', new Map([['_raw_params', what]]), ['always'])

const gatherTask = (play: Play, args: Dict): Task =>
  implicitTask(play, 'Gathering Facts', 'gather_facts', args, ['always'])
