import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import { asPyMySql, type Login, readAnswer, withOptions } from './mysql/client.js'
import { privilegeChanges, privilegeStatements, readGrants, readWish } from './mysql/privileges.js'
import mysqlDb from './mysql_db.js'
import mysqlInfo from './mysql_info.js'
import mysqlQuery from './mysql_query.js'
import mysqlUser, { nativeHash } from './mysql_user.js'
import mysqlVariables from './mysql_variables.js'

const escapeXml = (text: string) =>
  text.replace(/[<>&"]/g, char => ({ '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' })[char]!)
const table = (statement: string, rows: { [column: string]: string }[]) =>
  `<?xml version="1.0"?>\n<resultset statement="${escapeXml(statement)}" xmlns:xsi="x">${rows
    .map(
      row =>
        `<row>${Object.entries(row)
          .map(([name, value]) => `<field name="${name}">${escapeXml(value)}</field>`)
          .join('')}</row>`,
    )
    .join('')}</resultset>\n`

/** A server whose answers to questions change once statements were run; what was run is checked by `runs`. */
const server = (before: string, after: string, wanted: string[]) => (): FakeCommands => {
  let answer = before
  return [
    [
      /umask 077/,
      call => {
        if (call.query) return answer.startsWith('ERROR') ? { rc: 1, stderr: answer } : answer
        const sql = call.stdin.slice(call.stdin.indexOf('\n--\n') + 4)
        expect(sql).toBe(wanted.map(one => `${one};\n`).join(''))
        answer = after
        return ''
      },
    ],
  ]
}

const bob = {
  Host: 'localhost',
  User: 'bob',
  plugin: 'mysql_native_password',
  authentication_string: nativeHash('pw'),
  ssl_type: '',
}
const grants = (...rows: string[]) =>
  table(
    'SHOW GRANTS',
    rows.map(row => ({ 'Grants for bob@localhost': row })),
  )

testModule(
  mysqlDb,
  {},
  {
    'makes what is missing': {
      args: { name: ['a', 'b`c'], encoding: 'utf8mb4' },
      commands: server(
        table('SHOW DATABASES', [{ Database: 'a' }]),
        table('SHOW DATABASES', [{ Database: 'a' }, { Database: 'b`c' }]),
        ["CREATE DATABASE `b``c` CHARACTER SET 'utf8mb4'"],
      ),
      returns: {
        db: 'a b`c',
        db_list: ['a', 'b`c'],
        executed_commands: ["CREATE DATABASE `b``c` CHARACTER SET 'utf8mb4'"],
      },
    },
    'keeps it out of the binary log': {
      args: { name: 'a', sql_log_bin: false },
      commands: server(table('SHOW DATABASES', []), table('SHOW DATABASES', [{ Database: 'a' }]), [
        'SET SQL_LOG_BIN=0;\nCREATE DATABASE `a`',
      ]),
      returns: { db: 'a', db_list: ['a'], executed_commands: ['CREATE DATABASE `a`'] },
    },
    'drops what is there': {
      args: { name: 'a', state: 'absent' },
      commands: server(table('SHOW DATABASES', [{ Database: 'a' }]), table('SHOW DATABASES', []), [
        'DROP DATABASE `a`',
      ]),
    },
    'lets config_file say where the server is': {
      args: { name: 'a', login_host: 'h', login_port: 7, login_user: 'u', config_overrides_defaults: true },
      commands: {
        '*umask 077*': call => {
          const input = call.text
          expect(input).toContain('port="7"\nprotocol="tcp"\n!config\n[client]\nuser="u"\n')
          return table('SHOW DATABASES', [{ Database: 'a' }])
        },
      },
      changed: false,
    },
    'says why it cannot log in': {
      args: { name: 'a' },
      commands: server("ERROR 1045 (28000): Access denied for user 'root'@'localhost'", '', []),
      fails:
        /^unable to connect to database, check login_user and login_password are correct or ~\/\.my\.cnf has the credentials\. Exception message: \(1045, "Access denied for user 'root'@'localhost'"\)$/,
    },
    'does not dump what is not there': {
      args: { name: 'a', state: 'dump', target: '/t' },
      commands: server(table('SHOW DATABASES', []), '', []),
      fails: /^Cannot dump database\(s\) 'a' - not found$/,
    },
  },
)

testModule(
  mysqlUser,
  { name: 'bob' },
  {
    'makes an account with privileges': {
      args: { password: "p'w", priv: 'db.*:ALL,GRANT/*.*:USAGE' },
      commands: server(
        table('SELECT', []),
        table('SELECT', [{ ...bob, authentication_string: nativeHash("p'w") }]) +
          grants(
            'GRANT USAGE ON *.* TO `bob`@`localhost`',
            'GRANT ALL PRIVILEGES ON `db`.* TO `bob`@`localhost` WITH GRANT OPTION',
          ),
        [
          "CREATE USER 'bob'@'localhost' IDENTIFIED BY 'p\\'w'",
          "GRANT ALL ON `db`.* TO 'bob'@'localhost' WITH GRANT OPTION",
        ],
      ),
      returns: { msg: 'User added', user: 'bob' },
    },
    'makes an account with its password, whatever plugin is named beside it': {
      args: { password: 'pw', plugin: 'mysql_native_password' },
      commands: server(table('SELECT', []), table('SELECT', [bob]) + grants(), [
        "CREATE USER 'bob'@'localhost' IDENTIFIED BY 'pw'",
      ]),
      returns: { msg: 'User added' },
    },
    'leaves an account alone': {
      args: { password: 'pw', priv: 'db.*:SELECT' },
      commands: server(
        table('SELECT', [bob]) +
          grants('GRANT USAGE ON *.* TO `bob`@`localhost`', 'GRANT SELECT ON `db`.* TO `bob`@`localhost`'),
        '',
        [],
      ),
      returns: { changed: false, msg: 'User unchanged', password_changed: false },
    },
    'changes password and privileges': {
      args: { password: 'new', priv: { 'db.*': 'SELECT,INSERT' } },
      commands: server(
        table('SELECT', [bob]) +
          grants('GRANT SELECT, DELETE ON `db`.* TO `bob`@`localhost`', 'GRANT UPDATE ON `old`.* TO `bob`@`localhost`'),
        table('SELECT', [{ ...bob, authentication_string: nativeHash('new') }]) +
          grants('GRANT SELECT, INSERT ON `db`.* TO `bob`@`localhost`'),
        [
          "ALTER USER 'bob'@'localhost' IDENTIFIED BY 'new'",
          "REVOKE UPDATE ON `old`.* FROM 'bob'@'localhost'",
          "REVOKE DELETE ON `db`.* FROM 'bob'@'localhost'",
          "GRANT INSERT ON `db`.* TO 'bob'@'localhost'",
        ],
      ),
      returns: { password_changed: true },
    },
    'drops accounts of every host': {
      args: { state: 'absent', host_all: true },
      commands: server(table('SELECT', [bob, { ...bob, Host: '%' }]), table('SELECT', []), [
        "DROP USER 'bob'@'localhost'",
        "DROP USER 'bob'@'%'",
      ]),
      returns: { msg: 'User deleted' },
    },
    'knows privileges by their older names': {
      args: { priv: '*.*:REPLICATION CLIENT,REPLICATION REPLICA' },
      commands: server(
        table('SELECT', [bob]) + grants('GRANT BINLOG MONITOR, REPLICATION SLAVE ON *.* TO `bob`@`localhost`'),
        '',
        [],
      ),
      changed: false,
    },
    'names the privileges that the server refuses': {
      args: { priv: 'd.*:SELECT,NONSENSE,GRANT' },
      commands: {
        '*umask 077*': call =>
          call.query
            ? table('SELECT', [bob]) + grants('GRANT INSERT ON `d`.* TO `bob`@`localhost`')
            : { rc: 1, stderr: 'ERROR 1064 (42000) at line 2: near x' },
      },
      fails:
        "Error granting privileges, invalid priv string: SELECT,NONSENSE , params: ('bob', 'localhost'), query: GRANT SELECT,NONSENSE ON `d`.* TO %s@%s WITH GRANT OPTION , exception: (1064, 'near x').",
    },
    'takes no list for privileges': {
      args: { priv: ['a', 'b'] },
      commands: {},
      fails: "priv parameter must be str or dict but <class 'list'> was passed",
    },
    'refuses what are no privileges': {
      args: { priv: 'nonsense' },
      commands: {},
      fails: 'invalid privileges string: nonsense',
    },
  },
)

testModule(
  mysqlQuery,
  { login_db: 'd' },
  {
    'puts values into statements and counts rows': {
      args: { query: ['insert into t values (%s, %s)', 'select * from t where i = %s'], positional_args: [1, "a'b"] },
      commands: {
        '*umask*': call => {
          expect(call.stdin).toContain("DELIMITER //understudy//\ninsert into t values (1, 'a\\'b')\n//understudy//\n")
          return `${table('x', [{ understudy_rows: '1' }])}${table('select', [{ i: '1', s: "a'b" }])}${table('x', [{ understudy_rows: '-1' }])}`
        },
      },
      returns: { changed: true, query_result: [[], [{ i: 1, s: "a'b" }]], rowcount: [1, 1] },
      again: { changed: 'a statement is run each time' },
    },
    'sets variables of the session first': {
      args: { query: 'select 1', session_vars: { sql_mode: "AN'SI", wait_timeout: 7 } },
      commands: {
        '*umask*': call => {
          expect(call.stdin).toContain('SET SESSION `wait_timeout` = 7\n//understudy//\nselect 1')
          expect(call.stdin).toContain("SET SESSION `sql_mode` = 'AN\\'SI'\n")
          return `${table('select', [{ 1: '1' }])}${table('x', [{ understudy_rows: '-1' }])}`
        },
      },
      returns: { changed: false, executed_queries: ['select 1'], rowcount: [1] },
    },
    'takes nothing but text for a statement': {
      args: { query: { a: 1 } },
      commands: {},
      fails: "the query option value must be a string or list, passed <class 'dict'>",
    },
    'takes nothing but texts for statements': {
      args: { query: ['select 1', 2] },
      commands: {},
      fails: "the elements in query list must be strings, passed <class 'int'>",
    },
    'names the statement that failed': {
      args: { query: ['select 1', 'select nosuch;\n'] },
      commands: {
        '*umask*': () => ({
          rc: 1,
          stdout: `${table('select', [{ i: '1' }])}${table('x', [{ understudy_rows: '-1' }])}`,
          stderr: "ERROR 1054 (42S22) at line 3: Unknown column 'nosuch' in 'SELECT'",
        }),
      },
      fails: `Cannot execute SQL 'select nosuch;\n' args [None]: (1054, "Unknown column 'nosuch' in 'SELECT'")`,
    },
    'tells a statement as it was written': {
      args: { query: 'select 1;\n' },
      commands: { '*umask*': () => `${table('select', [{ i: '1' }])}${table('x', [{ understudy_rows: '-1' }])}` },
      returns: { changed: false, executed_queries: ['select 1;\n'], rowcount: [1] },
    },
  },
)

testModule(
  mysqlVariables,
  { variable: 'max_connections' },
  {
    'shows a value': {
      commands: server(table('SHOW', [{ Variable_name: 'max_connections', Value: '151' }]), '', []),
      returns: { changed: false, msg: '151' },
    },
    'sets a value': {
      args: { value: '155' },
      commands: server(table('SHOW', [{ Value: '151' }]), table('SHOW', [{ Value: '155' }]), [
        'SET GLOBAL `max_connections` = 155',
      ]),
      returns: { queries: ['SET GLOBAL `max_connections` = 155'] },
    },
    'knows ON and 1': {
      args: { variable: 'read_only', value: '1' },
      commands: server(table('SHOW', [{ Value: 'ON' }]), '', []),
      changed: false,
    },
  },
)

test('privileges: columns, append, subtract, and ALL of MySQL 8', () => {
  const wish = readWish('db.t:SELECT (b,a),UPDATE/FUNCTION db.f:EXECUTE')
  expect([...wish]).toEqual([
    ['`db`.`t`', ['SELECT (A, B)', 'UPDATE']],
    ['FUNCTION `db`.`f`', ['EXECUTE']],
    ['*.*', ['USAGE']],
  ])
  const now = readGrants(['GRANT SELECT (`a`, `b`) ON `db`.`t` TO `x`@`%`', 'GRANT PROXY ON ``@`%` TO `x`@`%`'])
  const flags = { append: false, subtract: false, root: false }
  expect(privilegeChanges(now, wish, flags)).toEqual([
    { where: '`db`.`t`', grant: ['UPDATE'], revoke: [] },
    { where: 'FUNCTION `db`.`f`', grant: ['EXECUTE'], revoke: [] },
  ])
  expect(privilegeChanges(now, readWish('db.t:SELECT(a,b)'), { ...flags, subtract: true })).toEqual([
    { where: '`db`.`t`', grant: [], revoke: ['SELECT (A, B)'] },
  ])
  expect([...readWish('db.t:SELECT (b,a)', true)][0]).toEqual(['`db`.`t`', ['SELECT (a, b)']])
  const all8 = readGrants([
    'GRANT SELECT, SHUTDOWN, SUPER, CREATE USER, CREATE ROLE, DROP ROLE ON *.* TO `x`@`%` WITH GRANT OPTION',
  ])
  expect(privilegeChanges(all8, readWish('*.*:ALL,GRANT'), flags)).toEqual([])
  expect(privilegeStatements({ where: '*.*', grant: ['GRANT'], revoke: [] }, 'x')).toEqual([
    'GRANT USAGE ON *.* TO x WITH GRANT OPTION',
  ])
})

test('the answer of the client: NULL and entities', () => {
  const { results } = readAnswer(
    '<resultset statement="a" xmlns:xsi="u">\n<row><field name="x" xsi:nil="true" /><field name="y">a&lt;b</field></row></resultset>',
    0,
    '',
  )
  expect(results).toEqual([{ statement: 'a', rows: [{ x: null, y: 'a<b' }] }])
})

const told = [
  table('SELECT VERSION() AS version', [{ version: '10.11.19-MariaDB-0+deb12u1' }]),
  table('SHOW GLOBAL VARIABLES', [
    { Variable_name: 'max_join_size', Value: '18446744073709551615' },
    { Variable_name: 'port', Value: '3306' },
    { Variable_name: 'long_query_time', Value: '10.000000' },
  ]),
  table('SELECT * FROM mysql.user', [
    { Host: 'localhost', User: 'bob', Select_priv: 'N', max_connections: '0', max_statement_time: '0.500000' },
  ]),
  table('SHOW SLAVE STATUS', [{ Master_Host: 'h', Master_User: 'u', Master_Port: '3306', Seconds_Behind_Master: '4' }]),
].join('')
testModule(
  mysqlInfo,
  {},
  {
    'tells about the server': {
      commands: {
        '*umask 077*': {
          stdout:
            told +
            table(
              'SELECT TABLE_SCHEMA AS name, SUM(DATA_LENGTH + INDEX_LENGTH) AS size FROM information_schema.TABLES GROUP BY TABLE_SCHEMA',
              [{ name: 'd', size: '16384' }],
            ),
          // What one server does not know is asked again in the words of another.
          stderr: 'ERROR 1064 (42000) at line 9: You have an error in your SQL syntax',
          rc: 1,
        },
      },
      changed: false,
      returns: {
        version: { full: '10.11.19-MariaDB-0+deb12u1', major: 10, minor: 11, release: 19, suffix: 'MariaDB-0+deb12u1' },
        settings: { max_join_size: 18446744073709551615n, port: 3306, long_query_time: '10.000000' },
        users: { localhost: { bob: { Select_priv: 'N', max_connections: 0, max_statement_time: 0.5 } } },
        slave_status: { h: { 3306: { u: { Seconds_Behind_Master: 4 } } } },
        databases: { d: { size: 16384 } },
        master_status: {},
      },
    },
    'tells only what the filter names': {
      args: { filter: ['databases', 'nonsense'], exclude_fields: ['db_size'], return_empty_dbs: true },
      commands: {
        '*umask 077*':
          table('SELECT TABLE_SCHEMA AS name FROM information_schema.TABLES GROUP BY TABLE_SCHEMA', [{ name: 'd' }]) +
          table('SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA', [{ name: 'd' }, { name: 'empty' }]),
      },
      returns: { databases: { d: {}, empty: {} } },
      warnings: ['filter element: nonsense is not allowable, ignored'],
    },
    'cannot log in': {
      args: { filter: 'version' },
      commands: { '*umask 077*': { rc: 1, stderr: "ERROR 1045 (28000): Access denied for user 'x'@'localhost'" } },
      fails: /^unable to connect to database, .*\(1045, "Access denied/,
    },
  },
)

test('a server that cannot be reached is told as PyMySQL does', () => {
  const said = (words: string) => asPyMySql(`ERROR 2002 (HY000): ${words}`)
  expect(said("Can't connect to server on '10.0.0.9' (115)")).toBe(
    `(2003, "Can't connect to MySQL server on '10.0.0.9' ([Errno 111] Connection refused)")`,
  )
  expect(said("Unknown server host 'nowhere' (-3)")).toBe(
    `(2003, "Can't connect to MySQL server on 'nowhere' ([Errno -2] Name or service not known)")`,
  )
  expect(said("Can't connect to local server through socket '/run/s' (2)")).toBe(
    `(2003, "Can't connect to MySQL server on 'localhost' ([Errno 2] No such file or directory)")`,
  )
  expect(said('Lost connection')).toBe("(2002, 'Lost connection')")
})

test('a host without a client is told of in plain words, and nothing is run', () => {
  const programs = mkdtempSync(join(tmpdir(), 'mysql-'))
  for (const name of ['mktemp', 'rm']) symlinkSync(`/bin/${name}`, join(programs, name))
  const script = withOptions({ config_file: '~/.my.cnf' } as Login, 'echo reached')
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', script], {
    input: '--\n',
    env: { PATH: programs, HOME: programs, TMPDIR: programs },
    encoding: 'utf8',
  })
  rmSync(programs, { recursive: true })
  expect({ status, stdout, stderr }).toEqual({
    status: 127,
    stdout: '',
    stderr: 'neither mysql nor mariadb, the client programs, is installed\n',
  })
})
