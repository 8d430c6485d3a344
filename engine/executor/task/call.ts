/** One attempt: action, arguments and environment are made, the host is opened, and the module (or its job) runs. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Unreachable } from '../../connection/connection.js'
import { ModuleFailure, type ModuleResult, type TaskView } from '../../module/define.js'
import { loadModule, resolveModule } from '../../module/registry.js'
import { pyStr } from '../../python/repr.js'
import { type Dict, fromJson, isList } from '../../python/values.js'
import type { Scope } from '../../template/scope.js'
import type { LayeredScope } from '../../vars/scope.js'
import { TemplateString } from '../../yaml/trust.js'
import { argumentsOf, environmentFor, moduleDefaults } from './arguments.js'
import { asyncRefusal, runAsync } from './async.js'
import { explained } from './failure-text.js'
import type { TaskKeywords } from './keywords.js'
import { callModule } from './module-call.js'
import { refused, resultOf } from './results.js'
import { inReturnOrder } from './return-order.js'
import type { TaskRun, Terms } from './single.js'
import { openTarget } from './target.js'

/** The module's result; every failure on the way is one, too. */
export async function runModule(on: TaskRun, scope: LayeredScope, keywords: TaskKeywords, terms: Terms): Promise<Dict> {
  try {
    return await attempt(on, scope, keywords, terms)
  } catch (error) {
    if (error instanceof Unreachable) {
      const msg = error.message + (error.hint ? `\n${error.hint}` : '')
      return fromJson({ changed: false, unreachable: true, msg }) as Dict
    }
    if (error instanceof ModuleFailure)
      return resultOf({ changed: false, failed: true, msg: error.message, ...error.extra })
    return refused(explained(on, error))
  }
}

async function attempt(on: TaskRun, scope: LayeredScope, keywords: TaskKeywords, terms: Terms): Promise<Dict> {
  const { play, host, task, progress } = on
  const { run } = play
  const { checkMode, diffMode } = terms
  const action = await actionOf(on, scope)
  const args = await argumentsOf(task, action, scope, run.templar)
  const environment = await environmentFor(task, scope, run.templar, written => {
    const shown = terms.noLog ? '(hidden by no_log)' : written
    run.emit({ type: 'warning', text: `could not parse environment value, skipping: ${shown}` })
  })
  const seconds = (await keywords.number('async')) ?? 0
  const poll = (await keywords.number('poll')) ?? run.settings.number('DEFAULT_POLL_INTERVAL')
  const timeout = (await keywords.number('timeout')) ?? run.settings.number('TASK_TIMEOUT')
  const refusal = seconds > 0 ? asyncRefusal(action, checkMode) : undefined
  if (refusal) return resultOf({ changed: false, failed: true, msg: refusal })
  const target = await openTarget(play, host, terms.delegatedTo, task, scope, keywords, {
    ...{ checkMode, diffMode, environment, onEnd: progress.spent },
    // What starts a job on the host only tells of the job.
    ...(run.options.verbosity > 0 && !terms.noLog && seconds === 0 ? { onOutput: progress.output } : {}),
  })
  // When we watch the job, the limit that its host keeps comes a little after ours.
  const asyncSeconds = seconds > 0 && poll > 0 ? seconds + 1 : seconds
  const reached = { connection: target.connection, delegatedTo: terms.delegatedTo?.name }
  const view = viewOf(on, scope, { checkMode, diffMode, noLog: terms.noLog, environment, asyncSeconds, ...reached })
  const call = { run, scope, view, remote: target.remote, called: task.written, signal: run.options.signal }
  try {
    if (seconds > 0) {
      const { polled, asyncEnded: ended } = progress
      const { noLog } = terms
      return await runAsync({ action, args, call, seconds, poll, noLog, open: target.again, polled, ended })
    }
    const stop = () => void target.remote.dispose()
    const result = resultOf(await limited(callModule(action, args, call), timeout, task.written, stop))
    const { order } = await loadModule(action)
    return inReturnOrder(result, typeof order === 'function' ? order(new Set(result.keys())) : order)
  } finally {
    await target.remote.dispose()
  }
}

/** The module's qualified name; `action: "{{ x }}"` is only known now. */
async function actionOf({ play, task }: TaskRun, scope: Scope): Promise<string> {
  const known = resolveModule(task.action)
  if (known.ours) return known.fqcn
  const rendered = pyStr(await play.run.templar.render(play.template(task.action, task.at), scope))
  return play.run.loader.moduleOf(rendered, task)
}

type Modes = Pick<
  TaskView,
  'checkMode' | 'diffMode' | 'noLog' | 'environment' | 'asyncSeconds' | 'connection' | 'delegatedTo'
>

/** What a module may know about its task. */
function viewOf({ play, host, task, info }: TaskRun, scope: Scope, modes: Modes): TaskView {
  const { run } = play
  return {
    ...modes,
    name: info.name,
    action: task.written,
    verbosity: run.options.verbosity,
    host: host.name,
    templated: (argument, index) => {
      const raw = task.args.get(argument)
      const written = isList(raw) && index !== undefined ? raw[index] : raw
      return written instanceof TemplateString ? written.text : undefined
    },
    moduleDefaults: async module => Object.fromEntries(await moduleDefaults(task, module, scope, run.templar)),
    variableNames: () => scope.names(),
    async variable(name) {
      const raw = scope.get(name)
      return raw === undefined ? undefined : run.templar.render(raw, scope)
    },
  }
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
