/** Templates and conditions that cannot work whatever the variables say, found before any host is touched. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import { isDict, isList, type Value } from '../python/values.js'
import type { Templar } from '../template/templar.js'
import { TemplateString } from '../yaml/trust.js'
import { mayFail, type Problems, tasksOf } from './arguments.js'
import { mayBeLeftOut, mayHaveNoItems } from './inherit.js'
import type { Play, Task } from './model.js'

/** Keywords that hold bare expressions. */
const conditions = ['when', 'until', 'changed_when', 'failed_when'] as const
/** Keywords whose mistakes Ansible overlooks, or that are data for later. */
const tolerated: ReadonlySet<Value> = new Set<Value>([...conditions, 'name', 'vars', 'tags', 'loop_control', 'listen'])

/** What is wrong with the templates of these plays' tasks. Variables are left alone: nobody may ever use them. */
export function templateProblems(plays: readonly Play[], templar: Templar): Problems {
  const found: Problems = { certain: [], doubtful: [] }
  const seen = new Set<string>()
  for (const play of plays) {
    for (const task of tasksOf(play)) {
      const key = `${task.at.file}:${task.at.line}:${task.at.column}`
      if (seen.has(key)) continue
      seen.add(key)
      if (mayFail(task)) continue
      const leftOut = mayBeLeftOut(task)
      const told = (problems: Iterable<Diagnostic>, doubtful: boolean) => {
        for (const problem of problems)
          found[doubtful ? 'doubtful' : 'certain'].push(explained(problem, task, play.dir))
      }
      if (task.loop) told(problemsIn(task.loop.value, task, templar), leftOut)
      const noItems = mayHaveNoItems(task)
      for (const value of templated(task)) told(problemsIn(value, task, templar), leftOut || noItems)
      for (const { name, condition, index } of conditionsIn(task)) {
        // Its first condition is met first; only those around it may keep it from being tried.
        const first = name === 'when' && index === 0
        told(problemsOfCondition(condition, task, templar), noItems || (first ? mayBeLeftOut(task.parent) : leftOut))
      }
    }
  }
  return found
}

/** What is rendered for each item. */
const templated = (task: Task): Value[] => [
  ...task.args.values(),
  ...[...task.keywords].filter(([name]) => !tolerated.has(name)).map(([, value]) => value),
]

function* problemsIn(value: Value, task: Task, templar: Templar): Iterable<Diagnostic> {
  for (const { text, at } of templatesIn(value)) {
    const problem = templar.check(text, 'template', at ?? task.at)
    if (problem) yield problem
  }
}

function* conditionsIn(task: Task): Iterable<{ name: string; condition: Value | undefined; index: number }> {
  for (const name of conditions) {
    const value = task.keywords.get(name)
    for (const [index, condition] of (isList(value) ? value : [value]).entries()) yield { name, condition, index }
  }
}

function* problemsOfCondition(condition: Value | undefined, task: Task, templar: Templar): Iterable<Diagnostic> {
  const problem =
    condition instanceof TemplateString
      ? templar.check(condition.text, 'template', condition.at ?? task.at)
      : typeof condition === 'string' && condition.trim() !== ''
        ? templar.check(condition, 'expression', task.at)
        : undefined
  if (problem) yield problem
}

function* templatesIn(value: Value): Iterable<TemplateString> {
  if (value instanceof TemplateString) yield value
  else if (isList(value)) for (const item of value) yield* templatesIn(item)
  else if (isDict(value)) for (const item of value.values()) yield* templatesIn(item)
}

/** An unknown filter may be one that the project brings along, in Python. */
function explained(problem: Diagnostic, task: Task, playDir: string): Diagnostic {
  const found = /(filter|test) named '([\w.]+)'/.exec(problem.message)
  if (!found) return problem
  const [, kind, name] = found
  const bare = name!.split('.').at(-1)!
  const folders = [playDir, ...(task.role ? [task.role.path, join(task.role.path, '..', '..', 'plugins')] : [])]
  const file = folders
    .flatMap(folder => [join(folder, `${kind}_plugins`), join(folder, kind!)])
    .flatMap(pythonFiles)
    .find(path => new RegExp(`['"]${bare}['"]`).test(readFileSync(path, 'utf8')))
  if (!file) return problem
  return new Diagnostic(`The ${kind} '${name}' is written in Python (${file}), which cannot run here`, {
    code: 'unsupported-plugin',
    at: problem.at as SourceRange,
    hint: 'Say the same with built-in filters, or in a vars file.',
  })
}

function pythonFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter(name => name.endsWith('.py'))
      .map(name => join(folder, name))
  } catch {
    return []
  }
}
