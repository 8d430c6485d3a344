/** A real OpenSSH server for tests: own keys, own port on loopback, own folder; gone when the test ends. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'

export interface Sshd {
  readonly port: number
  /** Private key that may log in. */
  readonly key: string
  /** known_hosts with the server's key. */
  readonly knownHosts: string
  /** The server's public host key, as in a .pub file. */
  readonly hostKey: string
  readonly folder: string
  readonly user: string
  log(): string
  stop(): Promise<void>
}

const binary = ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/bin/sshd'].find(path => existsSync(path))

/** False where no sshd is installed: tests that need one are skipped by name. */
export const haveSshd = binary !== undefined

/** Starts a server; `config` is added to its configuration. */
export async function startSshd(config: readonly string[] = []): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-sshd-'))
  const at = (name: string) => join(folder, name)
  keygen('ed25519', at('host_key'))
  keygen('ed25519', at('id'))
  writeFileSync(at('authorized_keys'), readFileSync(at('id.pub')))
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const port = await freePort()
  const own = new Set(config.map(line => line.split(' ')[0]))
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${at('host_key')}`,
    `AuthorizedKeysFile ${at('authorized_keys')}`,
    `PidFile ${at('pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin yes',
    'LogLevel VERBOSE',
    'UseDNS no',
    'PerSourceMaxStartups none',
    'MaxStartups 200',
  ].filter(line => !own.has(line.split(' ')[0]!))
  writeFileSync(at('config'), `${[...config, ...lines].join('\n')}\n`)
  const server = spawn(binary!, ['-D', '-e', '-f', at('config')], { stdio: ['ignore', 'ignore', 'pipe'] })
  let log = ''
  server.stderr!.on('data', (chunk: Buffer) => {
    log += chunk.toString()
  })
  const hostKey = readFileSync(at('host_key.pub'), 'utf8').trim()
  writeFileSync(at('known_hosts'), `[127.0.0.1]:${port} ${hostKey}\n`)
  await listening(port, server, () => log)
  return {
    port,
    key: at('id'),
    knownHosts: at('known_hosts'),
    hostKey,
    folder,
    user: userInfo().username,
    log: () => log,
    async stop() {
      const ended = new Promise(resolve => server.once('exit', resolve))
      if (server.exitCode === null) {
        server.kill('SIGTERM')
        await ended
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Makes a key pair without a passphrase, or with one. */
export function keygen(type: string, path: string, passphrase = ''): void {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'test', '-f', path])
}

/** A port that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

async function listening(port: number, server: ChildProcess, log: () => string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (server.exitCode !== null) throw new Error(`sshd ended: ${log()}`)
    const open = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => {
        socket.destroy()
        resolve(true)
      })
      socket.once('error', () => resolve(false))
    })
    if (open) return
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  throw new Error(`sshd does not listen: ${log()}`)
}
