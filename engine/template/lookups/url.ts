/** What a web server answers. */
import { readFileSync } from 'node:fs'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { connect, type Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { pyStr } from '../../python/repr.js'
import { splitLines } from '../../python/text.js'
import type { Value } from '../../python/values.js'
import { defineLookup } from '../define.js'
import { lookupError } from './terms.js'

interface Wanted {
  readonly headers: Record<string, string>
  readonly insecure: boolean
  readonly useProxy: boolean
  readonly timeout: number
  readonly follow: string
  readonly socketPath: string | undefined
  readonly ca: Buffer | undefined
  readonly ciphers: string | undefined
  readonly environ: Readonly<Record<string, string | undefined>>
}

export const url = defineLookup({
  summary: 'The lines (or the whole text) that addresses answer with',
  examples: [["{{ lookup('url', 'nosuchscheme://x') }}", { error: 'Failed lookup url for nosuchscheme://x' }]],
  options: {
    validate_certs: { type: 'bool', default: true, summary: 'check the certificate of the server' },
    split_lines: { type: 'bool', default: true, summary: 'one result per line' },
    use_proxy: { type: 'bool', default: true, summary: 'use the proxy that http_proxy and its kin name' },
    username: { type: 'str', aliases: ['url_username'], summary: 'user for the server' },
    password: { type: 'str', aliases: ['url_password'], noLog: true, summary: 'password for the server' },
    headers: { type: 'dict', default: {}, summary: 'further headers' },
    force: { type: 'bool', default: false, summary: 'ask caches to fetch anew' },
    timeout: { type: 'float', default: 10, summary: 'seconds to wait' },
    http_agent: { type: 'str', default: 'ansible-httpget', summary: 'name to go by' },
    force_basic_auth: { type: 'bool', default: false, summary: 'send user and password with the first request' },
    follow_redirects: { type: 'str', default: 'urllib2', summary: 'which redirects to follow: all, safe, none' },
    use_gssapi: { type: 'bool', default: false, summary: 'Kerberos: cannot be used here' },
    use_netrc: { type: 'bool', default: true, summary: 'take user and password from ~/.netrc' },
    unix_socket: { type: 'str', summary: 'socket to connect through' },
    ca_path: { type: 'str', summary: 'file of certificates to trust' },
    unredirected_headers: { type: 'list', elements: 'str', summary: 'headers to leave out after a redirect' },
    ciphers: { type: 'list', elements: 'str', summary: 'ciphers for TLS' },
  },
  run: async ({ terms, options, host }) => {
    if (options.use_gssapi) throw lookupError("lookup 'url', option 'use_gssapi': Kerberos is not supported")
    const headers: Record<string, string> = { 'user-agent': options.http_agent, connection: 'close' }
    if (options.force) headers['cache-control'] = 'no-cache'
    for (const [name, value] of options.headers) headers[String(name).toLowerCase()] = pyStr(value)
    const wanted: Wanted = {
      headers,
      insecure: !options.validate_certs,
      useProxy: options.use_proxy,
      timeout: options.timeout * 1000,
      follow: options.follow_redirects,
      socketPath: options.unix_socket,
      ca: options.ca_path === undefined ? undefined : readFileSync(options.ca_path),
      ciphers: options.ciphers?.join(':'),
      environ: host.environ,
    }
    const found: Value[] = []
    for (const term of terms) {
      const address = pyStr(term)
      const text = await fetchText(address, wanted, {
        user: options.username,
        password: options.password,
        always: options.force_basic_auth,
        netrc: options.use_netrc ? host.environ.HOME : undefined,
        unredirected: (options.unredirected_headers ?? []).map(name => name.toLowerCase()),
      })
      if (options.split_lines) found.push(...splitLines(text))
      else found.push(text)
    }
    return found
  },
})

interface Login {
  readonly user: string | undefined
  readonly password: string | undefined
  readonly always: boolean
  readonly netrc: string | undefined
  readonly unredirected: readonly string[]
}

async function fetchText(address: string, wanted: Wanted, login: Login): Promise<string> {
  let at: URL
  try {
    at = new URL(address)
    if (at.protocol !== 'http:' && at.protocol !== 'https:')
      throw new Error(`unknown url type: ${at.protocol.slice(0, -1)}`)
  } catch (error) {
    throw lookupError(`Failed lookup url for ${address} : <urlopen error ${(error as Error).message}>`)
  }
  let headers = { ...wanted.headers }
  const netrc = login.user === undefined && at.username === '' ? netrcLogin(login.netrc, at.hostname) : undefined
  const user = login.user ?? (decodeURIComponent(at.username) || netrc?.[0])
  const password = login.password ?? (decodeURIComponent(at.password) || netrc?.[1] || '')
  const basic = user === undefined ? undefined : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  if (basic !== undefined && (login.always || at.username !== '' || netrc)) headers.authorization = basic
  for (let hop = 0; hop <= 10; hop++) {
    const answer = await send(at, headers, wanted, address)
    const { statusCode = 0, headers: answered } = answer.message
    if (statusCode === 401 && basic !== undefined && headers.authorization === undefined) {
      headers.authorization = basic
      continue
    }
    const redirect = [301, 302, 303, 307, 308].includes(statusCode) ? answered.location : undefined
    if (redirect !== undefined && !['none', 'no', 'False'].includes(wanted.follow)) {
      const next = new URL(redirect, at)
      headers = Object.fromEntries(Object.entries(headers).filter(([name]) => !login.unredirected.includes(name)))
      if (next.host !== at.host) delete headers.authorization
      at = next
      continue
    }
    if (statusCode >= 300)
      throw lookupError(
        `Received HTTP error for ${address} : HTTP Error ${statusCode}: ${answer.message.statusMessage ?? ''}`,
      )
    return answer.body.toString('utf8')
  }
  throw lookupError(`Received HTTP error for ${address} : too many redirects`)
}

async function send(
  at: URL,
  headers: Record<string, string>,
  wanted: Wanted,
  address: string,
): Promise<{ message: IncomingMessage; body: Buffer }> {
  try {
    const proxy = wanted.useProxy && wanted.socketPath === undefined ? proxyFor(at, wanted.environ) : undefined
    return await exchange(at, headers, wanted, proxy)
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    if (/certificate|self.signed|altnames|CERT_/i.test(`${code} ${message}`))
      throw lookupError(`Error validating the server's certificate for ${address}: ${message}`)
    throw lookupError(`Failed lookup url for ${address} : <urlopen error ${message || code}>`)
  }
}

function proxyFor(at: URL, environ: Wanted['environ']): URL | undefined {
  const skip = environ.no_proxy ?? environ.NO_PROXY ?? ''
  for (const name of skip.split(',').map(one => one.trim()))
    if (name === '*' || (name !== '' && `.${at.hostname}`.endsWith(name.startsWith('.') ? name : `.${name}`)))
      return undefined
  const scheme = at.protocol.slice(0, -1)
  // A server that runs CGI gets HTTP_PROXY from its clients: only the small spelling counts for http.
  const proxy =
    environ[`${scheme}_proxy`] ?? (scheme === 'https' ? environ.HTTPS_PROXY : undefined) ?? environ.all_proxy
  return proxy ? new URL(proxy.includes('://') ? proxy : `http://${proxy}`) : undefined
}

async function exchange(
  at: URL,
  headers: Record<string, string>,
  wanted: Wanted,
  proxy: URL | undefined,
): Promise<{ message: IncomingMessage; body: Buffer }> {
  const secure = at.protocol === 'https:'
  const tls = { rejectUnauthorized: !wanted.insecure, ca: wanted.ca, ciphers: wanted.ciphers, servername: at.hostname }
  const port = Number(at.port || (secure ? 443 : 80))
  const options: RequestOptions = {
    host: at.hostname.replace(/^\[|\]$/g, ''),
    port,
    path: at.pathname + at.search,
    headers: { host: at.host, ...headers },
    timeout: wanted.timeout,
    ...(wanted.socketPath === undefined ? {} : { socketPath: wanted.socketPath }),
    ...(secure ? tls : {}),
  }
  if (proxy && !secure) Object.assign(options, { host: proxy.hostname, port: Number(proxy.port || 80), path: at.href })
  if (proxy && secure) {
    const tunnel = await tunnelled(proxy, `${at.hostname}:${port}`, wanted.timeout)
    options.createConnection = () => tlsConnect({ ...tls, socket: tunnel })
  }
  return new Promise((resolve, reject) => {
    const call: ClientRequest = (secure ? httpsRequest : httpRequest)(options, message => {
      const chunks: Buffer[] = []
      message.on('data', (chunk: Buffer) => chunks.push(chunk))
      message.on('end', () => resolve({ message, body: Buffer.concat(chunks) }))
      message.on('error', reject)
    })
    call.on('timeout', () => call.destroy(new Error('timed out')))
    call.on('error', reject)
    call.end()
  })
}

/** A way through a proxy to the server itself. */
function tunnelled(proxy: URL, target: string, timeout: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: proxy.hostname, port: Number(proxy.port || 80) })
    const login =
      proxy.username === ''
        ? ''
        : `Proxy-Authorization: Basic ${Buffer.from(`${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`).toString('base64')}\r\n`
    let head = ''
    socket.setTimeout(timeout, () => socket.destroy(new Error('timed out')))
    socket.once('error', reject)
    socket.once('connect', () => socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${login}\r\n`))
    socket.on('data', function read(chunk: Buffer) {
      head += chunk.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      socket.off('data', read)
      if (/^HTTP\/1\.[01] 200/.test(head)) resolve(socket)
      else reject(new Error(`Tunnel connection failed: ${head.split('\r\n')[0]!.replace(/^HTTP\/\S+ /, '')}`))
    })
  })
}

function netrcLogin(home: string | undefined, machine: string): [user: string, password: string] | undefined {
  if (home === undefined) return undefined
  let words: string[]
  try {
    words = readFileSync(`${home}/.netrc`, 'utf8').split(/\s+/)
  } catch {
    return undefined
  }
  const at = words.findIndex((word, index) => word === 'machine' && words[index + 1] === machine)
  if (at === -1) return undefined
  const entry = words.slice(at + 2)
  const end = entry.indexOf('machine')
  const own = end === -1 ? entry : entry.slice(0, end)
  return [own[own.indexOf('login') + 1] ?? '', own[own.indexOf('password') + 1] ?? '']
}
