/** A channel that is a child process here: how local, containers and the system's ssh are reached. */
import { spawn } from 'node:child_process'
import type { Channel } from './connection.js'

/** Starts a program in a process group of its own, so that killing it ends all that it started. */
export function childChannel(
  argv: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Channel> {
  const child = spawn(argv[0]!, argv.slice(1), { ...options, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
  // A command that ends without reading its input breaks the pipe; its exit code says what matters.
  child.stdin.on('error', () => {})
  const exit = new Promise<{ code: number | null; signal: string | undefined }>(resolve => {
    let ended: { code: number | null; signal: string | undefined } | undefined
    child.on('exit', (code, signal) => {
      ended = { code, signal: signal ?? undefined }
      // What the command left running may hold its output open for ever; what it said itself is here soon.
      setTimeout(() => resolve(ended!), 1000).unref()
    })
    child.on('close', (code, signal) => resolve(ended ?? { code, signal: signal ?? undefined }))
    child.on('error', () => resolve({ code: 127, signal: undefined }))
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => {
      resolve({
        stdin: child.stdin,
        stdout: child.stdout,
        stderr: child.stderr,
        exit,
        kill() {
          try {
            process.kill(-child.pid!, 'SIGKILL')
          } catch {
            // It has ended by itself.
          }
        },
      })
    })
  })
}
