import type { ArgSpecs, ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext } from '../engine/module/define.js'
import { cannotConnect, identifier, literal, loginArgs, Postgres, type Row } from './postgresql/client.js'

const { login_password, ...otherLogin } = loginArgs
const args = {
  database: { type: 'str', required: true, aliases: ['db', 'login_db'], summary: 'database to connect to' },
  state: { type: 'str', choices: ['present', 'absent'], default: 'present', summary: 'granted or revoked' },
  privs: { type: 'str', aliases: ['priv'], summary: 'privileges, separated by commas' },
  type: {
    type: 'str',
    choices: [
      'table',
      'sequence',
      'function',
      'procedure',
      'database',
      'schema',
      'language',
      'tablespace',
      'group',
      'default_privs',
      'foreign_data_wrapper',
      'foreign_server',
      'type',
      'parameter',
    ],
    default: 'table',
    summary: 'what the objects are',
  },
  objs: { type: 'str', aliases: ['obj'], summary: 'objects, separated by commas' },
  schema: { type: 'str', summary: 'schema of the objects' },
  roles: { type: 'str', required: true, aliases: ['role'], summary: 'roles, separated by commas' },
  fail_on_role: { type: 'bool', default: true, summary: 'fail when a role is missing' },
  grant_option: { type: 'bool', aliases: ['admin_option'], summary: 'whether the roles may pass it on' },
  target_roles: { type: 'str', summary: 'with default_privs: roles whose new objects are meant' },
  usage_on_types: { type: 'bool', default: true, summary: 'with default_privs: also USAGE on types' },
  login_password: { ...login_password, aliases: ['password'] },
  ...otherLogin,
} as const satisfies ArgSpecs
type Args = ArgsOf<typeof args>
type Context = ModuleContext<Args>

const known = new Set(
  'SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER CREATE CONNECT TEMPORARY TEMP EXECUTE USAGE ALL SET MAINTAIN'
    .split(' ')
    .concat(['ALTER SYSTEM', 'ALL PRIVILEGES']),
)
const inSchemas = ['table', 'sequence', 'function', 'procedure', 'type', 'default_privs']
/** Catalog → column with the privileges, and what names the object. */
const catalogs: { readonly [type: string]: readonly [table: string, acl: string, name: string] } = {
  table: ['pg_class', 'relacl', 'oid::regclass::text'],
  sequence: ['pg_class', 'relacl', 'oid::regclass::text'],
  function: ['pg_proc', 'proacl', 'oid::regprocedure::text'],
  procedure: ['pg_proc', 'proacl', 'oid::regprocedure::text'],
  type: ['pg_type', 'typacl', 'oid::regtype::text'],
  database: ['pg_database', 'datacl', 'datname'],
  schema: ['pg_namespace', 'nspacl', 'nspname'],
  language: ['pg_language', 'lanacl', 'lanname'],
  tablespace: ['pg_tablespace', 'spcacl', 'spcname'],
  foreign_data_wrapper: ['pg_foreign_data_wrapper', 'fdwacl', 'fdwname'],
  foreign_server: ['pg_foreign_server', 'srvacl', 'srvname'],
  parameter: ['pg_parameter_acl', 'paracl', 'parname'],
  default_privs: ['pg_default_acl', 'defaclacl', "concat_ws('/', defaclrole, defaclnamespace, defaclobjtype)"],
}

