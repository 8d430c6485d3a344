import { follows } from './curl-config.js'
import { cookiesOf } from './headers.js'
import type { HttpRequest, HttpResponse, HttpTool } from './request.js'

/**
 * Whether what is sent is not all sent to where a redirect leads: then we go from address to address ourselves. BusyBox cannot but
 * follow: it sends a body again.
 */
export function holdsBack(request: HttpRequest, tool: HttpTool): boolean {
  const held = heldBy(request)
  const names = request.headers.map(([name]) => name.toLowerCase())
  const bodily =
    !['GET', 'HEAD'].includes(request.method) || request.body !== undefined || request.bodyFile !== undefined
  return (
    follows(request) &&
    ((tool !== 'busybox' && (bodily || names.some(name => ofBody.has(name)))) ||
      (held.has('authorization') && request.forceBasic && request.user !== undefined) ||
      names.some(name => held.has(name)))
  )
}

type Cookies = { readonly [name: string]: string }

/** Follows redirects one by one with `ask`, sending `unredirected_headers` to the first address alone. */
export async function followed(
  request: HttpRequest,
  ask: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  let current: HttpRequest = { ...request, follow: 'none' }
  let cookies: Cookies = {}
  // What another host on the way sets is told, but not sent to the first.
  let ofFirst: Cookies = {}
  for (let hop = 0; ; hop++) {
    const response = await ask(current)
    cookies = cookiesOf(response.headers, hostOf(current.url), cookies)
    if (hostOf(current.url) === hostOf(request.url)) ofFirst = cookiesOf(response.headers, hostOf(request.url), ofFirst)
    const next = redirected(request, current, response, ofFirst)
    if (!next) return { ...response, redirected: hop > 0, cookies }
    if (hop === 10) {
      const reason = response.msg.replace(/^HTTP Error \d+: /, '')
      const msg = `HTTP Error ${response.status}: The HTTP server returned a redirect error that would lead to an infinite loop.\nThe last 30x error message was:\n${reason}`
      return { ...response, redirected: false, url: request.url, msg }
    }
    current = next
  }
}

/** Only 307 and 308 ask for the same again. */
const ofBody: ReadonlySet<string> = new Set(['content-type', 'content-length', 'transfer-encoding'])

const heldBy = ({ unredirected }: HttpRequest): ReadonlySet<string> =>
  new Set(unredirected.map(name => name.toLowerCase()))

/** Where a redirect leads to, and what a choice (300) or an answer (304) beside a place does not. */
export const leadsOn: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

export const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : '')

function redirected(
  first: HttpRequest,
  last: HttpRequest,
  response: HttpResponse,
  cookies: Cookies,
): HttpRequest | undefined {
  const location = response.headers.findLast(([name]) => name.toLowerCase() === 'location')?.[1]
  if (!leadsOn.has(response.status) || location === undefined) return undefined
  if (!URL.canParse(location, last.url)) return undefined
  const url = new URL(location, last.url)
  if (!/^(?:https?|ftp):$/.test(url.protocol)) return undefined
  const { status } = response
  const becomesGet =
    (status === 301 && last.method === 'POST') || ((status === 302 || status === 303) && last.method !== 'HEAD')
  const held = new Set(heldBy(first))
  // What proves who we are is for the host that it was meant for.
  const elsewhere = url.host !== new URL(first.url).host
  if (elsewhere) for (const name of ['authorization', 'cookie']) held.add(name)
  const bodiless = status !== 307 && status !== 308
  if (bodiless) for (const name of ofBody) held.add(name)
  const own = Object.entries(cookies).map(([name, value]) => `${name}=${value}`)
  const given = first.headers.some(([name]) => name.toLowerCase() === 'cookie')
  // Cookies of a secured connection do not go out in the clear.
  const exposed = url.protocol === 'http:' && new URL(first.url).protocol === 'https:'
  const sendsOwn = own.length > 0 && !elsewhere && !exposed && !given
  const anonymous = elsewhere || (held.has('authorization') && first.forceBasic)
  return {
    ...last,
    ...(bodiless ? { body: undefined, bodyFile: undefined } : {}),
    ...(becomesGet ? { method: 'GET' } : {}),
    ...(anonymous ? { user: undefined, password: undefined, forceBasic: false } : {}),
    headers: [
      ...last.headers.filter(([name]) => !held.has(name.toLowerCase()) && (given || name !== 'Cookie')),
      ...(sendsOwn ? ([['Cookie', own.join('; ')]] as const) : []),
    ],
    url: url.href,
  }
}
