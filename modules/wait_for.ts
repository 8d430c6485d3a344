import { setTimeout as sleep } from 'node:timers/promises'
import type { ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext } from '../engine/module/define.js'
import { search } from '../engine/python/regexp.js'
import { pathInfo } from '../engine/remote/path-info.js'
import { checkedRegExp } from './files/checked-regexp.js'
import { connectLocally, portConnections, tryPort } from './queries/port.js'

const args = {
  host: { type: 'str', default: '127.0.0.1', summary: 'where the port is, as the host sees it' },
  port: { type: 'int', summary: 'port to wait for' },
  path: { type: 'path', summary: 'file to wait for' },
  search_regex: { type: 'str', summary: 'what the file, or what the port sends, must hold' },
  state: {
    type: 'str',
    choices: ['absent', 'drained', 'present', 'started', 'stopped'],
    default: 'started',
    summary: 'what to wait for',
  },
  timeout: { type: 'int', default: 300, summary: 'seconds after which to give up' },
  connect_timeout: { type: 'int', default: 5, summary: 'seconds for one connection' },
  delay: { type: 'int', default: 0, summary: 'seconds to wait before the first look' },
  sleep: { type: 'int', default: 1, summary: 'seconds between looks' },
  msg: { type: 'str', summary: 'what to say after the timeout' },
  active_connection_states: {
    type: 'list',
    elements: 'str',
    default: ['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT'],
    summary: 'states of connections that are not drained',
  },
  exclude_hosts: { type: 'list', elements: 'str', summary: 'peers whose connections do not count for drained' },
} as const
type Context = ModuleContext<ArgsOf<typeof args>>
/** The groups of a match, once what was waited for has come. */
type Met = { readonly groups: (string | null)[]; readonly named: { [name: string]: string | null } } | undefined
const met: Met = { groups: [], named: {} }

export default defineModule({
  name: 'ansible.builtin.wait_for',
  summary: 'Wait for a port, a file or some time',
  check: 'none',
  args,
  returns: {
    elapsed: 'seconds waited',
    match_groups: 'groups of search_regex',
    match_groupdict: 'named groups of search_regex',
  },
  order: ['state', 'port', 'search_regex', 'match_groups', 'match_groupdict', 'path', 'elapsed'],
  examples: `
- ansible.builtin.wait_for:
    port: 8000
    delay: 10

- ansible.builtin.wait_for:
    path: /tmp/foo
    search_regex: completed
`,

  async run(context) {
    const { args, remote, controller, fail } = context
    const { host, port, path, state, search_regex } = args
    if (port !== undefined && path !== undefined)
      fail('port and path parameter can not both be passed to wait_for', { elapsed: 0 })
    if (path !== undefined && state === 'stopped')
      fail('state=stopped should only be used for checking a port in the wait_for module', { elapsed: 0 })
    if (path !== undefined && state === 'drained')
      fail('state=drained should only be used for checking a port in the wait_for module', { elapsed: 0 })
    if (args.exclude_hosts && state !== 'drained')
      fail('exclude_hosts should only be with state=drained', { elapsed: 0 })

    const { signal } = controller
    const start = performance.now()
    const elapsed = () => Math.floor((performance.now() - start) / 1000)
    if (args.delay > 0) await sleep(args.delay * 1000, undefined, { signal })

    let found: Met
    if (port === undefined && path === undefined && state !== 'drained') {
      await sleep(args.timeout * 1000, undefined, { signal })
      found = met
    } else {
      const look = lookFor(context)
      const end = start + args.timeout * 1000
      for (found = await look(); !found && performance.now() < end; found = await look())
        await sleep(Math.min(args.sleep * 1000, Math.max(end - performance.now(), 1)), undefined, { signal })
    }
    if (!found) fail(args.msg ?? timeoutText(), { elapsed: elapsed() })

    const info = path === undefined ? {} : await pathInfo(remote, path)
    return {
      changed: false,
      state,
      port: port ?? null,
      search_regex: search_regex ?? null,
      match_groups: found!.groups,
      match_groupdict: found!.named,
      path: path ?? null,
      elapsed: elapsed(),
      ...info,
    }

    function timeoutText(): string {
      const place = path ?? `${host}:${port}`
      if (state === 'absent' || state === 'stopped')
        return path === undefined
          ? `Timeout when waiting for ${place} to stop.`
          : `Timeout when waiting for ${place} to be absent.`
      if (state === 'drained') return `Timeout when waiting for ${place} to drain`
      if (search_regex !== undefined) return `Timeout when waiting for search string ${search_regex} in ${place}`
      return `Timeout when waiting for ${path === undefined ? place : `file ${place}`}`
    }
  },
})

/** One look, to be repeated. */
function lookFor({ args, remote, task, fail }: Context): () => Promise<Met> {
  const { host, port, path, state, connect_timeout: seconds } = args
  const pattern =
    args.search_regex === undefined ? undefined : checkedRegExp(args.search_regex, { multiline: true }, fail)
  const matches = (text: string): Met => {
    const found = search(pattern!, text)
    return found ? { groups: found.slice(1).map(group => group ?? null), named: { ...found.groups } } : undefined
  }
  if (state === 'drained') {
    const states = new Set(args.active_connection_states)
    return async () =>
      (await remote.query(portConnections(host, port ?? 0, args.exclude_hosts ?? []))).some(one => states.has(one))
        ? undefined
        : met
  }
  if (path !== undefined) {
    const gone = state === 'absent'
    return async () => {
      const file = await remote.file(path, { want: pattern && !gone ? 'text' : 'stat' })
      if (!pattern) return file.exists !== gone ? met : undefined
      if (gone) return file.exists ? undefined : met
      return file.exists ? matches(file.text) : undefined
    }
  }
  // What the controller's own machine sees needs no program on it.
  const connect = () =>
    task.connection === 'local'
      ? connectLocally(host, port!, seconds, pattern && (text => matches(text) !== undefined))
      : remote.query(tryPort(host, port!, seconds, pattern !== undefined))
  return async () => {
    const answer = await connect()
    if (answer === 'no tool') return fail('Cannot try the port: the host has none of nc, bash and curl')
    if (state === 'stopped' || state === 'absent') return answer === undefined ? met : undefined
    if (answer === undefined) return undefined
    return pattern ? matches(answer) : met
  }
}
