import { posix } from 'node:path'
import type { ArgsOf } from '../engine/args.js'
import { defineModule, fileAttributes, type ModuleContext } from '../engine/module/define.js'
import { loads } from '../engine/python/json.js'
import { pyStr } from '../engine/python/repr.js'
import { encodeText } from '../engine/python/surrogateescape.js'
import { isDict, isList, type Json, typeName, type Value } from '../engine/python/values.js'
import { pathInfo } from '../engine/remote/path-info.js'
import { attributesOf } from './files/attributes.js'
import { decode } from './files/encode.js'
import { pythonJson } from './files/python-json.js'
import { fileNameIn, shownHeaders } from './http/headers.js'
import { multipart } from './http/multipart.js'
import { httpOptions, requestOf } from './http/options.js'
import { type HttpRequest, type HttpResponse, httpRequest, httpTool, unanswered } from './http/request.js'

const args = {
  ...httpOptions,
  method: { type: 'str', default: 'GET', summary: 'what to do' },
  body: { type: 'raw', summary: 'what to send' },
  body_format: {
    type: 'str',
    choices: ['form-urlencoded', 'json', 'raw', 'form-multipart'],
    default: 'raw',
    summary: 'how to write the body',
  },
  src: { type: 'path', summary: 'file to send' },
  remote_src: { type: 'bool', default: false, summary: 'src is on the host' },
  dest: { type: 'path', summary: 'file or directory on the host for the answer' },
  return_content: { type: 'bool', default: false, summary: 'return the answer' },
  status_code: { type: 'list', elements: 'int', default: [200], summary: 'answers that mean success' },
  follow_redirects: {
    type: 'str',
    choices: ['all', 'no', 'none', 'safe', 'urllib2', 'yes'],
    default: 'safe',
    summary: 'which redirects to follow',
  },
  timeout: { type: 'int', default: 30, summary: 'seconds' },
  creates: { type: 'path', summary: 'do nothing when this exists' },
  removes: { type: 'path', summary: 'do nothing unless this exists' },
  unix_socket: { type: 'path', summary: 'ask at this socket' },
  ...fileAttributes,
} as const
type Args = ArgsOf<typeof args>
type Context = ModuleContext<Args>

export default defineModule({
  name: 'ansible.builtin.uri',
  summary: 'Talk to a web service',
  check: 'none',
  args,
  rules: { exclusive: [['body', 'src']] },
  returns: {
    status: 'status of the answer',
    url: 'where it came from in the end',
    redirected: 'whether that is elsewhere',
    content: 'the answer, with return_content or when it failed',
    json: 'the answer as data, when it is JSON',
    cookies: 'cookies that were set',
    elapsed: 'seconds it took',
    path: 'file that was written',
  },
  examples: `
- ansible.builtin.uri:
    url: http://www.example.com
    return_content: true
  register: this
  failed_when: "'AWESOME' not in this.content"
`,

  async run(context) {
    const { args, remote, fail } = context
    const method = args.method.toUpperCase()
    if (!/^[A-Z]+$/.test(method)) fail("Parameter 'method' needs to be a single word in uppercase, like GET or POST.")
    const [tool, creates, removes, dest, socket, sent] = await Promise.all([
      remote.query(httpTool),
      args.creates === undefined ? undefined : remote.file(args.creates, { want: 'stat' }),
      args.removes === undefined ? undefined : remote.file(args.removes, { want: 'stat' }),
      args.dest === undefined ? undefined : remote.file(args.dest, { want: 'stat', follow: true }),
      args.unix_socket === undefined ? undefined : remote.file(args.unix_socket, { want: 'stat' }),
      args.src === undefined || !args.remote_src ? undefined : remote.file(args.src, { want: 'stat', follow: true }),
    ])
    if (creates?.exists) return { stdout: `skipped, since '${args.creates}' exists`, changed: false }
    if (removes && !removes.exists) return { stdout: `skipped, since '${args.removes}' does not exist`, changed: false }
    if (!/^[a-z][a-z0-9+.-]*:/i.test(args.url)) fail(`unknown url type: '${args.url}'`, { status: -1, url: args.url })

    if (sent && !sent.exists) fail(`Unable to open source file ${args.src}`, { elapsed: 0 })

    const request = await requestFor(context, method, dest?.isFile ? dest.mtime : undefined)
    const response =
      socket && !socket.exists
        ? unanswered(
            `Request failed: <urlopen error Invalid Socket File (${args.unix_socket}): [Errno 2] No such file or directory>`,
            request.url,
          )
        : await httpRequest(remote, tool, request, fail)
    const result = await resultOf(context, response, dest?.isDirectory ?? false)
    if (args.status_code.includes(response.status)) return result

    const { msg, body: _, content, ...rest } = result
    return fail(`Status code was ${response.status} and not [${args.status_code.join(', ')}]: ${msg}`, {
      ...rest,
      ...(args.return_content ? { content: content ?? response.body.toString() } : {}),
    })
  },
})

