import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { cannotConnect, identifier, literal, loginArgs, Postgres } from './postgresql/client.js'

const args = {
  name: { type: 'str', required: true, aliases: ['ext'], summary: 'the extension' },
  db: { type: 'str', required: true, aliases: ['login_db'], summary: 'database to have it' },
  state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be there' },
  schema: { type: 'str', summary: 'schema to put it in' },
  cascade: { type: 'bool', default: false, summary: 'with what it needs, or what needs it' },
  version: { type: 'str', summary: "version, or 'latest'" },
  comment: { type: 'str', summary: 'remark on it; an empty one takes it away' },
  ...loginArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.postgresql.postgresql_ext',
  summary: 'Extensions of PostgreSQL databases',
  notes: ['The host needs psql, and no Python library.'],
  check: 'full',
  args,
  returns: { queries: 'the statements' },
  examples: `
- name: Add an extension to a database
  community.postgresql.postgresql_ext:
    name: postgis
    db: acme
    schema: foo
  become_user: postgres
`,

  async run({ args, remote, fail }) {
    const { name, version } = args
    if (version !== undefined && args.state === 'absent')
      fail('Parameter version is ignored when state=absent, please remove it from the task')
    const db = new Postgres(remote, args, args.db)
    const seen = await db.ask([
      `SELECT extversion AS version, nspname AS schema, coalesce(obj_description(pg_extension.oid, 'pg_extension'), '') AS comment FROM pg_extension JOIN pg_namespace n ON n.oid = extnamespace WHERE extname = ${literal(name)}`,
      `SELECT default_version AS newest FROM pg_available_extensions WHERE name = ${literal(name)}`,
      `SELECT version FROM pg_available_extension_versions WHERE name = ${literal(name)}`,
    ])
    if (seen.rc !== 0) fail(cannotConnect(seen.error))
    const found = seen.results[0]?.[0]
    const newest = seen.results[1]?.[0]?.newest
    const versions = (seen.results[2] ?? []).map(row => row.version ?? '')
    const cascade = args.cascade ? ' CASCADE' : ''
    const queries: string[] = []
    if (args.state === 'absent') {
      if (found) queries.push(`DROP EXTENSION ${identifier(name)}${cascade}`)
    } else if (!found) {
      if (newest === undefined) fail(`Extension ${name} is not available`)
      if (version !== undefined && version !== 'latest' && !versions.includes(version))
        fail(`Passed version '${version}' of extension '${name}' is not available`)
      const at = version !== undefined && version !== 'latest' ? ` VERSION ${literal(version)}` : ''
      queries.push(
        `CREATE EXTENSION ${identifier(name)}${args.schema ? ` WITH SCHEMA ${identifier(args.schema)}` : ''}${at}${cascade}`,
      )
    } else {
      const target = version === 'latest' ? newest : version
      if (target !== undefined && target !== null && target !== found.version) {
        if (!versions.includes(target)) fail(`Passed version '${target}' of extension '${name}' is not available`)
        queries.push(
          version === 'latest'
            ? `ALTER EXTENSION ${identifier(name)} UPDATE`
            : `ALTER EXTENSION ${identifier(name)} UPDATE TO ${literal(target)}`,
        )
      }
      if (args.schema && args.schema !== found.schema)
        queries.push(`ALTER EXTENSION ${identifier(name)} SET SCHEMA ${identifier(args.schema)}`)
    }
    // Most extensions bring a remark of their own.
    if (args.state === 'present' && args.comment !== undefined && args.comment !== found?.comment)
      queries.push(`COMMENT ON EXTENSION ${identifier(name)} IS ${literal(args.comment)}`)
    if (queries.length > 0) {
      const { rc, error } = await db.run(queries, queries[0]!)
      if (rc !== 0) fail(`Management of PostgreSQL extension failed: ${error}\n`)
    }
    return { changed: queries.length > 0, db: args.db, ext: name, queries }
  },
})
