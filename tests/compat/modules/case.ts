/**
 * A case is a playbook in cases/, named after the module it is about. What the comparison itself needs is in the play's
 * `vars`: `image` (of the lab; debian when absent), `newer` (why it takes an Ansible newer than 2.14), `setup` (shell text that
 * root runs on both hosts first), `between` (shell text before each pass), `cleanup` (shell text at the end). A task's `vars: { differs: { KEY: why } }` names a key of the
 * result where Understudy is deliberately not like Ansible 2.14; `status` is one, and `pass: why` stands for the whole task. A
 * play's `differs` does so for all tasks and for keys of the end state, by prefix.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { parse } from 'yaml'

export interface Reasons {
  readonly [key: string]: string
}

export interface Case {
  readonly name: string
  readonly path: string
  readonly image: string
  /** Why it takes an Ansible newer than 2.14; empty when it does not. */
  readonly newer: string
  readonly setup: string
  readonly between: string
  readonly cleanup: string
  readonly tasks: readonly string[]
  /** Short names of the modules that it uses. */
  readonly modules: ReadonlySet<string>
  /** Deliberate differences by task name. */
  readonly differs: ReadonlyMap<string, Reasons>
  readonly stateDiffers: Reasons
}

interface Task {
  readonly name?: string
  readonly 'ansible.builtin.include_tasks'?: string
  readonly block?: Task[]
  readonly rescue?: Task[]
  readonly always?: Task[]
  readonly vars?: { readonly differs?: Reasons }
}

interface Play {
  readonly vars?: {
    readonly image?: string
    readonly newer?: string
    readonly setup?: string
    readonly between?: string
    readonly cleanup?: string
    readonly differs?: Reasons
    readonly [name: string]: unknown
  }
  readonly tasks?: Task[]
}

export function readCases(folder: string): Case[] {
  return readdirSync(folder)
    .filter(file => file.endsWith('.yml'))
    .sort()
    .map(file => readCase(join(folder, file), file.slice(0, -4)))
}

export function readCase(path: string, name: string): Case {
  const plays = parse(readFileSync(path, 'utf8')) as Play[]
  const vars = plays[0]?.vars ?? {}
  const tasks = plays.flatMap(play => flat(play.tasks))
  const names = tasks.map(task => task.name ?? '')
  const double = names.find((task, i) => task === '' || names.indexOf(task) !== i)
  if (double !== undefined) throw new Error(`${path}: every task has its own name, "${double}" is not one`)
  return {
    name,
    path,
    image: vars.image ?? 'debian',
    newer: vars.newer ?? '',
    setup: vars.setup ?? '',
    between: vars.between ?? '',
    cleanup: vars.cleanup ?? '',
    tasks: names,
    modules: new Set(tasks.flatMap(task => Object.keys(task).flatMap(key => /^\w+\.\w+\.(\w+)$/.exec(key)?.[1] ?? []))),
    differs: new Map(
      [...tasks, ...plays.flatMap(play => included(play, dirname(path)))].flatMap(task =>
        task.vars?.differs ? [[task.name!, task.vars.differs]] : [],
      ),
    ),
    stateDiffers: vars.differs ?? {},
  }
}

function flat(tasks: readonly Task[] = []): Task[] {
  return tasks.flatMap(task =>
    task.block ? [...flat(task.block), ...flat(task.rescue), ...flat(task.always)] : [task],
  )
}

/** Tasks of the files that a play's own tasks include; variables of the play in their names are filled in. */
function included(play: Play, folder: string): Task[] {
  const filled = (name = '') => name.replace(/\{\{ (\w+) \}\}/g, (_, key: string) => String(play.vars?.[key]))
  return flat(play.tasks).flatMap(task => {
    const file = task['ansible.builtin.include_tasks']
    if (file === undefined) return []
    const tasks = flat(parse(readFileSync(join(folder, file), 'utf8')) as Task[])
    return tasks.map(inner => ({ ...inner, name: filled(inner.name) }))
  })
}
