import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { pyRepr } from '../engine/python/repr.js'
import { isDict, isList, type Json, type Value } from '../engine/python/values.js'
import { cannotConnect, identifier, literal, loginArgs, Postgres, type Row, readTable } from './postgresql/client.js'
import { bound } from './sql/placeholders.js'

const args = {
  query: { type: 'raw', summary: 'statement, or a list of statements' },
  positional_args: { type: 'list', elements: 'raw', summary: 'values for %s, in order' },
  named_args: { type: 'dict', summary: 'values for %(name)s' },
  path_to_script: { type: 'path', summary: 'file of the host with statements' },
  as_single_query: { type: 'bool', default: true, summary: 'no use here: a script runs as one' },
  db: { type: 'str', aliases: ['login_db'], summary: 'database to connect to' },
  autocommit: { type: 'bool', default: false, summary: 'each statement on its own, without a transaction' },
  encoding: { type: 'str', summary: 'encoding of the client', unsupported: 'results are always read as UTF-8' },
  search_path: { type: 'list', elements: 'str', summary: 'schemas to look in' },
  ...loginArgs,
} as const satisfies ArgSpecs

const mark = 'understudy_rows'

export default defineModule({
  name: 'community.postgresql.postgresql_query',
  summary: 'Statements for PostgreSQL',
  notes: [
    'The host needs psql, and no Python library.',
    'Numbers and truth values come back as such for statements without a semicolon inside; other types as text.',
  ],
  check: 'full',
  args,
  rules: { exclusive: [['positional_args', 'named_args']] },
  returns: {
    query: 'the last statement',
    query_list: 'the statements',
    query_result: 'rows of the last statement',
    query_all_results: 'rows of each statement',
    rowcount: 'rows found or changed',
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
    if (args.path_to_script !== undefined && args.query !== undefined)
      fail('path_to_script is mutually exclusive with query')
    let list: string[] = []
    if (args.path_to_script !== undefined) {
      const script = await remote.file(args.path_to_script, { want: 'text' })
      if (!script.exists) fail(`Cannot read file '${args.path_to_script}' : No such file or directory`)
      list = [script.text]
    } else list = Array.isArray(args.query) ? args.query.map(String) : [String(args.query ?? '')]
    const queries = list.map(text => bound(text, args.positional_args, args.named_args, sqlLiteral))
    const db = new Postgres(remote, args, args.db ?? 'postgres')
    const path = args.search_path?.length ? [`SET search_path TO ${args.search_path.map(identifier).join(', ')}`] : []
    const transaction = !args.autocommit
    const steps = queries.flatMap(query => {
      const plain = query.trim().replace(/;+\s*$/, '')
      // A description first gives the types; a text of several statements would run twice.
      const described = plain.includes(';') || plain === '' ? '' : `${plain} \\gdesc\n`
      return [described, `\\set QUIET off\n${plain}`, `\\set QUIET on\nSELECT :ROW_COUNT AS ${mark}`]
    })
    const { rc, error, results, texts } = await db.run(
      [
        ...path,
        ...(transaction ? ['BEGIN'] : []),
        ...steps,
        ...(transaction ? [remote.checkMode ? 'ROLLBACK' : 'COMMIT'] : []),
      ],
      'run the statements',
      false,
      { inCheckMode: transaction },
    )
    const skip = path.length + (transaction ? 1 : 0)
    if (rc !== 0) {
      if (
        results.length === 0 &&
        /connect|authentication|does not exist$|no password/.test(error) &&
        !/relation|column/.test(error)
      )
        fail(cannotConnect(error))
      fail(
        `Cannot execute SQL '${queries[Math.floor(Math.max(0, results.length - skip) / 3)] ?? queries[0]}' ${pyRepr(args.positional_args ?? args.named_args ?? null)}: ${error}\n, query list: ${pyRepr(list)}`,
      )
    }
    let changed = false
    let rowcount = 0
    let statusmessage = ''
    const all: Json[] = []
    queries.forEach((query, index) => {
      const types = new Map((results[skip + index * 3] ?? []).map(row => [row.Column ?? '', row.Type ?? '']))
      const { rows, tag } = untagged(texts[skip + index * 3 + 1] ?? '', query)
      const counted = Number(results[skip + index * 3 + 2]?.[0]?.[mark] ?? 0)
      all.push(
        rows.length === 0 && tag
          ? {}
          : rows.map(row =>
              Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typed(value, types.get(name))])),
            ),
      )
      statusmessage = tag || `SELECT ${counted}`
      rowcount += counted
      const [word = '', ...numbers] = statusmessage.split(' ')
      if (!statusmessage.includes('SELECT') && !/^\s*(?:show|explain)\b/i.test(query))
        changed ||= /^(?:UPDATE|INSERT|DELETE)$/.test(word) ? numbers.at(-1) !== '0' : true
    })
    return {
      changed,
      query: queries.at(-1) ?? '',
      query_list: list,
      query_result: all.at(-1) ?? [],
      query_all_results: all,
      rowcount,
      statusmessage,
    }
  },
})

/** Rows, and the line that the server adds for statements that are no questions. */
function untagged(text: string, query: string): { rows: Row[]; tag: string } {
  const last = query
    .trim()
    .replace(/;+\s*$/, '')
    .split(';')
    .at(-1)!
  const word = /^\s*(\w+)/.exec(last)?.[1]?.toUpperCase() ?? ''
  const lines = text.replace(/\n$/, '').split('\n')
  const isTag = ['SELECT', 'VALUES', 'TABLE', 'SHOW', ''].includes(word)
    ? false
    : new RegExp(`^(?:${word === 'WITH' ? 'INSERT|UPDATE|DELETE|MERGE' : word})(?: [A-Z]+)*(?: \\d+)*$`).test(
        lines.at(-1)!,
      )
  if (!isTag) return { rows: readTable(text), tag: word === 'SHOW' ? 'SHOW' : '' }
  return { rows: lines.length > 1 ? readTable(lines.slice(0, -1).join('\n')) : [], tag: lines.at(-1)! }
}

function typed(value: string | null, type: string | undefined): Json {
  if (value === null || type === undefined) return value
  if (/^(?:smallint|integer|bigint|oid)$/.test(type)) return Number(value)
  if (/^(?:real|double precision|numeric(?:\(.*\))?)$/.test(type)) return Number(value)
  if (type === 'boolean') return value === 't'
  if (type === 'json' || type === 'jsonb') return JSON.parse(value) as Json
  return value
}

function sqlLiteral(value: Value | undefined): string {
  if (value === null || value === undefined) return 'NULL'
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (typeof value === 'boolean') return String(value)
  // A list is an array in the server's own notation.
  if (isList(value)) return literal(arrayText(value))
  if (isDict(value)) return literal(JSON.stringify(Object.fromEntries(value as Map<string, unknown>)))
  return literal(String(value))
}

const arrayText = (list: readonly Value[]): string =>
  `{${list
    .map(one =>
      one === null
        ? 'NULL'
        : isList(one)
          ? arrayText(one)
          : `"${String(one).replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
    )
    .join(', ')}}`
