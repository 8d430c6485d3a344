/** Each program that speaks HTTP on hosts, against a server that misbehaves. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import http from 'node:http'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { HostPool } from '../../engine/remote/pool.js'
import type { TaskRemote } from '../../engine/remote/remote.js'
import { type HttpRequest, type HttpTool, httpRequest, httpTool } from '../../modules/http/request.js'
import { testSettings } from './settings.js'

const folder = mkdtempSync(join(tmpdir(), 'understudy-http-'))
const bytes = Buffer.from([0, 255, 10, 13, 200])
const answers: { readonly [path: string]: http.RequestListener } = {
  '/ok': (_, out) => void out.setHeader('x-one', '1').end('hello\n'),
  '/bytes': (_, out) => void out.end(bytes),
  '/gzip': (_, out) => void out.setHeader('content-encoding', 'gzip').end(gzipSync('unpacked\n')),
  '/there': (_, out) => void out.writeHead(302, { location: '/ok' }).end(),
  '/loop': (_, out) => void out.writeHead(302, { location: '/loop' }).end(),
  '/stall': (_, out) => void out.writeHead(200, { 'content-length': 100 }).write('x'),
  '/silent': () => undefined,
  '/cut': (request, out) => {
    out.writeHead(200, { 'content-length': 100 }).write('part')
    setTimeout(() => request.socket.destroy(), 100)
  },
  '/secure': (_, out) => void out.writeHead(302, { location: `${tls.url}/ok` }).end(),
  '/since': (request, out) => void out.writeHead(request.headers['if-modified-since'] ? 304 : 200).end(),
  '/auth': (request, out) => {
    if (request.headers.authorization === `Basic ${Buffer.from('u:p w').toString('base64')}`) out.end('in\n')
    else out.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end()
  },
  '/echo': (request, out) => {
    const parts: Buffer[] = []
    request.on('data', part => parts.push(part))
    request.on('end', () => out.end(`${request.method} ${Buffer.concat(parts)}`))
  },
}
const listener: http.RequestListener = (request, out) => {
  const answer = answers[request.url!]
  if (answer) answer(request, out)
  else out.writeHead(404).end('not here')
}
const listen = <S extends http.Server | https.Server>(server: S, scheme: string) =>
  new Promise<{ url: string; server: S }>(done =>
    server.listen(0, '127.0.0.1', () =>
      done({ url: `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`, server }),
    ),
  )
let plain: { url: string; server: http.Server }
let tls: { url: string; server: https.Server }

beforeAll(async () => {
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'ignore' })
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
  openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'key', '-out', 'ca', '-days', '2', ...subject)
  plain = await listen(http.createServer(listener), 'http')
  const [key, cert] = ['key', 'ca'].map(name => readFileSync(join(folder, name)))
  tls = await listen(https.createServer({ key: key!, cert: cert! }, listener), 'https')
})
afterAll(() => {
  for (const { server } of [plain, tls]) {
    server.closeAllConnections()
    server.close()
  }
  rmSync(folder, { recursive: true, force: true })
})

/** A PATH with the applets of BusyBox alone. */
function busyboxPath(): string | undefined {
  const { status, stdout } = spawnSync('busybox', ['--list'], { encoding: 'utf8' })
  if (status !== 0) return undefined
  const program = spawnSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).stdout.trim()
  mkdirSync(join(folder, 'bin'))
  for (const applet of stdout.split('\n').filter(Boolean)) symlinkSync(program, join(folder, 'bin', applet))
  return join(folder, 'bin')
}

const has = (program: string) => spawnSync(program, ['--version']).status === 0
const path = busyboxPath()
const shells: { readonly [tool: string]: string | undefined } = {
  curl: has('curl') ? '/bin/sh' : undefined,
  wget: has('wget') ? '/bin/sh' : undefined,
  busybox: path && `env PATH=${path} ${path}/sh`,
}

