/** Who we say we are: keys from the agent and from files, then keyboard-interactive, then the password, as OpenSSH asks. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyAuthMethod, BaseAgent, ParsedKey } from 'ssh2'
import agents from 'ssh2/lib/agent.js'
import keyParser from 'ssh2/lib/protocol/keyParser.js'
import type { Prompt } from '../connection.js'
import { expandTilde, expandTokens, type SshPlan } from './config.js'

export interface GivenKey {
  readonly text: string
  readonly passphrase: string | undefined
}

export interface AuthContext {
  readonly plan: SshPlan
  readonly host: string
  readonly home: string
  readonly password: string | undefined
  /** Changed host key under StrictHostKeyChecking=no: OpenSSH then never sends a password. */
  readonly passwordForbidden: () => boolean
  readonly prompt: Prompt | undefined
  readonly environ: Readonly<Record<string, string | undefined>>
  readonly warn: (text: string) => void
  /** Goes before all other keys. */
  readonly key?: GivenKey | undefined
  /** Takes notes of keys that the user named and that could not be read, for the error text. */
  readonly unread?: string[]
}

const defaultKeys = ['id_rsa', 'id_ecdsa', 'id_ecdsa_sk', 'id_ed25519', 'id_ed25519_sk', 'id_xmss', 'id_dsa']

/** Decrypted and parsed once per run, whoever asks. */
const parsed = new Map<string, Promise<ParsedKey | undefined>>()

/** Paths of the keys to try, in order; `given` when the user named them. */
export function identityFiles(plan: SshPlan, host: string, home: string): { paths: string[]; given: boolean } {
  const given = plan.options.get('identityfile') ?? []
  if (given.length === 0) return { paths: defaultKeys.map(name => join(home, '.ssh', name)), given: false }
  const tokens = { host: plan.hostname, original: host, user: plan.user, port: plan.port, home }
  return {
    paths: given.filter(path => path !== 'none').map(path => expandTilde(expandTokens(path, tokens), home)),
    given: true,
  }
}

/** A key that only the system's ssh can use: with a certificate beside it, or held by a security key. */
export function beyondKeys(plan: SshPlan, host: string, home: string): string | undefined {
  for (const path of identityFiles(plan, host, home).paths) {
    try {
      statSync(`${path}-cert.pub`)
      return `certificate ${path}-cert.pub`
    } catch {
      // Most keys have none.
    }
    try {
      if (/_sk$/.test(path) && statSync(path).isFile()) return `security key ${path}`
    } catch {
      // Not there.
    }
  }
  return undefined
}

/** The next method each time ssh2 asks; false when there is none left. */
export function authenticator(context: AuthContext) {
  const methods = candidates(context)
  let partial: readonly string[] | undefined
  return (
    left: string[] | null,
    partialSuccess: boolean | null,
    next: (method: AnyAuthMethod | false) => void,
  ): void => {
    if (partialSuccess && left) partial = left
    void (async () => {
      for (;;) {
        const { value: method, done } = await methods.next()
        if (done) return next(false)
        // ssh2 calls its agent method 'agent' where the protocol says publickey.
        const type = method.type === 'agent' ? 'publickey' : method.type
        if (type !== 'none' && left && !(partial ?? left).includes(type)) continue
        return next(method)
      }
    })().catch(error => {
      context.warn(`ssh: ${(error as Error).message}`)
      next(false)
    })
  }
}

async function* candidates(context: AuthContext): AsyncGenerator<AnyAuthMethod> {
  const { plan, password } = context
  const username = plan.user
  const allowed = (keyword: string) => !/^(?:no|false)$/i.test(plan.options.get(keyword)?.[0] ?? 'yes')
  // What the server takes is told with its no to a key; only who shows none has to ask.
  let shown = false
  const order = (plan.options.get('preferredauthentications')?.[0] ?? 'publickey,keyboard-interactive,password').split(
    ',',
  )
  for (const method of order) {
    if (method === 'publickey' && allowed('pubkeyauthentication')) {
      for await (const key of publicKeys(context)) {
        shown = true
        yield key
      }
    }
    if (!shown && /^(?:keyboard-interactive|password)$/.test(method)) {
      shown = true
      yield { type: 'none', username }
    }
    if (context.passwordForbidden()) continue
    if (method === 'keyboard-interactive' && allowed('kbdinteractiveauthentication') && password !== undefined) {
      let asked = 0
      yield {
        type: 'keyboard-interactive',
        username,
        prompt(_name, _instructions, _language, prompts, finish) {
          // The same wrong answer again and again locks accounts.
          asked += 1
          finish(prompts.map(() => (asked > 1 && prompts.length > 0 ? '' : password)))
        },
      }
    }
    if (method === 'password' && allowed('passwordauthentication') && password !== undefined) {
      yield { type: 'password', username, password }
    }
  }
  // Some servers know their users by other means and let everybody in.
  yield { type: 'none', username }
}

