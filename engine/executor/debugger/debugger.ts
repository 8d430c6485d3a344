/**
 * The task debugger (`debugger:`, the strategy `debug`, ENABLE_TASK_DEBUGGER): a console at the controller, where the person
 * looks at a task and its variables, changes them and does the task again.
 */
import { Diagnostic } from '../../diagnostics.js'
import { inherited } from '../../playbook/inherit.js'
import { TaskKeywords } from '../task/keywords.js'
import { isTrue } from '../task/results.js'
import type { Finished, Step } from '../task/single.js'
import { Session } from './session.js'

/** True when some result of the task could start the debugger. */
export const mayDebug = ({ play, task }: Step): boolean =>
  play.debugging || play.run.settings.bool('ENABLE_TASK_DEBUGGER') || inherited(task, 'debugger') !== undefined

/** True when the result is one at which the task's `debugger:`, the strategy or the setting wants a person to look. */
export async function needsDebugger({ play, host, task }: Step, finished: Finished): Promise<boolean> {
  const { settings, templar } = play.run
  const forgiven = finished.ignoreErrors && settings.bool('TASK_DEBUGGER_IGNORE_ERRORS')
  const unreachable = isTrue(finished.result, 'unreachable')
  const failed = !unreachable && isTrue(finished.result, 'failed') && !forgiven
  const when = await new TaskKeywords(task, play.scope(host, task), templar).string('debugger').catch(() => undefined)
  if (when === 'always') return true
  if (when === 'never') return false
  if ((play.debugging || settings.bool('ENABLE_TASK_DEBUGGER')) && (failed || unreachable)) return true
  return (
    (when === 'on_failed' && failed) ||
    (when === 'on_unreachable' && unreachable) ||
    (when === 'on_skipped' && isTrue(finished.result, 'skipped'))
  )
}

/** Talks with the person until they go on (undefined), want the task again (as they changed it), or quit, which throws. */
export async function debugTask(step: Step, finished: Finished): Promise<Step | undefined> {
  const { play, host, info } = step
  const title = info.role === undefined ? info.name : `${info.role} : ${info.name}`
  const prompt = `[${host.name}] TASK: ${title} (debug)> `
  const session = new Session(step, finished)
  await session.update()
  let last = ''
  for (;;) {
    const typed = await play.run.options.prompt(prompt, { echo: true, console: true })
    // An empty line does the last one again.
    const line = typed?.trim() || (typed === undefined ? 'q' : last)
    if (/^(q|quit|EOF)$/.test(line)) {
      play.quit = true
      const message = 'User interrupted execution'
      session.say(message)
      throw new Diagnostic(message, { code: 'interrupted-told' })
    }
    if (/^(c|continue)$/.test(line)) return undefined
    if (/^(r|redo)$/.test(line)) return session.changed()
    last = line
    try {
      await session.command(line)
    } catch (error) {
      session.say(`***${(error as Error).message}`)
    }
  }
}