export default defineModule({
  name: 'community.postgresql.postgresql_privs',
  summary: 'Grant and revoke privileges on PostgreSQL',
  notes: ['The host needs psql, and no Python library.', 'All is done in one transaction; check mode rolls it back.'],
  check: 'full',
  args,
  returns: { queries: 'the statements' },
  examples: `
- name: Let two roles read and write a table
  community.postgresql.postgresql_privs:
    database: library
    privs: SELECT,INSERT,UPDATE
    objs: books,authors
    schema: public
    roles: librarian,reader
    grant_option: true

- name: Membership of a group
  community.postgresql.postgresql_privs:
    db: library
    type: group
    objs: librarian,reader
    roles: alice
`,

  async run(context) {
    const { args, remote, fail, warn } = context
    const wholeSchemas = ['table', 'sequence', 'function', 'procedure']
    if (args.objs === 'ALL_IN_SCHEMA' && !wholeSchemas.includes(args.type))
      fail(
        `Argument "objs": ALL_IN_SCHEMA can be used only for type: table, sequence, function or procedure, ${args.type} was passed.`,
      )
    const db = new Postgres(remote, args, args.database)
    let roles = list(args.roles)
    if (!args.fail_on_role) {
      const seen = await db.ask(['SELECT rolname FROM pg_roles'])
      if (seen.rc !== 0) fail(cannotConnect(seen.error))
      const there = new Set((seen.results[0] ?? []).map(row => row.rolname))
      for (const role of roles.filter(role => !isPublic(role) && !there.has(role)))
        warn(`Role '${role}' does not exist, pass it`)
      roles = roles.filter(role => isPublic(role) || there.has(role))
      if (roles.length === 0) return { changed: false, queries: [] }
    }
    const queries = statements(context, roles)
    const snapshot = privilegesNow(args.type)
    const whole = args.objs === 'ALL_IN_SCHEMA' ? [objectsIn(args.type, args.schema || 'public')] : []
    const { rc, error, results } = await db.run(
      ['BEGIN', snapshot, ...queries, snapshot, ...whole, remote.checkMode ? 'ROLLBACK' : 'COMMIT'],
      queries[0]!,
      false,
      { inCheckMode: true },
    )
    if (rc !== 0) {
      if (results.length === 0)
        fail(
          cannotConnect(error)
            .replace(/^unable/, 'Could not')
            .replace('not to', 'not'),
        )
      const role = /role "(.*)" does not exist/.exec(error)?.[1]
      fail(role === undefined ? `${error}\n` : `Role '${role}' does not exist`)
    }
    // Nothing is in the schema: nothing was said.
    if (results[3 + queries.length]?.[0]?.understudy_objects === '0') return { changed: false, queries: [] }
    const changed = differ(results[1] ?? [], results[2 + queries.length] ?? [])
    return { changed, queries: [queries.map(query => `${query};`).join('\n')] }
  },
})

const isPublic = (role: string) => role.toUpperCase() === 'PUBLIC'
const roleName = (role: string) => (isPublic(role) ? 'PUBLIC' : identifier(role))
const differ = (before: readonly Row[], after: readonly Row[]) => JSON.stringify(before) !== JSON.stringify(after)

/** Splits at commas that stand outside of parentheses. */
const list = (text: string | undefined): string[] =>
  (text ?? '')
    .split(/,(?![^(]*\))/)
    .map(one => one.trim())
    .filter(Boolean)

/** The order of the items in an ACL tells nothing. */
function privilegesNow(type: string): string {
  if (type === 'group')
    return 'SELECT roleid::text AS name, member::text AS member, admin_option::text AS acl FROM pg_auth_members ORDER BY 1, 2'
  const [table, column, name] = catalogs[type]!
  const items = (acl: string) => `(SELECT string_agg(a::text, ',' ORDER BY a::text) FROM unnest(${acl}) a)`
  const columns =
    type === 'table'
      ? `, (SELECT string_agg(attname || ${items('attacl')}, ';' ORDER BY attnum) FROM pg_attribute WHERE attrelid = pg_class.oid AND attacl IS NOT NULL) AS columns`
      : ''
  return `SELECT ${name} AS name, ${items(column)} AS acl${columns} FROM ${table} ORDER BY 1, 2`
}

function objectsIn(type: string, schema: string): string {
  const relation = ['pg_class', 'relnamespace', 'relkind'] as const
  // Servers before 11 have functions only, and no column that tells.
  const routine = ['pg_proc', 'pronamespace', "coalesce(to_jsonb(pg_proc) ->> 'prokind', 'f')"] as const
  const [[table, namespace, kind], kinds] = (
    {
      table: [relation, "'r', 'v', 'm', 'p'"],
      sequence: [relation, "'S'"],
      function: [routine, "'f', 'a', 'w'"],
      procedure: [routine, "'p'"],
    } as const
  )[type as 'table' | 'sequence' | 'function' | 'procedure']
  const within = `${namespace} = (SELECT oid FROM pg_namespace WHERE nspname = ${literal(schema)})`
  return `SELECT count(*) AS understudy_objects FROM ${table} WHERE ${within} AND ${kind} IN (${kinds})`
}

