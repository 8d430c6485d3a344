/** Runs a command once and says what it took. */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import type { Command } from './line.js'

export interface Measured {
  readonly s: number
  readonly cpu: number
  /** Most memory of the process and all that it started, where asked for. */
  readonly MB: number
}

/** Rejects when the command fails: a fast failure is no result. */
export async function measure({ argv, cwd, env }: Command, memory: boolean): Promise<Measured> {
  // The shell's `time` knows what the children took, too.
  const timed = ['bash', '-c', 'TIMEFORMAT="%R %U %S"; time "$@" 2>&1', 'bash', ...argv]
  const child = spawn(timed[0]!, timed.slice(1), {
    cwd,
    // Node 20 reads these certificates whenever it starts, for 40 ms: a machine that sets them is no part of the work.
    env: { ...process.env, ...env, NO_COLOR: '1', NODE_EXTRA_CA_CERTS: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let times = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-4000)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    times += chunk.toString()
  })
  let most = 0
  const watch = memory ? setInterval(() => (most = Math.max(most, treeMemory(child.pid!))), 40) : undefined
  const code = await new Promise(resolve => child.once('close', resolve))
  clearInterval(watch)
  if (code !== 0) throw new Error(`${argv.slice(0, 4).join(' ')} … ended with ${code}\n${output}`)
  const [real, user, system] = times.trim().split('\n').at(-1)!.split(' ').map(Number) as [number, number, number]
  return { s: real, cpu: user + system, MB: most }
}

/** Megabytes, shared pages counted once for each process that maps them in part (Pss). */
function treeMemory(root: number): number {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
      children.set(parent, [...(children.get(parent) ?? []), Number(name)])
    } catch {
      // It ended meanwhile.
    }
  }
  let total = 0
  const walk = (pid: number) => {
    try {
      total += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
    } catch {
      // It ended meanwhile.
    }
    for (const child of children.get(pid) ?? []) walk(child)
  }
  walk(root)
  return total / 1024
}

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
