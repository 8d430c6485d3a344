import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeCall, FakeHost } from '../engine/remote/fake.js'
import getUrl, { digestFor } from './get_url.js'
import { curlConfig } from './http/curl-config.js'
import { parseHeaderBlocks } from './http/headers.js'
import { plainRequest, requestOf } from './http/options.js'
import { fakeServer } from './http/server.fake.js'
import uri from './uri.js'

const answers = (answer: Parameters<typeof fakeServer>[0]) =>
  [...fakeServer(answer), [/md5sum/, '9a0364b9e99bb480dd25e1f0284c8555  -\n']] as const

const ok =
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: a=b; Path=/\r\nX-Two: 1\r\nX-Two: 2\r\n\r\n'

testModule(
  uri,
  { url: 'http://example.com/x' },
  {
    'returns headers, cookies and JSON': {
      commands: answers({ head: ok, body: '{"a": [1]}' }),
      trips: 2,
      changed: false,
      returns: {
        status: 200,
        url: 'http://example.com/x',
        redirected: false,
        x_two: '1, 2',
        cookies: { a: 'b' },
        cookies_string: 'a=b',
        msg: 'OK (unknown bytes)',
      },
    },
    'fails for another status': {
      args: { return_content: true },
      commands: answers({ head: 'HTTP/1.1 404 Not Found\r\n\r\n', body: 'nope' }),
      fails: 'Status code was 404 and not [200]: HTTP Error 404: Not Found',
      returns: { status: 404, content: 'nope' },
    },
    'takes another status': {
      args: { status_code: '200,404' },
      commands: answers({ head: 'HTTP/1.1 404 Not Found\r\n\r\n', body: 'nope' }),
      returns: { status: 404, body: 'nope' },
      trips: 2,
    },
    'what the server says comes after what is known, and of an error each header once': {
      args: { status_code: 404 },
      commands: answers({
        head: 'HTTP/1.1 404 Not Found\r\nStatus: 7\r\nUrl: zz\r\nX-One: a\r\nX-One: b\r\n\r\n',
      }),
      trips: 2,
      returns: { status: 404, url: 'http://example.com/x', x_one: 'b' },
    },
    'tells the cookies of all that led here, but not those that are over or of others': {
      commands: answers({
        head: 'HTTP/1.1 302 Found\r\nLocation: /y\r\nSet-Cookie: a=1\r\nSet-Cookie: old=1\r\n\r\nHTTP/1.1 200 OK\r\nSet-Cookie: b="q v"; Path=/\r\nSet-Cookie: old=; Max-Age=0\r\nSet-Cookie: c=1; Domain=elsewhere.org\r\n\r\n',
        info: '200 1 http://example.com/y\nsize 0\n',
      }),
      trips: 2,
      returns: { cookies: { a: '1', b: '"q v"' }, cookies_string: 'a=1; b="q v"', redirected: true },
    },
    'asks for what is newer than the file, and 304 leaves it': {
      args: { dest: '/srv/f', status_code: [200, 304] },
      files: { '/srv/f': { text: 'old', mtime: 86400 } },
      commands: answers({ head: 'HTTP/1.1 304 Not Modified\r\n\r\n', info: '304 0 http://example.com/x\nsize 0\n' }),
      trips: 4,
      returns: { status: 304, path: '/srv/f' },
      changed: false,
      after: 'old',
    },
    'says that the socket is missing': {
      args: { unix_socket: '/run/none' },
      commands: answers({ head: ok }),
      fails:
        'Status code was -1 and not [200]: Request failed: <urlopen error Invalid Socket File (/run/none): [Errno 2] No such file or directory>',
    },
    'needs the file that is to be sent': {
      args: { method: 'POST', src: '/srv/none', remote_src: true },
      commands: answers({ head: ok }),
      fails: 'Unable to open source file /srv/none',
    },
    'a form is a mapping': {
      args: { body_format: 'form-multipart', body: 'x' },
      commands: answers({ head: ok }),
      fails: 'failed to parse body as form-multipart: Mapping is required, cannot be type str',
    },
    'says that nobody answers': {
      commands: answers({ head: '', rc: 7, error: 'curl: (7) Failed to connect', info: '000 0 \n' }),
      fails: 'Status code was -1 and not [200]: Request failed: <urlopen error [Errno 111] Connection refused>',
      returns: { status: -1 },
    },
    'does nothing when the file is there': {
      args: { creates: '/etc/f' },
      files: { '/etc/f': '' },
      commands: answers({ head: ok }),
      returns: { stdout: "skipped, since '/etc/f' exists" },
      changed: false,
    },
    'names the answer as the server does, but in the directory': {
      args: { dest: '/srv/d' },
      files: { '/srv/d': { directory: true } },
      commands: answers({
        head: 'HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename="../up.txt"; size=4\r\n\r\n',
        body: 'text',
      }),
      leaves: { '/srv/d/up.txt': 'text' },
      changed: true,
      again: { changed: 'Ansible reports every download as a change' },
    },
    'does not take a directory for the name that the server gives': {
      args: { url: 'http://example.com/f', dest: '/srv/d' },
      files: { '/srv/d': { directory: true } },
      commands: answers({
        head: 'HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=".."\r\n\r\n',
        body: 'text',
        info: '200 0 http://example.com/f\nsize 4\n',
      }),
      leaves: { '/srv/d/f': 'text' },
      changed: true,
      again: { changed: 'Ansible reports every download as a change' },
    },
    'names the answer after the URL, without its escapes': {
      args: { url: 'http://example.com/a%20b', dest: '/srv/d' },
      files: { '/srv/d': { directory: true } },
      commands: answers({ head: ok, body: 'text', info: '200 0 http://example.com/a%20b\nsize 4\n' }),
      leaves: { '/srv/d/a b': 'text' },
      changed: true,
      again: { changed: 'Ansible reports every download as a change' },
    },
    'writes the answer': {
      args: { dest: '/srv/f', mode: '0600' },
      commands: answers({ head: ok, body: 'text' }),
      after: { text: 'text', mode: 0o600 },
      changed: true,
      returns: { path: '/srv/f' },
      again: { changed: 'Ansible reports every download as a change' },
    },
    'needs a program': {
      commands: { 'if command -v curl*': 'none\n' },
      fails: 'Cannot make HTTP requests: neither curl nor wget is installed on the host',
    },
    'does not show secrets to all with BusyBox': {
      args: { url_username: 'u', url_password: 'p' },
      commands: { 'if command -v curl*': 'busybox\n' },
      fails: 'BusyBox wget would show the password on the process list: this needs curl on the host',
    },
    'wants one word as method': {
      args: { method: 'a b' },
      fails: "Parameter 'method' needs to be a single word in uppercase, like GET or POST.",
    },
  },
)

