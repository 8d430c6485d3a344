import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { pyRepr } from '../engine/python/repr.js'
import type { Json } from '../engine/python/values.js'
import { type Answer, cannotConnect, literal, loginArgs, Postgres, readTable } from './postgresql/client.js'
import { columnValue } from './postgresql/column-values.js'
import { filled, preparedArguments } from './postgresql/placeholders.js'
import { statementsOf } from './postgresql/statements.js'

const args = {
  query: { type: 'raw', summary: 'statement, or a list of statements' },
  positional_args: { type: 'list', elements: 'raw', summary: 'values for %s, in order' },
  named_args: { type: 'dict', summary: 'values for %(name)s' },
  path_to_script: { type: 'path', summary: 'file of the host with statements' },
  as_single_query: {
    type: 'bool',
    default: true,
    summary: 'whether a script runs as one, or each part between semicolons',
  },
  db: { type: 'str', aliases: ['login_db'], summary: 'database to connect to' },
  autocommit: { type: 'bool', default: false, summary: 'each statement on its own, without a transaction' },
  encoding: { type: 'str', summary: 'encoding of the client; must be known to the server, results are text anyway' },
  search_path: { type: 'list', elements: 'str', summary: 'schemas to look in' },
  ...loginArgs,
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.postgresql.postgresql_query',
  summary: 'Statements for PostgreSQL',
  notes: [
    'The host needs psql, and no Python library.',
    'A text of several statements is sent as one; rows, their number and the message are of its last statement.',
    'Numbers, truth values, JSON and arrays of simple types come back as such; other types as text.',
  ],
  check: 'full',
  args,
  rules: { exclusive: [['positional_args', 'named_args']] },
  returns: {
    query: 'the last text, with its values',
    query_list: 'the texts',
    query_result: 'rows of the last text',
    query_all_results: 'rows of each text',
    rowcount: 'rows found or changed, of all texts',
    statusmessage: 'what the server says of the last statement',
  },
  examples: `
- name: Ask with values
  community.postgresql.postgresql_query:
    db: test_db
    query: SELECT * FROM test_table WHERE id = %(id)s
    named_args:
      id: 1
`,

  async run({ args, remote, fail }) {
    if (args.autocommit && remote.checkMode) fail('Using autocommit is mutually exclusive with check_mode')
    if (args.path_to_script && args.query) fail('path_to_script is mutually exclusive with query')
    let list: string[] = []
    if (args.path_to_script) {
      const script = await remote.file(args.path_to_script, { want: 'text' })
      const cannotRead = (why: string) =>
        fail(`Cannot read file '${args.path_to_script}' : ${why}: '${args.path_to_script}'`)
      if (!script.exists) cannotRead('[Errno 2] No such file or directory')
      if (script.isDirectory) cannotRead('[Errno 21] Is a directory')
      const parts = args.as_single_query ? [] : script.text.split(';').filter(part => /[^ \n\t]/.test(part))
      list = parts.length > 0 ? parts : [script.text]
    } else if (typeof args.query === 'string') list = [args.query]
    else if (Array.isArray(args.query) && args.query.length > 0) list = args.query.map(String)
    else fail('query argument must be of type string or list')

    const given = preparedArguments(args.positional_args, args.named_args)
    const cannotExecute = (index: number, why: string) =>
      fail(`Cannot execute SQL '${list[index]}' ${pyRepr(given ?? null)}: ${why}, query list: ${pyRepr(list)}`)
    const texts: Text[] = []
    let refused: string | undefined
    for (const one of list) {
      const text = filled(one, given)
      refused = 'complaint' in text ? text.complaint : notExecutable(text.sql)
      if (refused !== undefined || 'complaint' in text) break
      texts.push({ sql: text.sql, last: statementsOf(text.sql).at(-1)! })
    }
    const transaction = !args.autocommit
    // What ran before stays only without a transaction.
    if (refused !== undefined && (transaction || texts.length === 0)) cannotExecute(texts.length, refused)

    const before = [
      transaction ? 'BEGIN' : 'SELECT 1',
      ...(args.encoding === undefined
        ? []
        : [`SET client_encoding TO ${literal(args.encoding)}`, `SET client_encoding TO 'UTF8'`]),
      ...(args.search_path?.length
        ? [verbatim(`SET search_path TO ${args.search_path.map(one => one.replace(/^ +| +$/g, '')).join(',')}`)]
        : []),
    ]
    const after = transaction ? [remote.checkMode ? 'ROLLBACK' : 'COMMIT'] : []
    const db = new Postgres(remote, args, args.db ?? 'postgres')
    const answer = await db.run(
      [...before, ...texts.flatMap(({ sql, last }) => [verbatim(sql), columnsOf(last, transaction)]), ...after],
      'run the statements',
      false,
      { inCheckMode: transaction },
    )
    if (answer.rc !== 0) {
      if (answer.results.length === 0) fail(cannotConnect(answer.error))
      if (answer.results.length < before.length) fail(`${answer.error}\n`)
      const index = Math.floor((answer.results.length - before.length) / 2)
      cannotExecute(Math.min(index, texts.length - 1), `${answer.error}\n`)
    }
    if (refused !== undefined) cannotExecute(texts.length, refused)
    const outcomes = texts.map(({ last }, index) => outcomeOf(last, answer, before.length + index * 2))
    return {
      changed: outcomes.some(({ status }) => changes(status)),
      query: texts.at(-1)!.sql,
      query_list: list,
      query_result: outcomes.at(-1)!.rows,
      query_all_results: outcomes.map(({ rows }) => rows),
      rowcount: outcomes.reduce((sum, { count }) => sum + count, 0),
      statusmessage: outcomes.at(-1)!.status,
    }
  },
})

