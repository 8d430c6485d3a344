/** A task's arguments and environment, rendered for one host and item. */
import { Diagnostic } from '../../diagnostics.js'
import { inActionGroup } from '../../module/action-groups.js'
import { resolveModule } from '../../module/registry.js'
import { environmentOf, moduleDefaultsOf } from '../../playbook/inherit.js'
import type { Task } from '../../playbook/model.js'
import { pyRepr, pyStr } from '../../python/repr.js'
import { type Dict, isDict, type Value } from '../../python/values.js'
import { isOmit, OMIT } from '../../template/omit.js'
import type { Scope } from '../../template/scope.js'
import type { Templar } from '../../template/templar.js'
import { UndefinedError } from '../../template/undefined.js'
import { asWritten, trusted } from '../../yaml/trust.js'
import { KeywordUndefined } from './failure-text.js'

/** Arguments by the names the user wrote; `module_defaults` fill in what is not there. */
export async function argumentsOf(task: Task, action: string, scope: Scope, templar: Templar): Promise<Dict> {
  const args = await dictOf(task.args, scope, templar, task)
  const whole = args.get('_variable_params')
  args.delete('_variable_params')
  const given: Dict = isDict(whole) ? new Map([...whole, ...args]) : args
  const defaults = await moduleDefaults(task, action, scope, templar)
  return defaults.size ? new Map([...defaults, ...given]) : given
}

async function dictOf(raw: Dict, scope: Scope, templar: Templar, task: Task): Promise<Dict> {
  const args: Dict = new Map()
  for (const [key, value] of raw) {
    // Names of variables that set_fact sets may be templates.
    const name = typeof key === 'string' ? await templar.render(trusted(key, task.at), scope) : key
    const rendered = await templar.render(value, scope)
    if (isOmit(rendered)) continue
    // `add_host: "{{ a_dict }}"`
    if (name === '_raw_params' && isDict(rendered)) {
      for (const [inner, one] of rendered) args.set(inner, one)
      continue
    }
    if (name === '_variable_params' && !isDict(rendered)) {
      if (typeof rendered === 'string') {
        args.set('_raw_params', rendered)
        continue
      }
      throw new Diagnostic('The arguments must be a dict, or text, that a template gives', {
        code: 'task-args',
        at: task.at,
      })
    }
    args.set(name, rendered)
  }
  return args
}

/** What `module_defaults` say for a module, rendered; later levels win. */
export async function moduleDefaults(task: Task, action: string, scope: Scope, templar: Templar): Promise<Dict> {
  const defaults: Dict = new Map()
  for (const raw of moduleDefaultsOf(task)) {
    const entry = await templar.render(raw, scope)
    if (!isDict(entry)) continue
    for (const [name, args] of entry) {
      const written = pyStr(name)
      const applies = written.startsWith('group/')
        ? inActionGroup(written.slice(6), action)
        : resolveModule(written).fqcn === action || (written === task.written && task.action === action)
      if (applies && isDict(args)) for (const [key, value] of args) defaults.set(key, value)
    }
  }
  return defaults
}

/** Actions that gather facts: their environment is lenient, and -v does not show what they found. */
export const gathering: ReadonlySet<string> = new Set(['ansible.builtin.gather_facts', 'ansible.builtin.setup'])

/** `environment:` of all levels, inner names win. What is no dict is left out; `skipped` gets it as it is written. */
export async function environmentFor(
  task: Task,
  scope: Scope,
  templar: Templar,
  skipped: (written: string) => void,
): Promise<Map<string, string>> {
  const environment = new Map<string, string>()
  // `PATH: "{{ ansible_env.PATH }}:…"` has no meaning before facts are gathered, which must go on without it.
  const rendered = async (raw: Value): Promise<Value> => {
    try {
      return await templar.render(raw, scope)
    } catch (error) {
      const early = error instanceof UndefinedError && gathering.has(task.action)
      if (early && /ansible_env|ansible_facts/.test(error.message)) return OMIT
      throw error instanceof UndefinedError ? new KeywordUndefined('environment', error, task.at) : error
    }
  }
  for (const raw of environmentOf(task)) {
    const entry = isDict(raw) ? raw : await rendered(raw)
    if (raw === null || isOmit(entry)) continue
    if (!isDict(entry)) {
      // What a template renders to may be a secret.
      skipped(pyRepr([asWritten(raw)]))
      continue
    }
    for (const [name, one] of entry) {
      const value = isDict(raw) ? await rendered(one) : one
      if (!isOmit(value)) environment.set(pyStr(name), pyStr(value))
    }
  }
  return environment
}
