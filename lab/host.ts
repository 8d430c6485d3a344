/** One lab host: an SSH server of this process that runs commands in a real sh, with a folder and stand-ins of its own. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { timingSafeEqual } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import ssh2, {
  type AuthContext,
  type Connection,
  type ParsedKey,
  type PublicKeyAuthContext,
  type ServerChannel,
} from 'ssh2'
import { newKeyPair } from './keys.js'
import { inLab, intoLab, outOfLab } from './paths.js'

export interface LabHost {
  readonly name: string
  readonly port: number
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string
  /** Where its files are on the machine. */
  readonly folder: string
  /** Runs a command as a login would. */
  run(command: string): string
  stop(): void
}

export interface HostPlan {
  readonly name: string
  readonly folder: string
  /** Public key that may log in. */
  readonly clientKey: string
}

/** Starts the server on a free port of 127.0.0.1. The folder has `root`, `state` and `bin` in it already. */
export function startHost({ name, folder, clientKey }: HostPlan): Promise<LabHost> {
  const keys = newKeyPair(name)
  const root = join(folder, 'root')
  const env = {
    PATH: `${join(folder, 'bin')}:${process.env.PATH ?? '/usr/bin:/bin'}:/usr/sbin:/sbin`,
    HOME: join(root, 'root'),
    TMPDIR: join(root, 'tmp'),
    USER: 'root',
    LOGNAME: 'root',
    SHELL: '/bin/sh',
    LANG: process.env.LANG ?? 'C.UTF-8',
    UNDERSTUDY_LAB_HOST: name,
    UNDERSTUDY_LAB_ROOT: root,
    UNDERSTUDY_LAB_STATE: join(folder, 'state'),
    UNDERSTUDY_LAB_NODE: process.execPath,
  }
  const children = new Set<ChildProcess>()
  const connections = new Set<Connection>()

  const exec = (channel: ServerChannel, command: string | undefined, extra: Record<string, string>) => {
    const argv = command === undefined ? [] : ['-c', inLab(command, root)]
    const child = spawn('/bin/sh', argv, { cwd: env.HOME, env: { ...env, ...extra }, detached: true })
    children.add(child)
    child.stdin.on('error', () => {
      // It ended without reading everything; its exit code tells.
    })
    channel.pipe(intoLab(root)).pipe(child.stdin)
    child.stdout.pipe(outOfLab(root)).pipe(channel, { end: false })
    child.stderr.pipe(outOfLab(root)).pipe(channel.stderr, { end: false })
    child.on('exit', (code, signal) => {
      if (signal) channel.exit(signal.replace('SIG', ''))
      else channel.exit(code ?? 255)
    })
    child.on('close', () => {
      children.delete(child)
      // What the pipes still hold goes first.
      setImmediate(() => channel.end())
    })
    channel.on('close', () => endGroup(child))
  }

  const server = new ssh2.Server({ hostKeys: [keys.private], ident: 'understudy-lab' }, client => {
    connections.add(client)
    client.on('authentication', context => authenticate(context, clientKey))
    client.on('session', accept => {
      const session = accept()
      const extra: Record<string, string> = {}
      session.on('env', (acceptEnv, _reject, { key, val }) => {
        if (/^(?:LANG|LC_\w+)$/.test(key)) extra[key] = val
        acceptEnv?.()
      })
      session.on('exec', (acceptExec, _reject, { command }) => exec(acceptExec(), command, extra))
      session.on('shell', acceptShell => exec(acceptShell(), undefined, extra))
    })
    client.on('close', () => connections.delete(client))
    client.on('error', () => {
      // A client that goes away without a word; `close` follows.
    })
  })

  const stop = () => {
    server.close()
    for (const client of connections) client.end()
    for (const child of children) endGroup(child)
  }
  const run = (command: string) => {
    const { stdout, stderr } = spawnSync('/bin/sh', ['-c', inLab(command, root)], { cwd: env.HOME, env })
    return `${stdout}${stderr}`.replaceAll(root, '').trimEnd()
  }
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      resolve({ name, port, hostKey: keys.public.trim(), folder, run, stop })
    })
  })
}

/** Public key only, and only the lab's own. */
function authenticate(context: AuthContext, clientKey: string): void {
  if (context.method === 'publickey' && isOwnKey(context, ssh2.utils.parseKey(clientKey) as ParsedKey)) context.accept()
  else context.reject(['publickey'])
}

/** Without a signature the client only asks whether the key would do. */
function isOwnKey({ key, signature, blob, hashAlgo }: PublicKeyAuthContext, allowed: ParsedKey): boolean {
  const wanted = allowed.getPublicSSH()
  if (key.algo !== allowed.type || key.data.length !== wanted.length || !timingSafeEqual(key.data, wanted)) return false
  return !signature || (blob !== undefined && allowed.verify(blob, signature, hashAlgo) === true)
}

/** Ends a shell and everything it started in its process group. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Ended already.
  }
}
