import { follows } from './curl-config.js'
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

/** Follows redirects one by one with `ask`, sending `unredirected_headers` to the first address alone. */
export async function followed(
  request: HttpRequest,
  ask: (request: HttpRequest) => Promise<HttpResponse>,
): Promise<HttpResponse> {
  let current: HttpRequest = { ...request, follow: 'none' }
  for (let hop = 0; ; hop++) {
    const response = await ask(current)
    const next = redirected(request, current, response)
    if (!next) return { ...response, redirected: hop > 0 }
    if (hop === 10) {
      const reason = response.msg.replace(/^HTTP Error \d+: /, '')
      const msg = `HTTP Error ${response.status}: The HTTP server returned a redirect error that would lead to an infinite loop.\nThe last 30x error message was:\n${reason}`
      return { ...response, redirected: true, msg }
    }
    current = next
  }
}

/** Only 307 and 308 ask for the same again. */
const ofBody: ReadonlySet<string> = new Set(['content-type', 'content-length', 'transfer-encoding'])

const heldBy = ({ unredirected }: HttpRequest): ReadonlySet<string> =>
  new Set(unredirected.map(name => name.toLowerCase()))

function redirected(first: HttpRequest, last: HttpRequest, response: HttpResponse): HttpRequest | undefined {
  const location = response.headers.findLast(([name]) => name.toLowerCase() === 'location')?.[1]
  if (![301, 302, 303, 307, 308].includes(response.status) || location === undefined) return undefined
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
  const anonymous = elsewhere || (held.has('authorization') && first.forceBasic)
  return {
    ...last,
    ...(bodiless ? { body: undefined, bodyFile: undefined } : {}),
    ...(becomesGet ? { method: 'GET' } : {}),
    ...(anonymous ? { user: undefined, password: undefined, forceBasic: false } : {}),
    headers: last.headers.filter(([name]) => !held.has(name.toLowerCase())),
    url: url.href,
  }
}
