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
  refuseSuspicious,
} from './postgresql/client.js'

const named = (names: string, catalog: string, name: string, owner: string, schema?: string) => ({
  names,
  catalog,
  name,
  owner,
  schema,
})
const relation = (names: string, kinds: string) =>
  named(names, `pg_class WHERE relkind IN (${kinds}) AND`, 'relname', 'relowner', 'relnamespace')
const routine = (names: string, kinds: string) =>
  named(names, `pg_proc WHERE prokind IN (${kinds}) AND`, 'proname', 'proowner', 'pronamespace')
const type = (names: string, more: string) =>
  named(names, `pg_type WHERE ${more} AND`, 'typname', 'typowner', 'typnamespace')

/** Kind of object → how SQL calls it, and where the server keeps who owns it. */
const kinds = {
  aggregate: routine('AGGREGATE', `'a'`),
  collation: named('COLLATION', 'pg_collation WHERE', 'collname', 'collowner', 'collnamespace'),
  conversion: named('CONVERSION', 'pg_conversion WHERE', 'conname', 'conowner', 'connamespace'),
  database: named('DATABASE', 'pg_database WHERE', 'datname', 'datdba'),
  domain: type('DOMAIN', `typtype = 'd'`),
  event_trigger: named('EVENT TRIGGER', 'pg_event_trigger WHERE', 'evtname', 'evtowner'),
  foreign_data_wrapper: named('FOREIGN DATA WRAPPER', 'pg_foreign_data_wrapper WHERE', 'fdwname', 'fdwowner'),
  foreign_table: relation('FOREIGN TABLE', `'f'`),
  function: routine('FUNCTION', `'f', 'w'`),
  language: named('LANGUAGE', 'pg_language WHERE', 'lanname', 'lanowner'),
  large_object: named('LARGE OBJECT', 'pg_largeobject_metadata WHERE', 'oid::text', 'lomowner'),
  matview: relation('MATERIALIZED VIEW', `'m'`),
  procedure: routine('PROCEDURE', `'p'`),
  publication: named('PUBLICATION', 'pg_publication WHERE', 'pubname', 'pubowner'),
  routine: routine('ROUTINE', `'f', 'p', 'w'`),
  schema: named('SCHEMA', 'pg_namespace WHERE', 'nspname', 'nspowner'),
  sequence: relation('SEQUENCE', `'S'`),
  server: named('SERVER', 'pg_foreign_server WHERE', 'srvname', 'srvowner'),
  statistics: named('STATISTICS', 'pg_statistic_ext WHERE', 'stxname', 'stxowner', 'stxnamespace'),
  table: relation('TABLE', `'r', 'p'`),
  tablespace: named('TABLESPACE', 'pg_tablespace WHERE', 'spcname', 'spcowner'),
  text_search_configuration: named(
    'TEXT SEARCH CONFIGURATION',
    'pg_ts_config WHERE',
    'cfgname',
    'cfgowner',
    'cfgnamespace',
  ),
  text_search_dictionary: named('TEXT SEARCH DICTIONARY', 'pg_ts_dict WHERE', 'dictname', 'dictowner', 'dictnamespace'),
  type: type('TYPE', `typtype <> 'd'`),
  view: relation('VIEW', `'v'`),
} as const

