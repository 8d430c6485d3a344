/**
 * What OpenSSH's client would do for a host: command-line options and ssh_config files, first value wins. Pure but for
 * reading the files. What ssh2 cannot honour is noted, so that the system's ssh can take over.
 */

import { hostname, userInfo } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import SSHConfig from 'ssh-config'
import { shlexSplit } from '../../python/shlex.js'
import { globSync, readFileSync } from './files.js'

/** Keywords in lower case → values, in the order found. */
export type SshOptions = ReadonlyMap<string, readonly string[]>

export interface SshRequest {
  /** The name as given (ansible_host). */
  readonly host: string
  /** Options in ssh's order of precedence, e.g. ['-p', '22', '-o', 'User=root']. */
  readonly args: readonly string[]
  readonly home: string
}

export interface SshPlan {
  readonly options: SshOptions
  readonly hostname: string
  readonly user: string
  readonly port: number
  /** Why only the system's ssh can do this. */
  readonly beyond: string | undefined
}

/** Keywords of which every value counts, not only the first. */
const collected = new Set([
  'identityfile',
  'certificatefile',
  'sendenv',
  'setenv',
  'localforward',
  'remoteforward',
  'dynamicforward',
])

/** Keywords that make no difference here: about terminals, sharing (connections are always kept), logging, forwarding X. */
const harmless = new Set(
  `addkeystoagent addressfamily batchmode bindaddress canonicaldomains canonicalizefallbacklocal canonicalizehostname
  canonicalizemaxdots canonicalizepermittedcnames challengeresponseauthentication checkhostip ciphers
  clearallforwardings compression compressionlevel connectionattempts connecttimeout controlmaster controlpath
  controlpersist enableescapecommandline enablesshkeysign escapechar exitonforwardfailure fingerprinthash
  forkafterauthentication forwardagent forwardx11 forwardx11timeout forwardx11trusted gatewayports
  globalknownhostsfile gssapidelegatecredentials gssapikeyexchange gssapitrustdns gssapirenewalforcesrekey
  gssapiclientidentity gssapiserveridentity gssapiauthentication hashknownhosts hostkeyalgorithms hostkeyalias
  hostname hostbasedacceptedalgorithms identitiesonly identityagent identityfile ignoreunknown include ipqos
  kbdinteractiveauthentication kbdinteractivedevices kexalgorithms keyboardinteractiveauthentication localcommand
  loglevel logverbose macs nohostauthenticationforlocalhost numberofpasswordprompts obscurekeystroketiming
  passwordauthentication permitlocalcommand permitremoteopen port preferredauthentications proxycommand proxyjump
  pubkeyacceptedalgorithms pubkeyacceptedkeytypes pubkeyauthentication rekeylimit remotecommand requesttty
  requiredrsasize sendenv serveralivecountmax serveraliveinterval sessiontype setenv stdinnull
  streamlocalbindmask streamlocalbindunlink stricthostkeychecking syslogfacility tcpkeepalive updatehostkeys
  useroaming usekeychain user userknownhostsfile visualhostkey xauthlocation warnweakcrypto channeltimeout protocol
  rsaauthentication rhostsrsaauthentication cipher useprivilegedport dsaauthentication fallbacktorsh usersh`.split(
    /\s+/,
  ),
)

/** What takes effect only through the system's ssh, and for which values. */
const beyondSsh2: { readonly [keyword: string]: (value: string, explicit: boolean) => boolean } = {
  // Debian's own ssh_config turns it on for everybody; that alone is no wish.
  gssapiauthentication: (value, explicit) => explicit && yes(value),
  certificatefile: () => true,
  pkcs11provider: value => value !== 'none',
  securitykeyprovider: (value, explicit) => explicit && value !== 'internal',
  hostbasedauthentication: yes,
  canonicalizehostname: value => value !== 'no' && value !== 'none',
  knownhostscommand: value => value !== 'none',
  revokedhostkeys: value => value !== 'none',
  verifyhostkeydns: value => value !== 'no',
  proxyusefdpass: yes,
  tunnel: value => value !== 'no',
  localforward: () => true,
  remoteforward: () => true,
  dynamicforward: () => true,
  bindinterface: () => true,
  casignaturealgorithms: (_, explicit) => explicit,
  tag: () => false,
}

function yes(value: string): boolean {
  return /^(?:yes|true)$/i.test(value)
}

