import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import {
  cannotConnect,
  checkedInput,
  identifier,
  literal,
  loginArgs,
  Postgres,
  refuseSuspicious,
} from './postgresql/client.js'

const args = {
  name: { type: 'str', required: true, aliases: ['schema'], summary: 'the schema' },
  database: { type: 'str', default: 'postgres', aliases: ['db', 'login_db'], summary: 'database to have it' },
  owner: { type: 'str', default: '', summary: 'role that owns it' },
  state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be there' },
  cascade_drop: { type: 'bool', default: false, summary: 'drop it with all that is in it' },
  comment: { type: 'str', summary: 'remark on it; an empty one takes it away' },
  ...loginArgs,
  ...checkedInput,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.postgresql.postgresql_schema',
  summary: 'Schemas of PostgreSQL databases',
  notes: ['The host needs psql, and no Python library.'],
  check: 'full',
  order: ['changed', 'queries', 'schema'],
  args,
  returns: { schema: 'its name', queries: 'the statements, but not in check mode' },
  examples: `
- name: Keep a schema of its own for the application
  community.postgresql.postgresql_schema:
    db: shop
    name: orders
    owner: shop
  become_user: postgres
`,

  async run({ args, remote, fail }) {
    const { name, owner, comment } = args
    refuseSuspicious(args, [name, owner, args.session_role, comment], fail)
    const db = new Postgres(remote, args, args.database)
    const seen = await db.ask([
      `SELECT pg_get_userbyid(nspowner) AS owner, coalesce(obj_description(oid, 'pg_namespace'), '') AS comment FROM pg_namespace WHERE nspname = ${literal(name)}`,
    ])
    if (seen.rc !== 0) fail(cannotConnect(seen.error))
    const found = seen.results[0]?.[0]
    const schema = identifier(name)
    const queries: string[] = []
    if (args.state === 'absent') {
      if (found) queries.push(`DROP SCHEMA ${schema}${args.cascade_drop ? ' CASCADE' : ''}`)
    } else {
      if (!found) queries.push(`CREATE SCHEMA ${schema}${owner ? ` AUTHORIZATION ${identifier(owner)}` : ''}`)
      else if (owner && owner !== found.owner) queries.push(`ALTER SCHEMA ${schema} OWNER TO ${identifier(owner)}`)
      if (comment !== undefined && comment !== (found?.comment ?? ''))
        queries.push(`COMMENT ON SCHEMA ${schema} IS ${literal(comment)}`)
    }
    if (queries.length > 0) {
      const { rc, error } = await db.run(queries, queries[0]!)
      if (rc !== 0) fail(`Database query failed: ${error}\n`)
    }
    return { changed: queries.length > 0, schema: name, ...(remote.checkMode ? {} : { queries }) }
  },
})