const args = {
  new_owner: { type: 'str', required: true, summary: 'role that should own it' },
  obj_name: { type: 'str', summary: 'the object, with its schema if need be' },
  obj_type: {
    type: 'str',
    choices: Object.keys(kinds) as (keyof typeof kinds)[],
    aliases: ['type'],
    summary: 'what the object is',
  },
  reassign_owned_by: { type: 'list', elements: 'str', summary: 'instead: all that these roles own in the database' },
  fail_on_role: { type: 'bool', default: true, summary: 'fail when there is no such role; else only warn' },
  login_db: anyDatabase,
  ...loginArgs,
  ...checkedInput,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.postgresql.postgresql_owner',
  summary: 'Who owns objects of PostgreSQL databases',
  notes: ['The host needs psql, and no Python library.', 'reassign_owned_by always tells of a change.'],
  check: 'full',
  args,
  rules: {
    exclusive: [
      ['obj_name', 'reassign_owned_by'],
      ['obj_type', 'reassign_owned_by'],
      ['obj_name', 'fail_on_role'],
      ['obj_type', 'fail_on_role'],
    ],
  },
  returns: { queries: 'the statements' },
  examples: `
- name: Give a table to a role
  community.postgresql.postgresql_owner:
    db: acme
    new_owner: bob
    obj_name: orders
    obj_type: table
  become_user: postgres

- name: Hand over all that two roles own
  community.postgresql.postgresql_owner:
    db: acme
    new_owner: alice
    reassign_owned_by:
      - bob
      - bill
  become_user: postgres
`,

  async run({ args, remote, fail, warn }) {
    const { new_owner: owner, obj_name: object = '', obj_type: kind } = args
    const leaving = args.reassign_owned_by
    refuseSuspicious(args, [owner, args.obj_name, ...(leaving ?? []), args.session_role], fail)
    if (leaving === undefined && (args.obj_name === undefined || kind === undefined))
      fail('obj_name and obj_type are needed, or reassign_owned_by')
    const db = new Postgres(remote, args, args.login_db || 'postgres')
    const seen = await db.ask([
      'SELECT rolname AS name FROM pg_roles',
      ...(kind === undefined ? [] : [ownedBy(kind, object, owner)]),
    ])
    if (seen.rc !== 0) fail(cannotConnect(seen.error))
    const known = new Set(seen.results[0]?.map(row => row.name))
    const queries: string[] = []
    if (leaving !== undefined) {
      const there = leaving.filter(role => known.has(role))
      const missing = leaving.find(role => !known.has(role))
      if (missing !== undefined && args.fail_on_role) fail(`Role '${missing}' does not exist`)
      for (const role of leaving) if (!known.has(role)) warn(`Role '${role}' does not exist, pass`)
      if (!known.has(owner)) fail(`Role '${owner}' does not exist`)
      if (there.length > 0) queries.push(`REASSIGN OWNED BY ${there.map(identifier).join(',')} TO ${identifier(owner)}`)
    } else {
      if (!known.has(owner)) fail(`Role '${owner}' does not exist`)
      if (Number(seen.results[1]?.[0]?.owned) === 0)
        queries.push(`ALTER ${kinds[kind!].names} ${quoted(kind!, object)} OWNER TO ${identifier(owner)}`)
    }
    if (queries.length > 0) {
      // A transaction that is taken back tells whether it would work.
      const statements = remote.checkMode ? ['BEGIN', ...queries, 'ROLLBACK'] : queries
      const { rc, error } = await db.run(statements, queries[0]!, true, { inCheckMode: true })
      if (rc !== 0) fail(`Cannot execute SQL '${queries[0]}': ${error}\n`)
    }
    return { changed: queries.length > 0, queries }
  },
})

const parts = (name: string): [schema: string | undefined, name: string] => {
  const at = name.indexOf('.')
  return at === -1 ? [undefined, name] : [name.slice(0, at), name.slice(at + 1)]
}

/** How many objects of the name the role owns. */
function ownedBy(kind: keyof typeof kinds, object: string, owner: string): string {
  const { catalog, name, owner: column, schema: namespace } = kinds[kind]
  const [schema, plain] = namespace === undefined ? [undefined, object] : parts(object.replace(/\s*\(.*$/s, ''))
  const inSchema =
    namespace === undefined || schema === undefined
      ? ''
      : ` AND ${namespace} = (SELECT oid FROM pg_namespace WHERE nspname = ${literal(schema)})`
  return `SELECT count(*) AS owned FROM ${catalog} ${name} = ${literal(plain)}${inSchema} AND pg_get_userbyid(${column}) = ${literal(owner)}`
}

/** Routines bring their own signature and are written as they are. */
function quoted(kind: keyof typeof kinds, object: string): string {
  if (['aggregate', 'function', 'procedure', 'routine', 'large_object'].includes(kind)) return object
  return kinds[kind].schema === undefined ? identifier(object) : object.split('.').map(identifier).join('.')
}
