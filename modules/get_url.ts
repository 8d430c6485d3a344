import { posix } from 'node:path'
import type { ArgsOf } from '../engine/args.js'
import { defineModule, fileAttributes, type ModuleContext } from '../engine/module/define.js'
import { describe, lookBoth, pathInfo } from '../engine/remote/path-info.js'
import { sh } from '../engine/remote/quote.js'
import type { RemoteFile } from '../engine/remote/remote.js'
import { attributesOf } from './files/attributes.js'
import { fileNameIn } from './http/headers.js'
import { httpOptions, requestOf } from './http/options.js'
import { type HttpRequest, type HttpResponse, httpRequest, httpTool } from './http/request.js'
import { checksumBy } from './queries/checksum.js'

const args = {
  ...httpOptions,
  dest: { type: 'path', required: true, summary: 'file or directory to put it in' },
  checksum: {
    type: 'str',
    default: '',
    summary: 'algorithm:digest that the file must have; a URL may stand for the digest',
  },
  sha256sum: { type: 'str', default: '', summary: 'sha256 that the file must have; for old playbooks' },
  timeout: { type: 'int', default: 10, summary: 'seconds' },
  tmp_dest: { type: 'path', summary: 'directory on the host for the download while it goes on' },
  backup: { type: 'bool', default: false, summary: 'keep a dated copy of the old file' },
  force: { type: 'bool', default: false, aliases: ['thirsty'], summary: 'download even when the file is there' },
  ...fileAttributes,
} as const
type Context = ModuleContext<ArgsOf<typeof args>>
interface Wanted {
  readonly algorithm: string
  readonly digest: string
}

export default defineModule({
  name: 'ansible.builtin.get_url',
  summary: 'Download files to hosts',
  check: 'partial',
  args,
  returns: {
    dest: 'the file',
    url: 'where it came from',
    msg: 'what the server said',
    status_code: 'status of the answer',
    checksum_src: 'sha1 of the download',
    checksum_dest: 'sha1 of the file before',
    md5sum: 'md5 of the file',
    elapsed: 'seconds it took',
    backup_file: 'name of the backup',
  },
  order: ['msg', 'status_code', 'changed', 'checksum_dest', 'checksum_src', 'dest', 'elapsed', 'url', 'src', 'md5sum'],
  examples: `
- ansible.builtin.get_url:
    url: http://example.com/path/file.conf
    dest: /etc/foo.conf
    mode: '0440'
    checksum: sha256:b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c
`,

  async run(context) {
    const { args, remote, fail } = context
    const none = { checksum_dest: null, checksum_src: null, dest: args.dest, elapsed: 0, url: shownUrl(args.url) }
    const checksum = args.checksum || (args.sha256sum ? `sha256:${args.sha256sum}` : '')
    const parts = /^([^:]*):(.*)$/s.exec(checksum)
    if (checksum && !parts) fail('The checksum parameter has to be in format <algorithm>:<checksum>', none)
    const algorithm = parts?.[1] ?? ''
    if (checksum && !/^(md5|sha1|sha224|sha256|sha384|sha512)$/.test(algorithm))
      fail(
        `Could not hash file '${args.dest}' with algorithm '${algorithm}'. Available algorithms: md5, sha1, sha224, sha256, sha384, sha512`,
      )

    if (!/^[a-z][a-z0-9+.-]*:/i.test(args.url)) fail(`unknown url type: '${args.url}'`, { status: -1, url: args.url })

    const [tool, { self, target: dest }, held, temporary] = await Promise.all([
      remote.query(httpTool),
      lookBoth(remote, args.dest, 'sha1'),
      checksum ? remote.query(checksumBy(algorithm, args.dest)) : undefined,
      args.tmp_dest === undefined ? undefined : remote.file(args.tmp_dest, { want: 'stat' }),
    ])
    if (temporary?.exists && !temporary.isDirectory) fail(`${args.tmp_dest} is a file but should be a directory.`)
    if (temporary && !temporary.exists) fail(`${args.tmp_dest} directory does not exist.`)
    const wanted = checksum ? { algorithm, digest: await expected(context, { tool, self }, parts![2]!) } : undefined

    const mismatch = wanted !== undefined && dest.isFile && held !== wanted.digest
    if (wanted && dest.isFile && !args.force && !mismatch) {
      const { changed } = await dest.setAttributes(attributesOf(args))
      const info = changed ? await pathInfo(remote, args.dest) : describe(self)
      return {
        ...none,
        ...info,
        msg: changed ? 'file already exists but file attributes changed' : 'file already exists',
      }
    }
    const since = dest.isFile && !args.force && !mismatch ? dest.mtime : undefined
    return download(context, { tool, self, dest, since, wanted, fresh: args.force || mismatch })
  },
})