/** Options and files for a host, evaluated as ssh(1) does. */
export function planSsh({ host, args, home }: SshRequest): SshPlan {
  const found = new Found(host, home)
  const { file } = readArgs(args, found)
  if (file !== 'none') {
    if (file !== undefined) found.read(expandTilde(file, home), true, true)
    else {
      found.read(join(home, '.ssh/config'), false, true)
      found.read('/etc/ssh/ssh_config', false, false)
    }
  }
  const local = userInfo().username
  const named = found.first('hostname')
  const base = named === undefined ? host : named.replace(/%[%h]/g, token => (token === '%h' ? host : '%'))
  return {
    options: found.options,
    hostname: base,
    user: found.first('user') ?? local,
    port: Number(found.first('port') ?? 22),
    beyond: found.beyond,
  }
}

class Found {
  readonly options = new Map<string, string[]>()
  beyond: string | undefined
  #depth = 0

  constructor(
    private readonly host: string,
    private readonly home: string,
  ) {}

  first(keyword: string): string | undefined {
    return this.options.get(keyword)?.[0]
  }

  set(written: string, value: string, explicit: boolean): void {
    const keyword = written.toLowerCase()
    const known = this.options.get(keyword)
    if (known && !collected.has(keyword)) return
    if (known) known.push(value)
    else this.options.set(keyword, [value])
    const check = Object.hasOwn(beyondSsh2, keyword) ? beyondSsh2[keyword] : undefined
    if (check ? check(value, explicit) : !harmless.has(keyword)) this.beyond ??= `${written} ${value}`
  }

  read(path: string, required: boolean, explicit: boolean): void {
    let text: string
    try {
      text = readFileSync(path)
    } catch (error) {
      if (required) throw new Error(`Can't open user config file ${path}: ${(error as Error).message}`)
      return
    }
    if (++this.#depth > 16) throw new Error(`${path}: too many Includes inside each other`)
    this.#lines(SSHConfig.parse(text) as unknown as readonly ConfigLine[], path, explicit)
    this.#depth -= 1
  }

  #lines(lines: readonly ConfigLine[], path: string, explicit: boolean): void {
    for (const line of lines) {
      if (line.param === undefined || line.value === undefined) continue
      const words = typeof line.value === 'string' ? [line.value] : line.value.map(word => word.val)
      const keyword = line.param.toLowerCase()
      if (keyword === 'host') {
        if (matchesList(words, this.host)) this.#lines(line.config ?? [], path, explicit)
      } else if (keyword === 'match') {
        if (this.#matches(words)) this.#lines(line.config ?? [], path, explicit)
      } else if (keyword === 'include') {
        for (const word of words) this.#include(word, path, explicit)
      } else this.set(line.param, textOf(keyword, line.value), explicit)
    }
  }

  #include(pattern: string, from: string, explicit: boolean): void {
    const base = from.startsWith('/etc/') ? '/etc/ssh' : join(this.home, '.ssh')
    const expanded = expandTilde(pattern, this.home)
    const full = isAbsolute(expanded)
      ? expanded
      : join(from.startsWith(this.home) || from.startsWith('/etc/') ? base : dirname(from), expanded)
    for (const path of globSync(full)) this.read(path, false, explicit)
  }

  #matches(words: readonly string[]): boolean {
    for (let index = 0; index < words.length; index++) {
      const negated = words[index]!.startsWith('!')
      const [name, inline] = words[index]!.replace(/^!/, '').toLowerCase().split('=', 2) as [string, string?]
      if (name === 'all') continue
      if (name === 'final' || name === 'canonical') {
        // A second pass over the files, which this one is not.
        if (!negated) return false
        continue
      }
      const value = inline ?? words[++index] ?? ''
      const list = value.split(',')
      let fits: boolean
      if (name === 'host') fits = matchesList(list, this.first('hostname') ?? this.host)
      else if (name === 'originalhost') fits = matchesList(list, this.host)
      else if (name === 'user') fits = matchesList(list, this.first('user') ?? userInfo().username)
      else if (name === 'localuser') fits = matchesList(list, userInfo().username)
      else {
        this.beyond ??= `Match ${name}`
        return false
      }
      if (fits === negated) return false
    }
    return true
  }
}

