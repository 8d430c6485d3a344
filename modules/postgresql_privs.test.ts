import { testModule } from '../engine/module/test.js'
import type { FakeCommands } from '../engine/remote/fake.js'
import postgresqlExt from './postgresql_ext.js'
import postgresqlPrivs from './postgresql_privs.js'
import postgresqlQuery from './postgresql_query.js'

const end = '\n\x1e\x1e\n'
const table = (columns: string[], ...rows: string[][]) =>
  `${[columns, ...rows].map(row => row.join('\x1f')).join('\x1e')}${end}`

/** What grants leave behind: the ACL before and after, in the answer to one transaction. */
const acl = () => {
  let now = 'a=r/a'
  return (after: string) => {
    const text = end + table(['name', 'acl'], ['t', now]) + end + table(['name', 'acl'], ['t', after]) + end
    return { text, done: () => (now = after) }
  }
}

const granting = (query: string, after: string) => (): FakeCommands => {
  const state = acl()
  return [
    [
      /psql -X/,
      call => {
        if (!call.stdin.includes(`${query};\n`)) throw new Error(call.stdin)
        const { text, done } = state(after)
        if (call.stdin.includes('COMMIT;')) done()
        return text
      },
    ],
  ]
}

testModule(
  postgresqlPrivs,
  { database: 'd', roles: 'a,PUBLIC' },
  {
    'grants in one transaction': {
      args: { privs: 'select, insert', objs: 't' },
      commands: granting('GRANT SELECT,INSERT ON table "public"."t" TO "a",PUBLIC', 'a=ar/a'),
      returns: { queries: ['GRANT SELECT,INSERT ON table "public"."t" TO "a",PUBLIC;'] },
    },
    'says nothing to a schema that has nothing of the kind': {
      args: { privs: 'USAGE', type: 'sequence', objs: 'ALL_IN_SCHEMA' },
      commands: { '*psql*': `${end}${end}${end}${end}${table(['understudy_objects'], ['0'])}${end}` },
      returns: { queries: [] },
      changed: false,
    },
    'takes a whole schema only of what schemas hold': {
      args: { privs: 'USAGE', type: 'language', objs: 'ALL_IN_SCHEMA' },
      fails: /^Argument "objs": ALL_IN_SCHEMA can be used only for type: table, .* language was passed\.$/,
    },
    'wants the types of what a function takes': {
      args: { privs: 'ALL', type: 'function', objs: 'f' },
      fails: 'Illegal function / procedure signature: "f".',
    },
    'revokes what functions allow': {
      args: { privs: 'ALL', type: 'function', objs: 'f(int:text)', schema: 's', state: 'absent' },
      commands: granting('REVOKE ALL ON function "s"."f"(int, text) FROM "a",PUBLIC', ''),
    },
    'grants membership': {
      args: { type: 'group', objs: 'g', admin_option: true },
      commands: granting('GRANT "g" TO "a",PUBLIC WITH ADMIN OPTION', 'x'),
    },
    'sees that nothing changed': {
      args: { privs: 'SELECT', objs: 't' },
      commands: granting('GRANT SELECT ON table "public"."t" TO "a",PUBLIC', 'a=r/a'),
      changed: false,
    },
    'refuses privileges that do not exist': {
      args: { privs: 'READ', objs: 't' },
      fails: 'Invalid privileges specified: READ',
    },
    'names a role that is missing': {
      args: { privs: 'SELECT', objs: 't' },
      commands: { '*psql*': { rc: 3, stdout: end, stderr: 'psql:<stdin>:5: ERROR:  role "a" does not exist\n' } },
      fails: "Role 'a' does not exist",
    },
  },
)

