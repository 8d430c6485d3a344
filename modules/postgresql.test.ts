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

const inD = (more: { [column: string]: string } = {}) => table([{ name: 'd', version: '150018', owner: 'o', ...more }])
testModule(
  postgresqlDb,
  { name: 'd' },
  {
    'makes a database': {
      args: { encoding: 'UTF-8', owner: 'o"x' },
      commands: server(table([]), inD({ owner: 'o"x', encoding: 'UTF8' }), [
        `CREATE DATABASE "d" OWNER "o""x" ENCODING 'UTF-8'`,
      ]),
      returns: { db: 'd', executed_commands: [`CREATE DATABASE "d" OWNER "o""x" ENCODING 'UTF-8'`] },
    },
    'changes owner, limit and tablespace': {
      args: { owner: 'p', conn_limit: '5', tablespace: 'fast' },
      commands: server(inD(), inD({ owner: 'p', conn_limit: '5', tablespace: 'fast' }), [
        'ALTER DATABASE "d" OWNER TO "p"',
        'ALTER DATABASE "d" CONNECTION LIMIT 5',
        'ALTER DATABASE "d" SET TABLESPACE "fast"',
      ]),
    },
    'makes a database with a locale of ICU and a remark': {
      args: { locale_provider: 'icu', icu_locale: 'de-DE', comment: "it's one" },
      commands: server(table([]), inD({ provider: 'i', icu_locale: 'de-DE', comment: "it's one" }), [
        `CREATE DATABASE "d" ICU_LOCALE 'de-DE' LOCALE_PROVIDER 'icu'`,
        `COMMENT ON DATABASE "d" IS 'it''s one'`,
      ]),
    },
    'takes a remark away': {
      args: { comment: '' },
      commands: server(inD({ comment: 'x' }), inD({ comment: '' }), [`COMMENT ON DATABASE "d" IS ''`]),
    },
    'does not change who knows about locales': {
      args: { locale_provider: 'libc' },
      commands: server(inD({ provider: 'i' }), '', []),
      fails: 'Changing LOCALE_PROVIDER is not supported.Current LOCALE_PROVIDER: icu',
    },
    'does not change the locale of ICU': {
      args: { icu_locale: 'fr' },
      commands: server(inD({ provider: 'i', icu_locale: 'de-DE' }), '', []),
      fails: 'Changing ICU_LOCALE is not supported.Current ICU_LOCALE: de-DE',
    },
    'takes only a number as limit': {
      args: { conn_limit: '5; DROP DATABASE x' },
      commands: server(inD(), '', []),
      fails: /^Database query failed: conn_limit must be/,
    },
    'drops a database': {
      args: { state: 'absent' },
      commands: server(inD(), table([]), ['DROP DATABASE "d"']),
    },
    'drops a database that is in use': {
      args: { state: 'absent', force: true },
      commands: server(inD(), table([]), ['DROP DATABASE "d" WITH (FORCE)']),
    },
    'ends the connections itself on an old server': {
      args: { state: 'absent', force: true },
      commands: server(inD({ version: '120004' }), table([]), [
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'd' AND pid <> pg_backend_pid()`,
        'DROP DATABASE "d"',
      ]),
    },
    'does not change the encoding': {
      args: { encoding: 'LATIN1' },
      commands: server(inD({ encoding: 'UTF8' }), '', []),
      fails: /Changing database encoding is not supported/,
    },
    'renames a database': {
      args: { state: 'rename', target: 'e"f' },
      commands: server(inD(), table([{ name: 'e"f' }]), ['ALTER DATABASE "d" RENAME TO "e""f"']),
      returns: { db: 'd', executed_commands: ['ALTER DATABASE "d" RENAME TO "e""f"'] },
    },
    'does not rename onto another database': {
      args: { state: 'rename', target: 'e' },
      commands: server(table([{ name: 'd' }, { name: 'e' }]), '', []),
      fails: 'Both the source and the target databases exist.',
    },
    'has nothing to rename': {
      args: { state: 'rename', target: 'e' },
      commands: server(table([]), '', []),
      fails: 'The source and the target databases do not exist.',
    },
    'needs a new name': {
      args: { state: 'rename' },
      fails: 'The "target" option must be defined when the "rename" option is used.',
    },
    'needs another name': {
      args: { state: 'rename', target: 'd' },
      fails: 'The "name/db" option and the "target" option cannot be the same.',
    },
    'refuses what looks like an injection': {
      args: { owner: 'a; select 1', session_role: "b' --", encoding: 'c--', trust_input: false },
      fails: "Passed input 'a; select 1, b' --' is potentially dangerous",
    },
    'cannot take the role': {
      args: { session_role: 'n' },
      commands: { '*psql -X*': { rc: 3, stderr: 'psql:<stdin>:1: ERROR:  role "n" does not exist\n' } },
      fails: 'Could not switch role: role "n" does not exist\n',
    },
  },
)

type Answering = Extract<FakeCommands, readonly unknown[]>[number]
const program = (name: string, packer?: string): Answering => [
  /^\{ command -v/,
  call => {
    expect(call.text).toContain(`command -v ${name}`)
    return `/usr/bin/${name}\n${packer === undefined ? '' : `${packer}\n`}`
  },
]
const says = (answer: string | { rc: number; stderr: string }, ...parts: string[]): Answering => [
  /PGPASSWORD/,
  call => {
    for (const part of parts) expect(call.text).toContain(part)
    expect(call.text).not.toMatch(/PGCLIENTENCODING|s3cret/)
    expect(call.stdin).toBe('s3cret\n')
    return answer
  },
]
const cmd = (text: string) => ({ cmd: text, executed_commands: [text], rc: 0 })
const eachTime = { again: { changed: 'each run dumps or restores' }, check: { differs: 'Ansible foretells no change' } }

testModule(
  postgresqlDb,
  { name: 'd', login_password: 's3cret' },
  {
    'dumps to a file, with more arguments': {
      ...eachTime,
      args: {
        state: 'dump',
        target: '/b/d.sql',
        dump_extra_args: "--exclude-table='x y'",
        target_opts: '-n public',
        login_host: 'db',
      },
      commands: [program('pg_dump'), says('', 'mv -f "$part" "$target"')],
      changed: true,
      returns: cmd(
        "/usr/bin/pg_dump d --host=db --port=5432 --username=postgres --exclude-table='x y'  -n public  > /b/d.sql",
      ),
    },
    'dumps through what packs': {
      ...eachTime,
      args: { state: 'dump', target: "/b/it's.sql.gz" },
      commands: [program('pg_dump', '/usr/bin/pigz'), says('', '| /usr/bin/pigz >"$part"')],
      returns: cmd(`/usr/bin/pg_dump d --port=5432 --username=postgres | /usr/bin/pigz > '/b/it'\\''s.sql.gz'`),
    },
    'dumps in the format of the name': {
      ...eachTime,
      args: { state: 'dump', target: '/b/d.tar' },
      commands: [program('pg_dump'), says('')],
      returns: cmd('/usr/bin/pg_dump d --port=5432 --username=postgres --format=t > /b/d.tar'),
    },
    'dumps to a directory': {
      ...eachTime,
      args: { state: 'dump', target: '/b/d.dir' },
      commands: [program('pg_dump'), says('')],
      returns: cmd('/usr/bin/pg_dump d --port=5432 --username=postgres --format=d -f /b/d.dir'),
    },
    'tells why there is no dump': {
      args: { state: 'dump', target: '/b/d.sql' },
      commands: [program('pg_dump'), says({ rc: 1, stderr: 'pg_dump: error: no\n' })],
      fails: 'pg_dump: error: no\n',
      returns: { rc: 1, stdout: '', cmd: '/usr/bin/pg_dump d --port=5432 --username=postgres > /b/d.sql' },
    },
    'misses the program that packs': {
      args: { state: 'dump', target: '/b/d.xz' },
      commands: [program('pg_dump', '')],
      fails: /Failed to find required executable "xz"/,
    },
    'restores statements with psql': {
      ...eachTime,
      args: { state: 'restore', target: '/b/d.sql', target_opts: '-q' },
      commands: [program('psql'), says('SET\n')],
      returns: {
        ...cmd('/usr/bin/psql --dbname=d --port=5432 --username=postgres --file=/b/d.sql -q  < /b/d.sql'),
        msg: 'SET\n',
      },
    },
    'restores what is packed': {
      ...eachTime,
      args: { state: 'restore', target: '/b/d.tar.bz2' },
      commands: [
        program('psql', '/bin/bzip2'),
        says('', '/bin/bzip2 -dc /b/d.tar.bz2', '--username=postgres >/dev/null'),
      ],
      returns: { cmd: 'cmd: ****', executed_commands: [], msg: '' },
    },
    'restores an archive with pg_restore': {
      ...eachTime,
      args: { state: 'restore', target: '/b/d.pgc' },
      commands: [program('pg_restore'), says('')],
      returns: cmd('/usr/bin/pg_restore --dbname=d --port=5432 --username=postgres --format=Custom < /b/d.pgc'),
    },
    'restores a directory with pg_restore': {
      ...eachTime,
      args: { state: 'restore', target: '/b/d.dir' },
      commands: [program('pg_restore'), says('')],
      returns: cmd('/usr/bin/pg_restore --dbname=d --port=5432 --username=postgres --format=Directory /b/d.dir'),
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
    'takes a remark away': {
      args: { comment: '' },
      commands: server(table([{ ...role, comment: 'x' }]) + table([]), table([role]) + table([]), [
        `COMMENT ON ROLE "u" IS ''`,
      ]),
    },
    'an empty remark is none': {
      args: { comment: '' },
      commands: server(table([role]) + table([]), '', []),
      changed: false,
    },
    'sets what its sessions start with': {
      args: { configuration: { work_mem: '8MB' }, reset_unspecified_configuration: true },
      commands: server(
        table([{ ...role, rolconfig: '{"search_path=a, b"}' }]) + table([]),
        table([{ ...role, rolconfig: '{work_mem=8MB}' }]) + table([]),
        [`ALTER ROLE "u" SET "work_mem" TO '8MB'`, 'ALTER ROLE "u" RESET "search_path"'],
      ),
    },
    'takes no quotes in the name of a parameter': {
      args: { configuration: { 'work"mem': '8MB' } },
      fails: 'The key of a configuration may not contain single or double quotes',
    },
    'refuses values that look like an injection where input is not trusted': {
      args: { configuration: { work_mem: 'x; drop table t' }, quote_configuration_values: false, trust_input: false },
      fails: "Passed input 'x; drop table t' is potentially dangerous",
    },
    'grants what the role does not have': {
      args: { db: 'd', priv: 'connect,TEMP/s.t:ALL' },
      commands: server(
        table([role]) + table([]) + table([{ privilege_type: 'CONNECT' }]) + table([{ privilege_type: 'SELECT' }]),
        table([role]) +
          table([]) +
          table([{ privilege_type: 'CONNECT' }, { privilege_type: 'TEMPORARY' }]) +
          table(
            ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'].map(privilege_type => ({
              privilege_type,
            })),
          ),
        [
          'GRANT CONNECT, TEMPORARY ON DATABASE "d" TO "u"',
          'GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON TABLE "s"."t" TO "u"',
        ],
      ),
    },
    'revokes before it drops': {
      args: { db: 'd', priv: 'CONNECT', state: 'absent' },
      commands: server(
        table([role]) + table([]) + table([{ privilege_type: 'CONNECT' }]),
        table([]) + table([]) + table([]),
        ['REVOKE CONNECT ON DATABASE "d" FROM "u"', 'DROP USER "u"'],
      ),
    },
    'needs a database for privileges': {
      args: { priv: 'CONNECT' },
      fails: 'privileges require a database to be specified',
    },
    'refuses privileges that a table does not have': {
      args: { db: 'd', priv: 't:CONNECT' },
      fails: 'Invalid privs specified for table: CONNECT',
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
      returns: { is_available: false, conn_err_msg: 'no server\n' },
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
      fails: 'unable to connect to database: connection to server failed\n',
    },
  },
)
