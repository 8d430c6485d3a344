/** Lists of algorithms as ssh_config writes them (+, -, ^, wildcards), cut to what ssh2 knows. */
import { createRequire } from 'node:module'
import type { SshOptions } from './config.js'
import { matchesList } from './config.js'

/** ssh2 says what it supports only in a file of its own. */
const ssh2 = createRequire(import.meta.url)('ssh2/lib/protocol/constants.js') as Record<string, readonly string[]>

const kinds = {
  kex: ['KEX', 'kexalgorithms'],
  serverHostKey: ['SERVER_HOST_KEY', 'hostkeyalgorithms'],
  cipher: ['CIPHER', 'ciphers'],
  hmac: ['MAC', 'macs'],
} as const

export interface Chosen {
  readonly kex: string[]
  readonly serverHostKey: string[]
  readonly cipher: string[]
  readonly hmac: string[]
}

/** The algorithms to offer; a string names the wish that only the system's ssh can fulfil. */
export function chooseAlgorithms(options: SshOptions): Chosen | string {
  const chosen: { [kind: string]: string[] } = {}
  for (const [kind, [name, keyword]] of Object.entries(kinds)) {
    const defaults = ssh2[`DEFAULT_${name}`]!
    const written = options.get(keyword)?.[0]
    const list = written === undefined ? [...defaults] : pick(written, defaults, ssh2[`SUPPORTED_${name}`]!)
    if (list.length === 0) return `${keyword} ${written}`
    chosen[kind] = list
  }
  return chosen as unknown as Chosen
}

function pick(written: string, defaults: readonly string[], supported: readonly string[]): string[] {
  const sign = /^[+^-]/.exec(written)?.[0]
  const patterns = written.slice(sign ? 1 : 0).split(',')
  if (sign === '-') return defaults.filter(one => !matchesList(patterns, one))
  const named = patterns.flatMap(pattern => supported.filter(one => matchesList([pattern], one)))
  if (sign === '+') return [...new Set([...defaults, ...named])]
  if (sign === '^') return [...new Set([...named, ...defaults])]
  return [...new Set(named)]
}
