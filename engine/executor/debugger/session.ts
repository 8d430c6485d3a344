/** What the person at the debugger looks at and changes: one task of one host. Expressions are those of templates. */
import { conditionsOf, tagsOf } from '../../playbook/inherit.js'
import { keywordsOf } from '../../playbook/keywords.js'
import type { Task } from '../../playbook/model.js'
import { dictDelete, dictSet } from '../../python/dict.js'
import { pythonLiteral } from '../../python/literal.js'
import { prettyPrint } from '../../python/pprint.js'
import { pyRepr, pyStr } from '../../python/repr.js'
import { type Dict, isDict, isList, type Value } from '../../python/values.js'
import type { LayeredScope } from '../../vars/scope.js'
import { TemplateString, trustedDeep, VaultString } from '../../yaml/trust.js'
import type { Finished, Step } from '../task/single.js'

const HELP = `
Documented commands (type help <topic>):
========================================
EOF  c  continue  h  help  p  pprint  q  quit  r  redo  u  update_task
`

const TOPICS: { readonly [command: string]: string } = {
  p: 'p EXPRESSION: show a value. Names: task, task.args, task_vars, host, result._result',
  pprint: 'As p.',
  u: "Make the task's arguments again, with the task_vars as they are now.",
  update_task: 'As u.',
  r: 'Do the task again.',
  redo: 'As r.',
  c: 'Go on.',
  continue: 'As c.',
  q: 'End the run.',
  quit: 'As q.',
  EOF: 'As q.',
}

export class Session {
  readonly #step: Step
  readonly #args: Dict = new Map()
  readonly #keywords: Map<string, Value>
  readonly #taskVars: Dict
  readonly #vars: Dict

  constructor(
    step: Step,
    private readonly finished: Finished,
  ) {
    this.#step = step
    this.#keywords = new Map(step.task.keywords)
    this.#taskVars = new Map(step.task.vars)
    this.#vars = new Map(step.vars)
  }

