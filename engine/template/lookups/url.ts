/** What a web server answers. */
import { readFileSync } from 'node:fs'
import { pyStr } from '../../python/repr.js'
import { splitLines } from '../../python/text.js'
import type { Value } from '../../python/values.js'
import { defineLookup } from '../define.js'
import type { Wanted } from './fetch-text.js'
import { lookupError } from './terms.js'

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
    // Node's http and TLS are loaded when somebody needs them.
    const { fetchText } = await import('./fetch-text.js')
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