async function* publicKeys(context: AuthContext): AsyncGenerator<AnyAuthMethod> {
  const { plan, home, host, environ } = context
  const username = plan.user
  if (context.key) {
    const key = keyParser.parseKey(context.key.text, context.key.passphrase)
    if (key instanceof Error) context.unread?.push(`Load key "private_key": ${key.message}`)
    else yield { type: 'publickey', username, key: [key].flat()[0]! }
  }
  const { paths, given } = identityFiles(plan, host, home)
  const only = /^yes$/i.test(plan.options.get('identitiesonly')?.[0] ?? 'no')
  const socket = agentSocket(plan, environ, home)
  const agent = socket === undefined ? undefined : (agents.createAgent(socket) as BaseAgent)
  const held = agent ? await agentKeys(agent) : []
  const wanted = held.length > 0 ? publicBlobs(paths) : new Set<string>()
  const mine = held.filter(blob => wanted.has(blob.toString('base64')))
  const others = only ? [] : held.filter(blob => !mine.includes(blob))
  // Keys the user named go before whatever else the agent holds: hosts count failed keys.
  const early = given ? mine : [...mine, ...others]
  if (agent && early.length > 0) yield { type: 'agent', username, agent: onlyThese(agent, early) as BaseAgent }
  const locked: string[] = []
  for (const path of paths) {
    const key = await loadKey(path, undefined, context)
    if (given && key === undefined && !existsSync(path) && !mine.length)
      context.unread?.push(`no such identity: ${path}: No such file or directory`)
    if (key === 'locked') locked.push(path)
    else if (key) yield { type: 'publickey', username, key }
  }
  for (const path of locked) {
    const key = await unlocked(path, context)
    if (key) yield { type: 'publickey', username, key }
  }
  if (agent && given && others.length > 0)
    yield { type: 'agent', username, agent: onlyThese(agent, others) as BaseAgent }
}

/** The agent's socket, where there is one to ask. */
export function agentSocket(plan: SshPlan, environ: AuthContext['environ'], home: string): string | undefined {
  const named = plan.options.get('identityagent')?.[0]
  if (named === 'none') return undefined
  if (named !== undefined && named !== 'SSH_AUTH_SOCK') {
    const path = named.startsWith('$') ? environ[named.replace(/^\$\{?|\}$/g, '')] : expandTilde(named, home)
    return path || undefined
  }
  return environ.SSH_AUTH_SOCK || undefined
}

interface AgentKey {
  getPublicSSH(): Buffer
}

function agentKeys(agent: BaseAgent): Promise<Buffer[]> {
  return new Promise(resolve => {
    agent.getIdentities((error: Error | null | undefined, keys?: unknown[]) => {
      resolve(error || !keys ? [] : keys.map(blobOf).filter(blob => blob !== undefined))
    })
  })
}

function blobOf(key: unknown): Buffer | undefined {
  if (Buffer.isBuffer(key)) return key
  const one = key as Partial<AgentKey> & { pubKey?: unknown }
  if (typeof one.getPublicSSH === 'function') return one.getPublicSSH()
  if (one.pubKey !== undefined) return blobOf(one.pubKey)
  const made = keyParser.parseKey(key as Buffer)
  return made instanceof Error ? undefined : [made].flat()[0]!.getPublicSSH()
}

/** The agent, showing only some of its keys. */
function onlyThese(agent: BaseAgent, blobs: readonly Buffer[]): unknown {
  const shown = Object.create(agent) as BaseAgent
  shown.getIdentities = ((callback: (error: Error | null | undefined, keys?: unknown[]) => void) => {
    agent.getIdentities((error: Error | null | undefined, keys?: unknown[]) => {
      if (error || !keys) return callback(error, keys)
      callback(
        null,
        blobs.flatMap(blob => keys.filter(key => blobOf(key)?.equals(blob))),
      )
    })
  }) as BaseAgent['getIdentities']
  return shown
}

/** Public halves of key files, base64, from `.pub` beside them. */
function publicBlobs(paths: readonly string[]): Set<string> {
  const blobs = new Set<string>()
  for (const path of paths) {
    for (const candidate of [`${path}.pub`, path]) {
      try {
        const key = keyParser.parseKey(readFileSync(candidate))
        if (!(key instanceof Error)) blobs.add([key].flat()[0]!.getPublicSSH().toString('base64'))
      } catch {
        // Not there, or not readable.
      }
    }
  }
  return blobs
}

async function loadKey(
  path: string,
  passphrase: string | undefined,
  { warn }: AuthContext,
): Promise<ParsedKey | 'locked' | undefined> {
  const known = passphrase === undefined ? parsed.get(path) : undefined
  if (known) return known
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
    const { mode, uid } = statSync(path)
    if (uid === process.getuid?.() && (mode & 63) !== 0) {
      warn(`Permissions 0${(mode & 511).toString(8)} for '${path}' are too open. This private key will be ignored.`)
      return undefined
    }
  } catch {
    return undefined
  }
  const key = keyParser.parseKey(bytes, passphrase)
  if (key instanceof Error) {
    return /encrypted|passphrase|integrity|decrypt/i.test(key.message) ? 'locked' : undefined
  }
  const first = [key].flat()[0]!
  if (!first.isPrivateKey()) return undefined
  parsed.set(path, Promise.resolve(first))
  return first
}

/** Asks for a passphrase up to three times, once for all hosts that need the key. */
function unlocked(path: string, context: AuthContext): Promise<ParsedKey | undefined> {
  const known = parsed.get(path)
  if (known) return known
  const asking = (async () => {
    const batch = /^yes$/i.test(context.plan.options.get('batchmode')?.[0] ?? 'no')
    if (!context.prompt || batch) return undefined
    for (let tries = 0; tries < 3; tries++) {
      const passphrase = await context.prompt(`Enter passphrase for key '${path}': `, { echo: false })
      if (!passphrase) return undefined
      const key = await loadKey(path, passphrase, context)
      if (key !== 'locked') return key
    }
    return undefined
  })()
  parsed.set(path, asking)
  return asking
}
