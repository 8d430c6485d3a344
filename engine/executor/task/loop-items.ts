/** What a task loops over, and the variables that each item brings. */
import { Diagnostic } from '../../diagnostics.js'
import type { Task } from '../../playbook/model.js'
import { pyStr } from '../../python/repr.js'
import { type Dict, isDict, isList, type List, type Value } from '../../python/values.js'
import type { Scope } from '../../template/scope.js'
import type { Templar } from '../../template/templar.js'
import { keysTrusted, TemplateString } from '../../yaml/trust.js'

/** Items of `loop:` or `with_X:`; undefined when the task does not loop. */
export async function loopItems(task: Task, scope: Scope, templar: Templar): Promise<List | undefined> {
  const { loop } = task
  if (!loop) return undefined
  if (loop.plugin === 'loop') {
    const items = await templar.render(loop.value, scope)
    if (isList(items)) return withKeysRendered(withoutTuples(items) as List, scope, templar)
    if (items !== null && typeof items === 'object' && 'iterate' in items) return [...(items.iterate?.() ?? [])]
    throw new Diagnostic(
      `Invalid data passed to 'loop', it requires a list, got this instead: ${pyStr(items)}. ` +
        'Hint: If you passed a list/dict of just one element, try adding wantlist=True to your lookup invocation or use q/query instead of lookup.',
      { code: 'loop-type', at: loop.at },
    )
  }
  const found = await templar.lookup(
    loop.plugin,
    await loopTerms(loop.plugin, loop.value, scope, templar),
    new Map(),
    scope,
  )
  return withKeysRendered(found.map(withoutTuples), scope, templar)
}

/** Keys that are templates are rendered where they are text of an item: `loop: "{{ packages | dict2items }}"`. */
async function withKeysRendered(items: List, scope: Scope, templar: Templar): Promise<List> {
  const marked = keysTrusted(items)
  return marked === items ? items : ((await templar.render(marked, scope)) as List)
}

/** Items are lists where a lookup gives tuples, as Ansible shows them. */
const withoutTuples = (value: Value): Value =>
  isList(value)
    ? Array.from(value, withoutTuples)
    : isDict(value)
      ? new Map([...value].map(([key, item]) => [key, withoutTuples(item)]))
      : value

/** Blanks around a template (`with_items: " {{ users }}"`) do not make its list a text. */
function stripped(raw: Value): Value {
  if (raw instanceof TemplateString) return new TemplateString(raw.text.trim(), raw.at)
  return typeof raw === 'string' ? raw.trim() : raw
}

/** The terms of a with_X: rendered; a bare variable name (`with_items: users`) is looked up as in old playbooks. */
async function loopTerms(plugin: string, raw: Value, scope: Scope, templar: Templar): Promise<List> {
  const rendered = async (value: Value): Promise<Value> => {
    if (
      typeof value === 'string' &&
      /^[A-Za-z_][\w.[\]'"]*$/.test(value) &&
      scope.get(value.replace(/[.[].*$/, '')) !== undefined
    ) {
      return templar.expression(value, scope)
    }
    return templar.render(value, scope)
  }
  if (isList(raw)) {
    const terms: List = []
    for (const item of raw) {
      try {
        terms.push(await templar.render(item, scope))
      } catch (error) {
        // first_found tries names that cannot be made up as if they were not there.
        if (plugin !== 'first_found') throw error
      }
    }
    return terms
  }
  const terms = await rendered(stripped(raw))
  if (isList(terms)) return terms
  if (isDict(terms) && (plugin === 'list' || plugin === 'indexed_items'))
    throw new Diagnostic(`with_${plugin} expects a list`, { code: 'lookup' })
  return [terms]
}

export interface LoopControl {
  readonly loopVar: string
  readonly indexVar: string | undefined
  readonly label: Value | undefined
  readonly pause: number
  readonly extended: boolean
  readonly allItems: boolean
  readonly breakWhen: Value | undefined
}

/** `loop_control:` of a task; the label stays raw, it is rendered per item. */
export async function loopControl(task: Task, scope: Scope, templar: Templar): Promise<LoopControl> {
  const control = task.keywords.get('loop_control')
  const written: Dict = isDict(control) ? control : new Map()
  const get = async (name: string) => {
    const raw = written.get(name)
    return raw === undefined ? undefined : templar.render(raw, scope)
  }
  const loopVar = await get('loop_var')
  const indexVar = await get('index_var')
  const pause = await get('pause')
  const extended = await get('extended')
  const allItems = await get('extended_allitems')
  return {
    loopVar: loopVar === undefined || loopVar === null ? 'item' : pyStr(loopVar),
    indexVar: indexVar === undefined || indexVar === null ? undefined : pyStr(indexVar),
    label: written.get('label'),
    pause: pause === undefined || pause === null ? 0 : Number(pyStr(pause)),
    extended: extended === true,
    allItems: allItems !== false,
    breakWhen: written.get('break_when'),
  }
}

/** Variables of one item. */
export function itemVars(control: LoopControl, items: List, index: number, scope: Scope): Dict {
  const vars: Dict = new Map()
  vars.set(control.loopVar, items[index]!)
  vars.set('ansible_loop_var', control.loopVar)
  if (control.indexVar) {
    vars.set(control.indexVar, index)
    vars.set('ansible_index_var', control.indexVar)
  }
  if (control.extended) {
    const loop: Dict = new Map<Value, Value>([
      ['index', index + 1],
      ['index0', index],
      ['first', index === 0],
      ['last', index === items.length - 1],
      ['length', items.length],
      ['revindex', items.length - index],
      ['revindex0', items.length - index - 1],
    ])
    if (control.allItems) loop.set('allitems', items)
    if (index > 0) loop.set('previtem', items[index - 1]!)
    if (index < items.length - 1) loop.set('nextitem', items[index + 1]!)
    const outer = scope.get('ansible_loop')
    if (outer !== undefined) loop.set('parent', outer)
    vars.set('ansible_loop', loop)
  }
  return vars
}
