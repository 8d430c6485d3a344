import { expect, test } from 'vitest'
import { plainRequest, requestOf } from './options.js'
import { followed, holdsBack } from './redirects.js'
import type { HttpRequest, HttpResponse } from './request.js'

const request = (more: Partial<HttpRequest>): HttpRequest =>
  requestOf(
    { ...plainRequest, url: 'https://a/1', validate_certs: true, timeout: 1 },
    { method: 'GET', follow: 'all', unredirected: ['X-Secret', 'Authorization'], ...more },
  )

/** Follows with a server that answers by path; gives what it was asked. */
async function play(first: HttpRequest, answers: { readonly [url: string]: readonly [status: number, to?: string] }) {
  const asked: HttpRequest[] = []
  const response = await followed(first, async one => {
    asked.push(one)
    const [status, to] = answers[one.url]!
    const headers: HttpResponse['headers'] = to === undefined ? [] : [['Location', to], ['Set-Cookie', 'a=1']] // biome-ignore format: pairs
    const msg = status === 200 ? 'OK' : `HTTP Error ${status}: Found`
    return { status, msg, url: one.url, redirected: false, headers, body: Buffer.alloc(0), elapsed: 0 }
  })
  return { response, asked }
}

test('only what is sent and held back keeps the program of the host from following', () => {
  expect(holdsBack(request({ headers: [['x-secret', '1']] }), 'curl')).toBe(true)
  expect(holdsBack(request({ headers: [['x-other', '1']] }), 'curl')).toBe(false)
  expect(holdsBack(request({ headers: [['x-secret', '1']], follow: 'none' }), 'curl')).toBe(false)
  expect(holdsBack(request({ user: 'u', password: 'p', forceBasic: true }), 'curl')).toBe(true)
  expect(holdsBack(request({ user: 'u', password: 'p' }), 'curl')).toBe(false)
  expect(holdsBack(request({ headers: [['Content-Type', 'text/plain']] }), 'curl')).toBe(true)
  expect(holdsBack(request({ method: 'PATCH' }), 'curl')).toBe(true)
  expect(holdsBack(request({ method: 'POST' }), 'busybox')).toBe(false)
})

test('held headers go to the first address alone', async () => {
  const headers = [['X-Secret', '1'], ['X-Other', '2']] as const // biome-ignore format: pairs
  const { response, asked } = await play(request({ headers, user: 'u', password: 'p', forceBasic: true }), {
    'https://a/1': [302, '/2'],
    'https://a/2': [200],
  })
  expect(response).toMatchObject({ status: 200, redirected: true, url: 'https://a/2' })
  expect(asked[0]).toMatchObject({ headers, user: 'u', follow: 'none' })
  expect(asked[1]).toMatchObject({ headers: [['X-Other', '2'], ['Cookie', 'a=1']], user: undefined, forceBasic: false }) // biome-ignore format: pairs
  expect(response.cookies).toEqual({ a: '1' })
})

test('a body is sent on with 307 and 308, else it becomes a GET', async () => {
  const post = { method: 'POST', body: Buffer.from('b'), headers: [['Content-Type', 'text/plain']] as const }
  const second = async (status: number) =>
    (await play(request(post), { 'https://a/1': [status, '/2'], 'https://a/2': [200] })).asked[1]
  for (const status of [301, 302, 303])
    expect(await second(status)).toMatchObject({ method: 'GET', body: undefined, headers: [['Cookie', 'a=1']] })
  const put = { ...post, method: 'PUT' }
  const { asked } = await play(request(put), { 'https://a/1': [301, '/2'], 'https://a/2': [200] })
  expect(asked[1]).toMatchObject({ method: 'PUT', body: undefined, headers: [['Cookie', 'a=1']] })
  for (const status of [307, 308])
    expect(await second(status)).toMatchObject({ ...post, headers: [...post.headers, ['Cookie', 'a=1']] })
})

test('another host gets no credentials', async () => {
  const { asked } = await play(request({ user: 'u', headers: [['Cookie', 'c']], unredirected: [] }), {
    'https://a/1': [301, 'https://b/'],
    'https://b/': [200],
  })
  expect(asked[1]).toMatchObject({ url: 'https://b/', user: undefined, headers: [] })
})

test('cookies go to the host that set them, and not in the clear', async () => {
  const asked: HttpRequest[] = []
  const ways: { readonly [url: string]: readonly [to: string, cookie: string] } = {
    'https://a/1': ['https://b/1', 'of=a'],
    'https://b/1': ['https://b/2', 'by=b'],
    'https://b/2': ['https://a/2', 'by=b'],
    'https://a/2': ['http://a/3', 'more=a'],
  }
  const { cookies } = await followed(request({ url: 'https://a/1' }), async one => {
    asked.push(one)
    const way = ways[one.url]
    const headers: HttpResponse['headers'] = way ? [['Location', way[0]], ['Set-Cookie', way[1]]] : [] // biome-ignore format: pairs
    const status = way ? 302 : 200
    return { status, msg: '', url: one.url, redirected: false, headers, body: Buffer.alloc(0), elapsed: 0 }
  })
  expect(asked.map(({ url, headers }) => [url, headers])).toEqual([
    ['https://a/1', []],
    ['https://b/1', []],
    ['https://b/2', []],
    ['https://a/2', [['Cookie', 'of=a']]],
    ['http://a/3', []],
  ])
  expect(cookies).toEqual({ of: 'a', by: 'b', more: 'a' })
})

test('redirects without end, to nowhere and to files are not followed', async () => {
  const loop = await play(request({}), { 'https://a/1': [302, '/1'] })
  expect(loop.response.msg).toMatch(/^HTTP Error 302: .*infinite loop\.\nThe last 30x error message was:\nFound$/)
  expect(loop.asked).toHaveLength(11)
  expect(loop.response).toMatchObject({ url: 'https://a/1', redirected: false })
  expect((await play(request({}), { 'https://a/1': [300, '/2'] })).asked).toHaveLength(1)
  for (const to of [undefined, 'file:///etc/shadow', 'https://'])
    expect((await play(request({}), { 'https://a/1': [302, to!] })).response.status).toBe(302)
})
