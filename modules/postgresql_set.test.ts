import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import set from './postgresql_set.js'

const end = '\n\x1e\x1e\n'
const columns = ['name', 'setting', 'unit', 'context', 'vartype', 'boot_val', 'pretty', 'own'] as const
type Setting = { readonly [K in (typeof columns)[number]]: string }
const memory: Setting = {
  ...{ name: 'work_mem', setting: '4096', unit: 'kB', context: 'user', vartype: 'integer' },
  ...{ boot_val: '4096', pretty: '4MB', own: 'f' },
}
const list: Setting = { ...memory, name: 'shared_preload_libraries', unit: '', vartype: 'string' }

/** A server with this setting, which is `after` once it gets `statement`. */
const server =
  (before: Setting | undefined, statement = 'nothing', after = before) =>
  (): FakeCommands => {
    let now = before
    return [
      [
        /psql -X/,
        call => {
          if (call.text.includes('FROM pg_settings')) {
            const row = now === undefined ? '' : `\x1e${columns.map(one => now![one]).join('\x1f')}`
            return columns.join('\x1f') + row + end
          }
          if (!call.stdin.startsWith(`\n${statement};\n`)) throw new Error(call.stdin)
          if (!call.stdin.includes('SELECT pg_reload_conf();\n')) throw new Error('no reload')
          now = after
          return end
        },
      ],
    ]
  }

testModule(
  set,
  { name: 'work_mem' },
  {
    'sets a parameter': {
      args: { value: '16mb' },
      commands: server(memory, "ALTER SYSTEM SET work_mem = '16MB'", { ...memory, setting: '16384', pretty: '16MB' }),
      returns: {
        name: 'work_mem',
        restart_required: false,
        prev_val_pretty: '4MB',
        value_pretty: '16MB',
        context: 'user',
        value: { value: 16777216, unit: 'b' },
        changed: true,
        queries: ["ALTER SYSTEM SET work_mem = '16MB'"],
      },
      foretells: {
        name: 'work_mem',
        restart_required: false,
        prev_val_pretty: '4MB',
        value_pretty: '16MB',
        context: 'user',
        value: { value: 4194304, unit: 'b' },
        changed: true,
        queries: [],
      },
    },
    'leaves the same amount in other words': { args: { value: '4096kB' }, commands: server(memory), changed: false },
    'leaves what is on': {
      args: { name: 'fsync', value: 'yes' },
      commands: server({ ...memory, setting: 'on', pretty: 'on', unit: '', vartype: 'bool' }),
      returns: { changed: false, value: { value: 'on', unit: null } },
    },
    'tells that a restart is needed, until there was one': {
      args: { name: 'max_connections', value: '120' },
      commands: server(
        { ...memory, setting: '100', pretty: '100', unit: '', context: 'postmaster' },
        "ALTER SYSTEM SET max_connections = '120'",
      ),
      returns: {
        changed: true,
        restart_required: true,
        prev_val_pretty: '100',
        value_pretty: '120',
        value: { value: '100', unit: null },
      },
      again: { changed: 'nobody restarted the server' },
    },
    'sets each element of a list': {
      args: { name: 'shared_preload_libraries', value: 'a, "b c"' },
      commands: server({ ...list, setting: '', pretty: '' }, "ALTER SYSTEM SET shared_preload_libraries = 'a','b c'", {
        ...list,
        setting: 'a, "b c"',
        pretty: 'a, "b c"',
      }),
    },
    'knows a list however it is quoted': {
      args: { name: 'shared_preload_libraries', value: 'a,b c' },
      commands: server({ ...list, setting: 'a, "b c"', pretty: 'a, "b c"' }),
      changed: false,
    },
    'takes a parameter out of the file': {
      args: { value: 'default' },
      commands: server({ ...memory, own: 't', pretty: '8MB' }, 'ALTER SYSTEM SET work_mem = DEFAULT', memory),
      returns: { changed: true, value_pretty: '4MB', queries: ['ALTER SYSTEM SET work_mem = DEFAULT'] },
    },
    'has nothing to take out': { args: { value: 'default' }, commands: server(memory), changed: false },
    'goes back to what the server was built with': {
      args: { reset: true },
      commands: server({ ...memory, setting: '8192', pretty: '8MB' }, 'ALTER SYSTEM RESET work_mem', memory),
      returns: { changed: true, prev_val_pretty: '8MB', value_pretty: '4MB' },
    },
    'knows no such parameter': {
      args: { name: 'nope', value: '1' },
      commands: server(undefined),
      fails: 'Unable to get nope value due to : unrecognized configuration parameter "nope"\n',
    },
    'does not touch what nobody can change': {
      args: { name: 'block_size', value: '1' },
      commands: server({ ...memory, context: 'internal' }),
      fails: /^block_size: cannot be changed \(internal context\)\./,
    },
    'says what the server says': {
      args: { value: 'xx' },
      check: { differs: 'the server alone knows which values it takes' },
      commands: () => [
        [
          /psql -X/,
          call =>
            call.text.includes('FROM pg_settings')
              ? `${columns.join('\x1f')}\x1e${columns.map(one => memory[one]).join('\x1f')}${end}`
              : { rc: 3, stderr: 'psql:<stdin>:1: ERROR:  invalid value for parameter "work_mem": "xx"\n' },
        ],
      ],
      fails: 'Unable to set work_mem value due to : invalid value for parameter "work_mem": "xx"\n',
    },
    'wants to know what': { fails: 'work_mem: at least one of value or reset param must be specified' },
    'takes one way': {
      args: { value: '1MB', reset: true },
      fails: 'work_mem: value and reset params are mutually exclusive',
    },
  },
)
