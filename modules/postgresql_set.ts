import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import {
  anyDatabase,
  cannotConnect,
  checkedInput,
  identifier,
  literal,
  loginArgs,
  Postgres,
  type Row,
  refuseSuspicious,
} from './postgresql/client.js'

const args = {
  name: { type: 'str', required: true, summary: 'the parameter' },
  value: { type: 'str', summary: 'its value; default takes it out of postgresql.auto.conf' },
  reset: { type: 'bool', default: false, summary: 'back to the value that the server was built with' },
  login_db: anyDatabase,
  ...loginArgs,
  ...checkedInput,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.postgresql.postgresql_set',
  summary: 'Parameters of PostgreSQL servers',
  notes: [
    'The host needs psql, and no Python library.',
    'A parameter that needs a restart tells of a change until the server is restarted.',
  ],
  check: 'full',
  order: ['name', 'restart_required', 'prev_val_pretty', 'value_pretty', 'context', 'value', 'changed', 'queries'],
  args,
  returns: {
    prev_val_pretty: 'value before',
    value_pretty: 'value now, or after a restart',
    value: 'value now, as value and unit; memory in bytes',
    restart_required: 'whether the server has to be restarted',
    context: 'when the parameter can be changed',
    queries: 'the statements, but not in check mode',
  },
  examples: `
- name: More memory for sorting
  community.postgresql.postgresql_set:
    name: work_mem
    value: 32MB
  register: memory
  become_user: postgres
`,

  async run({ args, remote, fail }) {
    const { name, reset } = args
    refuseSuspicious(args, [name, args.value, args.session_role], fail)
    const value = args.value === undefined ? undefined : withUnit(args.value)
    if (!value && !reset) fail(`${name}: at least one of value or reset param must be specified`)
    if (value && reset) fail(`${name}: value and reset params are mutually exclusive`)
    const db = new Postgres(remote, args, args.login_db || 'postgres')
    const look = () =>
      db.ask([
        `SELECT name, setting, coalesce(unit, '') AS unit, context, vartype, boot_val, current_setting(name) AS pretty, EXISTS (SELECT FROM pg_file_settings f WHERE f.name = s.name AND f.sourcefile LIKE '%postgresql.auto.conf') AS own FROM pg_settings s WHERE name = ${literal(name)}`,
      ])
    const seen = await look()
    if (seen.rc !== 0) fail(cannotConnect(seen.error))
    const before = seen.results[0]?.[0]
    if (!before) return fail(`Unable to get ${name} value due to : unrecognized configuration parameter "${name}"\n`)
    const context = before.context ?? ''
    if (context === 'internal')
      fail(
        `${name}: cannot be changed (internal context). See https://www.postgresql.org/docs/current/runtime-config-preset.html`,
      )
    const isDefault = value?.toLowerCase() === 'default'
    const differs = reset
      ? before.setting !== before.boot_val
      : isDefault
        ? before.own === 't'
        : !isSame(value!, before)
    const needsRestart = context === 'postmaster'
    const result = {
      name,
      restart_required: differs && needsRestart,
      prev_val_pretty: before.pretty,
      value_pretty: differs ? (value ?? null) : before.pretty,
      context,
      value: asValue(before),
      changed: differs,
      queries: [] as string[],
    }
    if (!differs || remote.checkMode) return result
    const query = reset
      ? `ALTER SYSTEM RESET ${parameter(name)}`
      : `ALTER SYSTEM SET ${parameter(name)} = ${isDefault ? 'DEFAULT' : written(name, value!)}`
    const { rc, error } = await db.run([query, 'SELECT pg_reload_conf()'], query, false)
    if (rc !== 0) fail(`Unable to ${reset ? 'reset' : 'set'} ${name} value due to : ${error}\n`)
    if (needsRestart) return { ...result, queries: [query] }
    const after = (await look()).results[0]?.[0] ?? before
    return {
      ...result,
      value_pretty: after.pretty,
      value: asValue(after),
      changed: after.pretty !== before.pretty,
      queries: [query],
    }
  },
})

const units = ['B', 'kB', 'MB', 'GB', 'TB']

/** `32mb` → `32MB`: the server knows units in one spelling only. */
function withUnit(value: string): string {
  const [, number, unit] = /^(\d+)\s*([kmgt]b)$/i.exec(value) ?? []
  return number === undefined ? value : number + units.find(one => one.toLowerCase() === unit!.toLowerCase())
}

/** Bytes that `32MB`, or a setting counted in blocks of `8kB`, mean. */
function bytes(text: string): number | undefined {
  const [, number = '1', unit] = /^(\d+)?\s*(B|kB|MB|GB|TB)$/.exec(text) ?? []
  return unit === undefined ? undefined : Number(number) * 1024 ** units.indexOf(unit)
}

function asValue({ setting, unit }: Row) {
  const size = bytes(unit ?? '')
  if (size !== undefined && Number(setting) >= 0) return { value: Number(setting) * size, unit: 'b' }
  return { value: setting ?? null, unit: unit || null }
}

function isSame(value: string, now: Row): boolean {
  if (value === now.pretty || (lists.includes(now.name ?? '') && elements(value) === elements(now.pretty ?? '')))
    return true
  if (now.vartype === 'bool') return isOn(value) !== undefined && isOn(value) === isOn(now.setting ?? '')
  const wanted = bytes(value)
  const unit = bytes(now.unit ?? '')
  if (wanted !== undefined && unit !== undefined) return wanted === Number(now.setting) * unit
  // Without a unit the server counts in the parameter's own.
  return /^-?\d+$/.test(value) && now.vartype === 'integer' && Number(value) === Number(now.setting)
}

/** What a list holds, however it is quoted; other text is itself. */
const elements = (text: string): string =>
  text
    .split(',')
    .map(one => one.trim().replace(/^"(.*)"$/, '$1'))
    .join()

const isOn = (value: string): boolean | undefined =>
  /^(?:on|true|yes|1)$/i.test(value) ? true : /^(?:off|false|no|0)$/i.test(value) ? false : undefined

/** Parameters that are lists: one text would be one element of them. */
const lists = [
  ...['local_preload_libraries', 'search_path', 'session_preload_libraries', 'shared_preload_libraries'],
  ...['temp_tablespaces', 'unix_socket_directories'],
]

const written = (name: string, value: string): string =>
  lists.includes(name) ? elements(value).split(',').map(literal).join(',') : literal(value)

const parameter = (name: string): string =>
  /^[A-Za-z_][\w.]*$/.test(name) ? name : name.split('.').map(identifier).join('.')
