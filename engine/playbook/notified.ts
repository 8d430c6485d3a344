/** Whether a handler runs for sure once something changes: whether a task without conditions, or with an unknown name, notifies it. */
import { pyStr } from '../python/repr.js'
import type { Value } from '../python/values.js'
import { TemplateString } from '../yaml/trust.js'
import { asList, inherited, mayBeLeftOut } from './inherit.js'
import type { Task } from './model.js'

/** Nothing among these tasks notifies the handler but what may be left out; more may come while the play runs. */
export function mayStayUnnotified(handler: Task, tasks: readonly Task[]): boolean {
  const names = [handler.name, ...asList(handler.keywords.get('listen') ?? null)].filter(name => name !== undefined)
  if (names.some(isOpen)) return false
  return !tasks.some(task => !mayBeLeftOut(task) && names.some(name => notifies(task, handler, name)))
}

function notifies(task: Task, { role }: Task, name: Value): boolean {
  const own = pyStr(name)
  const known = [own, ...(role ? [`${role.name} : ${own}`, `${role.fqcn} : ${own}`] : [])]
  return asList(inherited(task, 'notify') ?? null).some(wanted => isOpen(wanted) || known.includes(pyStr(wanted)))
}

/** What a template makes of it is not known yet. */
const isOpen = (name: Value): boolean => name instanceof TemplateString
