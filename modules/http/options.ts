import type { ArgSpecs, ArgsOf } from '../../engine/args.js'
import { pyStr } from '../../engine/python/repr.js'
import { isDict, type Value } from '../../engine/python/values.js'
import type { HttpRequest } from './request.js'

/** The options that everything that asks a server shares. */
export const httpOptions = {
  url: { type: 'str', required: true, summary: 'what to ask for' },
  url_username: { type: 'str', aliases: ['username', 'user'], summary: 'user for the server' },
  url_password: { type: 'str', aliases: ['password'], noLog: true, summary: 'password for the server' },
  force_basic_auth: { type: 'bool', default: false, summary: 'send user and password before they are asked for' },
  headers: { type: 'dict', default: {}, summary: 'headers to send' },
  http_agent: { type: 'str', default: 'ansible-httpget', summary: 'what to call oneself' },
  validate_certs: { type: 'bool', default: true, summary: 'check the certificate of the server' },
  ca_path: { type: 'path', summary: 'file with certificates to trust' },
  client_cert: { type: 'path', summary: 'certificate to show, maybe with its key' },
  client_key: { type: 'path', summary: 'key of the certificate to show' },
  ciphers: { type: 'list', elements: 'str', summary: 'TLS ciphers to use' },
  use_proxy: { type: 'bool', default: true, summary: 'use the proxy that the environment names' },
  use_netrc: { type: 'bool', default: true, summary: 'take user and password from .netrc' },
  use_gssapi: { type: 'bool', default: false, summary: 'authenticate with Kerberos' },
  unredirected_headers: { type: 'list', elements: 'str', default: [], summary: 'headers not to send after a redirect' },
  decompress: { type: 'bool', default: true, summary: 'unpack what the server packed with gzip' },
  force: { type: 'bool', default: false, summary: 'ask caches for a fresh answer' },
} as const satisfies ArgSpecs

type Options = Omit<ArgsOf<typeof httpOptions>, 'force'> & { readonly timeout: number }

/** What a module asks that has none of these options. */
export const plainRequest = {
  url_username: undefined,
  url_password: undefined,
  headers: new Map(),
  force_basic_auth: false,
  http_agent: 'ansible-httpget',
  ca_path: undefined,
  client_cert: undefined,
  client_key: undefined,
  ciphers: undefined,
  use_proxy: true,
  use_netrc: false,
  use_gssapi: false,
  unredirected_headers: [],
  decompress: true,
}

/** A request by these options; user and password are taken out of the URL. */
export function requestOf(
  args: Options,
  more: Partial<HttpRequest> & Pick<HttpRequest, 'method' | 'follow'>,
): HttpRequest {
  const inUrl = /^([a-z][a-z0-9+.-]*:\/\/)([^/?#@:]*)(?::([^/?#@]*))?@/i.exec(args.url)
  const url = inUrl ? inUrl[1] + args.url.slice(inUrl[0].length) : args.url
  const user = args.url_username || (inUrl ? decodeURIComponent(inUrl[2]!) : undefined)
  return {
    headers: headersOf(args.headers as Value),
    user,
    password: args.url_password ?? (inUrl?.[3] === undefined ? undefined : decodeURIComponent(inUrl[3])),
    forceBasic: args.force_basic_auth,
    clientCert: args.client_cert,
    clientKey: args.client_key,
    caPath: args.ca_path,
    ciphers: args.ciphers,
    validateCerts: args.validate_certs,
    timeout: args.timeout,
    agent: args.http_agent,
    useProxy: args.use_proxy,
    useNetrc: args.use_netrc && user === undefined,
    gssapi: args.use_gssapi,
    decompress: args.decompress,
    unredirected: args.unredirected_headers,
    ...more,
    url: more.url ?? url,
  }
}

export function headersOf(headers: Value | undefined): [string, string][] {
  if (!isDict(headers)) return []
  // Of names that differ in case alone, the last one counts.
  const named = new Map(
    [...headers].map(([name, value]) => [pyStr(name).toLowerCase(), [pyStr(name), pyStr(value)] as const]),
  )
  return [...named.values()].map(([name, value]) => [name, value])
}