async function requestFor(
  { args, controller, fail }: Context,
  method: string,
  since: number | undefined,
): Promise<HttpRequest> {
  const typed: [string, string][] = []
  let body: Buffer | undefined
  let bodyFile: string | undefined
  const { body: given, body_format: format, src } = args
  if (src !== undefined) {
    if (args.remote_src) bodyFile = src
    else body = await controller.readFile(found(src))
  } else if (given !== undefined && given !== null) {
    if (format === 'json') body = Buffer.from(typeof given === 'string' ? given : pythonJson(given))
    else if (format === 'form-urlencoded')
      body = Buffer.from(typeof given === 'string' ? given : formEncoded(given, fail))
    else if (format === 'form-multipart') {
      const form = await multipart(given, async name => controller.readFile(found(name)), fail)
      body = form.body
      typed.push(['Content-Type', form.type])
    } else body = encodeText(typeof given === 'string' ? given : pyStr(given))
  }
  if (format === 'json') typed.push(['Content-Type', 'application/json'])
  if (format === 'form-urlencoded') typed.push(['Content-Type', 'application/x-www-form-urlencoded'])

  const follow = ({ no: 'none', yes: 'all' } as const)[args.follow_redirects as 'no' | 'yes'] ?? args.follow_redirects
  const request = requestOf(args, {
    method,
    follow: follow as HttpRequest['follow'],
    body,
    bodyFile,
    unixSocket: args.unix_socket,
  })
  const named = new Set(request.headers.map(([name]) => name.toLowerCase()))
  if (since !== undefined) typed.push(['If-Modified-Since', new Date(Math.floor(since) * 1000).toUTCString()])
  const more = typed.filter(([name]) => format === 'form-multipart' || !named.has(name.toLowerCase()))
  return { ...request, headers: [...request.headers, ...more] }

  function found(name: string): string {
    try {
      return controller.findFile('files', name)
    } catch (error) {
      return fail((error as Error).message)
    }
  }
}

function formEncoded(body: Value, fail: Context['fail']): string {
  const refuse = (why: string) => fail(`failed to parse body as form_urlencoded: ${why}`, { elapsed: 0 })
  const pairs = isDict(body)
    ? [...body]
    : isList(body)
      ? [...body]
      : refuse(`${typeName(body)} is not a mapping or list`)
  const form: string[] = []
  for (const pair of pairs) {
    // Python unpacks whatever has parts.
    const parts = isList(pair) ? [...pair] : isDict(pair) ? [...pair.keys()] : typeof pair === 'string' ? [...pair] : []
    if (parts.length > 2) refuse('too many values to unpack (expected 2)')
    if (parts.length < 2) refuse(`not enough values to unpack (expected 2, got ${parts.length})`)
    const [name, value] = parts as [Value, Value]
    for (const one of isList(value) ? value : isDict(value) ? value.keys() : [value])
      form.push(`${formWord(pyStr(name))}=${formWord(pyStr(one))}`)
  }
  return form.join('&')
}

/** As Python writes a form: all but letters, digits and `_.-~` is escaped. */
const formWord = (text: string) =>
  encodeURIComponent(text)
    .replace(/[!'()*]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')

async function resultOf({ args, remote }: Context, response: HttpResponse, intoDirectory: boolean) {
  const { status, msg, url, redirected, elapsed, headers, body } = response
  const failed = status === -1 || status >= 300
  const shown = shownHeaders(headers, failed)
  const result: { [key: string]: Json | undefined } = { ...shown, status, msg, url, redirected, elapsed }
  if (typeof result.location === 'string' && URL.canParse(result.location, url))
    result.location = new URL(result.location, url).href
  if (!failed) {
    const cookies = response.cookies ?? {}
    const cookies_string = Object.entries(cookies).map(([name, value]) => `${name}=${value}`)
    Object.assign(result, { cookies, cookies_string: cookies_string.join('; ') })
  }

  const path =
    args.dest === undefined || !intoDirectory ? args.dest : posix.join(args.dest, fileNameIn(headers) ?? nameOf(url))
  if (path !== undefined && status !== -1 && !args.status_code.includes(status))
    Object.assign(result, await pathInfo(remote, path), { path })
  if (path !== undefined && status === 304 && args.status_code.includes(status)) {
    // What is there is what the server has.
    const file = await remote.file(path, { want: 'stat' })
    const { changed } = await file.setAttributes(attributesOf(args))
    Object.assign(result, await pathInfo(remote, path), { path, changed })
  } else if (path !== undefined && args.status_code.includes(status)) {
    const file = await remote.file(path, { want: 'sha1' })
    await file.put({
      bytes: body,
      ...attributesOf(args),
      replaceLink: true,
      unsafe_writes: args.unsafe_writes,
      diff: 'none',
    })
    // As Ansible has it, even when the file held this already.
    Object.assign(result, await pathInfo(remote, path), { path, changed: true })
  } else result.changed = false

  const [type = '', charset] = contentType(headers)
  const text = (charset === undefined ? undefined : decode(body, charset)) ?? body.toString()
  if (args.return_content) result.content = text
  else if (failed && status !== -1) result.body = text
  if (/json|javascript/.test(type.split('/')[1] ?? '')) {
    try {
      result.json = loads(text) as Json
    } catch {
      // Then it is only text.
    }
  }
  return result
}

function contentType(headers: HttpResponse['headers']): [string?, string?] {
  const value = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return [value?.split(';')[0]?.trim().toLowerCase(), /charset="?([\w-]+)/i.exec(value ?? '')?.[1]]
}

/** The last part of a URL's path, without its escapes. */
function nameOf(url: string): string {
  const name = posix.basename(new URL(url).pathname) || 'index.html'
  try {
    return posix.basename(decodeURIComponent(name))
  } catch {
    return name
  }
}
