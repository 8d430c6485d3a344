/** One ssh connection on ssh2: checks the host key, logs in, and opens channels. */
import { homedir } from 'node:os'
import type { Duplex } from 'node:stream'
import type { ClientChannel } from 'ssh2'
import Client from 'ssh2/lib/client.js'
import { type Channel, ChannelRefused, type ConnectContext, type Connection, Unreachable } from '../connection.js'
import { Semaphore } from '../semaphore.js'
import { type Chosen, chooseAlgorithms } from './algorithms.js'
import { authenticator, type GivenKey } from './auth.js'
import { expandTilde, expandTokens, matchesList, type SshPlan } from './config.js'
import { loginInFewerTrips } from './fewer-trips.js'
import { jumpSocket } from './jump.js'
import { fingerprint, judge, keysFor, keyType, knownName, preferKnown, remember } from './known-hosts.js'
import { Dropped, Final, whenThereIsRoom } from './retries.js'
import { failed, proxyEnd, proxySocket, tcpSocket } from './socket.js'

export interface SshTarget {
  /** The name as given. */
  readonly host: string
  readonly plan: SshPlan
  readonly password: string | undefined
  /** A private key that was given as text. */
  readonly key?: GivenKey | undefined
  /** Seconds. */
  readonly timeout: number
}

/** A logged-in client; ends its own way there with it. */
export interface LoggedIn {
  readonly client: Client
  readonly lost: () => string | undefined
}

/** Why this cannot be done by ssh2; undefined when it can. */
export function beyond(plan: SshPlan): string | undefined {
  const algorithms = chooseAlgorithms(plan.options)
  return plan.beyond ?? (typeof algorithms === 'string' ? algorithms : undefined)
}

/** Connects and gives channels. */
export async function connectSsh2(target: SshTarget, context: ConnectContext): Promise<Connection> {
  const { plan, host } = target
  const { client, lost } = await logIn(target, context)
  const env = sentEnvironment(plan, context.environ)
  let alive = true
  client.on('close', () => {
    alive = false
  })
  return {
    get alive() {
      return alive
    },
    user: plan.user,
    get lost() {
      return alive ? undefined : failed(lost() ?? `Connection to ${host} closed.`)
    },
    description: `${plan.user}@${plan.hostname}:${plan.port}`,
    open: (command, { pty = false } = {}) => {
      if (!alive) throw new Unreachable(failed(lost() ?? `Connection to ${host} closed.`))
      return openChannel(client, command, { pty, env, lost })
    },
    close: async () => {
      alive = false
      // The shells have ended: the server need not answer the goodbye.
      client.end()
      setImmediate(() => client.destroy())
    },
  }
}

/** Logs in; an sshd that is busy is asked again. */
export const logIn = (target: SshTarget, context: ConnectContext, depth = 0): Promise<LoggedIn> =>
  whenThereIsRoom(() => attemptLogin(target, context, depth), context.signal)

