/** The system's ssh as transport: one master, and a child `ssh host command` per channel that shares its connection. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { childChannel } from '../child.js'
import { type ConnectContext, type Connection, Unreachable } from '../connection.js'
import { failed } from './socket.js'

export interface OpensshTarget {
  readonly host: string
  readonly user: string
  readonly args: readonly string[]
  readonly executable: string
  readonly password: string | undefined
  /** Seconds. */
  readonly timeout: number
}

/** Connects with `ssh`. The folder of its socket is private and goes with the connection. */
export async function connectOpenssh(target: OpensshTarget, context: ConnectContext): Promise<Connection> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-ssh-'))
  const socket = join(folder, 's')
  const { executable, host, user } = target
  const shared = [...target.args, '-o', 'ControlPersist=no', '-S', socket]
  const master = spawn(
    executable,
    [
      ...shared,
      '-M',
      '-N',
      '-T',
      '-o',
      'PermitLocalCommand=yes',
      '-o',
      'LocalCommand=echo connected',
      '-o',
      `ConnectTimeout=${target.timeout}`,
      host,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...context.environ, ...askpass(folder, target.password) } as NodeJS.ProcessEnv,
    },
  )
  let alive = true
  let said = ''
  const clean = () => rmSync(folder, { recursive: true, force: true })
  master.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000)
  })
  await new Promise<void>((resolve, reject) => {
    const fail = (text: string) => {
      alive = false
      clean()
      reject(new Unreachable(text))
    }
    master.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        error.code === 'ENOENT'
          ? failed(
              `${executable}: command not found. It is needed for an option of ssh that only OpenSSH has; install it or leave the option out.`,
            )
          : failed(error.message),
      ),
    )
    master.once('exit', () => {
      alive = false
      if (target.password !== undefined && /Permission denied/.test(said))
        fail(`Invalid/incorrect password: ${said.trim()}`)
      else fail(failed(said.trim()))
    })
    let out = ''
    master.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.includes('connected')) resolve()
    })
  })
  rmSync(join(folder, 'ask'), { force: true })
  return {
    get alive() {
      return alive
    },
    user,
    description: `${user}@${host} (${executable})`,
    async open(command, { pty = false } = {}) {
      if (!alive) throw new Unreachable(failed(said.trim() || `Connection to ${host} closed.`))
      return childChannel([executable, ...shared, '-o', 'ControlMaster=no', pty ? '-tt' : '-T', host, command], {
        env: context.environ as NodeJS.ProcessEnv,
      })
    },
    async close() {
      if (!alive) return clean()
      alive = false
      const ended = new Promise<void>(resolve => master.once('exit', () => resolve()))
      spawn(executable, [...shared, '-O', 'exit', host], { stdio: 'ignore' }).on('error', () => {})
      const timer = setTimeout(() => kill(master.pid!), 1000)
      await ended
      clearTimeout(timer)
      clean()
    },
  }
}

/** ssh without a terminal asks this program for the password, which it gets from its own environment. */
function askpass(folder: string, password: string | undefined): Record<string, string> {
  if (password === undefined) return {}
  const path = join(folder, 'ask')
  writeFileSync(path, '#!/bin/sh\nprintf \'%s\\n\' "$UNDERSTUDY_ASKPASS"\n', { mode: 448 })
  return {
    SSH_ASKPASS: path,
    SSH_ASKPASS_REQUIRE: 'force',
    DISPLAY: process.env.DISPLAY ?? ':0',
    UNDERSTUDY_ASKPASS: password,
  }
}

function kill(pid: number): void {
  try {
    process.kill(-pid, 'SIGTERM')
  } catch {
    // It has ended.
  }
}
