/** Runs the command line inside the test's process, and reads the recap that it prints. */
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { main } from '../engine/cli/main.js'

export const projectFolder = fileURLToPath(new URL('..', import.meta.url))

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function understudy(cwd: string, ...argv: string[]): Promise<Outcome> {
  const out: string[] = []
  const err: string[] = []
  const io = {
    stdin: Readable.from([]),
    stdout: { write: (text: string | Uint8Array) => out.push(String(text)) },
    stderr: { write: (text: string | Uint8Array) => err.push(String(text)) },
    env: { HOME: cwd, PATH: process.env.PATH, ANSIBLE_NOCOLOR: '1' },
    cwd,
  }
  const code = await main(argv, io)
  return { code, stdout: out.join(''), stderr: err.join('') }
}

export interface Counts {
  readonly ok: number
  readonly changed: number
  readonly unreachable: number
  readonly failed: number
}

/** The recap by host. */
export function recap({ stdout }: Outcome): { [host: string]: Counts } {
  const lines = stdout.matchAll(/^(\S+) +: ok=(\d+) +changed=(\d+) +unreachable=(\d+) +failed=(\d+)/gm)
  return Object.fromEntries(
    [...lines].map(([, host, ...counts]) => {
      const [ok = 0, changed = 0, unreachable = 0, failed = 0] = counts.map(Number)
      return [host, { ok, changed, unreachable, failed }]
    }),
  )
}
