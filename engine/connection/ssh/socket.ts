/** The way to a host's ssh port: TCP, or a ProxyCommand's stdin and stdout. Errors in OpenSSH's words. */
import { spawn } from 'node:child_process'
import { connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Unreachable } from '../connection.js'

interface Way {
  /** Seconds. */
  readonly timeout: number
  readonly family?: number
  readonly localAddress?: string
  readonly signal?: AbortSignal
}

/** Connects; ConnectionAttempts are a second apart, and for a name that does not resolve there is only one. */
export async function tcpSocket(
  host: string,
  port: number,
  { attempts = 1, ...way }: Way & { readonly attempts?: number },
): Promise<Socket> {
  for (let left = attempts - 1; ; left--) {
    try {
      return await connected(host, port, way)
    } catch (error) {
      if (left <= 0 || /Could not resolve/.test((error as Error).message)) throw error
      await sleep(1000, undefined, { ...(way.signal && { signal: way.signal }) })
    }
  }
}

/** Small packets are sent at once: waiting for more to fill them costs 20 to 40 ms per exchange. */
function connected(host: string, port: number, { timeout, family, localAddress, signal }: Way): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, ...(family && { family }), ...(localAddress && { localAddress }) })
    socket.setNoDelay(true)
    const late = () => {
      if (!socket.connecting) return
      socket.destroy()
      reject(new Unreachable(failed(`ssh: connect to host ${host} port ${port}: Connection timed out`)))
    }
    // Hundreds of hosts at once may keep us from seeing that this one has answered: look once more before giving up.
    const timer = setTimeout(() => setImmediate(late), timeout * 1000)
    const giveUp = () => socket.destroy(new Error('given up'))
    signal?.addEventListener('abort', giveUp, { once: true })
    socket.once('close', () => signal?.removeEventListener('abort', giveUp))
    socket.once('connect', () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', giveUp)
      socket.removeAllListeners('error')
      resolve(socket)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      reject(new Unreachable(failed(socketError(error, host, port))))
    })
  })
}

/** Ansible's sentence before what ssh says. */
export const failed = (said: string): string => `Failed to connect to the host via ssh: ${said}`

function socketError(error: NodeJS.ErrnoException, host: string, port: number): string {
  const first = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : error
  const code = first.code ?? error.code
  const reasons: { [code: string]: string } = {
    ECONNREFUSED: 'Connection refused',
    ETIMEDOUT: 'Connection timed out',
    EHOSTUNREACH: 'No route to host',
    ENETUNREACH: 'Network is unreachable',
    ECONNRESET: 'Connection reset by peer',
    EADDRNOTAVAIL: 'Cannot assign requested address',
  }
  if (code === 'ENOTFOUND') return `ssh: Could not resolve hostname ${host}: Name or service not known`
  if (code === 'EAI_AGAIN') return `ssh: Could not resolve hostname ${host}: Temporary failure in name resolution`
  return `ssh: connect to host ${host} port ${port}: ${reasons[code ?? ''] ?? first.message}`
}

/** A ProxyCommand: the user's shell runs it, and its stdin and stdout are the socket. */
export function proxySocket(command: string, shell: string): Duplex {
  const child = spawn(shell, ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  const socket = Duplex.from({ writable: child.stdin, readable: child.stdout })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-2000)
  })
  child.stdin.on('error', () => {})
  ends.set(
    socket,
    new Promise(resolve => {
      child.once('error', error => resolve(error.message))
      child.once('close', code => {
        resolve(code === 0 ? undefined : said.trim() || `ProxyCommand ended with exit code ${code}`)
      })
    }),
  )
  socket.once('close', () => {
    try {
      process.kill(-child.pid!, 'SIGTERM')
    } catch {
      // It has ended.
    }
  })
  child.once('error', error => socket.destroy(error))
  return socket
}

const ends = new WeakMap<Duplex, Promise<string | undefined>>()

/** Why the ProxyCommand behind a socket ended, once it has; undefined for other sockets. */
export function proxyEnd(socket: Duplex): Promise<string | undefined> | undefined {
  return ends.get(socket)
}
