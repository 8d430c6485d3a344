import { createHash } from 'node:crypto'
import type { ArgSpecs, ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext } from '../engine/module/define.js'
import { pyRepr } from '../engine/python/repr.js'
import { typeName, type Value } from '../engine/python/values.js'
import {
  type Answer,
  asPyMySql,
  cannotConnect,
  failedStatement,
  literal,
  loginArgs,
  MySql,
  type Row,
  sessionSettings,
} from './mysql/client.js'
import {
  type PrivilegeChange,
  privilegeChanges,
  privilegeStatements,
  readGrants,
  readWish,
  splitPrivileges,
} from './mysql/privileges.js'

const args = {
  name: { type: 'str', required: true, aliases: ['user'], summary: 'the account' },
  host: { type: 'str', default: 'localhost', summary: 'host part of the account' },
  host_all: { type: 'bool', default: false, summary: 'all accounts of this name, whatever their host' },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    summary: 'whether the account should be there',
  },
  password: { type: 'str', noLog: true, summary: 'password' },
  encrypted: { type: 'bool', default: false, summary: 'the password is a hash' },
  update_password: {
    type: 'str',
    choices: ['always', 'on_create', 'on_new_username'],
    default: 'always',
    summary: 'when to set the password',
  },
  plugin: { type: 'str', summary: 'authentication plugin' },
  plugin_hash_string: { type: 'str', summary: 'hash for the plugin' },
  plugin_auth_string: { type: 'str', noLog: true, summary: 'secret for the plugin' },
  salt: {
    type: 'str',
    summary: 'salt for the hash of caching_sha2_password',
    unsupported: 'hashes of caching_sha2_password are made by the server',
  },
  priv: { type: 'raw', summary: "privileges: 'db.table:PRIV,PRIV/db2.*:ALL', or a dict" },
  append_privs: { type: 'bool', default: false, summary: 'keep privileges that are not listed' },
  subtract_privs: { type: 'bool', default: false, summary: 'take the listed privileges away' },
  tls_requires: { type: 'dict', summary: 'SSL, X509, SUBJECT, ISSUER, CIPHER' },
  resource_limits: {
    type: 'dict',
    summary: 'MAX_QUERIES_PER_HOUR, MAX_UPDATES_PER_HOUR, MAX_CONNECTIONS_PER_HOUR, MAX_USER_CONNECTIONS',
  },
  sql_log_bin: { type: 'bool', default: true, summary: 'write the change to the binary log' },
  session_vars: { type: 'dict', summary: 'variables of the session' },
  force_context: { type: 'bool', default: false, summary: 'use the database mysql' },
  check_implicit_admin: { type: 'bool', default: false, summary: 'try root without a password first' },
  column_case_sensitive: { type: 'bool', default: false, summary: 'names of columns keep their case' },
  locked: { type: 'bool', summary: 'whether the account is locked' },
  password_expire: {
    type: 'str',
    choices: ['now', 'never', 'default', 'interval'],
    summary: 'when the password expires',
  },
  password_expire_interval: { type: 'int', summary: 'days, with password_expire: interval' },
  attributes: { type: 'dict', summary: 'attributes of the account', unsupported: 'user attributes are not built' },
  ...loginArgs,
} as const satisfies ArgSpecs
type Args = ArgsOf<typeof args>
type Context = ModuleContext<Args>

