import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'
import type { ArgSpecs, ArgsOf } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { pyStr } from '../engine/python/repr.js'
import {
  cannotConnect,
  checkedInput,
  identifier,
  literal,
  loginArgs,
  Postgres,
  type Row,
  refuseSuspicious,
} from './postgresql/client.js'
import { configure, valueText } from './postgresql/role-configuration.js'

const args = {
  name: { type: 'str', required: true, aliases: ['user'], summary: 'the role' },
  state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be there' },
  password: { type: 'str', noLog: true, summary: 'password, or its hash' },
  encrypted: { type: 'bool', default: true, summary: 'no use any more: the server keeps a hash' },
  no_password_changes: { type: 'bool', default: false, summary: 'leave the password of a role alone' },
  role_attr_flags: { type: 'str', default: '', summary: 'SUPERUSER, CREATEDB, NOLOGIN, …, separated by commas' },
  expires: { type: 'str', summary: 'when the password expires' },
  conn_limit: { type: 'int', summary: 'most connections' },
  comment: { type: 'str', summary: 'comment' },
  db: { type: 'str', default: '', aliases: ['login_db'], summary: 'database to connect to' },
  fail_on_user: {
    type: 'bool',
    default: true,
    aliases: ['fail_on_role'],
    summary: 'fail when the role cannot be dropped',
  },
  priv: { type: 'str', summary: 'privileges on db and its tables: CONNECT,CREATE/table1:SELECT,INSERT/table2:ALL' },
  groups: { type: 'list', elements: 'str', summary: 'roles that it should be a member of' },
  configuration: { type: 'dict', default: {}, summary: 'parameters that its sessions start with' },
  reset_unspecified_configuration: { type: 'bool', default: false, summary: 'reset parameters that are not named' },
  quote_configuration_values: { type: 'bool', default: true, summary: 'false: the values of configuration are SQL' },
  ...loginArgs,
  ...checkedInput,
} as const satisfies ArgSpecs
type Args = ArgsOf<typeof args>

/** Attribute → column of pg_authid. */
const columns: { readonly [flag: string]: string } = {
  SUPERUSER: 'rolsuper',
  CREATEROLE: 'rolcreaterole',
  CREATEUSER: 'rolcreaterole',
  CREATEDB: 'rolcreatedb',
  INHERIT: 'rolinherit',
  LOGIN: 'rolcanlogin',
  REPLICATION: 'rolreplication',
  BYPASSRLS: 'rolbypassrls',
}

