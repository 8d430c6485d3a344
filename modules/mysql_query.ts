import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { pyRepr } from '../engine/python/repr.js'
import { type Json, typeName, type Value } from '../engine/python/values.js'
import { asPyMySql, cannotConnect, literal, loginArgs, MySql, sessionSettings } from './mysql/client.js'
import { bound } from './sql/placeholders.js'

const args = {
  query: { type: 'raw', required: true, summary: 'statement, or a list of statements' },
  positional_args: { type: 'list', summary: 'values for %s, in order' },
  named_args: { type: 'dict', summary: 'values for %(name)s' },
  login_db: { type: 'str', summary: 'database to use' },
  session_vars: { type: 'dict', summary: 'variables of the session' },
  single_transaction: { type: 'bool', default: false, summary: 'all statements or none' },
  ...loginArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.mysql.mysql_query',
  summary: 'Statements for MySQL and MariaDB',
  notes: ['Values that look like whole numbers come back as numbers: the client does not tell the types of columns.'],
  check: 'none',
  args,
  rules: { exclusive: [['positional_args', 'named_args']] },
  returns: {
    executed_queries: 'the statements',
    query_result: 'rows of each statement',
    rowcount: 'rows found or changed by each',
  },
  examples: `
- name: Ask with a value
  community.mysql.mysql_query:
    login_db: test_db
    query: SELECT * FROM acme WHERE id = %s
    positional_args: [1]
`,

  async run({ args, given, remote, fail }) {
    if (typeof args.query !== 'string' && !Array.isArray(args.query))
      fail(`the query option value must be a string or list, passed <class '${typeName(args.query as Value)}'>`)
    const wanted: readonly Value[] = Array.isArray(args.query) ? args.query : [args.query]
    const other = wanted.find(one => typeof one !== 'string')
    if (other !== undefined) fail(`the elements in query list must be strings, passed <class '${typeName(other)}'>`)
    const list = wanted.map(String)
    const cannot = (query: string, why: string) =>
      fail(`Cannot execute SQL '${query}' args [${pyRepr(args.positional_args ?? args.named_args ?? null)}]: ${why}`)
    const executed_queries = list.map(text => bound(text, args.positional_args, args.named_args, sqlLiteral))
    const statements = executed_queries.map(text => text.trim().replace(/;$/, ''))
    const sql = new MySql(remote, args, given)
    const script = [
      ...sessionSettings(args.session_vars),
      ...(args.single_transaction ? ['START TRANSACTION'] : []),
      ...statements.flatMap(statement => [statement, 'SELECT ROW_COUNT() AS understudy_rows']),
      ...(args.single_transaction ? ['COMMIT'] : []),
    ]
    const answer = await sql.run(script, 'run the statements', {
      database: args.login_db,
      changes: false,
      whole: true,
    })
    if (answer.rc !== 0) {
      const connecting = answer.results.length === 0 && /ERROR (?:1045|1044|1049|2\d{3}) /.test(answer.error)
      if (connecting) fail(cannotConnect(args, answer.error))
      const done = answer.results.filter(one => one.rows[0]?.understudy_rows !== undefined).length
      cannot(list[done] ?? list.at(-1)!, asPyMySql(answer.error))
    }

    const query_result: Json[] = []
    const rowcount: number[] = []
    let rows: Json[] = []
    let table = false
    for (const one of answer.results) {
      const counted = one.rows[0]?.understudy_rows
      if (counted === undefined) {
        rows = one.rows.map(row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typed(value)])))
        table = true
        continue
      }
      query_result.push(rows)
      rowcount.push(table ? rows.length : Math.max(0, Number(counted)))
      rows = []
      table = false
    }
    const changed = statements.some((statement, index) => {
      const keyword = /^\s*(\w+)/.exec(statement)?.[1]?.toUpperCase() ?? ''
      if (['CREATE', 'DROP', 'ALTER', 'RENAME', 'TRUNCATE', 'GRANT', 'REVOKE'].includes(keyword)) return true
      return ['INSERT', 'UPDATE', 'DELETE', 'REPLACE'].includes(keyword) && (rowcount[index] ?? 0) > 0
    })
    return { changed, executed_queries, query_result, rowcount }
  },
})

const typed = (value: string | null): Json =>
  value !== null && /^-?(?:0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value

function sqlLiteral(value: Value | undefined): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (Array.isArray(value)) return `(${value.map(sqlLiteral).join(', ')})`
  return literal(String(value))
}