export default defineModule({
  name: 'community.mysql.mysql_user',
  summary: 'Accounts of MySQL and MariaDB, with their privileges',
  notes: ['The host needs the mysql or mariadb client, and no Python library.'],
  check: 'full',
  args,
  rules: {
    exclusive: [['append_privs', 'subtract_privs']],
    requiredIf: [['password_expire', 'interval', 'password_expire_interval']],
  },
  returns: { user: 'the account', msg: 'what was done', password_changed: 'whether the password is new' },
  examples: `
- name: An account with all privileges on one database
  community.mysql.mysql_user:
    name: wordpress
    password: secret
    priv: "wordpress.*:ALL"
    login_unix_socket: /run/mysqld/mysqld.sock
`,

  async run(context) {
    const { args, given, remote, fail } = context
    const wish = args.priv === undefined || args.priv === null ? undefined : wishedPrivileges(context)
    const { sql, seen } = await connected(context, remote, args, given)
    const users = seen.results[0]?.rows ?? []
    const names = users.map(row => row.Host ?? row.host ?? '')
    const result = { user: args.name }

    if (args.state === 'absent') {
      const targets = args.host_all ? names : names.filter(host => host.toLowerCase() === args.host.toLowerCase())
      if (targets.length === 0) return { changed: false, ...result, msg: "User doesn't exist", password_changed: false }
      await change(
        targets.map(host => `DROP USER ${account(args.name, host)}`),
        'drop the account',
      )
      return { changed: true, ...result, msg: 'User deleted', password_changed: false }
    }
    const hosts = args.host_all ? names : [args.host]
    const existing = users.filter(row => hosts.some(host => host.toLowerCase() === (row.Host ?? '').toLowerCase()))
    if (existing.length === 0) {
      if (args.host_all) return fail('host_all parameter cannot be used when adding a user')
      const known = args.update_password === 'on_new_username' ? users[0] : undefined
      // There is nothing to take from an account that is new.
      await change(creation(args, args.subtract_privs ? undefined : wish, known), 'create the account')
      return {
        changed: true,
        ...result,
        msg: 'User added',
        password_changed: remote.checkMode ? null : known === undefined,
      }
    }

    const grants = args.host_all
      ? (
          await sql.ask(
            existing.map(row => `SHOW GRANTS FOR ${account(args.name, row.Host ?? '')}`),
            { force: true },
          )
        ).results
      : seen.results.slice(1)
    const steps = existing.map((row, index) =>
      modification(
        args,
        row,
        (grants[index]?.rows ?? []).map(one => Object.values(one)[0] ?? ''),
        wish,
      ),
    )
    const statements = steps.flatMap(step => step.statements)
    const passwordChanged = steps.some(step => step.password)
    const [granted, revoked] = [steps.flatMap(step => step.granted), steps.flatMap(step => step.revoked)]
    if (statements.length > 0) await change(statements, 'change the account')
    const msg =
      statements.length === 0
        ? 'User unchanged'
        : statements.some(statement => / REQUIRE /.test(statement))
          ? 'TLS requires updated'
          : granted.length + revoked.length > 0
            ? privilegesMsg(steps.flatMap(step => step.changes))
            : passwordChanged
              ? 'Password updated (new style)'
              : 'User updated'
    return { changed: statements.length > 0, ...result, msg, password_changed: passwordChanged }

    async function change(statements: readonly string[], why: string): Promise<void> {
      const before = [
        ...(args.sql_log_bin ? [] : ['SET SQL_LOG_BIN=0']),
        ...(args.force_context ? ['USE mysql'] : []),
        ...sessionSettings(args.session_vars),
      ]
      const script = [...before, ...statements]
      const { rc, error } = await sql.run(script, why)
      if (rc !== 0) fail(grantError(args.name, failedStatement(script, error), asPyMySql(error)))
    }
  },
})

/** Ansible's words for a GRANT that the server refuses; other statements are told by the server's words alone. */
function grantError(user: string, statement: string | undefined, error: string): string {
  const [, privileges, object, host, option = ''] =
    /^GRANT (.+?) ON (.+) TO '.*'@'(.*)'( WITH GRANT OPTION)?$/.exec(statement ?? '') ?? []
  if (privileges === undefined) return error
  const listed = splitPrivileges(privileges).join(',')
  const query = `GRANT ${listed} ON ${object} TO %s@%s${option}`
  return `Error granting privileges, invalid priv string: ${listed} , params: (${pyRepr(user)}, ${pyRepr(host ?? '')}), query: ${query} , exception: ${error}.`
}

/** Ansible's words for the last thing that it does: grants on what was not granted yet come after what is revoked altogether. */
function privilegesMsg(changes: readonly (PrivilegeChange & { readonly kind: 'gone' | 'new' | 'other' })[]): string {
  const last = changes.findLast(one => one.kind === 'other')
  if (last) return `Privileges updated: granted ${pyRepr([...last.grant])}, revoked ${pyRepr([...last.revoke])}`
  return changes.some(one => one.kind === 'new') ? 'New privileges granted' : 'Privileges updated'
}

const account = (user: string, host: string) => `${literal(user)}@${literal(host)}`

