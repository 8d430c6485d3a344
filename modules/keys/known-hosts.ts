import { createHmac, randomBytes } from 'node:crypto'

export interface HostLine {
  readonly text: string
  /** @cert-authority, @revoked. */
  readonly marker: string
  /** Names, or one hashed name. */
  readonly hosts: string
  readonly type: string | undefined
  readonly data: string | undefined
}

/** The keys in a known_hosts file; comments and empty lines are no keys. */
export const hostLines = (text: string): HostLine[] =>
  text.split('\n').flatMap(line => {
    const trimmed = line.trim()
    if (trimmed === '' || trimmed.startsWith('#')) return []
    const words = trimmed.split(/\s+/)
    const marker = words[0]!.startsWith('@') ? words.shift()! : ''
    const [hosts = '', type, data] = words
    return [{ text: trimmed, marker, hosts, type: data === undefined ? undefined : type, data }]
  })

/** Does the first field of a line mean this host? */
export function matchesHost(hosts: string, host: string): boolean {
  const hashed = /^\|1\|([^|]+)\|([^|]+)$/.exec(hosts)
  if (hashed) return createHmac('sha1', Buffer.from(hashed[1]!, 'base64')).update(host).digest('base64') === hashed[2]
  return hosts.toLowerCase().split(',').includes(host)
}

/** The host as ssh writes it with HashKnownHosts. */
export function hashedHost(host: string): string {
  const salt = randomBytes(20)
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(host).digest('base64')}`
}
