import type { ArgSpecs, ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext } from '../engine/module/define.js'
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
import { dump, restore } from './postgresql/dump.js'

const args = {
  name: { type: 'str', required: true, aliases: ['db'], summary: 'the database' },
  state: {
    type: 'str',
    choices: ['absent', 'dump', 'present', 'rename', 'restore'],
    default: 'present',
    summary: 'how it should be',
  },
  owner: { type: 'str', default: '', summary: 'its owner' },
  template: { type: 'str', default: '', summary: 'template of a new database' },
  encoding: { type: 'str', default: '', summary: 'encoding' },
  lc_collate: { type: 'str', default: '', summary: 'order of text' },
  lc_ctype: { type: 'str', default: '', summary: 'kinds of characters' },
  icu_locale: { type: 'str', default: '', summary: 'locale of ICU, where that is the provider' },
  locale_provider: { type: 'str', default: '', summary: 'who knows about locales: icu or libc' },
  conn_limit: { type: 'str', default: '', summary: 'most connections' },
  tablespace: { type: 'path', default: '', summary: 'tablespace' },
  comment: { type: 'str', summary: 'remark on it; an empty one takes it away' },
  maintenance_db: { type: 'str', default: 'postgres', summary: 'database to connect to' },
  force: { type: 'bool', default: false, summary: 'with absent: end its connections' },
  target: {
    type: 'path',
    default: '',
    summary: 'file to dump to or restore from; .gz, .bz2, .xz, .tar, .pgc and .dir say how. With rename: the new name',
  },
  target_opts: {
    type: 'str',
    default: '',
    summary: 'more arguments for pg_dump, pg_restore or psql, as a shell reads them',
  },
  dump_extra_args: { type: 'str', summary: 'more arguments for pg_dump, as a shell reads them' },
  ...loginArgs,
  ...checkedInput,
} as const satisfies ArgSpecs
type Context = ModuleContext<ArgsOf<typeof args>>

export default defineModule({
  name: 'community.postgresql.postgresql_db',
  summary: 'Databases of PostgreSQL; dumps and restores',
  notes: ['The host needs psql, pg_dump and pg_restore, and no Python library.'],
  check: 'full',
  args,
  returns: { db: 'the database', executed_commands: 'the statements, or the command of a dump; none in check mode' },
  examples: `
- name: Make a database
  community.postgresql.postgresql_db:
    name: acme
    encoding: UTF-8
  become_user: postgres

- name: Dump it, compressed
  community.postgresql.postgresql_db:
    name: acme
    state: dump
    target: /var/backups/acme.sql.gz
  become_user: postgres
`,

  async run(context) {
    const { args, remote, fail } = context
    const { name, state, target } = args
    const { owner, conn_limit, encoding, template, tablespace, session_role, comment } = args
    const given = [owner, conn_limit, encoding, name, template, tablespace, session_role, comment]
    refuseSuspicious(args, given, fail)
    if (state === 'rename') {
      if (!target) fail('The "target" option must be defined when the "rename" option is used.')
      if (target === name) fail('The "name/db" option and the "target" option cannot be the same.')
    }
    if (state === 'dump' || state === 'restore') {
      // As Ansible's, check mode looks at nothing and foretells no change.
      if (remote.checkMode) return { changed: false, db: name, executed_commands: [] }
      return state === 'dump' ? dump(context) : restore(context)
    }
    const db = new Postgres(remote, args, args.maintenance_db)
    const seen = await db.ask([
      `SELECT datname AS name, current_setting('server_version_num') AS version, pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding, datcollate AS collate, datctype AS ctype, datconnlimit AS conn_limit, spcname AS tablespace, ${sinceVersion15}, coalesce(shobj_description(pg_database.oid, 'pg_database'), '') AS comment FROM pg_database JOIN pg_tablespace ON pg_tablespace.oid = pg_database.dattablespace WHERE datname IN (${[name, ...(state === 'rename' ? [target] : [])].map(literal).join(', ')})`,
    ])
    if (seen.rc !== 0) fail(cannotConnect(seen.error))
    const [found, other] = [name, target].map(one => seen.results[0]?.find(row => row.name === one))
    const statements = {
      absent: () => (found ? dropped(context, found) : []),
      present: () => [...(found ? altered(context, found) : [created(context)]), ...commented(context, found)],
      rename: () => renamed(context, found !== undefined, other !== undefined),
    }[state]()
    if (statements.length > 0) {
      const { rc, error } = await db.run(statements, statements.at(-1)!)
      if (rc !== 0) fail(`Database query failed: ${error}\n`)
    }
    return { changed: statements.length > 0, db: name, executed_commands: remote.checkMode ? [] : statements }
  },
})

