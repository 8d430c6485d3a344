/** Talks to PostgreSQL through the host's psql; passwords and statements travel on standard input only. */
import type { ArgSpecs, ArgsOf } from '../../engine/args.js'
import { hereDocument, quote } from '../../engine/remote/quote.js'
import type { Query, Remote, ShellText } from '../../engine/remote/remote.js'

export const loginArgs = {
  login_user: { type: 'str', default: 'postgres', aliases: ['login'], summary: 'role to log in as' },
  login_password: { type: 'str', default: '', noLog: true, summary: 'password to log in with' },
  login_host: {
    type: 'str',
    default: '',
    aliases: ['host'],
    summary: 'host of the server, as the managed host sees it',
  },
  login_unix_socket: { type: 'str', default: '', aliases: ['unix_socket'], summary: 'directory of the socket' },
  port: { type: 'int', default: 5432, aliases: ['login_port'], summary: 'port of the server' },
  ssl_mode: {
    type: 'str',
    choices: ['allow', 'disable', 'prefer', 'require', 'verify-ca', 'verify-full'],
    default: 'prefer',
    summary: 'whether to use TLS',
  },
  ca_cert: { type: 'str', aliases: ['ssl_rootcert'], summary: 'CA certificates' },
  ssl_cert: { type: 'path', summary: 'client certificate' },
  ssl_key: { type: 'path', summary: 'key of the client certificate' },
  connect_params: { type: 'dict', default: {}, summary: 'more parameters of the connection' },
  session_role: { type: 'str', summary: 'role to switch to after the login' },
  trust_input: { type: 'bool', default: true, summary: 'no use here: every name and value is quoted' },
} as const satisfies ArgSpecs
/** The database of modules that need any to ask the server; an empty name is the server's own. */
export const anyDatabase = { type: 'str', default: '', aliases: ['db'], summary: 'database to connect to' } as const
export type Login = ArgsOf<typeof loginArgs>

export type Row = { readonly [column: string]: string | null }
export interface Answer {
  readonly rc: number
  readonly error: string
  readonly results: readonly (readonly Row[])[]
  /** What was printed for each statement. */
  readonly texts: readonly string[]
}

const fieldEnd = '\x1f'
const recordEnd = '\x1e'
const nothing = '\x1d'

/** Shell text that logs in with libpq's variables and then runs `command`; standard input begins with the password's line. */
export function withLogin(login: Login, command: string, more: { readonly [name: string]: string } = {}): string {
  const settings: { [name: string]: string | undefined } = {
    PGUSER: login.login_user,
    PGHOST: login.login_unix_socket || login.login_host || undefined,
    PGPORT: String(login.port),
    PGSSLMODE: login.ssl_mode,
    PGSSLROOTCERT: login.ca_cert,
    PGSSLCERT: login.ssl_cert,
    PGSSLKEY: login.ssl_key,
    LC_ALL: 'C',
    ...more,
    ...Object.fromEntries(
      [...login.connect_params].map(([name, value]) => [
        `PG${String(name).replaceAll('_', '').toUpperCase()}`,
        String(value),
      ]),
    ),
  }
  const assignments = Object.entries(settings).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${name}=${quote(value)}`],
  )
  return `IFS= read -r PGPASSWORD; [ -z "$PGPASSWORD" ] || export PGPASSWORD
export ${assignments.join(' ')}
${command}`
}

const psql = (login: Login, database: string) =>
  withLogin(
    login,
    `psql -X -q -A -w -v ON_ERROR_STOP=1 -P footer=off -F '${fieldEnd}' -R '${recordEnd}' -P null='${nothing}' -f -`,
    { PGDATABASE: database, PGCLIENTENCODING: 'UTF8' },
  )

export class Postgres {
  constructor(
    private readonly remote: Remote,
    private readonly login: Login,
    private readonly database: string,
  ) {}

  private script(statements: readonly string[]): string {
    const role = this.login.session_role === undefined ? [] : [`SET ROLE ${identifier(this.login.session_role)}`]
    return `${this.login.login_password}\n${[...role, ...statements].map(one => `${one};\n\\echo '${recordEnd}${recordEnd}'\n`).join('')}`
  }

  ask(statements: readonly string[]): Promise<Answer> {
    const query: Query<Answer> = {
      command: `(${psql(this.login, this.database)}) ${hereDocument(this.script(statements))}` as ShellText,
      parse: (stdout, rc, stderr) => readAnswer(stdout, rc, stderr, this.login.session_role === undefined ? 0 : 1),
    }
    return this.remote.query(query)
  }

  /** Runs statements that change something; `inCheckMode`: they end with a ROLLBACK, so that check mode may run them. */
  async run(
    statements: readonly string[],
    why: string,
    changes = true,
    { inCheckMode = false }: { inCheckMode?: boolean } = {},
  ): Promise<Answer> {
    const { rc, stdout, stderr } = await this.remote.exec({
      shell: psql(this.login, this.database),
      stdin: this.script(statements),
      why,
      changes,
      inCheckMode,
    })
    return readAnswer(stdout, rc, stderr, this.login.session_role === undefined ? 0 : 1)
  }
}

export function readTable(text: string): Row[] {
  const [head, ...rows] = text.replace(/\n$/, '').split(recordEnd)
  if (!head) return []
  const columns = head.split(fieldEnd)
  return rows.map(row =>
    Object.fromEntries(
      row.split(fieldEnd).map((value, index) => [columns[index] ?? '', value === nothing ? null : value]),
    ),
  )
}

/** One table per statement, ended by two record separators. */
function readAnswer(stdout: string, rc: number, stderr: string, skip: number): Answer {
  const texts = stdout.split(`${recordEnd}${recordEnd}\n`).slice(0, -1).slice(skip)
  const results = texts.map(readTable)
  return { rc, results, texts, error: complaint(stderr) }
}

/** The complaint without notices that came before it, and without psql's own words. */
const complaint = (stderr: string) =>
  stderr
    .trim()
    .replace(/^could not change directory to .*\n/gm, '')
    .replace(/^[\s\S]*?(?=^psql(?::<stdin>:\d+)?: ERROR:)/m, '')
    .replace(/^psql(?::<stdin>:\d+)?: (?:error: )?(?:ERROR: +)?/, '')
    .replace(/[ \t]+$/gm, '')

export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`
export const literal = (text: string): string =>
  text.includes('\\') ? ` E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'` : `'${text.replaceAll("'", "''")}'`
/** What Ansible says when the first question got no answer: the login failed, or `session_role` could not be taken. */
export const cannotConnect = (error: string): string =>
  /^(?:role ".*" does not exist|permission denied to set role)/.test(error)
    ? `Could not switch role: ${error}\n`
    : `unable to connect to database: ${error}\n`

/** For modules that do `refuseSuspicious`; stands after `loginArgs`. */
export const checkedInput = {
  trust_input: { type: 'bool', default: true, summary: 'false: refuse values that look like an injection of SQL' },
} as const

/** With `trust_input: false`, values that look like an injection of SQL fail the task in Ansible's words. */
export function refuseSuspicious(
  { trust_input }: { readonly trust_input: boolean },
  values: readonly (string | undefined)[],
  fail: (msg: string) => never,
): void {
  if (trust_input) return
  const suspicious = /union.*select|;.*(?:select|insert|update|delete|drop|alter|truncate)|'\s*--/is
  const found = values.filter(value => value !== undefined && suspicious.test(value))
  if (found.length > 0) fail(`Passed input '${found.join(', ')}' is potentially dangerous`)
}