interface Plan {
  readonly tool: Parameters<typeof httpRequest>[1]
  /** What stands at `dest`, perhaps a link. */
  readonly self: RemoteFile
  /** What it leads to. */
  readonly dest: RemoteFile
  readonly since: number | undefined
  readonly wanted: Wanted | undefined
  readonly fresh: boolean
}

async function download({ args, remote, fail }: Context, { tool, self, dest, since, wanted, fresh }: Plan) {
  const onlyAsks = remote.checkMode && !dest.isFile && !/^file:/i.test(args.url)
  const request = requestOf(args, { method: onlyAsks ? 'HEAD' : 'GET', follow: 'urllib2' })
  const cache: [string, string][] = fresh ? [['cache-control', 'no-cache']] : []
  const modified: [string, string][] =
    since === undefined ? [] : [['If-Modified-Since', new Date(Math.floor(since) * 1000).toUTCString()]]
  const directory = await workDirectory()
  try {
    const response = await httpRequest(
      remote,
      tool,
      { ...request, headers: [...request.headers, ...cache, ...modified] },
      fail,
      directory,
    )
    return await placed(response)
  } finally {
    if (args.tmp_dest !== undefined)
      await remote.exec({
        argv: ['rm', '-rf', directory],
        why: 'remove the download directory',
        changes: false,
        inCheckMode: true,
      })
  }

  async function workDirectory(): Promise<string> {
    if (args.tmp_dest === undefined) return remote.scratch()
    const made = await remote.exec({
      argv: ['mktemp', '-d', posix.join(args.tmp_dest, 'ansible.XXXXXX')],
      why: 'make a directory for the download',
      changes: false,
      inCheckMode: true,
    })
    if (made.rc !== 0) fail(`Could not make a directory in ${args.tmp_dest}: ${made.stderr.trim()}`)
    return made.stdout.trim()
  }

  async function placed(response: HttpResponse) {
    const { status, msg, elapsed } = response
    const about = { url: shownUrl(args.url), dest: args.dest, elapsed }
    const seen = dest.exists ? describe(self) : {}
    if (status === 304) return { ...seen, ...about, changed: false, msg, status_code: status }
    refuseOthersThan200(response, { ...seen, ...about }, fail)

    const packed = response.headers.some(([name, value]) => /^content-encoding$/i.test(name) && /gzip/i.test(value))
    if (packed && args.decompress && request.method !== 'HEAD') {
      const unpacked = await remote.exec({
        shell: sh`cd ${directory} && gzip -dc <out >plain && mv plain out`,
        why: 'unpack what the server packed',
        changes: false,
        inCheckMode: true,
      })
      if (unpacked.rc !== 0) fail(`Could not unpack the answer: ${unpacked.stderr.trim()}`, { ...seen, ...about })
    }

    const path = dest.isDirectory ? posix.join(args.dest, nameIn(response)) : args.dest
    const out = posix.join(directory, 'out')
    const parent = path.endsWith('/') ? path : posix.dirname(path)
    const [source, { self: there, target }, above, md5sum, sum] = await Promise.all([
      remote.file(out, { want: 'sha1' }),
      path === args.dest ? { self, target: dest } : lookBoth(remote, path, 'sha1'),
      remote.file(parent, { want: 'stat' }),
      remote.query(checksumBy('md5', out)),
      wanted && remote.query(checksumBy(wanted.algorithm, out)),
    ])
    const sums = {
      checksum_src: onlyAsks ? sha1OfNothing : (source.sha1 ?? null),
      checksum_dest: target.sha1 ?? null,
      src: out,
    }
    const result = { ...about, dest: path, ...sums }
    if (!above.exists) fail(`Destination ${parent.replace(/(.)\/$/, '$1')} does not exist`, result)
    if (wanted && sum !== wanted.digest && !onlyAsks)
      fail(`The checksum for ${path} did not match ${wanted.digest}; it was ${sum}.`, { ...result, changed: true })

    const put = onlyAsks
      ? remote.changed(`download ${shownUrl(args.url)} to ${path}`)
      : target.sha1 === source.sha1
        ? await there.setAttributes(attributesOf(args))
        : await target.put({
            fromRemote: out,
            ...attributesOf(args),
            backup: args.backup,
            replaceLink: true,
            unsafe_writes: args.unsafe_writes,
            diff: 'none',
          })
    const same = remote.checkMode || !remote.recorded.changed
    const info = same ? (target.exists ? describe(there) : {}) : await pathInfo(remote, path)
    if (remote.checkMode) return { ...info, ...result, msg, diff: null }
    const backup = put && 'backup_file' in put ? { backup_file: put.backup_file as string } : {}
    return {
      ...info,
      ...result,
      msg,
      status_code: /^https?:/i.test(args.url) ? status : null,
      diff: null,
      ...(md5sum ? { md5sum } : {}),
      ...backup,
    }
  }
}

