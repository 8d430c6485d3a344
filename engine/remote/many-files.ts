/**
 * A look at many files with few programs: one `stat` and one `sha1sum` for up to 200 of them, instead of several for
 * each. Hosts whose tools cannot do that look at one after the other, in the same trip.
 */
import { decodeBytes } from '../python/surrogateescape.js'
import { missing } from './attributes.js'
import type { FileFacts, Request } from './host.js'
import { quoteAll } from './quote.js'
import { parseStat, readFacts, type Segment } from './shell.js'

/** Sent once, after the prelude. `_F want follow path…` prints the segments that `readGroup` takes. */
export const manyFilesPrelude = `
_F() { _w=$1 _v=$2; shift 2
if [ -z "$_Q" ] || { [ $_w = sha1 ] && [ -z "$_U" ]; }; then
printf one; _n; for _p; do _f "$_p" "$_v" $_w 0; done; return; fi
if [ "$_v" ]; then stat -L -c "//$_Q
%n" "$@"; else stat -c "//$_Q
%n" "$@"; fi 2>/dev/null; _n
for _p; do [ -L "$_p" ] || continue
printf %s "$_p"; _n; _r "$_p"; _n; _t "$_p"; _n; done; _n end
[ $_w = sha1 ] || return 0
_i=$#; for _p; do [ -f "$_p" ] && [ -r "$_p" ] && { [ "$_v" ] || [ ! -L "$_p" ]; } && set -- "$@" "$_p"; done
shift $_i; [ $# = 0 ] || $_U "$@" 2>/dev/null; _n
}
`

type FileRequest = Extract<Request, { readonly kind: 'file' }>

/** Files that are looked at together. */
export interface FileGroup {
  readonly requests: readonly FileRequest[]
  /** Where their answers belong. */
  readonly places: readonly number[]
}

/** Fewer than this are not worth a group. */
const least = 4
/** A command line takes 128 KB on the hosts that take least. */
const most = { files: 200, bytes: 64 * 1024 }

/** Takes the requests that can be looked at together out of a batch. */
export function groupFiles(requests: readonly Request[]): FileGroup[] {
  const alike = new Map<string, { requests: FileRequest[]; places: number[] }>()
  requests.forEach((request, place) => {
    if (request.kind !== 'file' || !canJoin(request)) return
    const key = `${request.want} ${request.follow}`
    const group = alike.get(key) ?? { requests: [], places: [] }
    alike.set(key, group)
    group.requests.push(request)
    group.places.push(place)
  })
  return [...alike.values()].filter(group => group.requests.length >= least).flatMap(cut)
}

/** Names that `sha1sum` would escape, or that a record could not hold, are looked at alone. */
const canJoin = ({ path, want, textBelow }: FileRequest): boolean =>
  (want === 'stat' || (want === 'sha1' && textBelow === 0)) &&
  /^\/(?!\/)[^\x00-\x1f\\\x7f]*(?<!\/)$/.test(path) &&
  !/(?:^|\/)\.{1,2}$/.test(path)

function cut({ requests, places }: { requests: FileRequest[]; places: number[] }): FileGroup[] {
  const groups: { requests: FileRequest[]; places: number[] }[] = []
  let bytes = Number.POSITIVE_INFINITY
  requests.forEach((request, index) => {
    const size = Buffer.byteLength(request.path) + 3
    let group = groups.at(-1)
    if (!group || group.requests.length === most.files || bytes + size > most.bytes) {
      group = { requests: [], places: [] }
      groups.push(group)
      bytes = 0
    }
    bytes += size
    group.requests.push(request)
    group.places.push(places[index]!)
  })
  return groups
}

/** Text that makes the host print the segments of a group. */
export function groupText({ requests }: FileGroup): string {
  const [{ want, follow }] = requests as [FileRequest]
  return `_F ${want} '${follow ? 1 : ''}' ${quoteAll(requests.map(({ path }) => path))}\n`
}

/** The facts of a group, in the order of its requests. */
export async function readGroup({ requests }: FileGroup, next: () => Promise<Segment>): Promise<FileFacts[]> {
  const [{ want }] = requests as [FileRequest]
  const first = decodeBytes((await next()).body)
  if (first === 'one') {
    const facts: FileFacts[] = []
    for (const { path } of requests) facts.push(await readFacts(path, next, Number.POSITIVE_INFINITY))
    return facts
  }
  const stats = new Map(first.split(/^\/\//m).slice(1).map(statRecord))
  const links = new Map<string, { readonly realPath: string; readonly target: string }>()
  for (;;) {
    const { body, words } = await next()
    if (words[0] === 'end') break
    const [realPath, target] = [await next(), await next()].map(line => decodeBytes(line.body).replace(/\n$/, ''))
    links.set(decodeBytes(body), { realPath: realPath!, target: target! })
  }
  const hashes = want === 'sha1' ? hashLines(decodeBytes((await next()).body)) : undefined

  return requests.map(({ path }) => {
    const link = links.get(path)
    const seen = { ...missing(path), ...stats.get(path), realPath: link?.realPath || path }
    if (seen.kind === 'link') return { ...seen, target: link?.target }
    if (seen.kind !== 'file' || !hashes) return seen
    const sha1 = hashes.get(path)
    return sha1 === undefined ? { ...seen, unreadable: 'Permission denied' } : { ...seen, sha1 }
  })

  function statRecord(record: string): [string, Partial<FileFacts>] {
    const lines = record.replace(/\n$/, '').split('\n')
    return [lines.at(-1)!, parseStat(lines.slice(0, -1).join('\n'))]
  }
}

function hashLines(text: string): Map<string, string> {
  return new Map(
    text.split('\n').flatMap(line => {
      const [, sha1, path] = /^([0-9a-f]{40}) [ *](.*)$/.exec(line) ?? []
      return sha1 === undefined ? [] : [[path!, sha1] as const]
    }),
  )
}
