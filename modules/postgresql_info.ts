import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { fnmatch } from '../engine/python/fnmatch.js'
import type { Json } from '../engine/python/values.js'
import { cannotConnect, identifier, loginArgs, Postgres } from './postgresql/client.js'
import { serverVersion } from './postgresql/version.js'

const args = {
  filter: { type: 'list', elements: 'str', summary: 'what to tell, as shell patterns; !PATTERN tells all but that' },
  db: { type: 'str', aliases: ['login_db'], summary: 'database to connect to' },
  ...loginArgs,
} as const satisfies ArgSpecs

type Data = { [name: string]: Json }
type Item = { readonly [column: string]: Json }

/** Facts of the whole server: a question, and how its rows are told. */
const facts: { readonly [name: string]: { readonly ask: string; read(rows: readonly Item[]): Json } } = {
  version: {
    ask: `SELECT current_setting('server_version_num') AS number, version() AS raw`,
    read: ([row]) => serverVersion(String(row!.number), String(row!.raw)),
  },
  in_recovery: { ask: 'SELECT pg_is_in_recovery() AS yes', read: ([row]) => row!.yes! },
  tablespaces: {
    ask: `SELECT spcname AS name, pg_get_userbyid(spcowner) AS spcowner, coalesce(spcacl::text, '') AS spcacl, coalesce(spcoptions, '{}') AS spcoptions FROM pg_tablespace`,
    read: byName,
  },
  databases: {
    ask: `SELECT datname AS name, pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding, datcollate AS collate, datctype AS ctype, coalesce(array_to_string(datacl, E'\\n'), '') AS access_priv, CASE WHEN has_database_privilege(datname, 'CONNECT') THEN pg_database_size(datname)::text ELSE 'No Access' END AS size FROM pg_database WHERE datname <> 'template0' ORDER BY datname`,
    read: byName,
  },
  replications: {
    ask: `SELECT pid::text AS name, coalesce(usename, '') AS usename, coalesce(application_name, '') AS app_name, coalesce(client_addr::text, '') AS client_addr, coalesce(client_hostname, '') AS client_hostname, backend_start::text AS backend_start, state FROM pg_stat_replication`,
    read: byName,
  },
  repl_slots: {
    ask: `SELECT slot_name AS name, coalesce(plugin, '') AS plugin, slot_type, coalesce(database, '') AS database, active FROM pg_replication_slots`,
    read: byName,
  },
  settings: {
    ask: `SELECT name, setting, coalesce(unit, '') AS unit, context, vartype, coalesce(boot_val, '') AS boot_val, coalesce(min_val, '') AS min_val, coalesce(max_val, '') AS max_val, coalesce(sourcefile, '') AS sourcefile, pending_restart, current_setting(name, true) AS pretty_val FROM pg_settings`,
    read: rows => byName(rows.map(row => ({ ...row, ...inBytes(row) }))),
  },
  roles: {
    ask: `SELECT rolname AS name, rolsuper AS superuser, rolcanlogin AS canlogin, coalesce(to_json(rolvaliduntil) #>> '{}', '') AS valid_until, ARRAY(SELECT b.rolname FROM pg_auth_members m JOIN pg_roles b ON m.roleid = b.oid WHERE m.member = r.oid ORDER BY 1) AS member_of FROM pg_roles r WHERE rolname !~ '^pg_'`,
    read: byName,
  },
  pending_restart_settings: {
    ask: 'SELECT name FROM pg_settings WHERE pending_restart',
    read: rows => rows.map(({ name }) => name!),
  },
}
/** What Ansible returns for what was filtered away. */
const untold: Data = {
  version: {},
  in_recovery: null,
  databases: {},
  tablespaces: {},
  replications: {},
  repl_slots: {},
  settings: {},
  roles: {},
  pending_restart_settings: [],
}

/** Facts that each database tells of itself. */
const inside: { readonly [name: string]: string } = {
  namespaces: `SELECT nspname AS name, coalesce(pg_get_userbyid(nspowner), '') AS nspowner, coalesce(nspacl::text, '') AS nspacl FROM pg_namespace WHERE nspname !~ '^pg_temp' AND nspname !~ '^pg_toast_temp'`,
  languages: `SELECT lanname AS name, pg_get_userbyid(lanowner) AS lanowner, coalesce(lanacl::text, '') AS lanacl FROM pg_language`,
  extensions: `SELECT e.extname AS name, e.extversion, n.nspname, coalesce(obj_description(e.oid, 'pg_extension'), '') AS description FROM pg_extension e LEFT JOIN pg_namespace n ON n.oid = e.extnamespace`,
  publications: `SELECT p.pubname AS name, p.*, p.oid::int AS oid, p.pubowner::int AS pubowner, pg_get_userbyid(pubowner) AS ownername FROM pg_publication p`,
  subscriptions: `SELECT subname AS name, pg_get_userbyid(subowner) AS ownername, subenabled, subslotname, subsynccommit, subpublications FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid AND d.datname = current_database()`,
}