testModule(
  postgresqlExt,
  { name: 'hstore', db: 'd' },
  {
    'adds an extension': {
      args: { schema: 's' },
      commands: () => {
        let there = false
        return [
          [
            /psql -X/,
            call => {
              if (!call.query) there = call.stdin.includes('CREATE EXTENSION "hstore" WITH SCHEMA "s";')
              const have = there ? [['1.8', 's']] : []
              return table(['version', 'schema'], ...have) + table(['newest'], ['1.8']) + table(['version'], ['1.8'])
            },
          ],
        ]
      },
      returns: { queries: ['CREATE EXTENSION "hstore" WITH SCHEMA "s"'] },
    },
    'tells why it could not be added': {
      commands: [
        [
          /psql -X/,
          (call: { query: boolean }) =>
            call.query
              ? table(['version', 'schema']) + table(['newest'], ['1.8']) + table(['version'], ['1.8'])
              : { rc: 3, stderr: 'psql:<stdin>:5: ERROR:  permission denied\n' },
        ],
      ],
      fails: /^Management of PostgreSQL extension failed: permission denied/,
    },
    'gives it a remark': {
      args: { comment: 'for tags' },
      commands: () => {
        let said = 'of its own'
        return [
          [
            /psql -X/,
            call => {
              if (call.stdin.includes(`COMMENT ON EXTENSION "hstore" IS 'for tags';`)) said = 'for tags'
              return (
                table(['version', 'schema', 'comment'], ['1.8', 's', said]) +
                table(['newest'], ['1.8']) +
                table(['version'], ['1.8'])
              )
            },
          ],
        ]
      },
      returns: { queries: [`COMMENT ON EXTENSION "hstore" IS 'for tags'`] },
    },
    'knows what is not available': {
      commands: { '*psql*': table(['version', 'schema']) + table(['newest']) + table(['version']) },
      fails: 'Extension hstore is not available',
    },
  },
)

testModule(
  postgresqlQuery,
  { query: 'SELECT %s AS n', positional_args: ["o'x"] },
  {
    'gives typed rows': {
      commands: { '*psql*': `${end}${table(['n'], ['5'])}${table(['Column', 'Type'], ['n', 'integer'])}${end}` },
      returns: {
        query: "SELECT 'o''x' AS n",
        query_list: ['SELECT %s AS n'],
        query_result: [{ n: 5 }],
        rowcount: 1,
        statusmessage: 'SELECT 1',
      },
      changed: false,
    },
    'sends several statements as one and reads the last': {
      args: { query: "UPDATE t SET a=';'; SELECT a FROM t -- all;", positional_args: undefined },
      commands: [
        [
          /psql -X/,
          call => {
            if (!call.stdin.includes("SELECT 'UPDATE t SET a='';''; SELECT a FROM t -- all;' \\gexec\n"))
              return { rc: 9 }
            if (!call.stdin.includes('\nSELECT a FROM t \\gdesc\n')) return { rc: 9 }
            return `${end}${table(['a'], ['INSERT 0 1'])}${table(['Column', 'Type'], ['a', 'text'])}${end}`
          },
        ],
      ],
      returns: { query_all_results: [[{ a: 'INSERT 0 1' }]], rowcount: 1, statusmessage: 'SELECT 1' },
      changed: false,
    },
    'keeps commands of psql away from it': {
      args: { query: '\\! id', positional_args: undefined },
      commands: [
        [
          /psql -X/,
          call =>
            call.stdin.includes("SELECT  E'\\\\! id' \\gexec")
              ? { rc: 3, stdout: end, stderr: 'psql:<stdin>:5: ERROR:  syntax error at or near "\\"\n' }
              : { rc: 9 },
        ],
      ],
      fails: /^Cannot execute SQL '\\! id' None: syntax error at or near "\\"\n, query list: /,
    },
    'tells what was inserted': {
      args: { query: 'INSERT INTO t VALUES (1)', positional_args: undefined },
      commands: { '*psql*': `${end}INSERT 0 1${end}The command has no result.${end}${end}` },
      returns: { query_result: {}, rowcount: 1, statusmessage: 'INSERT 0 1' },
      again: { changed: 'an insertion adds each time' },
    },
    'has rows and a message of what returns rows': {
      args: { query: 'DELETE FROM t RETURNING a', positional_args: undefined },
      commands: { '*psql*': `${end}a\nDELETE 0${end}${table(['Column', 'Type'], ['a', 'integer'])}${end}` },
      returns: { query_result: [], rowcount: 0, statusmessage: 'DELETE 0' },
      changed: false,
    },
    'refuses an empty query': { args: { query: ' -- nothing\n;' }, fails: /can't execute an empty query/ },
    'refuses what would read the rest of the script as data': {
      args: { query: 'SELECT 1; COPY t FROM STDIN', positional_args: undefined },
      fails: /can't execute COPY FROM: use the copy_from\(\) method instead/,
    },
    'wants a value for each placeholder': {
      args: { query: 'SELECT %s, %s' },
      fails: /^Cannot execute SQL 'SELECT %s, %s' \["o'x"\]: list index out of range, query list: /,
    },
    'wants text': { args: { query: 5 }, fails: 'query argument must be of type string or list' },
  },
)