function statements({ args, fail }: Context, roles: readonly string[]): string[] {
  const { type } = args
  const to = roles.map(roleName).join(',')
  const objects = args.objs === undefined && type === 'database' ? [args.database] : list(args.objs)
  if (args.schema !== undefined && !inSchemas.includes(type))
    fail(`Argument "schema" is not allowed for type "${type}".`)
  if (args.target_roles !== undefined && type !== 'default_privs')
    fail('Argument "target_roles" is only allowed for type "default_privs".')
  if (objects.length === 0) fail(`Argument "objs" is required for type "${type}".`)
  const option = type === 'group' ? 'ADMIN' : 'GRANT'
  const passing = args.state === 'present' && args.grant_option === true ? ` WITH ${option} OPTION` : ''

  if (type === 'group') {
    if (args.privs !== undefined) fail('Argument "privs" is not allowed for type "group".')
    const groups = objects.map(identifier).join(',')
    if (args.state === 'absent') return [`REVOKE ${groups} FROM ${to}`]
    return [
      `GRANT ${groups} TO ${to}${passing}`,
      ...(args.grant_option === false ? [`REVOKE ADMIN OPTION FOR ${groups} FROM ${to}`] : []),
    ]
  }
  const everything = type === 'default_privs' && objects.length === 1 && objects[0]!.toUpperCase() === 'ALL_DEFAULT'
  if (args.privs === undefined) fail(`Argument "privs" is required for type "${type}".`)
  const privileges = list(args.privs).map(one => one.replace(/^[\w ]+/, words => words.toUpperCase()))
  const unknown = privileges.filter(one => !known.has(one.replace(/\s*\(.*$/, '').trim()))
  if (unknown.length > 0) fail(`Invalid privileges specified: ${unknown.join(', ')}`)
  const privs = privileges.join(',')

  if (type === 'default_privs') {
    const kinds = everything ? ['TABLES', 'TYPES', 'SEQUENCES', 'FUNCTIONS'] : objects.map(one => one.toUpperCase())
    const wrong = kinds.filter(
      kind => !['TABLES', 'SEQUENCES', 'FUNCTIONS', 'ROUTINES', 'TYPES', 'SCHEMAS'].includes(kind),
    )
    if (wrong.length > 0) fail(`Invalid Object set specified: ${wrong.join(', ')}`)
    if (everything && privs !== 'ALL') fail('for ALL_DEFAULT only "ALL" is a valid priv')
    const whose = list(args.target_roles).map(roleName).join(',')
    // Schemas have default privileges for the whole database only.
    const schema = kinds.includes('SCHEMAS') ? '' : ` IN SCHEMA ${identifier(args.schema || 'public')}`
    const alter = `ALTER DEFAULT PRIVILEGES${whose ? ` FOR ROLE ${whose}` : ''}${schema}`
    const revoke = kinds.map(kind => `${alter} REVOKE ALL ON ${kind} FROM ${to}`)
    if (args.state === 'absent') return revoke
    return [
      ...revoke,
      ...kinds.map(kind => `${alter} GRANT ${privs} ON ${kind} TO ${to}${passing}`),
      ...(args.usage_on_types ? [`${alter} GRANT USAGE ON TYPES TO ${to}${passing}`] : []),
    ]
  }

  const on = objectsText(type, objects, args.schema || 'public', fail)
  if (args.state === 'absent') return [`REVOKE ${privs} ON ${on} FROM ${to}`]
  return [
    `GRANT ${privs} ON ${on} TO ${to}${passing}`,
    ...(args.grant_option === false ? [`REVOKE GRANT OPTION FOR ${privs} ON ${on} FROM ${to}`] : []),
  ]
}

function objectsText(type: string, objects: readonly string[], schema: string, fail: Context['fail']): string {
  const kind = type.replaceAll('_', ' ')
  if (['table', 'sequence', 'function', 'procedure'].includes(type) && objects[0] === 'ALL_IN_SCHEMA')
    return `ALL ${kind.toUpperCase()}S IN SCHEMA ${identifier(schema)}`
  const within = (name: string) => `${identifier(schema)}.${identifier(name)}`
  if (type === 'function' || type === 'procedure')
    return `${kind} ${objects
      .map(one => {
        const [, name = one, types] = /^([^(]+)(?:\((.*)\))?$/.exec(one) ?? []
        if (types === undefined) fail(`Illegal function / procedure signature: "${one}".`)
        // Types are separated by colons, because commas separate functions.
        return `${within(name.trim())}(${types!.replaceAll(':', ', ')})`
      })
      .join(',')}`
  if (type === 'parameter') return `parameter ${objects.join(',')}`
  return `${kind} ${objects.map(inSchemas.includes(type) ? within : identifier).join(',')}`
}
