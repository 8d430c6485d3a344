import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { cannotConnect, identifier, literal, loginArgs, Postgres } from './postgresql/client.js'

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
  conn_limit: { type: 'str', default: '', summary: 'most connections' },
  tablespace: { type: 'path', default: '', summary: 'tablespace' },
  maintenance_db: { type: 'str', default: 'postgres', summary: 'database to connect to' },
  force: { type: 'bool', default: false, summary: 'with absent: end its connections' },
  target: {
    type: 'path',
    default: '',
    summary: 'file to dump to',
    unsupported: 'dumps of postgresql_db are not built; use command: pg_dump',
  },
  target_opts: {
    type: 'str',
    default: '',
    summary: 'arguments of the dump',
    unsupported: 'dumps of postgresql_db are not built; use command: pg_dump',
  },
  dump_extra_args: {
    type: 'str',
    summary: 'arguments of the dump',
    unsupported: 'dumps of postgresql_db are not built; use command: pg_dump',
  },
  ...loginArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.postgresql.postgresql_db',
  summary: 'Databases of PostgreSQL',
  notes: ['The host needs psql, and no Python library.'],
  check: 'full',
  args,
  returns: { executed_commands: 'the statements' },
  examples: `
- name: Make a database
  community.postgresql.postgresql_db:
    name: acme
    encoding: UTF-8
  become_user: postgres
`,

  async run({ args, remote, fail }) {
    const { name, state } = args
    if (state !== 'present' && state !== 'absent') return fail(`state=${state} of postgresql_db is not built`)
    const db = new Postgres(remote, args, args.maintenance_db)
    const seen = await db.ask([
      `SELECT pg_get_userbyid(datdba) AS owner, pg_encoding_to_char(encoding) AS encoding, datcollate AS collate, datctype AS ctype, datconnlimit AS conn_limit, spcname AS tablespace FROM pg_database JOIN pg_tablespace ON pg_tablespace.oid = pg_database.dattablespace WHERE datname = ${literal(name)}`,
    ])
    if (seen.rc !== 0) fail(cannotConnect(seen.error))
    const found = seen.results[0]?.[0]
    const statements: string[] = []
    if (state === 'absent') {
      if (found) statements.push(`DROP DATABASE ${identifier(name)}${args.force ? ' WITH (FORCE)' : ''}`)
    } else if (!found) {
      const option = (word: string, value: string, quoted: (text: string) => string) =>
        value === '' ? '' : ` ${word} ${quoted(value)}`
      statements.push(
        `CREATE DATABASE ${identifier(name)}${option('OWNER', args.owner, identifier)}${option('TEMPLATE', args.template, identifier)}${option('ENCODING', args.encoding, literal)}${option('LC_COLLATE', args.lc_collate, literal)}${option('LC_CTYPE', args.lc_ctype, literal)}${option('TABLESPACE', args.tablespace, identifier)}${option('CONNECTION LIMIT', args.conn_limit, value => String(Number(value)))}`,
      )
    } else {
      const plain = (encoding: string | null | undefined) => (encoding ?? '').toUpperCase().replace(/[-_]/g, '')
      if (args.encoding && plain(args.encoding) !== plain(found.encoding))
        fail(`Changing database encoding is not supported. Current encoding: ${found.encoding}`)
      if (args.lc_collate && args.lc_collate !== found.collate)
        fail(`Changing LC_COLLATE is not supported. Current LC_COLLATE: ${found.collate}`)
      if (args.lc_ctype && args.lc_ctype !== found.ctype)
        fail(`Changing LC_CTYPE is not supported. Current LC_CTYPE: ${found.ctype}`)
      if (args.owner && args.owner !== found.owner)
        statements.push(`ALTER DATABASE ${identifier(name)} OWNER TO ${identifier(args.owner)}`)
      if (args.conn_limit && args.conn_limit !== found.conn_limit)
        statements.push(`ALTER DATABASE ${identifier(name)} CONNECTION LIMIT ${Number(args.conn_limit)}`)
      if (args.tablespace && args.tablespace !== found.tablespace)
        statements.push(`ALTER DATABASE ${identifier(name)} SET TABLESPACE ${identifier(args.tablespace)}`)
    }
    if (statements.length > 0) {
      const { rc, error } = await db.run(statements, statements[0]!)
      if (rc !== 0) fail(`Database query failed: ${error}`)
    }
    return { changed: statements.length > 0, db: name, executed_commands: statements }
  },
})
