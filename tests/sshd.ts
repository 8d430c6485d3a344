/** A real OpenSSH server for tests: own keys, own port on loopback, own folder; gone when the test ends. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

/** A user that exists only inside the server's own mount namespace. */
export interface TestUser {
  readonly name: string
  readonly password: string
  readonly shell?: string
  /** A line of sudoers after the name, e.g. `ALL=(ALL) ALL`. */
  readonly sudo?: string
}

/** True where users can be made up: root, on Linux, with mount namespaces. */
export const canInventUsers: boolean =
  haveSshd && userInfo().uid === 0 && spawnSync('unshare', ['-m', 'true']).status === 0

/** Starts a server; `config` is added to its configuration. `users` and `ownHome` need `canInventUsers`. */
export async function startSshd(
  config: readonly string[] = [],
  users: readonly TestUser[] = [],
  sudoers: readonly string[] = [],
  // Root starts in an empty folder: what the machine's own .bashrc does is no part of it.
  { ownHome = false } = {},
): Promise<Sshd> {
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
    // For the peers of tests/bench: files travel over a shell here.
    'Subsystem sftp internal-sftp',
  ].filter(line => !own.has(line.split(' ')[0]!))
  writeFileSync(at('config'), `${[...config, ...lines].join('\n')}\n`)
  const argv = [binary!, '-D', '-e', '-f', at('config')]
  const [program, ...rest] = users.length > 0 || ownHome ? withUsers(folder, { users, sudoers, ownHome }, argv) : argv
  const server = spawn(program!, rest, { stdio: ['ignore', 'ignore', 'pipe'] })
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

/** Own passwd, shadow and sudoers, mounted over the machine's for this server alone. */
function withUsers(
  folder: string,
  { users, sudoers, ownHome }: { users: readonly TestUser[]; sudoers: readonly string[]; ownHome: boolean },
  argv: readonly string[],
): string[] {
  const at = (name: string) => join(folder, name)
  const lines = { passwd: '', shadow: '', group: '' }
  users.forEach(({ name, password, shell = '/bin/sh' }, index) => {
    const id = 61_000 + index
    const home = at(`home-${name}`)
    mkdirSync(home)
    chownSync(home, id, id)
    const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: `${password}\n` })
      .toString()
      .trim()
    lines.passwd += `${name}:x:${id}:${id}::${home}:${shell}\n`
    lines.shadow += `${name}:${hash}:19000:0:99999:7:::\n`
    lines.group += `${name}:x:${id}:\n`
  })
  if (ownHome) mkdirSync(at('home'))
  chmodSync(folder, 493)
  chmodSync(at('authorized_keys'), 420)
  const root = execFileSync('openssl', ['passwd', '-6', '-stdin'], { input: 'rootsecret\n' }).toString().trim()
  for (const name of ['passwd', 'shadow', 'group'] as const) {
    let own = readFileSync(`/etc/${name}`, 'utf8').replace(/^root:[^:]*:(?=\d+:0:)/m, `root:${root}:`)
    if (ownHome && name === 'passwd') own = own.replace(/^(root:.*:)[^:]*(?=:[^:]*$)/m, `$1${at('home')}`)
    writeFileSync(at(name), own + lines[name], { mode: name === 'shadow' ? 384 : 420 })
  }
  const rules = users.filter(user => user.sudo).map(user => `${user.name} ${user.sudo}`)
  writeFileSync(at('sudoers'), `${['root ALL=(ALL:ALL) ALL', ...sudoers, ...rules].join('\n')}\n`, { mode: 288 })
  const mounts = ['passwd', 'shadow', 'group', 'sudoers'].map(name => `mount --bind ${at(name)} /etc/${name}`)
  return ['unshare', '-m', 'sh', '-c', `${mounts.join(' && ')} && exec "$@"`, 'sh', ...argv]
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