/** What Ansible tells of an answer without a body. */
const sha1OfNothing = 'da39a3ee5e6b4b0d3255bfef95601890afd80709'

function refuseOthersThan200({ status, msg }: HttpResponse, about: object, fail: Context['fail']): void {
  if (status === -1) fail(msg, { ...about })
  if (status !== 200) fail('Request failed', { ...about, status_code: status, response: msg })
}

/** The digest that was asked for: as given, or found by the file's name in a list of checksums. */
async function expected(
  { args, remote, fail }: Context,
  { tool, self }: Pick<Plan, 'tool' | 'self'>,
  value: string,
): Promise<string> {
  let text = value
  if (/^(https?|ftp|file):/i.test(value)) {
    // User and password in the file's URL are not for the server that has the checksums.
    const asked: HttpRequest = requestOf({ ...args, url: value }, { method: 'GET', follow: 'urllib2' })
    const fresh: [string, string][] = args.force ? [['cache-control', 'no-cache']] : []
    const request = { ...asked, headers: [...asked.headers, ...fresh] }
    const response = await httpRequest(remote, tool, request, fail)
    const seen = self.exists ? describe(self) : {}
    const about = { url: shownUrl(value), dest: args.dest, elapsed: response.elapsed }
    refuseOthersThan200(response, { ...seen, ...about }, fail)
    const name = nameOf(args.url)
    const found = digestFor(name, response.body.toString())
    text = found ?? fail(`Unable to find a checksum for file '${name}' in '${value}'`)
  }
  const digits = text.replace(/\W+/g, '').toLowerCase()
  if (!/^[0-9a-f]+$/.test(digits)) fail('The checksum format is invalid')
  return digits
}

/** Reads `digest  name`, `digest *name`, BSD's `SHA256 (name) = digest`, or a lone digest. */
export function digestFor(name: string, list: string): string | undefined {
  const lines = list
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean)
  if (lines.length === 1 && !/\s/.test(lines[0]!)) return lines[0]
  for (const line of lines) {
    const bsd = /^\w+ \((.*)\) = ([0-9a-f]+)$/i.exec(line)
    const [, sum, file] = bsd ? [line, bsd[2], bsd[1]] : (/^(\S+)\s+\*?(.*)$/.exec(line) ?? [])
    if (sum !== undefined && file!.replace(/^\.\//, '') === name) return sum
  }
  return undefined
}

/** The name that the server gives it, else the URL's. */
const nameIn = ({ headers, url }: HttpResponse): string => fileNameIn(headers) ?? nameOf(url)

/** What follows the last slash of the path, as it is written. */
const nameOf = (url: string) => (URL.canParse(url) ? new URL(url).pathname : url).split('/').at(-1) || 'index.html'
const shownUrl = (url: string) => url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#@]*:[^/?#@]*@/i, '$1')