const sha1 = '040f06fd774092478d450774f5ba30c5da78acc8'

testModule(
  getUrl,
  { url: 'http://example.com/f.txt', dest: '/srv/f' },
  {
    'downloads a file': {
      commands: answers({ head: ok, body: 'content' }),
      after: 'content',
      changed: true,
      // It asks the server every time.
      trips: 4,
      returns: {
        dest: '/srv/f',
        checksum_dest: null,
        checksum_src: '040f06fd774092478d450774f5ba30c5da78acc8',
        status_code: 200,
        md5sum: '9a0364b9e99bb480dd25e1f0284c8555',
      },
    },
    'takes its name below a directory': {
      before: { directory: true },
      commands: answers({ head: ok, body: 'content' }),
      leaves: { '/srv/f/x': 'content' },
      trips: 4,
    },
    'does not ask when the checksum is right': {
      args: { checksum: 'md5:9a0364b9e99bb480dd25e1f0284c8555' },
      before: 'content',
      commands: answers({ head: ok }),
      changed: false,
      returns: { msg: 'file already exists' },
    },
    'keeps the old file when the checksum is wrong': {
      args: { checksum: 'md5:aa' },
      before: 'old',
      commands: answers({ head: ok, body: 'content' }),
      after: 'old',
      fails: 'The checksum for /srv/f did not match aa; it was 9a0364b9e99bb480dd25e1f0284c8555.',
    },
    'takes its name as the URL has it, and index.html for a directory': {
      args: { url: 'http://example.com/a%20b' },
      before: { directory: true },
      commands: answers({ head: ok, body: 'content', info: '200 0 http://example.com/a%20b\nsize 7\n' }),
      leaves: { '/srv/f/a%20b': 'content' },
      trips: 4,
    },
    'is index.html of a directory': {
      args: { url: 'http://example.com/d/' },
      before: { directory: true },
      commands: answers({ head: ok, body: 'content', info: '200 0 http://example.com/d/\nsize 7\n' }),
      leaves: { '/srv/f/index.html': 'content' },
      trips: 4,
    },
    'tells user and password of the file to no other server': {
      args: { url: 'http://us:secret@example.com/f.txt', checksum: `sha1:http://other.org/sums` },
      commands: [
        ...answers({ head: ok }).filter((_, index) => index !== 1),
        [
          (call: FakeCall) => call.argv?.[2]?.includes('curl -q -K') ?? false,
          (call: FakeCall, host: FakeHost) => {
            const leaks = call.stdin.includes('other.org') && /secret|us:/.test(call.stdin)
            const body = call.stdin.includes('other.org') ? `${sha1}  f.txt\n` : 'content'
            const [, [, answer]] = fakeServer(leaks ? { head: 'HTTP/1.1 400 Bad\r\n\r\n' } : { head: ok, body })
            return answer(call, host)
          },
        ],
        [/sha1sum/, `${sha1}  -\n`],
      ],
      after: 'content',
      trips: 2,
    },
    'knows no way to what is no URL': {
      args: { url: 'foo' },
      commands: answers({ head: ok }),
      fails: "unknown url type: 'foo'",
    },
    'leaves the mode of what a link leads to when nothing is new': {
      args: { force: true, mode: '0600' },
      files: { '/srv/f': { target: '/srv/g' }, '/srv/g': { text: 'content', mode: 0o644 } },
      commands: answers({ head: ok, body: 'content' }),
      leaves: { '/srv/g': { text: 'content', mode: 0o644 } },
      changed: false,
      trips: 4,
    },
    'is content when nothing is newer': {
      before: 'old',
      commands: answers({ head: 'HTTP/1.1 304 Not Modified\r\n\r\n' }),
      changed: false,
      trips: 3,
      returns: { status_code: 304, msg: 'HTTP Error 304: Not Modified' },
    },
    'fails when the server does': {
      commands: answers({ head: 'HTTP/1.1 404 Not Found\r\n\r\n' }),
      fails: 'Request failed',
      returns: { status_code: 404, response: 'HTTP Error 404: Not Found' },
    },
    'wants the directory': {
      args: { dest: '/srv/no/f' },
      commands: answers({ head: ok, body: 'content' }),
      fails: 'Destination /srv/no does not exist',
    },
    'wants algorithm and digest': {
      args: { checksum: 'abc' },
      fails: 'The checksum parameter has to be in format <algorithm>:<checksum>',
    },
  },
)

