/** One task on one host: loop → when → arguments → module (again, until) → result. What follows from it is settle.ts'. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Unreachable } from '../connection/connection.js'
import type { Host } from '../inventory/tree.js'
import { ModuleFailure, type ModuleResult, type TaskView } from '../module/define.js'
import { moduleError, resolveModule } from '../module/registry.js'
import { conditionsOf } from '../playbook/inherit.js'
import type { Task } from '../playbook/model.js'
import { pyStr } from '../python/repr.js'
import { type Dict, fromJson, isDict, isList, type List, type Value } from '../python/values.js'
import type { Scope } from '../template/scope.js'
import { namespaced } from '../vars/facts.js'
import type { LayeredScope } from '../vars/scope.js'
import { TemplateString } from '../yaml/trust.js'
import { argumentsOf, environmentFor } from './arguments.js'
import { asyncRefusal, runAsync } from './async.js'
import { allHold, ConditionError, firstFalse } from './conditions.js'
import { delegateHost, delegationVars } from './delegate.js'
import type { TaskInfo } from './events.js'
import { argumentFailure, remarkOn } from './failure-text.js'
import { type IncludeRequest, includeActions, includeRequest } from './includes.js'
import { TaskKeywords } from './keywords.js'
import { itemVars, loopControl, loopItems } from './loops.js'
import { callModule } from './module-call.js'
import type { PlayRun } from './play.js'
import { isTrue, loopResult, registered, resultOf } from './results.js'
import { openTarget } from './target.js'

/** One result: of the task, or of one item of its loop. */
export interface Single {
  readonly result: Dict
  readonly noLog: boolean
  readonly ignoreErrors: boolean
  readonly ignoreUnreachable: boolean
  readonly delegatedTo: Host | undefined
  readonly delegateFacts: boolean
  readonly include: IncludeRequest | undefined
  readonly item: { readonly value: Value; readonly label: Value; readonly vars: Dict } | undefined
  readonly checkMode: boolean
  readonly diffMode: boolean
}

export interface Finished extends Single {
  /** The items' results when the task looped. */
  readonly items: readonly Single[] | undefined
  /** Seconds. */
  readonly duration: number
}

/** Told as the task goes on. */
export interface Progress {
  item(single: Single): void
  retry(result: Dict, attempts: number, retries: number): void
  polled(jid: string, result: Dict): void
  asyncEnded(jid: string, result: Dict, ok: boolean): void
  /** What commands print, as it comes; nothing is told where no_log hides it. */
  output(stream: 'stdout' | 'stderr', text: string): void
}

export async function runTask(
  play: PlayRun,
  host: Host,
  task: Task,
  info: TaskInfo,
  progress: Progress,
): Promise<Finished> {
  const started = performance.now()
  const runner = new TaskRunner(play, host, task, info, progress)
  const finished = await runner.run()
  return { ...finished, duration: (performance.now() - started) / 1000 }
}

/** Actions whose `ansible_facts` are variables of the next item, but no facts. */
const setsVariables = new Set(['ansible.builtin.set_fact', 'ansible.builtin.include_vars', 'ansible.builtin.debug'])

class TaskRunner {
  readonly #scope: LayeredScope

  constructor(
    private readonly play: PlayRun,
    private readonly host: Host,
    private readonly task: Task,
    private readonly info: TaskInfo,
    private readonly progress: Progress,
  ) {
    this.#scope = play.scope(host, task)
  }

