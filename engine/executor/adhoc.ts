/** `ansible PATTERN -m MODULE -a ARGS`: a play of one task. */
import { Diagnostic } from '../diagnostics.js'
import { targets } from '../inventory/targets.js'
import { moduleError, resolveModule } from '../module/registry.js'
import { tasksOf } from '../playbook/arguments.js'
import { type Dict, isDict, type Value } from '../python/values.js'
import { openRun } from './open.js'
import { type AdhocOptions, exitCodes } from './options.js'
import { runLoaded } from './run.js'

/** Nothing to do without a command. */
const wantsText = /\.(?:command|shell|raw|script)$/
/** What is no task. */
const onlyInPlaybooks = /^ansible\.builtin\.import_playbook$/

/** Runs one module on the hosts of a pattern; gives the exit code of `ansible`. */
export async function runAdhoc(options: AdhocOptions): Promise<number> {
  const found = resolveModule(options.module)
  if (onlyInPlaybooks.test(found.fqcn)) {
    throw new Diagnostic(`'${options.module}' is not a valid action for ad-hoc commands`, { code: 'adhoc-action' })
  }
  const run = await openRun(options)
  try {
    const play = run.loader.play(playData(options), options.playbookDir ?? options.cwd)
    const [task] = tasksOf(play)
    if (!found.ours && !resolveModule(task!.action).ours) throw moduleError(options.module, found)
    if (options.args === '' && wantsText.test(found.fqcn)) {
      throw new Diagnostic(`No argument passed to ${options.module} module`, { code: 'adhoc-args' })
    }
    const { inventory, settings } = run
    const warn = (text: string) => run.emit({ type: 'warning', text })
    const hosts = targets({ inventory, pattern: options.pattern, limit: options.limit, settings, warn })
    if (hosts.length === 0) {
      warn('No hosts matched, nothing to do')
      return exitCodes.ok
    }
    return await runLoaded(run, [{ file: '__adhoc_playbook__', plays: [play] }])
  } finally {
    await run.pool.close()
  }
}

function playData({ pattern, module, args, asyncSeconds, poll, taskTimeout }: AdhocOptions): Dict {
  const task: Dict = new Map<Value, Value>([[module, isDict(args) || args !== '' ? args : null]])
  if (asyncSeconds > 0) task.set('async', asyncSeconds).set('poll', poll)
  if (taskTimeout > 0) task.set('timeout', taskTimeout)
  return new Map<Value, Value>([
    ['name', 'Ansible Ad-Hoc'],
    ['hosts', pattern],
    ['gather_facts', false],
    ['tasks', [task]],
  ])
}
