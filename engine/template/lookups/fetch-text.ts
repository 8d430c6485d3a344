/** One answer of a web server, with redirects, proxies and logins. */
import { readFileSync } from 'node:fs'
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { connect, type Socket } from 'node:net'
import { connect as tlsConnect } from 'node:tls'
import { lookupError } from './terms.js'

export interface Wanted {
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

export interface Login {
  readonly user: string | undefined
  readonly password: string | undefined
  readonly always: boolean
  readonly netrc: string | undefined
  readonly unredirected: readonly string[]
}

export async function fetchText(address: string, wanted: Wanted, login: Login): Promise<string> {
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