async function attemptLogin(target: SshTarget, context: ConnectContext, depth: number): Promise<LoggedIn> {
  const { plan, host, password } = target
  const home = context.environ.HOME ?? homedir()
  const algorithms = chooseAlgorithms(plan.options)
  if (typeof algorithms === 'string') throw new Final(failed(`no way to honour ${algorithms}`))
  const seconds = Number(plan.options.get('connecttimeout')?.[0]) || target.timeout
  const hostKeys = hostKeyCheck(target, context, home)
  const socket = await reach(target, context, { home, seconds, depth })
  socket.on('error', () => {
    // The client's own error or close follows.
  })
  // A way through other hosts is part of their turn.
  const greeted = depth > 0 ? () => {} : await exchanges.enter()
  if (socket.destroyed || context.signal?.aborted) {
    greeted()
    socket.destroy()
    throw new Dropped(failed(`Connection closed by ${plan.hostname} port ${plan.port}`))
  }
  const client = new Client()
  let proxyEnded: string | undefined
  return new Promise((resolve, reject) => {
    let problem: string | undefined
    let shaken = false
    let ready = false
    const tried: string[] = []
    const unread: string[] = []
    const asking = {
      plan,
      unread,
      key: target.key,
      host,
      home,
      password,
      prompt: context.prompt,
      environ: context.environ,
      warn: context.warn,
      passwordForbidden: () => hostKeys.changed(),
    }
    // A ProxyCommand that ends says why a moment after its pipe closes.
    const proxied = proxyEnd(socket)
    const settle = (decide: () => void) => {
      if (!proxied || ready) return decide()
      void Promise.race([proxied, wait(2000)]).then(said => {
        proxyEnded ??= said ?? undefined
        decide()
      })
    }
    const next = authenticator(asking)
    client.on('handshake', () => {
      shaken = true
      clearTimeout(timer)
    })
    client.on('ready', () => {
      ready = true
      client.setNoDelay(true)
      resolve({ client, lost: () => problem })
    })
    const fail = (error: (Error & { level?: string }) | undefined) => {
      clearTimeout(timer)
      greeted()
      if (ready) {
        problem ??= error
          ? wording(error, { host, plan, tried, unread, password })
          : `Connection to ${host} closed by remote host.`
        return
      }
      client.destroy()
      socket.destroy()
      const refused = hostKeys.refused()
      if (refused !== undefined) return reject(new Final(failed(refused)))
      if (proxyEnded !== undefined) return reject(new Unreachable(failed(proxyEnded)))
      const said = error
        ? wording(error, { host, plan, tried, unread, password })
        : `Connection closed by ${plan.hostname} port ${plan.port}`
      if (error?.level === 'client-authentication') {
        reject(
          password === undefined
            ? new Unreachable(failed(said))
            : new Final(`Invalid/incorrect password: ${said}`, said),
        )
      } else if (!shaken && !proxied && (!error || /reset|closed|lost|ended|EPIPE/i.test(error.message))) {
        reject(new Dropped(failed(said)))
      } else reject(new Unreachable(failed(said)))
    }
    // ConnectTimeout runs until the host has shown who it is; a person may then take time to answer.
    const timer = setTimeout(() => {
      const late = Object.assign(new Error('banner'), { level: 'client-timeout' })
      fail(late)
    }, seconds * 1000)
    const giveUp = () => fail(new Error('given up'))
    context.signal?.addEventListener('abort', giveUp, { once: true })
    client.once('ready', () => context.signal?.removeEventListener('abort', giveUp))
    client.once('close', () => context.signal?.removeEventListener('abort', giveUp))
    client.on('error', error => settle(() => fail(error)))
    client.on('close', () => settle(() => fail(undefined)))
    const alive = Number(plan.options.get('serveraliveinterval')?.[0] ?? 20)
    try {
      client.connect({
        sock: socket,
        username: plan.user,
        readyTimeout: 0,
        keepaliveInterval: alive * 1000,
        keepaliveCountMax: Number(plan.options.get('serveralivecountmax')?.[0] ?? 3),
        agentForward: false,
        algorithms: {
          ...(algorithms as unknown as object),
          serverHostKey: hostKeys.algorithms(algorithms) as never,
          ...(/^yes$/i.test(plan.options.get('compression')?.[0] ?? '') && {
            compress: ['zlib@openssh.com', 'zlib', 'none'] as never,
          }),
        },
        hostVerifier: (key: Buffer, verify: (accepted: boolean) => void) => {
          clearTimeout(timer)
          greeted()
          hostKeys.verify(key, verify)
        },
        authHandler: (left, partial, give) => {
          if (left) tried.splice(0, tried.length, ...(left as unknown as string[]))
          next(left as unknown as string[] | null, partial, give as never)
        },
      })
      loginInFewerTrips(client)
    } catch (error) {
      clearTimeout(timer)
      greeted()
      socket.destroy()
      reject(new Final(failed((error as Error).message)))
    }
  })
}

/**
 * So many hosts at once may be about to show who they are: hundreds of key exchanges side by side would all take longer than
 * ConnectTimeout. Hosts that do not answer at all are not among them.
 */
const exchanges = new Semaphore(64)

