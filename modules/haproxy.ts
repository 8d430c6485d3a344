import type { ArgSpecs, ArgsOf } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { socketClient } from './haproxy/socket.js'

const args = {
  host: { type: 'str', required: true, summary: 'the server' },
  state: { type: 'str', required: true, choices: ['disabled', 'drain', 'enabled'], summary: 'how it should be' },
  backend: { type: 'str', summary: 'its backend; all that have such a server when left out' },
  socket: { type: 'path', default: '/var/run/haproxy.sock', summary: 'socket of HAProxy' },
  weight: { type: 'str', summary: 'its weight, or a percentage of the one of the configuration' },
  agent: { type: 'bool', default: false, summary: 'also the checks by an agent' },
  health: { type: 'bool', default: false, summary: 'also the checks of health' },
  shutdown_sessions: { type: 'bool', default: false, summary: 'when disabled: end its sessions' },
  drain: { type: 'bool', default: false, summary: 'when disabled: wait until it has no sessions first' },
  wait: { type: 'bool', default: false, summary: 'wait until it is so' },
  wait_interval: { type: 'int', default: 5, summary: 'seconds between two looks' },
  wait_retries: { type: 'int', default: 25, summary: 'how often to look' },
  fail_on_not_found: { type: 'bool', default: false, summary: 'fail where there is no such server' },
} as const satisfies ArgSpecs
type Args = ArgsOf<typeof args>

export default defineModule({
  name: 'community.general.haproxy',
  summary: 'Switch servers of HAProxy backends',
  notes: ['The host needs one of socat, nc, perl and python3 to talk to the socket, which has to be of level admin.'],
  check: 'none',
  order: ['state_before', 'command', 'output', 'state_after', 'changed'],
  args,
  returns: {
    state_before: 'status, weight and sessions of the server in each backend',
    state_after: 'the same afterwards',
    command: 'what was sent',
    output: 'what HAProxy answered',
  },
  examples: `
- name: Take a server out of a backend
  community.general.haproxy:
    state: disabled
    host: web1
    backend: www
    socket: /run/haproxy/admin.sock
    wait: true
    drain: true

- name: Give it back
  community.general.haproxy:
    state: enabled
    host: web1
    backend: www
    socket: /run/haproxy/admin.sock
`,

  async run({ args, remote, fail }) {
    const send = socketClient({ remote, fail }, args.socket)
    const statistics = async () => readStatistics(await send('show stat'))
    const all = await statistics()
    const hosts = (rows: readonly Row[], backend = args.backend) =>
      rows.filter(row => row.svname === args.host && (backend === undefined || row.pxname === backend))
    const shown = (rows: readonly Row[]) =>
      rows.length > 0 ? rows.map(({ status = '', weight = '', scur = '' }) => ({ status, weight, scur })) : null
    const found = hosts(all)
    if (args.fail_on_not_found && found.length === 0)
      fail(`The specified backend '${args.backend ?? '*'}/${args.host}' was not found!`)
    const command: string[] = []
    const output: string[] = []
    const tell = async (text: string) => {
      command.push(text)
      output.push((await send(text, true)).trim())
    }
    const wait = async (backend: string, wished: string) => {
      for (let look = 1; look <= args.wait_retries; look++) {
        const row = hosts(await statistics(), backend)[0]
        const idle = !(args.drain && args.state === 'disabled') || Number(row?.scur) === 0
        if (row?.status?.startsWith(wished) && idle) return
        if (look < args.wait_retries)
          await remote.query({ command: sh`sleep ${args.wait_interval}`, parse: () => undefined })
      }
      fail(`server ${backend}/${args.host} not status '${wished}' after ${args.wait_retries} retries. Aborting.`)
    }
    for (const { pxname = '' } of found) {
      const server = `${pxname}/${args.host}`
      if (args.state === 'drain' || (args.state === 'disabled' && args.drain))
        await tell(`set server ${server} state drain`)
      if (args.state !== 'drain') await tell(switching(args, server).join('; '))
      if (args.wait || (args.drain && args.state === 'disabled'))
        await wait(pxname, { enabled: 'UP', disabled: 'MAINT', drain: 'DRAIN' }[args.state])
    }
    const before = shown(found)
    if (found.length === 0) return { state_before: before, state_after: before, changed: false }
    const after = shown(hosts(await statistics()))
    const changed = JSON.stringify(before) !== JSON.stringify(after)
    return { state_before: before, command, output, state_after: after, changed }
  },
})

/** The commands that HAProxy gets at once. */
function switching(args: Args, server: string): string[] {
  const verb = args.state === 'enabled' ? 'enable' : 'disable'
  const checks = [
    ...(args.agent ? [`${verb} agent ${server}`] : []),
    ...(args.health ? [`${verb} health ${server}`] : []),
  ]
  return verb === 'enable'
    ? [
        `get weight ${server}`,
        `enable server ${server}`,
        ...checks,
        ...(args.weight === undefined ? [] : [`set weight ${server} ${args.weight}`]),
      ]
    : [
        `get weight ${server}`,
        ...checks,
        `disable server ${server}`,
        ...(args.shutdown_sessions ? [`shutdown sessions server ${server}`] : []),
      ]
}

type Row = { readonly [column: string]: string | undefined }

/** `show stat`: CSV whose first line begins with `# `. */
function readStatistics(text: string): Row[] {
  const [head = '', ...lines] = text.trim().split('\n')
  const columns = head.replace(/^# /, '').split(',')
  return lines.map(line => {
    const values = line.split(',')
    return Object.fromEntries(columns.map((column, index) => [column, values[index]]))
  })
}