export default defineModule({
  name: 'community.postgresql.postgresql_user',
  summary: 'Roles of PostgreSQL that log in',
  notes: ['The host needs psql, and no Python library.'],
  check: 'full',
  args,
  returns: { user: 'the role', queries: 'the statements' },
  examples: `
- name: A role with a password
  community.postgresql.postgresql_user:
    name: django
    password: ceec4eif7ya
    role_attr_flags: CREATEDB,NOSUPERUSER
  become_user: postgres
`,

  async run({ args, remote, fail }) {
    const flags = args.role_attr_flags
      .split(',')
      .map(flag => flag.trim().toUpperCase())
      .filter(Boolean)
    const unknown = flags.filter(flag => !columns[flag.replace(/^NO(?!$)/, '')] && !columns[flag])
    if (unknown.length > 0) fail(`Invalid role_attr_flags specified: ${unknown.join(', ')}`)
    if (args.priv && !args.db) fail('privileges require a database to be specified')
    const parameters = [...args.configuration.keys()].map(pyStr)
    const values = [...args.configuration.values()].map(valueText)
    if (parameters.some(name => /['"]/.test(name)))
      fail('The key of a configuration may not contain single or double quotes')
    refuseSuspicious(args, [args.name, ...parameters, ...values], fail)
    const grants = grantsOf(args.priv ?? '', args.db, fail)
    const db = new Postgres(remote, args, args.db || 'postgres')
    const who = literal(args.name)
    // pg_authid with the hashes is for superusers; pg_roles answers everybody.
    const seen = await db.ask([
      `SELECT r.*, has_table_privilege('pg_authid', 'SELECT') AS may_see, shobj_description(r.oid, 'pg_authid') AS comment, CASE WHEN has_table_privilege('pg_authid', 'SELECT') THEN (SELECT (query_to_xml('SELECT rolpassword FROM pg_authid WHERE oid = ' || r.oid, true, true, ''))::text) END AS hash FROM pg_roles r WHERE rolname = ${who}`,
      `SELECT g.rolname AS name FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = ${who}`,
      ...grants.map(({ catalog }) => heldBy(who, catalog)),
    ])
    if (seen.rc !== 0) fail(cannotConnect(seen.error))
    const found = seen.results[0]?.[0]
    const groups = (seen.results[1] ?? []).map(row => row.name ?? '')
    const absent = args.state === 'absent'
    const rights = grants.flatMap(({ on, privileges }, index) => {
      const held = new Set((seen.results[index + 2] ?? []).map(row => row.privilege_type))
      const differing = privileges.filter(one => held.has(one) === absent)
      const [verb, to] = absent ? ['REVOKE', 'FROM'] : ['GRANT', 'TO']
      return differing.length > 0 ? [`${verb} ${privileges.join(', ')} ON ${on} ${to} ${identifier(args.name)}`] : []
    })
    const settings = configure(args.name, args, found?.rolconfig)
    const statements = absent
      ? found
        ? [...rights, `DROP USER ${identifier(args.name)}`]
        : []
      : [...wanted(args, flags, found, groups), ...rights, ...settings]
    if (statements.length > 0) {
      const { rc, error } = await db.run(statements, `change the role ${args.name}`)
      if (rc !== 0 && args.state === 'absent' && !args.fail_on_user)
        return { changed: false, user: args.name, user_removed: false, queries: statements }
      if (rc !== 0) fail(args.state === 'absent' ? 'Unable to remove user' : error, { stderr: error })
    }
    const shown = statements.map(one => (args.password ? one.replaceAll(literal(args.password), "'********'") : one))
    return {
      changed: statements.length > 0,
      user: args.name,
      ...(args.state === 'absent' && found ? { user_removed: true } : {}),
      queries: shown,
    }
  },
})

const validOn: { readonly [kind: string]: readonly string[] } = {
  database: ['CREATE', 'CONNECT', 'TEMPORARY', 'TEMP'],
  table: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'],
}

interface Grant {
  /** `DATABASE "a"`, `TABLE "s"."t"` */
  readonly on: string
  readonly privileges: readonly string[]
  /** Where the server keeps who may do what. */
  readonly catalog: string
}

/** Reads `CONNECT/table:SELECT,INSERT`. */
function grantsOf(text: string, database: string, fail: (msg: string) => never): Grant[] {
  const parts = text.split('/').filter(part => part !== '')
  // What is about the database comes first.
  return [...parts.filter(part => !part.includes(':')), ...parts.filter(part => part.includes(':'))].map(part => {
    const at = part.indexOf(':')
    const kind = at === -1 ? 'database' : 'table'
    const name = at === -1 ? database : part.slice(0, at)
    const words = part
      .slice(at + 1)
      .split(',')
      .map(word => word.trim().toUpperCase())
    const valid = validOn[kind]!
    if (!words.every(word => word === 'ALL' || valid.includes(word)))
      fail(`Invalid privs specified for ${kind}: ${words.join(' ')}`)
    const all = words.includes('ALL') ? valid.filter(word => word !== 'TEMP') : words
    const privileges = [...new Set(all.map(word => (word === 'TEMP' ? 'TEMPORARY' : word)))]
    if (kind === 'database') {
      const catalog = `datacl AS acl FROM pg_database WHERE datname = ${literal(name)}`
      return { on: `DATABASE ${identifier(name)}`, privileges, catalog }
    }
    const quoted = name.split('.').map(identifier).join('.')
    return {
      on: `TABLE ${quoted}`,
      privileges,
      catalog: `relacl AS acl FROM pg_class WHERE oid = to_regclass(${literal(quoted)})`,
    }
  })
}

/** What was granted to the role itself; what everybody may do does not count. */
const heldBy = (who: string, catalog: string): string =>
  `SELECT privilege_type FROM (SELECT ${catalog}) one, aclexplode(one.acl) JOIN pg_roles ON pg_roles.oid = grantee WHERE rolname = ${who}`

function wanted(args: Args, flags: readonly string[], found: Row | undefined, groups: readonly string[]): string[] {
  const who = identifier(args.name)
  const statements: string[] = []
  const secret =
    args.password === undefined
      ? []
      : [args.password === '' ? 'PASSWORD NULL' : `ENCRYPTED PASSWORD ${literal(args.password)}`]
  const expiry = args.expires === undefined ? [] : [`VALID UNTIL ${literal(args.expires)}`]
  const limit = args.conn_limit === undefined ? [] : [`CONNECTION LIMIT ${args.conn_limit}`]
  if (!found) {
    statements.push(
      [
        `CREATE USER ${who}${secret.length + expiry.length + limit.length + flags.length > 0 ? ' WITH' : ''}`,
        ...secret,
        ...expiry,
        ...limit,
        ...flags,
      ].join(' '),
    )
  } else {
    const differing = flags.filter(flag => {
      const off = columns[flag] === undefined
      return (found[columns[off ? flag.slice(2) : flag]!] === 't') === off
    })
    const changes = [
      ...(args.no_password_changes || args.password === undefined || passwordIs(args.password, args.name, found)
        ? []
        : secret),
      ...(args.expires === undefined || sameMoment(args.expires, found.rolvaliduntil ?? '') ? [] : expiry),
      ...(args.conn_limit === undefined || String(args.conn_limit) === found.rolconnlimit ? [] : limit),
      ...differing,
    ]
    if (changes.length > 0) statements.push(`ALTER USER ${who} WITH ${changes.join(' ')}`)
  }
  // A server keeps no empty comment.
  if (args.comment !== undefined && args.comment !== (found?.comment ?? ''))
    statements.push(`COMMENT ON ROLE ${who} IS ${literal(args.comment)}`)
  for (const group of args.groups ?? [])
    if (!groups.includes(group)) statements.push(`GRANT ${identifier(group)} TO ${who}`)
  return statements
}

const sameMoment = (wish: string, now: string) =>
  wish === now ||
  (wish === 'infinity'
    ? now === 'infinity' || now === ''
    : new Date(wish).getTime() === new Date(now.replace(/([+-]\d\d)$/, '$1:00')).getTime())

/** Whether the stored hash (MD5 or SCRAM-SHA-256) is that of the password. Unknown without the rights to see it. */
export function passwordIs(password: string, role: string, found: Row): boolean {
  const stored = /<rolpassword>([^<]*)</.exec(found.hash ?? '')?.[1] ?? ''
  if (password === '') return stored === ''
  if (/^(?:md5[0-9a-f]{32}|SCRAM-SHA-256\$)/.test(password)) return password === stored
  if (stored.startsWith('md5'))
    return (
      stored ===
      `md5${createHash('md5')
        .update(password + role)
        .digest('hex')}`
    )
  const [, iterations, salt, storedKey] = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):/.exec(stored) ?? []
  if (!iterations) return false
  const salted = pbkdf2Sync(password.normalize('NFKC'), Buffer.from(salt!, 'base64'), Number(iterations), 32, 'sha256')
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  return createHash('sha256').update(clientKey).digest('base64') === storedKey
}