/** The socket: straight, through a ProxyCommand, or through other hosts. */
async function reach(
  target: SshTarget,
  context: ConnectContext,
  { home, seconds, depth }: { home: string; seconds: number; depth: number },
): Promise<Duplex> {
  const { plan, host } = target
  const jump = plan.options.get('proxyjump')?.[0]
  const command = plan.options.get('proxycommand')?.[0]
  const tokens = { host: plan.hostname, original: host, user: plan.user, port: plan.port, home }
  if (jump !== undefined && jump !== 'none') return jumpSocket(jump, target, context, depth)
  if (command !== undefined && command !== 'none') {
    return proxySocket(expandTokens(command, tokens), context.environ.SHELL ?? '/bin/sh')
  }
  const family = { inet: 4, inet6: 6 }[plan.options.get('addressfamily')?.[0] ?? '']
  const localAddress = plan.options.get('bindaddress')?.[0]
  return tcpSocket(plan.hostname, plan.port, {
    timeout: seconds,
    ...(context.signal && { signal: context.signal }),
    attempts: Math.max(1, Number(plan.options.get('connectionattempts')?.[0] ?? 1)),
    ...(family !== undefined && { family }),
    ...(localAddress !== undefined && { localAddress }),
  })
}

function wording(
  error: Error & { level?: string },
  {
    host,
    plan,
    tried,
    unread,
    password,
  }: {
    host: string
    plan: SshPlan
    tried: readonly string[]
    unread: readonly string[]
    password: string | undefined
  },
): string {
  if (error.level === 'client-authentication') {
    const methods = tried.length ? tried.join(',') : 'publickey'
    const again =
      password !== undefined && tried.some(one => one !== 'publickey') ? 'Permission denied, please try again.\r\n' : ''
    return `${unread.map(line => `${line}\r\n`).join('')}${again}${plan.user}@${host}: Permission denied (${methods}).`
  }
  if (error.level === 'client-timeout') {
    return /keepalive/i.test(error.message)
      ? `Timeout, server ${plan.hostname} not responding.`
      : `Connection timed out during banner exchange\r\nConnection to ${plan.hostname} port ${plan.port} timed out`
  }
  const code = (error as NodeJS.ErrnoException).code
  if (code === 'ECONNRESET') return `kex_exchange_identification: read: Connection reset by peer`
  if (/before handshake/.test(error.message)) return `Connection closed by ${plan.hostname} port ${plan.port}`
  if (/no matching/.test(error.message)) {
    return `Unable to negotiate with ${plan.hostname} port ${plan.port}: ${error.message}`
  }
  return error.message
}

/** The host key's judge: says yes or no, remembers new keys, and keeps the reason. */
function hostKeyCheck(target: SshTarget, context: ConnectContext, home: string) {
  const { plan, host } = target
  const { options } = plan
  const tokens = { host: plan.hostname, original: host, user: plan.user, port: plan.port, home }
  const files = (keyword: string, fallback: string) =>
    (options.get(keyword)?.[0] ?? fallback)
      .split(/\s+/)
      .filter(path => path !== 'none')
      .map(path => expandTilde(expandTokens(path, tokens), home))
  const own = files('userknownhostsfile', '~/.ssh/known_hosts ~/.ssh/known_hosts2')
  const all = [...own, ...files('globalknownhostsfile', '/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2')]
  const alias = options.get('hostkeyalias')?.[0]
  const name = alias ?? knownName(plan.hostname, plan.port)
  const known = keysFor(all, name)
  const unported = alias === undefined && plan.port !== 22 ? keysFor(all, knownName(plan.hostname, 22)) : []
  const strict = options.get('stricthostkeychecking')?.[0]?.toLowerCase() ?? 'ask'
  let refused: string | undefined
  let changed = false

  const verdict = async (key: Buffer): Promise<boolean> => {
    const local =
      /^yes$/i.test(options.get('nohostauthenticationforlocalhost')?.[0] ?? '') &&
      /^(?:127\.|::1$|localhost$)/.test(plan.hostname)
    if (local) return true
    const found = judge(known, key)
    if (found.kind === 'known') return true
    if (found.kind === 'unknown' && unported.length > 0 && judge(unported, key).kind === 'known') return true
    const type = keyType(key)
      .replace(/^ssh-|^ecdsa-sha2-.*$/g, part => (part === 'ssh-' ? '' : 'ecdsa'))
      .toUpperCase()
    if (found.kind === 'revoked') {
      refused = `WARNING: REVOKED HOST KEY DETECTED! The ${type} host key for ${name} is marked as revoked in ${found.offending.file}:${found.offending.line}.\r\nHost key verification failed.`
      return false
    }
    if (found.kind === 'changed') {
      const { file, line } = found.offending
      const text = `@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\n@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@\r\nThe fingerprint for the ${type} key sent by the remote host is\n${fingerprint(key)}.\r\nOffending ${type} key in ${file}:${line}`
      if (strict === 'no' || strict === 'off') {
        changed = true
        context.warn(`${text}\r\nPassword authentication is disabled to avoid man-in-the-middle attacks.`)
        return true
      }
      refused = `${text}\r\nHost key for ${name} has changed and you have requested strict checking.\r\nHost key verification failed.`
      return false
    }
    if (strict === 'yes' || strict === 'true') {
      refused = `No ${type} host key is known for ${name} and you have requested strict checking.\r\nHost key verification failed.`
      return false
    }
    if (strict === 'ask') {
      const batch = /^yes$/i.test(options.get('batchmode')?.[0] ?? 'no')
      const question = `The authenticity of host '${name} (${plan.hostname})' can't be established.\n${type} key fingerprint is ${fingerprint(key)}.\nAre you sure you want to continue connecting (yes/no/[fingerprint])? `
      const answer = batch ? undefined : await context.prompt?.(question, { echo: true })
      if (answer?.trim().toLowerCase() !== 'yes' && answer?.trim() !== fingerprint(key)) {
        refused = 'Host key verification failed.'
        return false
      }
    }
    try {
      if (own[0] !== undefined && own[0] !== '/dev/null') {
        remember(own[0], name, key, /^yes$/i.test(options.get('hashknownhosts')?.[0] ?? 'no'))
      }
    } catch (error) {
      context.warn(`Failed to add the host to the list of known hosts (${own[0]}): ${(error as Error).message}`)
    }
    return true
  }
  return {
    refused: () => refused,
    changed: () => changed,
    algorithms: ({ serverHostKey }: Chosen) => preferKnown(serverHostKey, known.length > 0 ? known : unported),
    verify: (key: Buffer, verify: (accepted: boolean) => void) => {
      verdict(key).then(verify, () => verify(false))
    },
  }
}

