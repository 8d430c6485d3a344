/** One play on one batch of hosts: its variables, handlers and who is still in it. */
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import type { Host } from '../inventory/tree.js'
import { textOf } from '../playbook/freeform.js'
import type { Block, Play, Role, Task } from '../playbook/model.js'
import { pyStr } from '../python/repr.js'
import type { Dict, Value } from '../python/values.js'
import type { LayeredScope } from '../vars/scope.js'
import type { PlayState } from '../vars/variables.js'
import { trusted } from '../yaml/trust.js'
import { Cursor } from './cursor.js'
import { Handlers } from './handlers.js'
import type { Run } from './run-state.js'

export interface PlayStart {
  readonly play: Play
  /** All hosts of the play, and those of this batch. */
  readonly hosts: readonly Host[]
  readonly batch: readonly Host[]
  readonly prompted: Dict
  varsFiles(host: Host | undefined): readonly Dict[]
}

export class PlayRun implements PlayState {
  readonly play: Play
  readonly prompted: Dict
  readonly roles: Role[]
  /** With those that add_host brought while it ran. */
  readonly hosts: string[]
  readonly batch: readonly string[]
  batchHosts: readonly Host[]
  readonly failedBefore: ReadonlySet<string>
  readonly cursors = new Map<string, Cursor>()
  readonly handlers: Handlers
  readonly varsFiles: PlayState['varsFiles']
  /** Names of vars_files are templates: facts may change what they mean. */
  varsDependOnFacts = false
  /** max_fail_percentage was exceeded: the plays that follow are not begun. */
  broken = false
  /** Per host, the first use of each role (by identity): a second use is passed over unless duplicates are allowed. */
  readonly #uses = new Map<string, Map<string, Role>>()
  /** The strategy `debug`: the debugger starts at every failure. */
  debugging = false
  /** The person at the debugger has ended the run. */
  quit = false
  /** end_play, end_batch or a broken play: nothing more is started. */
  ended = false
  /** meta: end_play, which ends the batches to come, too. */
  endedByMeta = false
  #active: string[] | undefined
  #well: ReadonlySet<string> | undefined
  readonly #left = new Set<string>()
  readonly #outsiders = new Map<string, Host>()

  constructor(
    readonly run: Run,
    { play, hosts, batch, prompted, varsFiles }: PlayStart,
  ) {
    this.play = play
    this.prompted = prompted
    this.varsFiles = varsFiles
    this.roles = [...play.roles, ...play.importedRoles]
    this.hosts = hosts.map(host => host.name)
    this.batch = batch.map(host => host.name)
    this.batchHosts = batch
    this.failedBefore = new Set(run.failedHosts)
    const warn = (text: string) => run.emit({ type: 'warning', text })
    this.handlers = new Handlers(play, run.templar, task => this.scope(undefined, task), warn)
  }

  /** Puts every host before the first task. `blocks`: everything they will go through. */
  begin(blocks: readonly Block[]): void {
    for (const host of this.batchHosts) this.cursors.set(host.name, new Cursor(blocks))
  }

  get interrupted(): boolean {
    return this.quit || this.run.options.signal.aborted
  }

  /** Hosts that still take part. */
  get activeHosts(): readonly string[] {
    this.#active ??= this.batch.filter(name => this.takesPart(name))
    return this.#active
  }

  /** False for hosts that failed, were not reached or have left the play. */
  takesPart(name: string): boolean {
    return !this.run.failedHosts.has(name) && !this.run.unreachableHosts.has(name) && !this.#left.has(name)
  }

  isWell(name: string): boolean {
    return this.#well?.has(name) ?? this.#isWell(name)
  }

  /** While all hosts do one task, each sees the others as they were when it began. */
  async together<T>(work: () => Promise<T>): Promise<T> {
    this.#well = new Set(this.hosts.filter(name => this.#isWell(name)))
    try {
      return await work()
    } finally {
      this.#well = undefined
    }
  }

  #isWell(name: string): boolean {
    return this.takesPart(name) && !this.run.failedIncludes.has(name) && !this.cursors.get(name)?.failing
  }

  /** meta: end_host. */
  leave(host: Host): void {
    this.#left.add(host.name)
    this.activeChanged()
  }

  activeChanged(): void {
    this.#active = undefined
  }

  scope(host: Host | undefined, task: Task | undefined, nearest?: ReadonlyMap<Value, Value>): LayeredScope {
    return this.run.variables.scope({ play: this, host, task }, nearest)
  }

  cursor(host: Host): Cursor {
    return this.cursors.get(host.name)!
  }

  beginRole(host: string, role: Role): void {
    let uses = this.#uses.get(host)
    if (!uses) {
      uses = new Map()
      this.#uses.set(host, uses)
    }
    if (!uses.has(role.identity)) uses.set(role.identity, role)
  }

  firstUse(host: string, identity: string): Role | undefined {
    return this.#uses.get(host)?.get(identity)
  }

  /** --step: asks whether to do this task; `c` stops asking. The name is asked for as it is written. */
  async wanted(task: Task): Promise<boolean> {
    if (!this.run.stepping) return true
    const name = task.name === undefined || task.name === null ? task.written : (textOf(task.name) ?? pyStr(task.name))
    const title = `${task.handler ? 'HANDLER' : 'TASK'}: ${task.role ? `${task.role.name} : ` : ''}${name}`
    const text = `Perform task: ${title} (N)o/(y)es/(c)ontinue: `
    const answer = await this.run.options.prompt(text, { echo: true, console: true })
    if (answer === undefined) throw new Diagnostic('User interrupted execution', { code: 'interrupted' })
    this.run.emit({ type: 'answered', text })
    const said = answer.toLowerCase()
    if (said === 'c' || said === 'continue') this.run.stepping = false
    return said === 'y' || said === 'yes' || !this.run.stepping
  }

  /** A host that only delegate_to knows. */
  outsider(name: string, make: () => Host): Host {
    let host = this.#outsiders.get(name)
    if (!host) {
      host = make()
      this.#outsiders.set(name, host)
    }
    return host
  }

  /** A role that include_role brought with `public: true` (or import_role): the rest of the play sees its variables. */
  publish(role: Role): void {
    if (!this.roles.includes(role)) this.roles.push(role)
    this.run.variables.changed(this)
  }

  inventoryChanged(): void {
    this.batchHosts = this.batchHosts.map(host => this.run.inventory.host(host.name) ?? host)
    this.run.variables.changed(this)
  }

  /** Text of the playbook as a value to be rendered. */
  template(text: string, at: SourceRange): Value {
    return trusted(text, at)
  }
}
