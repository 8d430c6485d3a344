import { follows } from './curl-config.js'
import type { HttpRequest } from './request.js'

/** What GNU wget cannot do of a request; undefined when it can do all. */
export function wgetLacks(request: HttpRequest): string | undefined {
  if (request.unixSocket) return 'wget cannot use unix_socket'
  if (request.ciphers?.length) return 'wget cannot choose ciphers'
  if (request.gssapi) return 'wget cannot use use_gssapi'
  return undefined
}

/** A request as a wgetrc, which keeps secrets off the command line, and the rest of the command. */
export function wgetConfig(request: HttpRequest): { config: string; argv: string[] } {
  const lines: string[] = []
  const set = (name: string, value: string | number) =>
    void lines.push(`${name} = ${String(value).replace(/[\r\n]/g, '')}`)
  const hasBody = request.body !== undefined || request.bodyFile !== undefined || request.method === 'POST'

  set('server_response', 'on')
  set('http_keep_alive', 'off')
  set('content_on_error', 'on')
  set('tries', 1)
  set('timeout', request.timeout)
  set('user_agent', request.agent)
  set('max_redirect', follows(request) ? 10 : 0)
  for (const [name, value] of request.headers) set('header', `${name}: ${value}`)
  if (request.user !== undefined) {
    set('user', request.user)
    set('password', request.password ?? '')
    if (request.forceBasic) set('auth_no_challenge', 'on')
  }
  if (!request.useNetrc) set('netrc', 'off')
  if (!request.validateCerts) set('check_certificate', 'off')
  if (request.caPath) {
    set('ca_certificate', request.caPath)
    // Nothing else is trusted: no directory of the system's certificates beside it.
    set('ca_directory', '.')
  }
  if (request.clientCert) set('certificate', request.clientCert)
  if (request.clientKey) set('private_key', request.clientKey)
  if (!request.useProxy) set('use_proxy', 'off')
  return {
    config: `${lines.join('\n')}\n`,
    argv: [
      `--method=${request.method}`,
      ...(hasBody ? [`--body-file=${request.bodyFile ?? 'body'}`] : []),
      '--',
      request.url,
    ],
  }
}
