// The statements that Understudy's modules and a curious student send to MariaDB, on databases kept in one JSON file.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const file = join(process.env.UNDERSTUDY_LAB_STATE, 'mysql.json')
const state = existsSync(file)
  ? JSON.parse(readFileSync(file, 'utf8'))
  : { databases: ['information_schema', 'mysql', 'performance_schema'], users: {} }
const argv = process.argv.slice(2)
const asXml = argv.includes('--xml')
const force = argv.includes('--force')
const given = argv.findIndex(word => word === '-e' || word === '--execute')
const sql = given === -1 ? readFileSync(0, 'utf8') : (argv[given + 1] ?? '')

class SqlError extends Error {}
const sha1 = bytes => createHash('sha1').update(bytes).digest()
const hash = password => `*${sha1(sha1(password)).toString('hex').toUpperCase()}`
const unquoted = text => text.replace(/^['"`]|['"`]$/g, '').replace(/\\(.)/g, '$1')
const who = (name, host) => `${unquoted(name)}@${unquoted(host)}`
const ACCOUNT = `('(?:[^'\\\\]|\\\\.)*')@('(?:[^'\\\\]|\\\\.)*')`

/** Statement patterns and what they do; a returned array is a table. */
const statements = [
  [/^SHOW DATABASES$/i, () => state.databases.map(name => ({ Database: name }))],
  [
    /^CREATE DATABASE (?:IF NOT EXISTS )?(\S+)/i,
    name => {
      const one = unquoted(name)
      if (state.databases.includes(one))
        throw new SqlError(`ERROR 1007 (HY000): Can't create database '${one}'; database exists`)
      state.databases.push(one)
    },
  ],
  [
    /^DROP DATABASE (?:IF EXISTS )?(\S+)/i,
    name => {
      const one = unquoted(name)
      if (!state.databases.includes(one))
        throw new SqlError(`ERROR 1008 (HY000): Can't drop database '${one}'; database doesn't exist`)
      state.databases = state.databases.filter(other => other !== one)
    },
  ],
  [
    /^SELECT \* FROM mysql\.user WHERE User = ('(?:[^'\\]|\\.)*')$/i,
    name =>
      Object.entries(state.users)
        .filter(([account]) => account.slice(0, account.lastIndexOf('@')) === unquoted(name))
        .map(([account, user]) => ({
          Host: account.slice(account.lastIndexOf('@') + 1),
          User: unquoted(name),
          Password: user.hash,
          plugin: 'mysql_native_password',
          authentication_string: user.hash,
          ssl_type: '',
          max_questions: '0',
          max_updates: '0',
          max_connections: '0',
          max_user_connections: '0',
        })),
  ],
  [
    /^SELECT User, ?Host FROM mysql\.user$/i,
    () =>
      Object.keys(state.users).map(account => ({
        User: account.slice(0, account.lastIndexOf('@')),
        Host: account.slice(account.lastIndexOf('@') + 1),
      })),
  ],
  [/^SELECT VERSION\(\)$/i, () => [{ 'VERSION()': '5.5.68-MariaDB' }]],
  [
    new RegExp(`^SHOW GRANTS FOR ${ACCOUNT}$`, 'i'),
    (name, host) => {
      const user = state.users[who(name, host)]
      if (!user)
        throw new SqlError(`ERROR 1141 (42000): There is no such grant defined for user ${name} on host ${host}`)
      const column = `Grants for ${who(name, host)}`
      return [
        { [column]: `GRANT USAGE ON *.* TO ${name}@${host} IDENTIFIED BY PASSWORD '${user.hash}'` },
        ...user.grants.map(([rights, on]) => ({ [column]: `GRANT ${rights} ON ${on} TO ${name}@${host}` })),
      ]
    },
  ],
  [
    new RegExp(`^CREATE USER ${ACCOUNT}(?: IDENTIFIED BY ('(?:[^'\\\\]|\\\\.)*'))?`, 'i'),
    (name, host, password) => {
      if (state.users[who(name, host)])
        throw new SqlError(`ERROR 1396 (HY000): Operation CREATE USER failed for ${name}@${host}`)
      state.users[who(name, host)] = { hash: password === undefined ? '' : hash(unquoted(password)), grants: [] }
    },
  ],
  [
    new RegExp(`^ALTER USER ${ACCOUNT} IDENTIFIED BY ('(?:[^'\\\\]|\\\\.)*')`, 'i'),
    (name, host, password) => {
      const user = state.users[who(name, host)]
      if (!user) throw new SqlError(`ERROR 1396 (HY000): Operation ALTER USER failed for ${name}@${host}`)
      user.hash = hash(unquoted(password))
    },
  ],
  [
    new RegExp(`^DROP USER ${ACCOUNT}`, 'i'),
    (name, host) => {
      delete state.users[who(name, host)]
    },
  ],
  [
    new RegExp(`^GRANT (.+) ON (\\S+) TO ${ACCOUNT}`, 'i'),
    (rights, on, name, host) => {
      const user = state.users[who(name, host)]
      if (!user) throw new SqlError("ERROR 1133 (28000): Can't find any matching row in the user table")
      const said = rights.replace(/^ALL$/i, 'ALL PRIVILEGES')
      user.grants = [...user.grants.filter(([, other]) => other !== on), [said, on]]
    },
  ],
  [
    new RegExp(`^REVOKE (.+) ON (\\S+) FROM ${ACCOUNT}`, 'i'),
    (_rights, on, name, host) => {
      const user = state.users[who(name, host)]
      if (user) user.grants = user.grants.filter(([, other]) => other !== on)
    },
  ],
  [/^(?:FLUSH|SET|USE)\b/i, () => undefined],
]

const xml = text =>
  String(text).replace(
    /[&<>"']/g,
    one => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' })[one],
  )
function show(statement, rows) {
  if (!asXml) {
    if (rows.length > 0)
      console.log(
        [Object.keys(rows[0]), ...rows.map(row => Object.values(row))].map(cells => cells.join('\t')).join('\n'),
      )
    return
  }
  const fields = row =>
    Object.entries(row)
      .map(([name, value]) => `\t<field name="${xml(name)}">${xml(value)}</field>`)
      .join('\n')
  console.log(
    `<?xml version="1.0"?>\n\n<resultset statement="${xml(statement)}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">`,
  )
  for (const row of rows) console.log(`  <row>\n${fields(row)}\n  </row>\n`)
  console.log('</resultset>')
}

let code = 0
for (const [index, text] of sql.split(/;\s*(?:\n|$)/).entries()) {
  const statement = text.trim()
  if (statement === '') continue
  try {
    const [pattern, run] = statements.find(([one]) => one.test(statement)) ?? []
    if (!pattern) throw new SqlError(`ERROR 1064 (42000): the stand-in of understudy lab does not know: ${statement}`)
    const rows = run(...pattern.exec(statement).slice(1))
    if (rows !== undefined) show(statement, rows)
  } catch (error) {
    if (!(error instanceof SqlError)) throw error
    console.error(error.message.replace(/(ERROR \d+ \([^)]*\)):/, `$1 at line ${index + 1}:`))
    code = 1
    if (!force) break
  }
}
writeFileSync(file, JSON.stringify(state))
process.exitCode = code
