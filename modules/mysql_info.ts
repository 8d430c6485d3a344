import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { float, type Json } from '../engine/python/values.js'
import { type Answer, cannotConnect, loginArgs, MySql, type Row } from './mysql/client.js'

const args = {
  filter: { type: 'list', elements: 'str', summary: 'what to tell; !NAME tells all but that' },
  exclude_fields: { type: 'list', elements: 'str', summary: 'db_size: do not add up the sizes of databases' },
  return_empty_dbs: { type: 'bool', default: false, summary: 'name databases without tables, too' },
  login_db: { type: 'str', summary: 'database to connect to' },
  ...loginArgs,
} as const satisfies ArgSpecs

interface Fact {
  /** The first that the server knows counts: newer servers have other words. */
  readonly statements: readonly string[]
  read(rows: readonly Row[]): Json
}

const version = /^(\d+)\.(\d+)\.(\d+)(?:-(.*))?$/

const facts: { readonly [name: string]: Fact } = {
  version: {
    statements: ['SELECT VERSION() AS version'],
    read: rows => {
      const full = rows[0]?.version ?? ''
      const [, major, minor, release, suffix = ''] = version.exec(full) ?? []
      return { full, major: Number(major), minor: Number(minor), release: Number(release), suffix }
    },
  },
  databases: { statements: [], read: () => ({}) },
  settings: { statements: ['SHOW GLOBAL VARIABLES'], read: rows => pairs(rows) },
  global_status: { statements: ['SHOW GLOBAL STATUS'], read: rows => pairs(rows) },
  users: {
    statements: ['SELECT * FROM mysql.user'],
    read: rows => {
      const users: { [host: string]: { [user: string]: Json } } = {}
      for (const { Host, User, ...rest } of rows) {
        users[Host!] = {
          ...users[Host!],
          [User!]: byName(rest, (value, name) => (/^max_/.test(name) ? number(value) : value)),
        }
      }
      return users
    },
  },
  engines: {
    statements: ['SHOW ENGINES'],
    read: rows => Object.fromEntries(rows.map(({ Engine, ...rest }) => [Engine!, byName(rest)])),
  },
  master_status: {
    statements: ['SHOW MASTER STATUS', 'SHOW BINARY LOG STATUS'],
    read: rows => byName(rows[0] ?? {}, number),
  },
  slave_hosts: {
    statements: ['SHOW SLAVE HOSTS', 'SHOW REPLICAS'],
    read: rows => Object.fromEntries(rows.map(({ Server_id, ...rest }) => [Server_id!, byName(rest, number)])),
  },
  slave_status: {
    statements: ['SHOW SLAVE STATUS', 'SHOW REPLICA STATUS'],
    read: rows => {
      const status: { [host: string]: { [port: string]: { [user: string]: Json } } } = {}
      for (const row of rows) {
        const [host, port, user] = ['Host', 'Port', 'User'].map(
          one => row[`Master_${one}`] ?? row[`Source_${one}`] ?? '',
        )
        const rest = Object.entries(row).filter(([name]) => !/^(?:Master|Source)_(?:Host|Port|User)$/.test(name))
        const here = status[host!] ?? {}
        const users = { ...here[port!], [user!]: byName(Object.fromEntries(rest), number) }
        status[host!] = { ...here, [port!]: users }
      }
      return status
    },
  },
}

export default defineModule({
  name: 'community.mysql.mysql_info',
  summary: 'Tell about a server of MySQL or MariaDB',
  check: 'full',
  args,
  returns: {
    version: 'version of the server',
    databases: 'name → size in bytes',
    settings: 'global variables',
    global_status: 'counters of the server',
    users: 'host → user → rights',
    engines: 'storage engines',
    master_status: 'place in the binary log',
    slave_status: 'host → port → user → state of replication',
    slave_hosts: 'servers that replicate this one',
    connector_name: 'always Unknown: no Python connector is used',
    connector_version: 'always Unknown',
  },
  examples: `
- name: Version and databases
  community.mysql.mysql_info:
    login_unix_socket: /run/mysqld/mysqld.sock
    filter: [version, databases]
`,

  async run({ args: { filter, exclude_fields, return_empty_dbs, login_db, ...login }, given, remote, fail, warn }) {
    const wanted = chosen(filter ?? [], warn)
    const sizes = !exclude_fields?.includes('db_size')
    const statements = wanted.flatMap(name =>
      name === 'databases' ? databaseStatements(return_empty_dbs, sizes) : facts[name]!.statements,
    )
    const answer = await new MySql(remote, login, given).ask(statements, { force: true, database: login_db })
    // With --force the client goes on after an error; only a refused login leaves nothing.
    if (answer.rc !== 0 && answer.results.length === 0) return fail(cannotConnect(login, answer.error))
    const told = wanted.map(name => [
      name,
      name === 'databases'
        ? databasesIn(answer, databaseStatements(return_empty_dbs, sizes), sizes)
        : facts[name]!.read(rowsOf(answer, facts[name]!.statements) ?? []),
    ])
    return { changed: false, connector_name: 'Unknown', connector_version: 'Unknown', ...Object.fromEntries(told) }
  },
})

function databaseStatements(empty: boolean, sizes: boolean): string[] {
  const size = sizes ? ', SUM(DATA_LENGTH + INDEX_LENGTH) AS size' : ''
  return [
    `SELECT TABLE_SCHEMA AS name${size} FROM information_schema.TABLES GROUP BY TABLE_SCHEMA`,
    ...(empty ? ['SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA'] : []),
  ]
}

function databasesIn(answer: Answer, [tables, all]: string[], sizes: boolean): Json {
  const found: { [name: string]: Json } = {}
  for (const { name, size } of rowsOf(answer, [tables!]) ?? []) found[name!] = sizes ? { size: Number(size ?? 0) } : {}
  for (const { name } of all === undefined ? [] : (rowsOf(answer, [all]) ?? []))
    found[name!] ??= sizes ? { size: 0 } : {}
  return found
}

const rowsOf = (answer: Answer, statements: readonly string[]): readonly Row[] | undefined =>
  answer.results.find(({ statement }) => statements.includes(statement))?.rows

/** Names of facts after the filter, as Ansible reads it: names that do not exist are warned about. */
function chosen(filter: readonly string[], warn: (text: string) => void): string[] {
  const [included, excluded] = [new Set<string>(), new Set<string>()]
  for (const item of filter.flatMap(one => one.split(',')).map(one => one.trim())) {
    const name = item.replace(/^!/, '')
    if (!Object.hasOwn(facts, name)) warn(`filter element: ${name} is not allowable, ignored`)
    else (item.startsWith('!') ? excluded : included).add(name)
  }
  return Object.keys(facts).filter(name => (included.size > 0 ? included.has(name) : !excluded.has(name)))
}

const whole = (digits: string): Json => (Number.isSafeInteger(Number(digits)) ? Number(digits) : BigInt(digits)) as Json

function number(value: string | null): Json {
  if (value === null || !/^-?\d+(?:\.\d+)?$/.test(value)) return value
  return value.includes('.') ? (float(Number(value)) as Json) : whole(value)
}

const byName = (
  row: Row,
  convert: (value: string | null, name: string) => Json = value => value,
): { [name: string]: Json } =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, convert(value, name)]))

/** Name and value of each row; whole numbers become numbers. */
const pairs = (rows: readonly Row[]): Json =>
  Object.fromEntries(
    rows.map(({ Variable_name, Value }) => [
      Variable_name!,
      Value && /^-?\d+$/.test(Value) ? whole(Value) : (Value ?? ''),
    ]),
  )