function wishedPrivileges({ args, fail }: Context) {
  const wish = args.priv as Value
  if (typeof wish !== 'string' && !(wish instanceof Map))
    return fail(`priv parameter must be str or dict but <class '${typeName(wish)}'> was passed`)
  try {
    return readWish(wish, args.column_case_sensitive)
  } catch (error) {
    return fail((error as Error).message)
  }
}

/** Asks about the account; with check_implicit_admin first as root without a password. */
async function connected(context: Context, remote: Context['remote'], args: Args, given: ReadonlySet<string>) {
  const questions = [
    `SELECT * FROM mysql.user WHERE User = ${literal(args.name)}`,
    ...(args.host_all ? [] : [`SHOW GRANTS FOR ${account(args.name, args.host)}`]),
  ]
  const logins = [...(args.check_implicit_admin ? [{ ...args, login_user: 'root', login_password: '' }] : []), args]
  let seen: Answer = { rc: 1, error: '', results: [] }
  for (const login of logins) {
    const sql = new MySql(remote, login, given)
    seen = await sql.ask(questions, { force: true })
    // An account that does not exist has no grants (1141); any other complaint is about the login or the rights.
    if (seen.results.length > 0 || /ERROR 1141 /.test(seen.error) || seen.error === '') return { sql, seen }
  }
  return context.fail(cannotConnect(args, seen.error))
}

/** mysql_native_password: "*" and SHA1 of SHA1. */
export const nativeHash = (password: string): string =>
  `*${createHash('sha1').update(createHash('sha1').update(password).digest()).digest('hex').toUpperCase()}`

function identified(args: Args): string {
  if (args.plugin !== undefined) {
    if (args.plugin_hash_string !== undefined)
      return ` IDENTIFIED WITH ${args.plugin} AS ${literal(args.plugin_hash_string)}`
    if (args.plugin_auth_string !== undefined) {
      const word = /pam|ed25519|gssapi/.test(args.plugin) ? 'USING' : 'BY'
      return args.plugin === 'ed25519'
        ? ` IDENTIFIED VIA ed25519 USING PASSWORD(${literal(args.plugin_auth_string)})`
        : ` IDENTIFIED WITH ${args.plugin} ${word} ${literal(args.plugin_auth_string)}`
    }
    return ` IDENTIFIED WITH ${args.plugin}`
  }
  return byPassword(args)
}

function byPassword(args: Args): string {
  if (args.password === undefined) return ''
  return args.encrypted
    ? ` IDENTIFIED BY PASSWORD ${literal(args.password)}`
    : ` IDENTIFIED BY ${literal(args.password)}`
}

/** Of a password and a plugin a new account gets the password. */
function creation(args: Args, wish: ReturnType<typeof readWish> | undefined, known: Row | undefined): string[] {
  const who = account(args.name, args.host)
  const hash = known?.authentication_string || known?.Password
  const by =
    known && hash
      ? ` IDENTIFIED WITH ${known.plugin || 'mysql_native_password'} AS ${literal(hash)}`
      : byPassword(args) || identified(args)
  return [
    `CREATE USER ${who}${by}`,
    ...(wish
      ? privilegeChanges(new Map(), wish, { append: true, subtract: false, root: false }).flatMap(one =>
          privilegeStatements(one, who),
        )
      : []),
    ...accountOptions(args, undefined, who),
  ]
}

function modification(args: Args, row: Row, grants: readonly string[], wish: ReturnType<typeof readWish> | undefined) {
  const who = account(args.name, row.Host ?? args.host)
  const statements: string[] = []
  const plugin = row.plugin ?? ''
  const stored = row.authentication_string || row.Password || ''
  let password = false
  if (args.update_password === 'always') {
    if (args.plugin !== undefined) {
      const wanted =
        args.plugin_hash_string ??
        (args.plugin === 'mysql_native_password' && args.plugin_auth_string !== undefined
          ? nativeHash(args.plugin_auth_string)
          : undefined)
      password =
        plugin !== args.plugin || (wanted !== undefined ? stored !== wanted : args.plugin_auth_string !== undefined)
    } else if (args.password !== undefined) {
      const wanted = args.encrypted ? args.password : nativeHash(args.password)
      password = args.password === '' ? stored !== '' : stored.toUpperCase() !== wanted.toUpperCase()
    }
    if (password) statements.push(`ALTER USER ${who}${identified(args)}`)
  }
  const held = readGrants(grants, args.column_case_sensitive)
  const changes = wish
    ? privilegeChanges(held, wish, {
        append: args.append_privs,
        subtract: args.subtract_privs,
        root: args.name === 'root',
      })
    : []
  statements.push(...changes.flatMap(one => privilegeStatements(one, who)), ...accountOptions(args, row, who))
  return {
    statements,
    password,
    changes: changes.map(one => {
      const kind = !wish!.has(one.where) ? 'gone' : held.has(one.where) ? 'other' : 'new'
      return { ...one, kind } as const
    }),
    granted: changes.flatMap(one => one.grant),
    revoked: changes.flatMap(one => one.revoke),
  }
}

