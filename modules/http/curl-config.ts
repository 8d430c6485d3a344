import type { HttpRequest } from './request.js'

const quoted = (text: string) =>
  `"${text.replace(/[\\"\n\r\t\v]/g, char => ({ '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v' })[char]!)}"`

/** A request as a file for `curl -K`, run where its files (body, out, head) are. */
export function curlConfig(request: HttpRequest): string {
  const lines: string[] = []
  const set = (name: string, value?: string | number) =>
    void lines.push(value === undefined ? name : `${name} = ${quoted(String(value))}`)
  const { method, headers } = request
  const hasBody = request.body !== undefined || request.bodyFile !== undefined

  set('url', request.url)
  set('silent')
  set('show-error')
  set('globoff')
  set('output', 'out')
  set('dump-header', 'head')
  set('write-out', '%{http_code} %{num_redirects} %{url_effective}\nsize %{size_download}\n')
  set('user-agent', request.agent)
  set('connect-timeout', request.timeout)
  // A pause is an error; a long transfer is not.
  set('speed-limit', 1)
  set('speed-time', request.timeout)

  // curl asks for headers alone or sends something.
  if (method !== 'HEAD' && (hasBody || ofContent.has(method))) set('data-binary', `@${request.bodyFile ?? 'body'}`)
  if (method === 'HEAD') set('head')
  else if (method !== (hasBody || ofContent.has(method) ? 'POST' : 'GET')) set('request', method)

  const given = new Set(headers.map(([name]) => name.toLowerCase()))
  for (const [name, value] of headers) set('header', value === '' ? `${name};` : `${name}: ${value}`)
  // What curl adds and Ansible does not.
  if (!given.has('accept')) set('header', 'Accept:')
  if (!given.has('accept-encoding')) set('header', 'Accept-Encoding: identity')
  if (!given.has('connection')) set('header', 'Connection: close')
  if (!hasBody && ofContent.has(method) && !given.has('content-type')) set('header', 'Content-Type:')
  if (hasBody && !given.has('expect')) set('header', 'Expect:')

  if (request.gssapi) {
    set('negotiate')
    set('user', `${request.user ?? ''}:${request.password ?? ''}`)
  } else if (request.user !== undefined) {
    set('user', `${request.user}:${request.password ?? ''}`)
    set(request.forceBasic ? 'basic' : 'anyauth')
  } else if (request.useNetrc) set('netrc-optional')

  if (follows(request)) {
    // What is set on the way is sent on.
    if (!given.has('cookie')) set('cookie', '')
    set('location')
    set('max-redirs', 10)
  }
  if (!request.validateCerts) set('insecure')
  if (request.caPath) {
    set('cacert', request.caPath)
    // Nothing else is trusted: no directory of the system's certificates beside it.
    set('capath', '.')
  }
  if (request.clientCert) set('cert', request.clientCert)
  if (request.clientKey) set('key', request.clientKey)
  if (request.ciphers?.length) set('ciphers', request.ciphers.join(':'))
  if (request.unixSocket) set('unix-socket', request.unixSocket)
  if (!request.useProxy) set('noproxy', '*')
  return `${lines.join('\n')}\n`
}

/** Methods that say how much they send, also when that is nothing. */
const ofContent: ReadonlySet<string> = new Set(['PATCH', 'POST', 'PUT'])

/** `safe` follows only what changes nothing. */
export const follows = ({ follow, method }: HttpRequest): boolean =>
  follow === 'all' ||
  (follow === 'urllib2' && /^(GET|HEAD|POST)$/.test(method)) ||
  (follow === 'safe' && /^(GET|HEAD)$/.test(method))
