/** Lists of algorithms as ssh_config writes them (+, -, ^, wildcards), cut to what ssh2 knows. */
import constants from 'ssh2/lib/protocol/constants.js'
import type { SshOptions } from './config.js'
import { matchesList } from './config.js'

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
    const defaults = constants[`DEFAULT_${name}`]!
    const written = options.get(keyword)?.[0]
    const list = written === undefined ? [...defaults] : pick(written, defaults, constants[`SUPPORTED_${name}`]!)
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