/** SendEnv and SetEnv, as the user's ssh would send them. */
function sentEnvironment(plan: SshPlan, environ: ConnectContext['environ']): Record<string, string> {
  const sent: Record<string, string> = {}
  const patterns = (plan.options.get('sendenv') ?? []).flatMap(line => line.split(/\s+/))
  for (const [name, value] of Object.entries(environ)) {
    if (value !== undefined && matchesList(patterns, name)) sent[name] = value
  }
  for (const line of plan.options.get('setenv') ?? []) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(line) ?? []
    if (name !== undefined) sent[name] = value!.replace(/^"(.*)"$/s, '$1')
  }
  return sent
}

function openChannel(
  client: Client,
  command: string,
  { pty, env, lost }: { pty: boolean; env: Record<string, string>; lost: () => string | undefined },
): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(new Unreachable(failed(lost() ?? 'the connection was lost')))
    client.once('close', onClose)
    const options = {
      ...(Object.keys(env).length > 0 && { env }),
      ...(pty && { pty: { term: 'dumb', cols: 512, rows: 24 } }),
    }
    client.exec(command, options as never, (error, stream) => {
      client.off('close', onClose)
      if (!error) resolve(asChannel(stream))
      else if (/open failed|Channel open failure/i.test(error.message)) reject(new ChannelRefused(error.message))
      else reject(new Unreachable(failed(error.message)))
    })
  })
}

function asChannel(stream: ClientChannel): Channel {
  const exit = new Promise<{ code: number | null; signal: string | undefined }>(resolve => {
    let ended: { code: number | null; signal: string | undefined } | undefined
    stream.on('exit', (code: number | null, signal?: string) => {
      ended = { code: code ?? null, signal: signal ?? undefined }
      // What was left running may hold the channel open; the output of the command itself is here soon.
      setTimeout(() => resolve(ended!), 1000).unref()
    })
    stream.on('close', () => resolve(ended ?? { code: null, signal: undefined }))
  })
  stream.on('error', () => {
    // The close that follows tells.
  })
  return {
    stdin: stream.stdin ?? stream,
    stdout: stream.stdout ?? stream,
    stderr: stream.stderr,
    exit,
    kill() {
      try {
        stream.signal('KILL')
        stream.close()
      } catch {
        // The channel is gone already.
      }
    },
  }
}

function wait(ms: number): Promise<undefined> {
  return new Promise(resolve => {
    setTimeout(() => resolve(undefined), ms)
  })
}
