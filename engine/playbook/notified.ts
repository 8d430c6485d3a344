/** Who notifies a handler, and by which names. */
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

/** What a handler, or a topic that it listens to, may be called: by its own name, and by its role's before that. */
export const calledBy = ({ role }: Task, own: string): string[] =>
  role ? [own, `${role.name} : ${own}`, `${role.fqcn} : ${own}`] : [own]

function notifies(task: Task, handler: Task, name: Value): boolean {
  const known = calledBy(handler, pyStr(name))
  return asList(inherited(task, 'notify') ?? null).some(wanted => isOpen(wanted) || known.includes(pyStr(wanted)))
}

/** What a template makes of it is not known yet. */
const isOpen = (name: Value): boolean => name instanceof TemplateString