interface Text {
  readonly sql: string
  /** Its last statement: what the rows are of. */
  readonly last: string
}

interface Outcome {
  /** Empty dict: the statement has no rows to give. */
  readonly rows: Json
  readonly count: number
  readonly status: string
}

function notExecutable(sql: string): string | undefined {
  const statements = statementsOf(sql)
  if (statements.length === 0) return "can't execute an empty query"
  for (const one of statements) {
    const [, way] = /^COPY\b[\s\S]*?\b(TO\s+STDOUT|FROM\s+STDIN)\b/i.exec(one) ?? []
    if (way)
      return `can't execute COPY ${/^to/i.test(way) ? 'TO: use the copy_to()' : 'FROM: use the copy_from()'} method instead`
  }
  return undefined
}

/** The server gets the text as it is: psql neither splits it nor sees commands or variables of its own in it. */
const verbatim = (sql: string) =>
  `\\set QUIET off\n\\set SHOW_ALL_RESULTS off\nSELECT ${literal(sql)} \\gexec\n\\set QUIET on\n`

/** Asks for the names and types of columns after the fact, when all that the statement names is there; never fails. */
const columnsOf = (statement: string, transaction: boolean) =>
  [
    '\\set ON_ERROR_STOP off',
    ...(transaction ? ['SAVEPOINT understudy_columns;'] : []),
    `${statement} \\gdesc`,
    ...(transaction ? ['ROLLBACK TO SAVEPOINT understudy_columns;'] : []),
    '\\set ON_ERROR_STOP on\n',
  ].join('\n')

function outcomeOf(statement: string, { texts, results }: Answer, at: number): Outcome {
  const text = (texts[at] ?? '').replace(/\n$/, '')
  const columns = results[at + 1] ?? []
  if (!columns[0] || !('Type' in columns[0])) {
    if (text === '') return { rows: [], count: 0, status: 'SELECT 0' }
    const status = text.split('\n').at(-1)!
    return { rows: {}, count: Number(/ (\d+)$/.exec(status)?.[1] ?? 0), status }
  }
  const word = /^\W*(\w+)/.exec(statement)?.[1]?.toUpperCase() ?? ''
  // After the rows of RETURNING comes a line with what was done.
  const done = ['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'WITH', 'EXECUTE'].includes(word)
    ? /\n((?:INSERT 0|UPDATE|DELETE|MERGE) \d+)$/.exec(text)
    : null
  const types = new Map(columns.map(({ Column, Type }) => [Column ?? '', Type ?? '']))
  const rows = readTable(done ? text.slice(0, done.index) : text).map(row =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, columnValue(value, types.get(name) ?? '')])),
  )
  const plain = ['SHOW', 'EXPLAIN', 'CALL'].includes(word)
    ? word
    : `${word === 'FETCH' ? word : 'SELECT'} ${rows.length}`
  return { rows, count: rows.length, status: done?.[1] ?? plain }
}

/** Only the words of the message tell; a SHOW counts as a change, as it does for Ansible. */
function changes(status: string): boolean {
  if (status.includes('SELECT')) return false
  if (!/UPDATE|INSERT|DELETE/.test(status)) return true
  const parts = status.split(' ')
  return parts.length < 2 || parts.length > 3 || parts.at(-1) !== '0'
}
