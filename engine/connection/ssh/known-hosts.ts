/** Host keys, checked as OpenSSH does it: names hashed or plain, patterns, ports, @revoked and @cert-authority. */
import { createHash, createHmac, randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { matchesList } from './config.js'

export interface KnownKey {
  readonly file: string
  readonly line: number
  readonly marker: 'revoked' | 'cert-authority' | undefined
  readonly type: string
  readonly key: string
}

export type Verdict =
  | { readonly kind: 'known' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'changed'; readonly offending: KnownKey }
  | { readonly kind: 'revoked'; readonly offending: KnownKey }

/** How a host is named in known_hosts: [name]:port unless the port is 22. */
export const knownName = (host: string, port: number): string =>
  (port === 22 ? host : `[${host}]:${port}`).toLowerCase()

/** The keys that some files hold for a name. */
export function keysFor(files: readonly string[], name: string): KnownKey[] {
  return files.flatMap(file => {
    let text: string
    try {
      text = readFileSync(file, 'utf8')
    } catch {
      return []
    }
    return parseKnownHosts(text, name, file)
  })
}

/** Lines of one file that are about `name`. */
export function parseKnownHosts(text: string, name: string, file: string): KnownKey[] {
  const keys: KnownKey[] = []
  text.split('\n').forEach((written, index) => {
    const words = written.trim().split(/\s+/)
    if (words[0] === '' || words[0]!.startsWith('#')) return
    const marker = words[0]!.startsWith('@') ? words.shift()!.slice(1) : undefined
    const [hosts, type, key] = words
    if (hosts === undefined || type === undefined || key === undefined || !namesHost(hosts, name)) return
    if (marker !== undefined && marker !== 'revoked' && marker !== 'cert-authority') return
    keys.push({ file, line: index + 1, marker, type, key })
  })
  return keys
}

function namesHost(hosts: string, name: string): boolean {
  const hashed = /^\|1\|([^|]+)\|([^|]+)$/.exec(hosts)
  if (hashed) {
    const hash = createHmac('sha1', Buffer.from(hashed[1]!, 'base64')).update(name).digest('base64')
    return hash === hashed[2]
  }
  return matchesList(hosts.toLowerCase().split(','), name)
}

/** What the known keys say about the key that the host showed. */
export function judge(known: readonly KnownKey[], shown: Buffer): Verdict {
  const key = shown.toString('base64')
  const revoked = known.find(one => one.marker === 'revoked' && sameKey(one.key, key))
  if (revoked) return { kind: 'revoked', offending: revoked }
  const plain = known.filter(one => one.marker === undefined)
  if (plain.some(one => sameKey(one.key, key))) return { kind: 'known' }
  const type = keyType(shown)
  const offending = plain.find(one => one.type === type)
  return offending ? { kind: 'changed', offending } : { kind: 'unknown' }
}

const sameKey = (one: string, other: string): boolean => one.replace(/=+$/, '') === other.replace(/=+$/, '')

/** The type a key says it has. */
export function keyType(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE(0) : 0
  return key.subarray(4, 4 + length).toString('latin1')
}

export const fingerprint = (key: Buffer): string =>
  `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`

/** Adds a key, hashed where the user wants that. */
export function remember(file: string, name: string, key: Buffer, hashed: boolean): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const salt = randomBytes(20)
  const shown = hashed
    ? `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`
    : name
  const open = existsSync(file) && !/(?:^|\n)$/.test(readFileSync(file, 'utf8')) ? '\n' : ''
  appendFileSync(file, `${open}${shown} ${keyType(key)} ${key.toString('base64')}\n`, { mode: 0o600 })
}

/** Host key algorithms with those first whose key is known, so that a host shows the key that can be checked. */
export function preferKnown(algorithms: readonly string[], known: readonly KnownKey[]): string[] {
  const types = new Set(known.filter(one => one.marker === undefined).map(one => one.type))
  const isKnown = (algorithm: string) => types.has(algorithm.replace(/^rsa-sha2-(?:256|512)$/, 'ssh-rsa'))
  return [...algorithms.filter(isKnown), ...algorithms.filter(algorithm => !isKnown(algorithm))]
}
