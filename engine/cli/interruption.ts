/** Ctrl-C and its kin: the first ends the run in order, on the hosts too; the second ends it at once. */
import { setMaxListeners } from 'node:events'
import { constants } from 'node:os'
import { Diagnostic } from '../diagnostics.js'

const said = { SIGINT: 'User interrupted execution', SIGTERM: 'Terminated', SIGHUP: 'Hangup' } as const
type Ending = keyof typeof said

/** Ansible's exit code of a run that Ctrl-C ended. */
const interrupted = 99
let endedBy: Ending | undefined

/** Ends a run when a signal comes; `say` prints a line. */
export function interruption(say: (text: string) => void): { signal: AbortSignal; done(): void } {
  const controller = new AbortController()
  // Every host that waits listens.
  setMaxListeners(0, controller.signal)
  const stop = (name: Ending) => {
    if (controller.signal.aborted) process.exit(exitCodeOf(interrupted))
    endedBy = name
    if (name !== 'SIGHUP') say(`\n[ERROR]: ${said[name]}\n`)
    controller.abort(new Diagnostic(said[name], { code: 'interrupted' }))
  }
  const names = Object.keys(said) as Ending[]
  for (const name of names) process.on(name, stop)
  return {
    signal: controller.signal,
    done() {
      for (const name of names) process.off(name, stop)
    },
  }
}

/** What the process ends with: after SIGTERM and SIGHUP what a shell says of a program that these ended. */
export function exitCodeOf(code: number): number {
  const other = endedBy === 'SIGTERM' || endedBy === 'SIGHUP'
  return code === interrupted && other ? 128 + constants.signals[endedBy!] : code
}