test('secrets and odd characters are quoted in curl’s configuration', () => {
  const request = requestOf(
    {
      url: 'http://me:se%40cret@example.com/',
      url_username: undefined,
      url_password: undefined,
      headers: new Map([['X-A', 'a"\\b']]),
      force_basic_auth: true,
      http_agent: 'x',
      validate_certs: false,
      ca_path: '/ca',
      client_cert: undefined,
      client_key: undefined,
      ciphers: undefined,
      use_proxy: false,
      use_netrc: true,
      use_gssapi: false,
      unredirected_headers: [],
      decompress: true,
      timeout: 3,
    },
    { method: 'PUT', follow: 'safe', body: Buffer.from('x') },
  )
  const config = curlConfig(request)
  expect(config).toContain('url = "http://example.com/"')
  expect(config).toContain('user = "me:se@cret"\nbasic\n')
  expect(config).toContain('header = "X-A: a\\"\\\\b"')
  expect(config).toContain('request = "PUT"')
  expect(config).toContain('insecure\ncacert = "/ca"\ncapath = "."\nnoproxy = "*"')
  expect(config).not.toContain('location')
})

test('the last response of a dump counts', () => {
  const blocks = parseHeaderBlocks(
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 302 Found\r\nLocation: /a\r\n\r\n  HTTP/2 200\n  A: b\n',
  )
  expect(blocks).toEqual([
    { status: 302, reason: 'Found', headers: [['Location', '/a']] },
    { status: 200, reason: 'OK', headers: [['A', 'b']] },
  ])
})

test('a digest is found by name in every kind of list', () => {
  expect(digestFor('f', 'aa  other\nbb *f\n')).toBe('bb')
  expect(digestFor('f', 'aa  ./f\n')).toBe('aa')
  expect(digestFor('f', 'SHA256 (f) = cc\n')).toBe('cc')
  expect(digestFor('f', 'dd\n')).toBe('dd')
  expect(digestFor('f', 'aa  g\nbb  h\n')).toBeUndefined()
})

test('a POST without a body says that it is empty, and a HEAD sends none', () => {
  const config = (method: string, body?: string) =>
    curlConfig(
      requestOf(
        { ...plainRequest, url: 'http://a/', validate_certs: true, timeout: 1 },
        { method, follow: 'all', ...(body === undefined ? {} : { body: Buffer.from(body) }) },
      ),
    )
  for (const method of ['POST', 'PUT', 'PATCH']) {
    expect(config(method)).toContain('data-binary = "@body"\n')
    expect(config(method)).toContain('header = "Content-Type:"\n')
  }
  expect(config('DELETE')).not.toContain('data-binary')
  expect(config('HEAD', 'x')).not.toContain('data-binary')
  expect(config('POST', 'x')).not.toContain('header = "Content-Type:"')
})

test('of header names that differ in case the last one is sent, and an empty user is none', () => {
  const asked = requestOf(
    {
      ...{ ...plainRequest, url: 'http://a/', validate_certs: true, timeout: 1, url_username: '' },
      headers: new Map([['a', '1'], ['A', '2']]), // biome-ignore format: pairs
    },
    { method: 'GET', follow: 'all' },
  )
  expect(asked).toMatchObject({ headers: [['A', '2']], user: undefined })
})
