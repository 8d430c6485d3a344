/** The system's ssh as transport: one master, and a child `ssh host command` per channel that shares its connection. */
import { spawn } from 'node:child_process'
import { once as event } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { childChannel } from '../child.js'
import { type Channel, type ConnectContext, type Connection, Unreachable } from '../connection.js'
import { Dropped, Final, whenThereIsRoom } from './retries.js'
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

/** What ssh says when the sshd hangs up before it has said who it is. */
const turnedAway = /^(?:kex_exchange_identification|banner exchange): .*(?:closed|reset|broken pipe)/im

/** Connects with `ssh`. The folder of its socket is private and goes with the connection. */
export const connectOpenssh = (target: OpensshTarget, context: ConnectContext): Promise<Connection> =>
  whenThereIsRoom(() => attempt(target, context), context.signal)

async function attempt(target: OpensshTarget, context: ConnectContext): Promise<Connection> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-ssh-'))
  const socket = join(folder, 's')
  const { executable, host, user } = target
  // The same wrong password again and again locks accounts.
  const once = target.password === undefined ? [] : ['-o', 'NumberOfPasswordPrompts=1']
  const shared = [...target.args, ...once, '-o', 'ControlPersist=no', '-S', socket]
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
  const giveUp = () => kill(master.pid!)
  context.signal?.addEventListener('abort', giveUp, { once: true })
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: Unreachable) => {
      context.signal?.removeEventListener('abort', giveUp)
      alive = false
      clean()
      reject(error)
    }
    const fail = (text: string, password?: string) => {
      refuse(password === undefined ? new Unreachable(text) : new Final(text, password))
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
    const verdict = () => {
      if (target.password !== undefined && /Permission denied/.test(said))
        fail(`Invalid/incorrect password: ${said.trim()}`, said.trim())
      else if (turnedAway.test(said)) refuse(new Dropped(failed(said.trim())))
      else fail(failed(said.trim()))
    }
    master.once('exit', () => {
      alive = false
      // Its last words may still be on their way; a ProxyCommand that goes on may keep the pipe open.
      void Promise.race([event(master, 'close'), sleep(500, undefined, { ref: false })]).then(verdict)
    })
    let out = ''
    master.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString()
      if (out.includes('connected')) resolve()
    })
  })
  context.signal?.removeEventListener('abort', giveUp)
  rmSync(join(folder, 'ask'), { force: true })
  // ssh says 255 for a command that a lost connection cut off, too; the master needs a moment to notice.
  const remoteExit = async (ended: Awaited<Channel['exit']>): Promise<Awaited<Channel['exit']>> => {
    if (ended.code !== 255) return ended
    for (let wait = 0; alive && wait < 10; wait++) await sleep(20)
    return alive ? ended : { code: null, signal: undefined }
  }
  return {
    get alive() {
      return alive
    },
    user,
    get lost() {
      return alive ? undefined : failed(said.trim() || `Connection to ${host} closed.`)
    },
    description: `${user}@${host} (${executable})`,
    async open(command, { pty = false } = {}) {
      if (!alive) throw new Unreachable(failed(said.trim() || `Connection to ${host} closed.`))
      const argv = [executable, ...shared, '-o', 'ControlMaster=no', pty ? '-tt' : '-T', host, command]
      const channel = await childChannel(argv, { env: context.environ as NodeJS.ProcessEnv })
      return { ...channel, exit: channel.exit.then(remoteExit) }
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