interface ConfigLine {
  readonly param?: string
  readonly value?: string | readonly { val: string; quoted?: boolean }[]
  readonly config?: readonly ConfigLine[]
}

/** Commands keep the quotes that the shell needs. */
function textOf(keyword: string, value: NonNullable<ConfigLine['value']>): string {
  if (typeof value === 'string') return value
  const command = keyword.endsWith('command')
  return value.map(({ val, quoted }) => (command && quoted ? `"${val}"` : val)).join(' ')
}

/** ssh's own flags as keywords. */
function readArgs(args: readonly string[], found: Found): { file: string | undefined } {
  let file: string | undefined
  const withValue: { readonly [flag: string]: string } = {
    p: 'Port',
    l: 'User',
    i: 'IdentityFile',
    J: 'ProxyJump',
    b: 'BindAddress',
    c: 'Ciphers',
    m: 'MACs',
    S: 'ControlPath',
    B: 'BindInterface',
    D: 'DynamicForward',
    L: 'LocalForward',
    R: 'RemoteForward',
    w: 'Tunnel',
    I: 'PKCS11Provider',
    e: 'EscapeChar',
    O: '',
    Q: '',
    E: '',
    W: '',
    P: '',
  }
  const plain: { readonly [flag: string]: readonly [string, string] } = {
    C: ['Compression', 'yes'],
    A: ['ForwardAgent', 'yes'],
    a: ['ForwardAgent', 'no'],
    4: ['AddressFamily', 'inet'],
    6: ['AddressFamily', 'inet6'],
    K: ['GSSAPIAuthentication', 'yes'],
    k: ['GSSAPIDelegateCredentials', 'no'],
    x: ['ForwardX11', 'no'],
    X: ['ForwardX11', 'yes'],
    Y: ['ForwardX11Trusted', 'yes'],
  }
  for (let index = 0; index < args.length; index++) {
    const word = args[index]!
    if (!/^-[^-]/.test(word)) {
      found.beyond ??= word
      continue
    }
    for (let at = 1; at < word.length; at++) {
      const flag = word[at]!
      const rest = () => word.slice(at + 1) || args[++index] || ''
      if (flag === 'o') {
        const [, key = '', value = ''] = /^\s*([^\s=]+)(?:\s*=\s*|\s+)?(.*)$/s.exec(rest()) ?? []
        found.set(key, value.trim().replace(/^"(.*)"$/s, '$1'), true)
        break
      }
      if (flag === 'F') {
        file = rest()
        break
      }
      if (withValue[flag] !== undefined) {
        const value = rest()
        if (withValue[flag]) found.set(withValue[flag], value, true)
        else found.beyond ??= `-${flag} ${value}`
        break
      }
      const option = plain[flag]
      if (option) found.set(option[0], option[1], true)
      else if (!'vqTtnNfgGMsVy'.includes(flag)) found.beyond ??= `-${flag}`
    }
  }
  return { file }
}

/** Words of an args string, as the shell that Ansible imitates splits them. */
export const splitArgs = (text: string): string[] => shlexSplit(text)

/** ssh's pattern lists: `*` and `?`, `!` negates, one negated match refuses. */
export function matchesList(patterns: readonly string[], text: string): boolean {
  let fits = false
  for (const pattern of patterns) {
    const negated = pattern.startsWith('!')
    if (!matchesPattern(negated ? pattern.slice(1) : pattern, text)) continue
    if (negated) return false
    fits = true
  }
  return fits
}

function matchesPattern(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'is').test(text)
}

export const expandTilde = (path: string, home: string): string =>
  path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path

/** %-tokens of IdentityFile, ProxyCommand, known hosts files. */
export function expandTokens(
  text: string,
  tokens: {
    readonly host: string
    readonly original: string
    readonly user: string
    readonly port: number
    readonly home: string
  },
): string {
  const local = userInfo().username
  return text.replace(/%[%dhiklLnpru]/g, token => {
    switch (token[1]) {
      case 'd':
        return tokens.home
      case 'h':
      case 'k':
        return tokens.host
      case 'n':
        return tokens.original
      case 'p':
        return String(tokens.port)
      case 'r':
        return tokens.user
      case 'u':
        return local
      case 'i':
        return String(userInfo().uid)
      case 'l':
        return hostname()
      case 'L':
        return hostname().split('.')[0]!
      default:
        return '%'
    }
  })
}
