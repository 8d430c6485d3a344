/** Starts a kept shell on a connection, as the login user or through become, and answers the password prompt. */
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import {
  type BecomeOptions,
  becomeCommand,
  missingPassword,
  wantsTerminal,
  wrongPassword,
} from '../connection/become.js'
import { type Channel, ChannelRefused, type Connection } from '../connection/connection.js'
import { decodeBytes } from '../python/surrogateescape.js'
import { Lane, LaneClosed, type Traffic } from './lane.js'
import { RemoteFailure } from './remote.js'

export interface ShellStart {
  readonly become: BecomeOptions | undefined
  /** The shell's path. */
  readonly shell: string
  /** Seconds for a password prompt to come. */
  readonly timeout: number
  /** Told the command that is started; no secret is in it. */
  readonly onStart?: (command: string) => void
  /** Start it on a terminal, for a command that needs one. */
  readonly terminal?: boolean
}

/** A lane that has said hello; or, `ahead` of that, one that takes its first message while it starts. */
export async function startLane(
  connection: Connection,
  start: ShellStart,
  traffic: Traffic,
  { ahead = false } = {},
): Promise<Lane> {
  const { become } = start
  // Nothing stands between the login and this shell that could ask, refuse or want a terminal.
  if (ahead && !become && !start.terminal) {
    return new Lane(await open(connection, start, `exec ${start.shell}`), traffic, false, connection)
  }
  const wrapped = become && becomeCommand(become, start.shell, randomBytes(8).toString('hex'))
  try {
    return await attempt(connection, start, traffic, start.terminal ?? wrapped?.pty ?? false)
  } catch (error) {
    if (wrapped && !wrapped.pty && error instanceof NeedsTerminal) return attempt(connection, start, traffic, true)
    throw error
  }
}

function open(connection: Connection, { onStart }: ShellStart, command: string, pty = false): Promise<Channel> {
  onStart?.(command)
  return connection.open(command, { pty })
}

class NeedsTerminal extends RemoteFailure {}

async function attempt(connection: Connection, start: ShellStart, traffic: Traffic, pty: boolean): Promise<Lane> {
  const { become, shell } = start
  // On a terminal the shell must not take itself for interactive: bash looks at stderr, dash and busybox at stdout.
  const quiet = pty ? `${shell} 2>/dev/null | cat` : shell
  if (!become) {
    const command = pty ? `stty raw -echo; ${quiet}` : `exec ${shell}`
    return await greeted(new Lane(await open(connection, start, command, pty), traffic, pty, connection))
  }
  const mark = randomBytes(8).toString('hex')
  const { command, prompt, silent } = becomeCommand(become, quiet, mark)
  const channel = await open(connection, start, pty ? `stty raw -echo; ${command}` : command, pty)
  if (!silent) await becomeUser(channel, become, { mark, prompt, timeout: start.timeout })
  const lane = new Lane(channel, traffic, pty, connection)
  try {
    return await greeted(lane)
  } catch (error) {
    if (error instanceof LaneClosed && connection.alive) throw refused(become, error.said)
    throw error
  }
}

/** The system's ssh says only by ending that the host has no room for another session (MaxSessions). */
async function greeted(lane: Lane): Promise<Lane> {
  try {
    await lane.hello
    return lane
  } catch (error) {
    if (error instanceof LaneClosed && /Session open refused|session request failed|open failed: /.test(error.said)) {
      throw new ChannelRefused(error.said.trim())
    }
    throw error
  }
}

/** Waits for the mark that the new user's shell prints, giving the password once when asked. */
function becomeUser(
  { stdin, stdout, stderr, exit, kill }: Channel,
  become: BecomeOptions,
  { mark, prompt, timeout }: { mark: string; prompt: string | undefined; timeout: number },
): Promise<void> {
  const seen = { out: '', error: '' }
  let asked = false
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => {
        kill()
        finish(
          new RemoteFailure(
            `Timeout (${timeout + 2}s) waiting for privilege escalation prompt: ${seen.error}${seen.out}`.trim(),
          ),
        )
      },
      (timeout + 2) * 1000,
    )

    const finish = (error?: Error) => {
      clearTimeout(timer)
      stdout.off('data', onOut)
      stderr.off('data', onError)
      if (error) reject(error)
      else resolve()
    }
    const answer = (text: string, clear: () => void) => {
      const last = text.slice(text.lastIndexOf('\n') + 1)
      const isPrompt = prompt === undefined ? /\S.*[:：]\s*$/.test(last) : text.includes(prompt)
      if (wrongPassword.test(text) && asked) {
        kill()
        finish(new RemoteFailure(`Incorrect ${become.method} password`))
      } else if (isPrompt && asked) {
        kill()
        finish(new RemoteFailure(`Incorrect ${become.method} password`))
      } else if (isPrompt && become.password === undefined) {
        kill()
        finish(new RemoteFailure(`Missing ${become.method} password`))
      } else if (isPrompt) {
        asked = true
        clear()
        stdin.write(`${become.password}\n`)
      }
    }
    const onOut = (chunk: Buffer) => {
      seen.out += decodeBytes(chunk)
      const at = seen.out.indexOf(`${mark}\n`)
      if (at === -1) {
        if (!seen.out.includes(mark))
          answer(seen.out, () => {
            seen.out = ''
          })
        return
      }
      finish()
      pushBack(stdout, seen.out.slice(at + mark.length + 1))
      stderr.pause()
    }
    const onError = (chunk: Buffer) => {
      seen.error += decodeBytes(chunk)
      answer(seen.error, () => {
        seen.error = ''
      })
    }
    stdout.on('data', onOut)
    stderr.on('data', onError)
    void exit.then(() =>
      finish(
        asked && wrongPassword.test(seen.error + seen.out)
          ? new RemoteFailure(`Incorrect ${become.method} password`)
          : refused(become, seen.error + seen.out),
      ),
    )
  })
}

function pushBack(stream: Readable, text: string): void {
  stream.pause()
  if (text) stream.unshift(Buffer.from(text))
}

/** Why the shell of another user did not come up, in Ansible's words where it has some. */
function refused(become: BecomeOptions, said: string): RemoteFailure {
  const text = said.trim()
  if (wantsTerminal.test(text)) return new NeedsTerminal(text)
  if (become.password === undefined && missingPassword.test(text))
    return new RemoteFailure(`Missing ${become.method} password`)
  if (become.password !== undefined && wrongPassword.test(text))
    return new RemoteFailure(`Incorrect ${become.method} password`)
  return new RemoteFailure(text || `${become.exe} ended without a shell for user ${become.user}`)
}