export default defineModule({
  name: 'community.postgresql.postgresql_info',
  summary: 'Tell about a PostgreSQL server',
  check: 'full',
  args,
  returns: {
    version: 'version of the server',
    in_recovery: 'whether it is a standby that recovers',
    databases: 'name → owner, encoding, size, extensions, namespaces, languages, publications, subscriptions',
    tablespaces: 'name → owner, rights, options',
    roles: 'name → rights and memberships',
    replications: 'process → who replicates',
    repl_slots: 'name → slot',
    settings: 'name → value, unit, limits, where it was set',
    pending_restart_settings: 'settings that wait for a restart',
  },
  examples: `
- name: Version and roles
  become: true
  become_user: postgres
  community.postgresql.postgresql_info:
    filter: [ver*, rol*]
`,

  async run({ args, remote, fail }) {
    const wanted = chosen(args.filter ?? [])
    const start = args.db ?? 'postgres'
    const told: Data = { ...untold }
    if (wanted.length > 0) {
      const answer = await new Postgres(remote, args, start).ask(wanted.map(name => asJson(facts[name]!.ask)))
      if (answer.rc !== 0) return fail(cannotConnect(answer.error))
      wanted.forEach((name, index) => {
        told[name] = facts[name]!.read(rowsIn(answer.texts[index]!))
      })
    }
    if (wanted.includes('databases')) {
      const databases = told.databases as { [name: string]: Data }
      const names = Object.keys(databases).filter(name => databases[name]!.size !== 'No Access')
      const questions = Object.values(inside).map(asJson)
      const answer = await new Postgres(remote, args, start).ask(
        names.flatMap(name =>
          questions.map((one, index) => (index === 0 ? `\\connect ${identifier(name)}\n${one}` : one)),
        ),
      )
      if (answer.rc !== 0) return fail(cannotConnect(answer.error))
      names.forEach((name, at) => {
        Object.keys(inside).forEach((kind, index) => {
          const rows = rowsIn(answer.texts[at * questions.length + index]!)
          databases[name]![kind] = byName(kind === 'extensions' ? rows.map(extension) : rows)
        })
      })
    }
    return { changed: false, ...told }
  },
})

/** Rows as one JSON text each, so that types survive. */
const asJson = (question: string): string => `SELECT json_agg(row_to_json(q)) AS json FROM (${question}) q`

function rowsIn(text: string): Item[] {
  const json = text.slice(text.indexOf('\x1e') + 1).trim()
  return json.startsWith('[') ? (JSON.parse(json) as Item[]) : []
}

function byName(rows: readonly Item[]): Data {
  return Object.fromEntries(rows.map(({ name, ...rest }) => [String(name), pruned(rest)]))
}

/** A publication brings its own name along, in a column that is the key already. */
const pruned = (row: Item): Data => Object.fromEntries(Object.entries(row).filter(([column]) => column !== 'pubname'))

function extension({ extversion, ...rest }: Item): Item {
  const [major = '', minor] = String(extversion).split('.')
  const whole = (part: string | undefined) => (part !== undefined && /^\d+$/.test(part) ? Number(part) : null)
  return { ...rest, extversion: { major: whole(major), minor: whole(minor), raw: extversion! } }
}

/** Sizes, where the unit is a multiple of bytes. */
function inBytes({ setting, unit }: Item): Item {
  const multiples: { readonly [unit: string]: number } = { kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 }
  const [, count = '1', name = ''] = /^(\d*)(kB|MB|GB|TB)$/.exec(String(unit)) ?? []
  const multiple = multiples[name]
  if (multiple === undefined) return {}
  return { val_in_bytes: Math.max(0, Number(setting)) * (Number(count) || 1) * multiple }
}

/** Names of facts that the patterns of the filter leave. */
function chosen(filter: readonly string[]): string[] {
  const items = filter.flatMap(one => one.split(',')).map(one => one.trim())
  const excluded = items.filter(one => one.startsWith('!')).map(one => one.slice(1))
  const included = items.filter(one => !one.startsWith('!'))
  const names = Object.keys(facts)
  const some = names.filter(name => included.some(pattern => fnmatch(name, pattern)))
  return included.length > 0 ? some : names.filter(name => !excluded.some(pattern => fnmatch(name, pattern)))
}
