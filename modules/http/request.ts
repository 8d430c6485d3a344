import { randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { encodeText } from '../../engine/python/surrogateescape.js'
import { sh } from '../../engine/remote/quote.js'
import type { Query, Remote } from '../../engine/remote/remote.js'
import { busyboxCommand, busyboxLacks } from './busybox-wget.js'
import { curlConfig, follows } from './curl-config.js'
import { failureText } from './failure-text.js'
import { wgetConfig, wgetLacks } from './gnu-wget.js'
import { cookiesOf, type HeaderBlock, type Headers, parseHeaderBlocks } from './headers.js'
import { followed, holdsBack, hostOf, leadsOn } from './redirects.js'

/** What to ask of a server; the managed host asks. */
export interface HttpRequest {
  readonly url: string
  readonly method: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Buffer | undefined
  /** Sent instead of `body`: a file on the host. */
  readonly bodyFile?: string | undefined
  readonly user?: string | undefined
  readonly password?: string | undefined
  readonly forceBasic: boolean
  readonly clientCert?: string | undefined
  readonly clientKey?: string | undefined
  readonly caPath?: string | undefined
  readonly ciphers?: readonly string[] | undefined
  readonly validateCerts: boolean
  readonly follow: 'all' | 'safe' | 'none' | 'urllib2'
  readonly timeout: number
  readonly agent: string
  readonly unixSocket?: string | undefined
  readonly useProxy: boolean
  readonly useNetrc: boolean
  readonly gssapi: boolean
  readonly decompress: boolean
  /** Headers that are for the first address alone, not for where it leads. */
  readonly unredirected: readonly string[]
}

export interface HttpResponse {
  /** -1: there was no answer, and `msg` says why. */
  readonly status: number
  readonly msg: string
  readonly url: string
  readonly redirected: boolean
  readonly headers: Headers
  /** Cookies that this answer and those that led to it set. */
  readonly cookies?: { readonly [name: string]: string }
  /** Empty when the body was kept on the host. */
  readonly body: Buffer
  readonly elapsed: number
}

export type HttpTool = 'curl' | 'wget' | 'busybox' | 'none'

/** Which program of the host can speak HTTP. */
export const httpTool: Query<HttpTool> = {
  command: sh`if command -v curl >/dev/null 2>&1; then echo curl; elif command -v wget >/dev/null 2>&1; then if wget --version 2>/dev/null | grep -q "GNU Wget"; then echo wget; else echo busybox; fi; else echo none; fi`,
  parse: stdout => (['curl', 'wget', 'busybox'] as const).find(tool => tool === stdout.trim()) ?? 'none',
}

/** Files of one request, below a directory of its own. */
export interface RequestFiles {
  readonly directory: string
}

// Settings and body come on standard input, so that no secret is on a process list. dd reads no byte too many.
const script = `
umask 077
tool=$1 mark=$2 length=$3 keep=$4 timeout=$5
shift 5
if [ -n "$keep" ]; then dir=$keep; else
  dir=$(mktemp -d) || exit 97
  trap 'rm -rf "$dir"' EXIT
  trap 'exit 98' HUP INT TERM
fi
dd bs=1 count="$length" of="$dir/config" 2>/dev/null
cat >"$dir/body"
: >"$dir/head"; : >"$dir/out"; : >"$dir/info"
cd "$dir" || exit 97
case $tool in
curl) curl -q -K config >info 2>error; rc=$? ;;
wget) LC_ALL=C wget --config=config -o head -O out "$@" 2>error; rc=$? ;;
busybox)
  # Its -T is missing or crashes in some builds: what brings nothing for so long is stopped here.
  wget -q -S -O out "$@" 2>head & wget=$!
  { last= idle=0
    while [ "$idle" -lt "$timeout" ]; do
      sleep 1; now=$(cat out head | wc -c)
      if [ "$now" = "$last" ]; then idle=$((idle + 1)); else last=$now idle=0; fi
    done
    echo >stalled; kill "$wget"; } </dev/null >/dev/null 2>&1 & watch=$!
  wait "$wget"; rc=$?; kill "$watch" 2>/dev/null
  cp head error; [ ! -f stalled ] || { rc=1; echo 'wget: read timed out' >error; }
  rm -f stalled ;;
esac
echo "$rc"; cat info; echo; echo "$mark"; cat head; echo; echo "$mark"; cat error; echo; echo "$mark"
rm -f config body
[ -n "$keep" ] || cat out`

/**
 * Lets the host make a request. With `keep`, a directory on the host, the body stays there in the file `out`.
 * Runs in check mode, too: who must not ask then, does not call it.
 */
export async function httpRequest(
  remote: Remote,
  tool: HttpTool,
  request: HttpRequest,
  fail: (msg: string) => never,
  keep?: string,
): Promise<HttpResponse> {
  if (holdsBack(request, tool)) return followed(request, one => httpRequest(remote, tool, one, fail, keep))
  const lacks =
    tool === 'none'
      ? 'neither curl nor wget is installed on the host'
      : tool === 'wget'
        ? wgetLacks(request)
        : tool === 'busybox'
          ? busyboxLacks(request)
          : undefined
  if (lacks) fail(tool === 'none' ? `Cannot make HTTP requests: ${lacks}` : `${lacks}: this needs curl on the host`)

  // curl and wget would take what follows for a host.
  if (/^https?:\/\/(?:[/?#]|$)/i.test(request.url))
    return unanswered('Request failed: <urlopen error no host given>', request.url)

  const mark = `--${randomBytes(12).toString('hex')}`
  const { config, argv } =
    tool === 'curl'
      ? { config: curlConfig(request), argv: [] }
      : tool === 'wget'
        ? wgetConfig(request)
        : busyboxCommand(request)
  const settings = Buffer.from(config)
  const done = await remote.exec({
    argv: [
      '/bin/sh',
      '-c',
      script,
      'sh',
      tool,
      mark,
      String(settings.length),
      keep ?? '',
      String(request.timeout),
      ...argv,
    ],
    stdin: Buffer.concat([settings, request.body ?? Buffer.alloc(0)]),
    why: `${request.method} ${withoutCredentials(request.url)}`,
    changes: false,
    inCheckMode: true,
  })
  const elapsed = Math.floor(done.end - done.start)
  if (done.rc === 97) fail(`Could not make a temporary directory: ${done.stderr.trim()}`)
  const [info = '', head = '', error = '', ...rest] = done.stdout.split(`${mark}\n`)
  // wget's log has the headers indented among what it says itself.
  const lines = head.split('\n')
  const said = (indented: boolean) => lines.filter(line => /^ {2}/.test(line) === indented).join('\n')
  const told = tool === 'curl' ? { head, error } : { head: said(true), error: `${said(false)}\n${error}` }
  const response = responseOf(tool, request, {
    info,
    head: told.head,
    error: told.error.trim(),
    body: rest.join(`${mark}\n`),
    elapsed,
  })
  return response === 'astray' ? followed(request, one => httpRequest(remote, tool, one, fail, keep)) : response
}

export const unanswered = (msg: string, url: string, elapsed = 0): HttpResponse => ({
  ...{ status: -1, msg, url, redirected: false, headers: [], body: Buffer.alloc(0), elapsed },
})

interface Answer {
  readonly info: string
  readonly head: string
  readonly error: string
  readonly body: string
  readonly elapsed: number
}

function responseOf(
  tool: HttpTool,
  request: HttpRequest,
  { info, head, error, body, elapsed }: Answer,
): HttpResponse | 'astray' {
  const [rc, told = ''] = info.split('\n')
  const blocks = parseHeaderBlocks(head)
  const last = blocks.at(-1)
  const url = withoutCredentials(request.url)
  const failed = last !== undefined && (last.status >= 400 || (last.status >= 300 && last.status !== 304))
  const broken =
    rc !== '0' &&
    // An answer that is an error is an answer, and so is the last of too many redirects.
    !(
      (failed || last?.status === 304) &&
      (tool === 'curl'
        ? rc === '47'
        : tool === 'wget'
          ? rc === '8' || rc === '6'
          : /returned error|too many redirections/.test(error))
    )
  const unchecked = tool === 'busybox' && request.validateCerts && blocks.some(({ headers }) => leadsToTls(headers))
  if (!last || broken || unchecked) {
    if (rc === '0' && !unchecked) {
      const length = /^size (\d+)/m.exec(info)?.[1]
      return {
        status: 200,
        msg: `OK (${length ?? 'unknown'} bytes)`,
        url,
        redirected: false,
        headers: [],
        body: encodeText(body),
        elapsed,
      }
    }
    const msg = unchecked
      ? 'Request failed: BusyBox wget was led to https, and cannot check certificates: this needs curl on the host'
      : failureText(tool, rc!, error, request)
    return unanswered(msg, url, elapsed)
  }
  // curl goes wherever a 3xx points.
  if (blocks.slice(0, -1).some(({ status }) => status >= 300 && status < 400 && !leadsOn.has(status))) return 'astray'
  const reached =
    /^\d+ \d+ (\S+)/.exec(told)?.[1] ??
    locationAfter(
      blocks.map(block => block.headers),
      request.url,
    )
  const finalUrl = withoutCredentials(reached)
  const length = last.headers.findLast(([name]) => name.toLowerCase() === 'content-length')?.[1]
  const encoded = last.headers.some(([name, value]) => /^content-encoding$/i.test(name) && /gzip/i.test(value))
  // What curl keeps of a HEAD is its headers.
  const bytes = request.method === 'HEAD' ? Buffer.alloc(0) : encodeText(body)
  const endless =
    (tool === 'curl' ? rc === '47' : /redirections exceeded|too many redirections/.test(error)) && follows(request)
  return {
    cookies: cookiesOnTheWay(blocks, request.url),
    status: last.status,
    msg: endless
      ? `HTTP Error ${last.status}: The HTTP server returned a redirect error that would lead to an infinite loop.\nThe last 30x error message was:\n${last.reason}`
      : failed || last.status === 304
        ? `HTTP Error ${last.status}: ${last.reason}`
        : `OK (${length ?? 'unknown'} bytes)`,
    url: endless ? url : finalUrl,
    redirected: !endless && finalUrl !== url,
    headers: last.headers,
    body: encoded && request.decompress && bytes.length > 0 ? gunzipSync(bytes) : bytes,
    elapsed,
  }
}

function cookiesOnTheWay(blocks: readonly HeaderBlock[], start: string): { [name: string]: string } {
  let url = start
  let cookies = {}
  for (const { headers } of blocks) {
    cookies = cookiesOf(headers, hostOf(url), cookies)
    const location = headers.find(([name]) => name.toLowerCase() === 'location')?.[1]
    if (location !== undefined && URL.canParse(location, url)) url = new URL(location, url).href
  }
  return cookies
}

/** wget does not say where it ended, but its log holds every redirect. */
function locationAfter(blocks: readonly Headers[], start: string): string {
  let url = start
  for (const headers of blocks.slice(0, -1)) {
    const location = headers.find(([name]) => name.toLowerCase() === 'location')?.[1]
    if (location) url = new URL(location, url).href
  }
  return url
}

const leadsToTls = (headers: Headers): boolean =>
  headers.some(([name, value]) => /^location$/i.test(name) && /^https:/i.test(value))

/** A URL as it may be shown: without user and password. */
export function withoutCredentials(url: string): string {
  return url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*@/i, '$1')
}
