/** ProxyJump: the way to a host through others, each logged in once and shared by all hosts behind it. */
import { homedir } from 'node:os'
import type { Duplex } from 'node:stream'
import type { Client } from 'ssh2'
import { type ConnectContext, Unreachable } from '../connection.js'
import { planSsh } from './config.js'
import type { SshTarget } from './connect.js'
import { failed } from './socket.js'

interface SharedJump {
  readonly login: Promise<Client>
  users: number
}

const shared = new Map<string, SharedJump>()

/** A stream to the target's port, opened from the last host of the chain. */
export async function jumpSocket(
  chain: string,
  target: SshTarget,
  context: ConnectContext,
  depth: number,
): Promise<Duplex> {
  if (depth > 8) throw new Unreachable(failed(`ProxyJump ${chain}: too many hosts in a row`))
  const hops = chain.split(',').map(hop => hop.trim())
  const last = hops.pop()!
  const key = JSON.stringify([chain, target.timeout])
  const jump = shared.get(key) ?? share(key, logInto(last, hops, target, context, depth))
  jump.users += 1
  const { hostname, port } = target.plan
  try {
    const client = await jump.login
    const stream = await new Promise<Duplex>((resolve, reject) => {
      client.forwardOut('127.0.0.1', 0, hostname, port, (error, channel) => {
        if (error) {
          reject(
            new Unreachable(
              failed(`channel 0: open failed: connect failed: ${error.message}\r\nstdio forwarding failed`),
            ),
          )
        } else resolve(channel as unknown as Duplex)
      })
    })
    stream.once('close', () => leave(key, jump))
    return stream
  } catch (error) {
    leave(key, jump)
    throw error
  }
}

function share(key: string, login: Promise<Client>): SharedJump {
  const jump: SharedJump = { login, users: 0 }
  shared.set(key, jump)
  login.then(
    client => client.once('close', () => shared.get(key) === jump && shared.delete(key)),
    () => shared.get(key) === jump && shared.delete(key),
  )
  return jump
}

function leave(key: string, jump: SharedJump): void {
  jump.users -= 1
  if (jump.users > 0) return
  if (shared.get(key) === jump) shared.delete(key)
  jump.login.then(
    client => client.end(),
    () => {},
  )
}

async function logInto(
  hop: string,
  before: readonly string[],
  target: SshTarget,
  context: ConnectContext,
  depth: number,
): Promise<Client> {
  const [, user, bracketed, plain, port] =
    /^(?:ssh:\/\/)?(?:([^@]*)@)?(?:\[([^\]]+)\]|([^:]+|.*:.*:.*?))(?::(\d+))?\/?$/.exec(hop) ?? []
  const host = bracketed ?? plain
  if (host === undefined) throw new Unreachable(failed(`Invalid ProxyJump host: ${hop}`))
  const args = [
    ...(user ? ['-l', user] : []),
    ...(port ? ['-p', port] : []),
    ...(before.length > 0 ? ['-J', before.join(',')] : []),
  ]
  // As ssh does it, the jump host is found by ssh_config alone; how host keys are checked is the caller's choice.
  for (const keyword of ['stricthostkeychecking', 'userknownhostsfile', 'globalknownhostsfile']) {
    const value = target.plan.options.get(keyword)?.[0]
    if (value !== undefined) args.push('-o', `${keyword}=${value}`)
  }
  const plan = planSsh({ host, args, home: context.environ.HOME ?? homedir() })
  const { logIn } = await import('./connect.js')
  const { client } = await logIn({ host, plan, password: undefined, timeout: target.timeout }, context, depth + 1)
  return client
}
