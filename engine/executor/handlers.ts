/** Which handlers a notification means, and who was notified. */
import { asList, handlersOf } from '../playbook/inherit.js'
import type { Play, Task } from '../playbook/model.js'
import { calledBy } from '../playbook/notified.js'
import { pyStr } from '../python/repr.js'
import { PyObject } from '../python/values.js'
import type { Scope } from '../template/scope.js'
import type { Templar } from '../template/templar.js'
import { TemplateString } from '../yaml/trust.js'
import { taskName } from './task/task-info.js'

export class Handlers {
  /** In the order in which they run. */
  readonly all: Task[]
  /** Blocks of handlers in the order in which they were loaded; one that was loaded again stands here again. */
  readonly #sections: Task[][]
  readonly #included = new Map<string, readonly Task[]>()
  readonly #notified = new Map<Task, Set<string>>()
  readonly #names = new Map<Task, Promise<string | undefined>>()

  constructor(
    play: Play,
    private readonly templar: Templar,
    /** Play-wide variables: a handler's name cannot depend on a host. */
    private readonly scope: (task: Task) => Scope,
    private readonly warn: (text: string) => void,
  ) {
    this.all = handlersOf(play)
    this.#sections = sectionsOf(this.all)
  }

  /** Handlers of a role that was included while the play runs; one that is included again in the same way (`use`) keeps its own. */
  add(handlers: readonly Task[], use?: string): void {
    const known = use === undefined ? undefined : this.#included.get(use)
    if (use !== undefined && !known) this.#included.set(use, handlers)
    const added = known ?? handlers
    this.all.push(...added.filter(handler => !this.all.includes(handler)))
    this.#sections.push(...sectionsOf(added))
  }

  isNotified(handler: Task, host: string): boolean {
    return this.#notified.get(handler)?.has(host) ?? false
  }

  done(handler: Task, host: string): void {
    this.#notified.get(handler)?.delete(host)
  }

  /** Notes that `host` wants what `name` means; false when no handler has that name or listens to it. */
  async notify(name: string, host: string): Promise<{ readonly found: boolean; readonly handlers: readonly Task[] }> {
    const byName = await this.#byName(name)
    const listening = this.all.filter(handler => listensTo(handler, name))
    const handlers = byName && !listening.includes(byName) ? [byName, ...listening] : listening
    for (const handler of handlers) {
      const hosts = this.#notified.get(handler) ?? new Set()
      hosts.add(host)
      this.#notified.set(handler, hosts)
    }
    return { found: handlers.length > 0, handlers }
  }

  /**
   * The section that was loaded last wins (the play's own before its roles'), and in it the first handler of that name;
   * a role's may be named `role : name`.
   */
  async #byName(name: string): Promise<Task | undefined> {
    for (const handler of this.#sections.toReversed().flat()) {
      const own = await this.#nameOf(handler)
      if (own === undefined) continue
      if (calledBy(handler, own).includes(name)) return handler
    }
    return undefined
  }

  #nameOf(handler: Task): Promise<string | undefined> {
    let name = this.#names.get(handler)
    if (!name) {
      name = this.#rendered(handler)
      this.#names.set(handler, name)
    }
    return name
  }

  async #rendered(handler: Task): Promise<string | undefined> {
    const { name } = handler
    if (!(name instanceof TemplateString)) return taskName(name, this.scope(handler), this.templar)
    try {
      return pyStr(await this.templar.render(name, this.scope(handler)))
    } catch (error) {
      if (!handler.keywords.get('listen'))
        this.warn(
          `Handler '${name.text}' is unusable because it has no listen topics and the name could not be templated (host-specific variables are not supported in handler names). The error: ${(error as Error).message}`,
        )
      return undefined
    }
  }
}

function sectionsOf(handlers: readonly Task[]): Task[][] {
  const sections = new Map<Task['parent'], Task[]>()
  for (const handler of handlers) sections.set(handler.parent, [...(sections.get(handler.parent) ?? []), handler])
  return [...sections.values()]
}

/** Topics are names as they are written: Ansible renders no template in them. A role's may be told as `role : topic` (2.18). */
function listensTo(handler: Task, topic: string): boolean {
  const listen = handler.keywords.get('listen')
  return (
    listen !== undefined &&
    listen !== null &&
    asList(listen).some(entry => !(entry instanceof PyObject) && calledBy(handler, pyStr(entry)).includes(topic))
  )
}
