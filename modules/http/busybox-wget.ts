import type { HttpRequest } from './request.js'

/** Headers that are no secret, and so may stand on a command line. */
const harmless = /^(accept|cache-control|content-type|if-modified-since|accept-encoding|accept-language)$/i

/** What BusyBox' wget cannot do of a request, or only by showing secrets to everybody on the host. */
export function busyboxLacks(request: HttpRequest): string | undefined {
  const { method, headers } = request
  if (/^https:/i.test(request.url) && request.validateCerts) return 'BusyBox wget cannot check certificates'
  if (method !== 'GET' && method !== 'POST') return `BusyBox wget cannot send ${method}`
  if (request.user !== undefined || request.gssapi || /^[a-z]+:\/\/[^/]*@/i.test(request.url))
    return 'BusyBox wget would show the password on the process list'
  const secret = headers.find(([name]) => !harmless.test(name))
  if (secret) return `BusyBox wget would show the header ${secret[0]} on the process list`
  if (request.follow === 'none' || (request.follow === 'safe' && method === 'POST'))
    return 'BusyBox wget always follows redirects'
  const option = request.unixSocket
    ? 'unix_socket'
    : request.clientCert
      ? 'client_cert'
      : request.caPath
        ? 'ca_path'
        : request.ciphers?.length
          ? 'ciphers'
          : undefined
  return option && `BusyBox wget cannot use ${option}`
}

export function busyboxCommand(request: HttpRequest): { config: string; argv: string[] } {
  const hasBody = request.body !== undefined || request.bodyFile !== undefined || request.method === 'POST'
  return {
    config: '',
    argv: [
      '-U',
      request.agent,
      ...(request.useProxy ? [] : ['-Y', 'off']),
      ...(request.validateCerts ? [] : ['--no-check-certificate']),
      ...request.headers.flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
      ...(hasBody ? ['--post-file', request.bodyFile ?? 'body'] : []),
      request.url,
    ],
  }
}
