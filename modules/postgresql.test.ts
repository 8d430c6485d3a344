import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import postgresqlDb from './postgresql_db.js'
import postgresqlInfo from './postgresql_info.js'
import postgresqlPing from './postgresql_ping.js'
import postgresqlUser, { passwordIs } from './postgresql_user.js'

const md5 = (password: string, role: string) =>
  `md5${createHash('md5')
    .update(password + role)
    .digest('hex')}`

const table = (rows: { [column: string]: string }[], columns = Object.keys(rows[0] ?? { none: '' })) =>
  `${[columns, ...rows.map(row => columns.map(column => row[column] ?? '\x1d'))].map(line => line.join('\x1f')).join('\x1e')}\n\x1e\x1e\n`

const server = (before: string, after: string, statements: string[]) => (): FakeCommands => {
  let answer = before
  return [
    [
      /psql -X/,
      call => {
        if (call.query) return answer
        for (const statement of statements) expect(call.stdin).toContain(`${statement};\n`)
        answer = after
        return ''
      },
    ],
  ]
}

testModule(
  postgresqlDb,
  { name: 'd' },
  {
    'makes a database': {
      args: { encoding: 'UTF-8', owner: 'o"x' },
      commands: server(table([]), table([{ owner: 'o"x', encoding: 'UTF8' }]), [
        `CREATE DATABASE "d" OWNER "o""x" ENCODING 'UTF-8'`,
      ]),
      returns: { db: 'd', executed_commands: [`CREATE DATABASE "d" OWNER "o""x" ENCODING 'UTF-8'`] },
    },
    'drops a database': {
      args: { state: 'absent' },
      commands: server(table([{ owner: 'o' }]), table([]), ['DROP DATABASE "d"']),
    },
    'does not change the encoding': {
      args: { encoding: 'LATIN1' },
      commands: server(table([{ owner: 'o', encoding: 'UTF8' }]), '', []),
      fails: /Changing database encoding is not supported/,
    },
  },
)

const role = { rolname: 'u', rolcreatedb: 'f', rolsuper: 'f', rolconnlimit: '-1' }
testModule(
  postgresqlUser,
  { name: 'u' },
  {
    'makes a role and hides its password': {
      args: { password: "p'w", role_attr_flags: 'createdb' },
      commands: server(
        table([]) + table([]),
        table([
          {
            ...role,
            rolcreatedb: 't',
            hash: `<row><rolpassword>${md5("p'w", 'u')}</rolpassword></row>`,
          },
        ]) + table([]),
        [`CREATE USER "u" WITH ENCRYPTED PASSWORD 'p''w' CREATEDB`],
      ),
      returns: { user: 'u', queries: [`CREATE USER "u" WITH ENCRYPTED PASSWORD '********' CREATEDB`] },
    },
    'changes attributes that differ': {
      args: { role_attr_flags: 'CREATEDB,NOSUPERUSER' },
      commands: server(table([role]) + table([]), table([{ ...role, rolcreatedb: 't' }]) + table([]), [
        'ALTER USER "u" WITH CREATEDB',
      ]),
    },
    'refuses attributes that do not exist': {
      args: { role_attr_flags: 'FOO' },
      fails: 'Invalid role_attr_flags specified: FOO',
    },
  },
)

testModule(
  postgresqlPing,
  {},
  {
    'tells the version': {
      commands: server(table([{ number: '150018', full: 'PostgreSQL 15.18 on x' }]), '', []),
      returns: {
        is_available: true,
        server_version: { full: '15.18', major: 15, minor: 18, raw: 'PostgreSQL 15.18 on x' },
      },
    },
    'tells why there is no answer': {
      commands: { '*psql*': { rc: 2, stderr: 'psql: error: no server' } },
      returns: { is_available: false, conn_err_msg: 'no server' },
    },
  },
)

test('hashes of passwords: MD5 and SCRAM', () => {
  const stored = (hash: string) => ({ hash: `<row>\n<rolpassword>${hash}</rolpassword>\n</row>` })
  expect([passwordIs('pw', 'u', stored(md5('pw', 'u'))), passwordIs('pw', 'u', stored(md5('no', 'u')))]).toEqual([
    true,
    false,
  ])
  // RFC 7677's example: user "user", password "pencil".
  const scram =
    'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU='
  expect([passwordIs('pencil', 'user', stored(scram)), passwordIs('wrong', 'user', stored(scram))]).toEqual([
    true,
    false,
  ])
})

const json = (rows: unknown) => table([{ json: JSON.stringify(rows) }])
const nothing = table([{}], ['json'])
testModule(
  postgresqlInfo,
  {},
  {
    'tells what the filter leaves': {
      args: { filter: ['ver*', 'settings, roles'] },
      commands: {
        '*psql -X*':
          json([{ number: '150020', raw: 'PostgreSQL 15.20 on x' }]) +
          json([
            { name: 'shared_buffers', setting: '16384', unit: '8kB' },
            { name: 'temp_file_limit', setting: '-1', unit: 'kB' },
            { name: 'port', setting: '5432', unit: '' },
          ]) +
          json([{ name: 'kid', superuser: false, member_of: ['boss'] }]),
      },
      changed: false,
      returns: {
        version: { full: '15.20', major: 15, minor: 20, raw: 'PostgreSQL 15.20 on x' },
        settings: {
          shared_buffers: { setting: '16384', unit: '8kB', val_in_bytes: 134217728 },
          temp_file_limit: { setting: '-1', unit: 'kB', val_in_bytes: 0 },
          port: { setting: '5432', unit: '' },
        },
        roles: { kid: { superuser: false, member_of: ['boss'] } },
        databases: {},
        in_recovery: null,
      },
    },
    'asks each database about itself': {
      args: { filter: 'databases' },
      commands: [
        [
          /connect/,
          ({ text }) => {
            expect(text).toContain('\\connect "d""1"\n')
            return (
              json([{ name: 'public', nspowner: 'o', nspacl: '' }]) +
              nothing +
              json([{ name: 'x', extversion: '1.2', nspname: 'public', description: '' }]) +
              json([{ name: 'p', pubname: 'p', puballtables: true }]) +
              nothing
            )
          },
        ],
        [
          /psql -X/,
          json([
            { name: 'd"1', owner: 'o', size: '7' },
            { name: 'closed', size: 'No Access' },
          ]),
        ],
      ],
      returns: {
        databases: {
          'd"1': {
            owner: 'o',
            namespaces: { public: { nspowner: 'o', nspacl: '' } },
            extensions: { x: { extversion: { major: 1, minor: 2, raw: '1.2' }, nspname: 'public', description: '' } },
            publications: { p: { puballtables: true } },
            languages: {},
            subscriptions: {},
          },
          closed: { size: 'No Access' },
        },
      },
      // Databases can be asked once their names are known.
      trips: 2,
    },
    'cannot connect': {
      commands: { '*psql -X*': { rc: 2, stderr: 'psql: error: connection to server failed' } },
      fails: 'unable to connect to database: connection to server failed',
    },
  },
)