for (const [name, shell] of Object.entries(shells)) {
  if (shell === undefined) continue
  const tool = name as HttpTool
  describe(`HTTP by ${tool}`, () => {
    let pool: HostPool
    let remote: TaskRemote
    beforeAll(() => {
      pool = new HostPool({ settings: testSettings() })
      const vars = (name: string) => (name === 'ansible_shell_executable' ? shell : undefined)
      remote = pool.remote(
        { name: 'here', connection: 'local', vars },
        { checkMode: false, diffMode: false, environment: new Map() },
      )
    })
    afterAll(async () => {
      await remote.dispose()
      await pool.close()
    })
    const ask = (path: string, more: Partial<HttpRequest> = {}) =>
      httpRequest(
        remote,
        tool,
        {
          url: path.startsWith('http') ? path : plain.url + path,
          method: 'GET',
          headers: [],
          forceBasic: false,
          validateCerts: true,
          follow: 'urllib2',
          timeout: 10,
          agent: 'test',
          useProxy: false,
          useNetrc: false,
          gssapi: false,
          decompress: true,
          unredirected: [],
          ...more,
        },
        msg => {
          throw new Error(msg)
        },
      )
    const post = { method: 'POST', body: Buffer.from('b'), headers: [['Content-Type', 'text/plain']] as const }

    test('status, headers and content arrive', async () => {
      const { status, msg, headers, body } = await ask('/ok')
      expect({ status, msg, body: body.toString() }).toEqual({ status: 200, msg: 'OK (6 bytes)', body: 'hello\n' })
      expect(headers).toContainEqual(['x-one', '1'])
      expect(headers.map(([header]) => header.toLowerCase())).not.toContain('length')
      expect((await ask('/bytes')).body).toEqual(bytes)
      expect((await ask('/gzip')).body.toString()).toBe('unpacked\n')
    })

    test('a redirect is followed, and told', async () => {
      expect(await ask('/there')).toMatchObject({ status: 200, redirected: true, url: `${plain.url}/ok` })
      expect(await ask('/loop')).toMatchObject({ status: 302, msg: expect.stringMatching(/infinite loop/) })
    })

    test('a header that is not for where a redirect leads is held back', async () => {
      const more = { headers: [['X-A', '1']] as const, unredirected: ['x-a'] }
      if (tool === 'busybox') return expect(ask('/there', more)).rejects.toThrow(/this needs curl/)
      expect(await ask('/there', more)).toMatchObject({ status: 200, redirected: true, url: `${plain.url}/ok` })
    })

    test('an error is an answer', async () => {
      expect(await ask('/nope')).toMatchObject({ status: 404, msg: 'HTTP Error 404: Not Found' })
      const since = [['If-Modified-Since', 'Sat, 21 Nov 2026 11:00:00 GMT']] as const
      expect(await ask('/since', { headers: since })).toMatchObject({ status: 304 })
    })

    test('an answer that is cut off is none', async () => {
      expect(await ask('/cut')).toMatchObject({ status: -1, msg: expect.stringMatching(/^Connection failure: /) })
    })

    test('a server that says nothing more is left after the timeout', async () => {
      const stalled = { status: -1, msg: 'Connection failure: timed out' }
      expect(await ask('/stall', { timeout: 1 })).toMatchObject(stalled)
      expect(await ask('/silent', { timeout: 1 })).toMatchObject(stalled)
    }, 30_000)

    test('nobody there is said in urllib’s words', async () => {
      expect((await ask('http://127.0.0.1:1/')).msg).toBe(
        'Request failed: <urlopen error [Errno 111] Connection refused>',
      )
    })

    test('an unknown certificate is never passed over', async () => {
      if (tool === 'busybox') {
        await expect(ask(`${tls.url}/ok`)).rejects.toThrow('BusyBox wget cannot check certificates')
        expect(await ask('/secure')).toMatchObject({ status: -1, msg: expect.stringMatching(/led to https/) })
        return
      }
      const refused = { status: -1, msg: expect.stringMatching(/CERTIFICATE_VERIFY_FAILED/) }
      expect(await ask(`${tls.url}/ok`)).toMatchObject(refused)
      expect(await ask('/secure')).toMatchObject(refused)
      expect(await ask(`${tls.url}/ok`, { caPath: join(folder, 'ca') })).toMatchObject({ status: 200 })
      expect(await ask(`${tls.url}/ok`, { validateCerts: false })).toMatchObject({ status: 200 })
    })

    test('what it cannot do without showing a secret is refused by name', async () => {
      const login = { user: 'u', password: 'p w' }
      if (tool === 'busybox') {
        await expect(ask('/auth', login)).rejects.toThrow('would show the password')
        await expect(ask('/echo', { headers: [['X-Token', 's']] })).rejects.toThrow('would show the header X-Token')
        await expect(ask('/echo', { ...post, method: 'PUT' })).rejects.toThrow('cannot send PUT')
        return
      }
      expect(await ask('/auth', login)).toMatchObject({ status: 200 })
      expect(await ask('/auth', { ...login, forceBasic: true })).toMatchObject({ status: 200 })
      expect(await ask('/auth', { user: 'u', password: 'x' })).toMatchObject({ status: 401 })
      expect((await ask('/echo', { ...post, method: 'PUT' })).body.toString()).toBe('PUT b')
    })

    test('a body is sent', async () => {
      expect((await ask('/echo', post)).body.toString()).toBe('POST b')
    })

    test('it is the one that is found', async () => {
      if (tool !== 'wget') expect(await remote.query(httpTool)).toBe(tool)
    })
  })
}