  async run(): Promise<Omit<Finished, 'duration'>> {
    let items: List | undefined
    let loopError: unknown
    try {
      items = await loopItems(this.task, this.#scope, this.play.run.templar)
    } catch (error) {
      loopError = error
    }
    if (!items) return { ...(await this.#single(this.#scope, undefined, loopError)), items: undefined }
    return this.#loop(items)
  }

  async #loop(items: List): Promise<Omit<Finished, 'duration'>> {
    const { templar } = this.play.run
    let control: Awaited<ReturnType<typeof loopControl>>
    try {
      control = await loopControl(this.task, this.#scope, templar)
    } catch (error) {
      return { ...this.#failed(this.#explained(error)), items: undefined }
    }
    const singles: Single[] = []
    let learned: Dict | undefined
    for (let index = 0; index < items.length; index++) {
      if (index > 0 && control.pause > 0) await sleep(control.pause * 1000)
      const vars = itemVars(control, items, index, this.#scope)
      const scope = this.#scope.with('loop', learned ? new Map([...learned, ...vars]) : vars)
      const single = await this.#single(scope, undefined, undefined)
      single.result.set(control.loopVar, items[index]!)
      single.result.set('ansible_loop_var', control.loopVar)
      for (const name of [control.indexVar, control.extended ? 'ansible_loop' : undefined]) {
        if (name && vars.has(name)) single.result.set(name, vars.get(name)!)
      }
      if (control.indexVar) single.result.set('ansible_index_var', control.indexVar)
      const label = control.label === undefined ? items[index]! : await this.#label(control.label, scope)
      const withItem: Single = { ...single, item: { value: items[index]!, label, vars } }
      singles.push(withItem)
      if (!withItem.include) this.progress.item(withItem)
      const facts = single.result.get('ansible_facts')
      if (isDict(facts)) learned = new Map([...(learned ?? []), ...facts])
      if (isDict(facts) && !setsVariables.has(this.task.action)) {
        const before = learned?.get('ansible_facts') ?? this.play.run.memory.of(this.host.name).namespaced
        learned!.set('ansible_facts', isDict(before) ? new Map([...before, ...namespaced(facts)]) : namespaced(facts))
      }
      if (this.play.interrupted) break
      if (control.breakWhen !== undefined) {
        const seen = scope.with('result', this.#registers(registered(single.result)))
        if (await allHold(control.breakWhen, seen, templar, this.task.at)) break
      }
    }
    const first = singles[0]
    const result = loopResult(singles.map(single => registeredItem(single.result)))
    if (singles.some(single => isTrue(single.result, 'unreachable'))) {
      if (singles.every(single => isTrue(single.result, 'unreachable'))) result.set('unreachable', true)
      else result.set('failed', true)
    }
    return {
      result,
      noLog: singles.some(single => single.noLog),
      ignoreErrors: first?.ignoreErrors ?? false,
      ignoreUnreachable: first?.ignoreUnreachable ?? false,
      delegatedTo: singles.at(-1)?.delegatedTo,
      delegateFacts: first?.delegateFacts ?? false,
      include: undefined,
      item: undefined,
      checkMode: first?.checkMode ?? this.info.checkMode,
      diffMode: first?.diffMode ?? this.info.diffMode,
      items: singles,
    }
  }

  async #label(raw: Value, scope: Scope): Promise<Value> {
    try {
      return await this.play.run.templar.render(raw, scope)
    } catch (error) {
      return `Failed to template loop_control.label: ${(error as Error).message}`
    }
  }

  #registers(result: Dict): Dict {
    const name = this.task.keywords.get('register')
    return new Map(name === undefined || name === null ? [] : [[pyStr(name), result]])
  }

  /** Everything for one item, or for the task when it does not loop. */
  async #single(scope: LayeredScope, item: Single['item'], loopError: unknown): Promise<Single> {
    const { run } = this.play
    const keywords = new TaskKeywords(this.task, scope, run.templar)
    let base: Omit<Single, 'result' | 'include'> = {
      noLog: false,
      ignoreErrors: false,
      ignoreUnreachable: false,
      delegatedTo: undefined,
      delegateFacts: false,
      item,
      checkMode: this.info.checkMode,
      diffMode: this.info.diffMode,
    }
    const done = (result: Dict, include?: IncludeRequest): Single => ({ ...base, result, include })
    const failed = (msg: string) => done(refused(msg))
    try {
      base = { ...base, noLog: (await keywords.bool('no_log')) ?? false, ...(await this.#ignored(keywords)) }
    } catch (error) {
      return failed(this.#explained(error))
    }
    try {
      const reason = await firstFalse(conditionsOf(this.task), scope, run.templar)
      if (reason !== undefined) {
        return done(
          resultOf({
            changed: false,
            skipped: true,
            skip_reason: 'Conditional result was False',
          }),
        )
      }
    } catch (error) {
      if (error instanceof ConditionError && loopError === undefined) return failed(error.message)
      return failed(this.#explained(loopError ?? error))
    }
    if (loopError !== undefined) return failed(this.#explained(loopError))
    try {
      const delegated = await delegateHost(this.play, keywords)
      const checkMode = (await keywords.bool('check_mode')) ?? run.options.checkMode
      const diffMode = (await keywords.bool('diff')) ?? run.options.diffMode
      base = {
        ...base,
        delegatedTo: delegated,
        delegateFacts: (await keywords.bool('delegate_facts')) ?? false,
        checkMode,
        diffMode,
      }
    } catch (error) {
      return failed(this.#explained(error))
    }
    const full = base.delegatedTo
      ? scope.with('delegation', delegationVars(this.play, base.delegatedTo, this.host))
      : scope
    if (includeActions.has(this.task.action)) {
      try {
        return done(resultOf({ changed: false }), await includeRequest(this.task, full, run.templar))
      } catch (error) {
        return failed(this.#explained(error))
      }
    }
    return done(await this.#attempts(full, keywords, base))
  }

  async #ignored(keywords: TaskKeywords): Promise<{ ignoreErrors: boolean; ignoreUnreachable: boolean }> {
    return {
      ignoreErrors: (await keywords.bool('ignore_errors')) ?? false,
      ignoreUnreachable: (await keywords.bool('ignore_unreachable')) ?? false,
    }
  }

  /** Runs the module, and again while `until` does not hold. */
  async #attempts(
    scope: LayeredScope,
    keywords: TaskKeywords,
    base: Omit<Single, 'result' | 'include'>,
  ): Promise<Dict> {
    let attempts = 1
    let delay = 5
    try {
      const until = this.task.keywords.get('until')
      const retries = await keywords.number('retries')
      attempts = retries === undefined ? (until === undefined ? 1 : 4) : retries <= 0 ? 1 : retries + 1
      if (until === undefined && retries === undefined) attempts = 1
      delay = Math.max(0, (await keywords.number('delay')) ?? 5)
    } catch (error) {
      return this.#failed(this.#explained(error)).result
    }
    const conditions = this.task.keywords.get('until')
    for (let attempt = 1; ; attempt++) {
      const result = await this.#once(scope, keywords, base)
      if (isTrue(result, 'unreachable')) return result
      // Conditions of the result may ask how often it was tried.
      if (attempts > 1) result.set('attempts', attempt)
      const seen = this.#seeing(scope, result)
      if (!(await this.#judge(result, seen))) return result
      if (attempts <= 1) return result
      let holds: boolean
      try {
        // Without `until`, retries go on while the task fails.
        holds =
          conditions === undefined
            ? !isTrue(result, 'failed')
            : await allHold(conditions, this.#seeing(scope, result), this.play.run.templar, this.task.at)
      } catch (error) {
        return fromJson({ failed: true, msg: (error as Error).message }) as Dict
      }
      if (holds) return result
      if (attempt >= attempts) {
        result.set('attempts', attempts - 1)
        // `failed_when` has the last word.
        if (result.get('failed_when_result') !== false) result.set('failed', true)
        return result
      }
      this.progress.retry(result, attempt, attempts)
      await sleep(delay * 1000, undefined, { signal: this.play.run.options.signal }).catch(() => {})
      if (this.play.interrupted) return result
    }
  }

  /** The scope in which the task's own conditions see its result. */
  #seeing(scope: LayeredScope, result: Dict): LayeredScope {
    const vars = this.#registers(registered(result))
    const facts = result.get('ansible_facts')
    if (isDict(facts)) for (const [name, value] of facts) vars.set(name, value)
    return vars.size ? scope.with('result', vars) : scope
  }

  /** `changed_when` and `failed_when`; false when one of them cannot be decided, which fails the task. */
  async #judge(result: Dict, seen: LayeredScope): Promise<boolean> {
    const decide = async (keyword: string, scope: LayeredScope, decided: (holds: boolean) => void) => {
      const condition = this.task.keywords.get(keyword)
      if (condition === undefined || condition === null || (isList(condition) && condition.length === 0)) return true
      try {
        decided(await allHold(condition, scope, this.play.run.templar, this.task.at))
        return true
      } catch (error) {
        result.set('failed', true)
        result.set(`${keyword}_result`, (error as Error).message)
        return false
      }
    }
    return (
      (await decide('changed_when', seen, changed => result.set('changed', changed))) &&
      (await decide('failed_when', this.#seeing(seen, result), failed =>
        result.set('failed_when_result', failed).set('failed', failed),
      ))
    )
  }

  async #once(scope: LayeredScope, keywords: TaskKeywords, base: Omit<Single, 'result' | 'include'>): Promise<Dict> {
    const { run } = this.play
    try {
      const action = await this.#action(scope)
      const args = await argumentsOf(this.task, action, scope, run.templar)
      const environment = await environmentFor(this.task, scope, run.templar)
      const seconds = (await keywords.number('async')) ?? 0
      const timeout = (await keywords.number('timeout')) ?? run.settings.number('TASK_TIMEOUT')
      const refusal = seconds > 0 ? asyncRefusal(action, base.checkMode) : undefined
      if (refusal) return resultOf({ changed: false, failed: true, msg: refusal })
      const target = await openTarget(this.play, this.host, base.delegatedTo, this.task, scope, keywords, {
        checkMode: base.checkMode,
        diffMode: base.diffMode,
        environment,
        ...(run.options.verbosity > 0 && !base.noLog ? { onOutput: this.progress.output } : {}),
      })
      const poll = (await keywords.number('poll')) ?? run.settings.number('DEFAULT_POLL_INTERVAL')
      // When we watch the job, the limit that its host keeps comes a little after ours.
      const limit = seconds > 0 && poll > 0 ? seconds + 1 : seconds
      const view = this.#view(scope, base, environment, limit, target.connection)
      try {
        const call = { run, scope, view, remote: target.remote, called: this.task.written, signal: run.options.signal }
        if (seconds > 0) {
          return await runAsync({
            ...{ action, args, call, seconds, poll },
            open: target.again,
            polled: this.progress.polled,
            ended: this.progress.asyncEnded,
          })
        }
        const stop = () => void target.remote.dispose()
        return resultOf(await limited(callModule(action, args, call), timeout, this.task.written, stop))
      } finally {
        await target.remote.dispose()
      }
    } catch (error) {
      if (error instanceof Unreachable) {
        return fromJson({
          changed: false,
          unreachable: true,
          msg: error.message + (error.hint ? `\n${error.hint}` : ''),
        }) as Dict
      }
      if (error instanceof ModuleFailure)
        return resultOf({ changed: false, failed: true, msg: error.message, ...error.extra })
      return refused(this.#explained(error))
    }
  }

  /** The module's qualified name; `action: "{{ x }}"` is only known now. */
  async #action(scope: Scope): Promise<string> {
    const known = resolveModule(this.task.action)
    if (known.ours) return known.fqcn
    const rendered = pyStr(
      await this.play.run.templar.render(this.play.template(this.task.action, this.task.at), scope),
    )
    const resolved = resolveModule(rendered)
    if (!resolved.ours) throw moduleError(rendered, resolved, this.task.at)
    return resolved.fqcn
  }

  #view(
    scope: Scope,
    base: Omit<Single, 'result' | 'include'>,
    environment: ReadonlyMap<string, string>,
    asyncSeconds: number,
    connection: string,
  ): TaskView {
    const { run } = this.play
    return {
      name: this.info.name,
      action: this.task.written,
      checkMode: base.checkMode,
      diffMode: base.diffMode,
      verbosity: run.options.verbosity,
      host: this.host.name,
      environment,
      asyncSeconds,
      connection,
      templated: (argument, index) => {
        const raw = this.task.args.get(argument)
        return (isList(raw) && index !== undefined ? raw[index] : raw) instanceof TemplateString
      },
      variableNames: () => scope.names(),
      async variable(name) {
        const raw = scope.get(name)
        return raw === undefined ? undefined : run.templar.render(raw, scope)
      },
    }
  }

  /** The error's message for the result; where it stands is said beside the result. */
  #explained(error: unknown): string {
    const remark = this.info.noLog ? undefined : remarkOn(error)
    if (remark !== undefined) this.play.run.emit({ type: 'remark', text: remark })
    return argumentFailure(error, this.task.at)
  }

  #failed(msg: string): Single {
    return {
      result: refused(msg),
      noLog: this.info.noLog,
      ignoreErrors: false,
      ignoreUnreachable: false,
      delegatedTo: undefined,
      delegateFacts: false,
      include: undefined,
      item: undefined,
      checkMode: this.info.checkMode,
      diffMode: this.info.diffMode,
    }
  }
}

/** What a task says that could not even begin. */
const refused = (msg: string): Dict =>
  new Map<Value, Value>([
    ['failed', true],
    ['msg', msg],
  ])

/** Items in `results` have the keys of registered results. */
function registeredItem(result: Dict): Dict {
  const kept: Dict = new Map(result)
  if (!kept.has('failed') && kept.get('skipped') !== true) kept.set('failed', false)
  return kept
}

/** Gives up after `timeout` seconds (0: never). */
async function limited(
  work: Promise<ModuleResult>,
  timeout: number,
  action: string,
  stop: () => void,
): Promise<ModuleResult> {
  if (!timeout) return work
  const controller = new AbortController()
  const alarm = sleep(timeout * 1000, 'late' as const, { signal: controller.signal }).catch(() => undefined)
  const winner = await Promise.race([work, alarm])
  controller.abort()
  if (winner !== 'late' && winner !== undefined) return winner
  stop()
  work.catch(() => {})
  return {
    changed: false,
    failed: true,
    msg: `The ${action} action failed to execute in the expected time frame (${timeout}) and was terminated`,
  }
}