/** Columns that older servers do not have, and whose name changed in version 17. */
const sinceVersion15 = `to_jsonb(pg_database) ->> 'datlocprovider' AS provider, coalesce(to_jsonb(pg_database) ->> 'datlocale', to_jsonb(pg_database) ->> 'daticulocale') AS icu_locale`
const providers: { readonly [letter: string]: string } = { b: 'builtin', c: 'libc', i: 'icu' }

/** Before version 13 the server does not end connections itself. */
const dropped = ({ args }: Context, { version }: Row): string[] => [
  ...(args.force && Number(version) < 130000
    ? [
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${literal(args.name)} AND pid <> pg_backend_pid()`,
      ]
    : []),
  `DROP DATABASE ${identifier(args.name)}${args.force && Number(version) >= 130000 ? ' WITH (FORCE)' : ''}`,
]

function renamed({ args, fail }: Context, found: boolean, other: boolean): string[] {
  if (found && other) fail('Both the source and the target databases exist.')
  if (!found && !other) fail('The source and the target databases do not exist.')
  return found ? [`ALTER DATABASE ${identifier(args.name)} RENAME TO ${identifier(args.target)}`] : []
}

function created({ args, fail }: Context): string {
  const option = (word: string, value: string, quoted: (text: string) => string) =>
    value === '' ? '' : ` ${word} ${quoted(value)}`
  return `CREATE DATABASE ${identifier(args.name)}${option('OWNER', args.owner, identifier)}${option('TEMPLATE', args.template, identifier)}${option('ENCODING', args.encoding, literal)}${option('LC_COLLATE', args.lc_collate, literal)}${option('LC_CTYPE', args.lc_ctype, literal)}${option('ICU_LOCALE', args.icu_locale, literal)}${option('LOCALE_PROVIDER', args.locale_provider, literal)}${option('TABLESPACE', args.tablespace, identifier)}${option('CONNECTION LIMIT', args.conn_limit, value => limit(value, fail))}`
}

function altered({ args, fail }: Context, found: Row): string[] {
  const name = identifier(args.name)
  const plain = (encoding: string | null | undefined) => (encoding ?? '').toUpperCase().replace(/[-_]/g, '')
  if (args.encoding && plain(args.encoding) !== plain(found.encoding))
    fail(`Changing database encoding is not supported. Current encoding: ${found.encoding}`)
  if (args.lc_collate && args.lc_collate !== found.collate)
    fail(`Changing LC_COLLATE is not supported. Current LC_COLLATE: ${found.collate}`)
  if (args.lc_ctype && args.lc_ctype !== found.ctype)
    fail(`Changing LC_CTYPE is not supported. Current LC_CTYPE: ${found.ctype}`)
  const provider = providers[found.provider ?? ''] ?? found.provider
  if (args.icu_locale && args.icu_locale !== found.icu_locale)
    fail(`Changing ICU_LOCALE is not supported.Current ICU_LOCALE: ${found.icu_locale}`)
  if (args.locale_provider && args.locale_provider !== provider)
    fail(`Changing LOCALE_PROVIDER is not supported.Current LOCALE_PROVIDER: ${provider}`)
  const statements: string[] = []
  if (args.owner && args.owner !== found.owner)
    statements.push(`ALTER DATABASE ${name} OWNER TO ${identifier(args.owner)}`)
  if (args.conn_limit && args.conn_limit !== found.conn_limit)
    statements.push(`ALTER DATABASE ${name} CONNECTION LIMIT ${limit(args.conn_limit, fail)}`)
  if (args.tablespace && args.tablespace !== found.tablespace)
    statements.push(`ALTER DATABASE ${name} SET TABLESPACE ${identifier(args.tablespace)}`)
  return statements
}

const commented = ({ args }: Context, found: Row | undefined): string[] =>
  args.comment === undefined || args.comment === (found?.comment ?? '')
    ? []
    : [`COMMENT ON DATABASE ${identifier(args.name)} IS ${literal(args.comment)}`]

/** The one value that is not quoted in a statement. */
const limit = (text: string, fail: Context['fail']): string =>
  /^-?\d+$/.test(text) ? text : fail(`Database query failed: conn_limit must be a whole number, not ${text}`)