  /** The step as it is now, for the next try. */
  changed(): Step {
    const task: Task = { ...this.#step.task, args: this.#args, keywords: this.#keywords, vars: this.#taskVars }
    return { ...this.#step, task, vars: this.#vars }
  }

  /** Arguments as rendered as they can be; those that cannot stay templates, and are rendered again by the next try. */
  async update(): Promise<void> {
    const { templar } = this.#step.play.run
    this.#args.clear()
    for (const [name, raw] of this.#step.task.args)
      this.#args.set(name, await templar.render(raw, this.#scope).catch(() => raw))
  }

  async command(line: string): Promise<void> {
    if (line === '') return
    const [, word = '', rest = ''] = /^(\?|[a-z_]*)\s*(.*)$/s.exec(line) ?? []
    if (/^(p|pprint)$/.test(word) && !/^[=.[]/.test(rest)) this.say(await this.shown(rest))
    else if (/^(u|update_task)$/.test(line)) await this.update()
    else if (/^(h|help|\?)$/.test(word)) this.say(rest === '' ? HELP : (TOPICS[rest] ?? `*** No help on ${rest}`))
    else await this.#statement(line)
  }

  say(text: string): void {
    this.#step.play.run.emit({ type: 'prompt', text })
  }

  async shown(source: string): Promise<string> {
    const name = source.trim()
    if (name === 'task') return `TASK: ${this.#step.info.name}`
    if (name === 'host') return this.#step.host.name
    return prettyPrint(plain(await this.#evaluate(source)))
  }

  /** `task.args['x'] = 1`, `task_vars['y'] = [2]`, `task.ignore_errors = True`, `del task.args['x']`. */
  async #statement(line: string): Promise<void> {
    const removal = /^del\s+(.*)$/s.exec(line)
    const [target, source] = removal ? [removal[1]!, undefined] : assignment(line)
    if (target === undefined) {
      // Anything else is an expression, for what it may say of itself.
      await this.#evaluate(line)
      return
    }
    const steps = await this.#path(target)
    const key = steps.pop()!
    // A literal is text that the person wrote; what comes out of an expression may be a host's.
    const literal = source === undefined ? undefined : pythonLiteral(source)
    const value =
      source === undefined
        ? undefined
        : literal === undefined
          ? await this.#evaluate(source)
          : trustedDeep(literal, this.#step.task.at)
    if (target === 'task.args' && value !== undefined) return this.#replaceArgs(value)
    const container = this.#container(steps, key)
    if (value === undefined) {
      if (!isDict(container) || !dictDelete(container, key)) throw new Error(`KeyError:${pyRepr(key)}`)
    } else if (isDict(container)) dictSet(container, key, value)
    else if (typeof key === 'number' && key < container.length) container[key] = value
    else throw new Error('IndexError:list assignment index out of range')
  }

  #replaceArgs(value: Value): void {
    if (!isDict(value)) throw new Error('TypeError:the arguments are a dict')
    this.#args.clear()
    for (const [key, item] of value) this.#args.set(key, item)
  }

  /** Where the last step of a path is to be set. */
  #container([root, ...steps]: readonly Value[], last: Value): Dict | Value[] {
    let at: Value
    if (root === 'task_vars') {
      at = this.#vars
      const name = steps[0]
      // The first change of a variable's inside works on a copy of its value.
      if (name !== undefined && !this.#vars.has(name))
        this.#vars.set(name, copy(this.#scope.get(pyStr(name)) ?? new Map()))
    } else if (steps[0] === 'args') {
      at = this.#args
      steps.shift()
    } else if (steps[0] === 'vars') {
      at = this.#taskVars
      steps.shift()
    } else if (keywordsOf('task').has(pyStr(steps[0] ?? last))) at = this.#keywords as Dict
    else throw new Error(`AttributeError:the task has no '${pyStr(steps[0] ?? last)}'`)
    for (const step of steps) {
      const inner: Value | undefined = isDict(at)
        ? at.get(step)
        : isList(at) && typeof step === 'number'
          ? at[step]
          : undefined
      if (inner === undefined) throw new Error(`KeyError:${pyRepr(step)}`)
      at = inner
    }
    if (isDict(at) || isList(at)) return at as Dict | Value[]
    throw new Error(`TypeError:${pyRepr(plain(at))} has no items`)
  }

  /** `task.args['a'][0]` as ['task', 'args', 'a', 0]. */
  async #path(target: string): Promise<Value[]> {
    const steps: Value[] = [/^\w+/.exec(target)![0]]
    const rest = /\.(\w+)|\[((?:'[^']*'|"[^"]*"|[^\]'"])*)\]/gy
    rest.lastIndex = pyStr(steps[0]!).length
    for (let found = rest.exec(target); found; found = rest.exec(target))
      steps.push(found[1] ?? (await this.#evaluate(found[2]!)))
    if (steps.length < 2) throw new Error(`SyntaxError:cannot assign to ${target}`)
    return steps
  }

  #evaluate(source: string): Promise<Value> {
    const names = new Map<string, () => Value>([
      ['task', () => this.#taskView()],
      ['task_vars', () => this.#allVars()],
      [
        'host',
        () =>
          new Map<Value, Value>([
            ['name', this.#step.host.name],
            ['vars', plain(this.#step.host.vars)],
          ]),
      ],
      ['result', () => this.#resultView()],
    ])
    return this.#step.play.run.templar.expression(source, {
      get: name => names.get(name)?.(),
      names: () => names.keys(),
      searchPath: [],
    })
  }

  #taskView(): Dict {
    const view: Dict = new Map()
    for (const [name, value] of this.#keywords) view.set(name, plain(value))
    view.set('args', plain(this.#args))
    view.set('vars', plain(this.#taskVars))
    view.set('action', this.#step.task.written)
    view.set('name', this.#step.info.name)
    view.set(
      'when',
      conditionsOf(this.changed().task).map(({ value }) => plain(value)),
    )
    view.set('tags', tagsOf(this.#step.task).map(plain))
    view.set('role', this.#step.info.role ?? null)
    return view
  }

  #resultView(): Dict {
    return new Map<Value, Value>([
      ['_result', plain(this.finished.result)],
      ['task_name', this.#step.info.name],
    ])
  }

  #allVars(): Dict {
    const scope = this.#scope
    const all: Dict = new Map()
    for (const name of scope.names()) {
      const value = scope.get(name)
      if (value !== undefined) all.set(name, plain(value))
    }
    return all
  }

  get #scope(): LayeredScope {
    return this.#step.play.scope(this.#step.host, this.#step.task).with('debugger', this.#vars)
  }
}

/** The two sides of the first `=` that is not part of a comparison, after a name with members. */
function assignment(line: string): [string | undefined, string] {
  const found = /^((?:task|task_vars)(?:\.\w+|\[(?:'[^']*'|"[^"]*"|[^\]'"])*\])+)\s*=(?!=)\s*(.+)$/s.exec(line)
  return [found?.[1], found?.[2] ?? '']
}

/** As data: templates are shown, not rendered. */
function plain(value: Value): Value {
  if (value instanceof TemplateString) return value.text
  if (value instanceof VaultString) return value.ciphertext
  if (isDict(value)) return new Map([...value].map(([key, item]) => [key, plain(item)]))
  if (isList(value)) return value.map(plain)
  return value
}

function copy(value: Value): Value {
  if (isDict(value)) return new Map([...value].map(([key, item]) => [key, copy(item)]))
  return isList(value) ? value.map(copy) : value
}
