import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import haproxy from './haproxy.js'

type Server = { px: string; sv: string; status: string; weight: string; scur: string }

/** A HAProxy that does as it is told; `told` by its last word about a server. */
const proxy =
  (...servers: Partial<Server>[]) =>
  (): FakeCommands => {
    const now = servers.map(one => ({ px: 'www', sv: 'a', status: 'UP', weight: '1', scur: '0', ...one }))
    return [
      [
        /^s=\/run\/haproxy\.sock; l='?show stat/,
        () =>
          `# pxname,svname,scur,status,weight,\n${now.map(s => `${s.px},${s.sv},${s.scur},${s.status},${s.weight},\n`).join('')}\n`,
      ],
      [
        /^s=\/run\/haproxy\.sock; l=/,
        call => {
          for (const one of now) {
            const name = `${one.px}/${one.sv}`
            if (call.text.includes(`enable server ${name}`)) one.status = 'UP'
            if (call.text.includes(`disable server ${name}`)) one.status = 'MAINT'
            if (call.text.includes(`set server ${name} state drain`)) one.status = 'DRAIN'
            const weight = new RegExp(`set weight ${name} (\\d+)`).exec(call.text)?.[1]
            if (weight) one.weight = weight
          }
          return '1 (initial 1)\n\n'
        },
      ],
      [/^sleep /, ''],
    ]
  }
const commands = (...lines: string[]) => lines.map(line => new RegExp(`; l='${line}'\n`))
// What is, what is sent, what is then.
const trips = 3

testModule(
  haproxy,
  { host: 'a', socket: '/run/haproxy.sock' },
  {
    'takes a server out': {
      args: { state: 'disabled', backend: 'www' },
      commands: proxy({}),
      runs: commands('get weight www/a; disable server www/a'),
      returns: {
        changed: true,
        state_before: [{ status: 'UP', weight: '1', scur: '0' }],
        state_after: [{ status: 'MAINT', weight: '1', scur: '0' }],
        command: ['get weight www/a; disable server www/a'],
        output: ['1 (initial 1)'],
      },
      trips,
    },
    'takes it out of every backend, with checks and sessions': {
      args: { state: 'disabled', health: true, agent: true, shutdown_sessions: true },
      commands: proxy({}, { px: 'two' }, { px: 'three', sv: 'b' }),
      runs: commands(
        'get weight www/a; disable agent www/a; disable health www/a; disable server www/a; shutdown sessions server www/a',
        'get weight two/a; disable agent two/a; disable health two/a; disable server two/a; shutdown sessions server two/a',
      ),
      trips: 4,
    },
    'gives one back with its weight and waits for it': {
      args: { state: 'enabled', weight: '20', wait: true, health: true, agent: true },
      commands: proxy({ status: 'MAINT' }),
      runs: commands(
        'get weight www/a; enable server www/a; enable agent www/a; enable health www/a; set weight www/a 20',
      ),
      returns: { state_after: [{ status: 'UP', weight: '20', scur: '0' }] },
      trips: 4,
    },
    'drains one': {
      args: { state: 'drain', wait: true },
      commands: proxy({}),
      runs: commands('set server www/a state drain'),
      changed: true,
      trips: 4,
    },
    'drains one before it takes it out': {
      args: { state: 'disabled', drain: true },
      commands: proxy({}),
      runs: commands('set server www/a state drain', 'get weight www/a; disable server www/a'),
      returns: { state_after: [{ status: 'MAINT', weight: '1', scur: '0' }] },
      trips: 5,
    },
    'does not wait for ever for sessions to end': {
      args: { state: 'disabled', drain: true, wait_retries: 3, wait_interval: 1 },
      commands: proxy({ scur: '2' }),
      fails: "server www/a not status 'MAINT' after 3 retries. Aborting.",
    },
    'has nothing to do for a server that is not there': {
      args: { state: 'enabled', backend: 'zzz', wait: true },
      commands: proxy({}),
      returns: { changed: false, state_before: null, state_after: null },
    },
    'fails for one when told to': {
      args: { state: 'enabled', backend: 'zzz', fail_on_not_found: true },
      commands: proxy({}),
      fails: "The specified backend 'zzz/a' was not found!",
    },
    'needs the socket': {
      args: { state: 'enabled' },
      commands: [[/^s=/, { rc: 1, stderr: 'there is no socket /run/haproxy.sock\n' }]],
      fails: 'there is no socket /run/haproxy.sock',
    },
  },
)