/** TLS requirements, resource limits, locks and expiry, as far as they differ. */
function accountOptions(args: Args, row: Row | undefined, who: string): string[] {
  const statements: string[] = []
  // What is not asked for is taken back, as Ansible does.
  if (args.tls_requires !== undefined || row !== undefined) {
    const wanted = requirement(args.tls_requires ?? new Map())
    if (wanted !== currentRequirement(row)) statements.push(`ALTER USER ${who} REQUIRE ${wanted}`)
  }
  if (args.resource_limits !== undefined) {
    const columns: { readonly [limit: string]: string } = {
      MAX_QUERIES_PER_HOUR: 'max_questions',
      MAX_UPDATES_PER_HOUR: 'max_updates',
      MAX_CONNECTIONS_PER_HOUR: 'max_connections',
      MAX_USER_CONNECTIONS: 'max_user_connections',
    }
    const differing = [...args.resource_limits].filter(
      ([limit, value]) => String(value) !== (row?.[columns[String(limit).toUpperCase()] ?? ''] ?? '0'),
    )
    if (differing.length > 0)
      statements.push(
        `ALTER USER ${who} WITH ${differing.map(([limit, value]) => `${String(limit).toUpperCase()} ${Number(value)}`).join(' ')}`,
      )
  }
  if (args.locked !== undefined && args.locked !== ((row?.account_locked ?? 'N') === 'Y'))
    statements.push(`ALTER USER ${who} ACCOUNT ${args.locked ? 'LOCK' : 'UNLOCK'}`)
  if (args.password_expire !== undefined) {
    const lifetime = row?.password_lifetime ?? null
    const wanted = {
      now: 'PASSWORD EXPIRE',
      never: 'PASSWORD EXPIRE NEVER',
      default: 'PASSWORD EXPIRE DEFAULT',
      interval: `PASSWORD EXPIRE INTERVAL ${args.password_expire_interval} DAY`,
    }[args.password_expire]
    const same = {
      now: row?.password_expired === 'Y',
      never: lifetime === '0',
      default: row !== undefined && lifetime === null && row.password_expired !== 'Y',
      interval: lifetime === String(args.password_expire_interval),
    }[args.password_expire]
    if (!same) statements.push(`ALTER USER ${who} ${wanted}`)
  }
  return statements
}

function requirement(wish: ReadonlyMap<unknown, unknown>): string {
  const names = [...wish.keys()].map(key => String(key).toUpperCase())
  if (names.length === 0 || names.includes('NONE')) return 'NONE'
  if (names.includes('SSL')) return 'SSL'
  if (names.includes('X509')) return 'X509'
  const order = ['SUBJECT', 'ISSUER', 'CIPHER']
  return [...wish]
    .map(([key, value]) => [String(key).toUpperCase(), String(value)] as const)
    .sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))
    .map(([key, value]) => `${key} ${literal(value)}`)
    .join(' AND ')
}

function currentRequirement(row: Row | undefined): string {
  const type = row?.ssl_type ?? ''
  if (type === 'ANY') return 'SSL'
  if (type === 'X509') return 'X509'
  if (type !== 'SPECIFIED') return 'NONE'
  const parts = [
    ['SUBJECT', row?.x509_subject],
    ['ISSUER', row?.x509_issuer],
    ['CIPHER', row?.ssl_cipher],
  ] as const
  return parts.flatMap(([key, value]) => (value ? [`${key} ${literal(value)}`] : [])).join(' AND ')
}
