import { Unreachable } from '../connection/connection.js'
import { ModuleFailure } from '../module/define.js'
import { RemoteFailure } from '../remote/remote.js'

/**
 * A module may fail while another of its questions is still under way. What that one fails with comes too late for the task, which
 * has its reason, and must not end the run. Returns how to stop passing over.
 */
export function passOverLateFailures(): () => void {
  const late = (reason: unknown) => {
    const ofTask = [ModuleFailure, RemoteFailure, Unreachable].some(kind => reason instanceof kind)
    if (!ofTask) throw reason
  }
  process.on('unhandledRejection', late)
  return () => process.off('unhandledRejection', late)
}
