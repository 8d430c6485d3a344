/** Talks to MySQL and MariaDB through the host's client; passwords and statements travel on standard input only. */
import type { ArgSpecs, ArgsOf } from '../../engine/args.js'
import { pyRepr } from '../../engine/python/repr.js'
import { hereDocument, quote } from '../../engine/remote/quote.js'
import type { Query, Remote, ShellText } from '../../engine/remote/remote.js'

export const loginArgs = {
  login_user: { type: 'str', summary: 'user to log in as' },
  login_password: { type: 'str', noLog: true, summary: 'password to log in with' },
  login_host: { type: 'str', default: 'localhost', summary: 'host of the server, as the managed host sees it' },
  login_port: { type: 'int', default: 3306, summary: 'port of the server' },
  login_unix_socket: { type: 'str', summary: 'socket of the server' },
  config_file: { type: 'path', default: '~/.my.cnf', summary: 'option file to read' },
  connect_timeout: { type: 'int', default: 30, summary: 'seconds to wait for the server' },
  ca_cert: { type: 'path', aliases: ['ssl_ca'], summary: 'CA certificates' },
  client_cert: { type: 'path', aliases: ['ssl_cert'], summary: 'client certificate' },
  client_key: { type: 'path', aliases: ['ssl_key'], summary: 'key of the client certificate' },
  check_hostname: { type: 'bool', summary: 'check the name in the certificate of the server' },
} as const satisfies ArgSpecs

export type Login = ArgsOf<typeof loginArgs>

export type Row = { readonly [column: string]: string | null }

export interface Answer {
  readonly rc: number
  readonly error: string
  /** Rows of each statement that gave a table, even an empty one where the client says so. */
  readonly results: readonly { readonly statement: string; readonly rows: readonly Row[] }[]
}

const optionValue = (value: string) => `"${value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}"`

/** The [client] group: what the task says wins over the option files that are read before it. */
function optionFile(
  login: Login & { readonly config_overrides_defaults?: boolean },
  given: ReadonlySet<string>,
): string {
  const socket = login.login_unix_socket
  const overTcp =
    socket === undefined && (login.login_host !== 'localhost' || (given.has('login_port') && login.login_port !== 3306))
  const server = overTcp
    ? {
        host: login.login_host === 'localhost' ? '127.0.0.1' : login.login_host,
        port: String(login.login_port),
        protocol: 'tcp',
      }
    : {}
  const options = {
    user: login.login_user,
    password: login.login_password,
    socket,
    'ssl-ca': login.ca_cert,
    'ssl-cert': login.client_cert,
    'ssl-key': login.client_key,
  }
  const lines = (group: { readonly [option: string]: string | undefined }) =>
    Object.entries(group).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${optionValue(value)}`]))
  return [
    '[client]',
    ...lines(server),
    ...(login.config_overrides_defaults ? ['!config', '[client]'] : []),
    ...lines(options),
    // A group of its own: mysqldump does not know this option.
    '[mysql]',
    `connect-timeout=${login.connect_timeout}`,
  ].join('\n')
}

/**
 * Shell text that makes an option file from its standard input up to a line "--", and runs `command` with it ($options).
 * The system's files and config_file are read first, as the client itself would; a line "!config" reads config_file again.
 */
export function withOptions(login: Login, command: string): string {
  const file = login.config_file.replace(/^~(?=\/|$)/, '')
  const config = file === login.config_file ? quote(file) : `"$HOME"${quote(file)}`
  return `mask=$(umask); umask 077; options=$(mktemp) || exit 1
trap 'rm -f "$options"' EXIT; trap 'exit 1' INT TERM HUP
for file in /etc/my.cnf /etc/mysql/my.cnf ${config}; do [ ! -r "$file" ] || printf '!include %s\\n' "$file"; done >"$options"
while IFS= read -r line; do case $line in --) break ;; '!config') [ ! -r ${config} ] || printf '!include %s\\n' ${config} ;; *) printf '%s\\n' "$line" ;; esac; done >>"$options"
client=mysql; command -v mysql >/dev/null 2>&1 || client=mariadb
command -v "$client" >/dev/null 2>&1 || { echo 'neither mysql nor mariadb, the client programs, is installed' >&2; exit 127; }
umask "$mask"
${command}`
}

const clientCommand = (database?: string) =>
  `"$client" --defaults-file="$options" --xml --default-character-set=utf8mb4${database === undefined ? '' : ` --database=${quote(database)}`}`

export class MySql {
  constructor(
    private readonly remote: Remote,
    private readonly login: Login,
    private readonly given: ReadonlySet<string>,
  ) {}

  /** Standard input for a script made by `withOptions`. */
  input(sql: string): string {
    return `${optionFile(this.login, this.given)}\n--\n${sql}`
  }

  /** Asks; with `force`, a statement that fails does not keep the others from being asked. */
  ask(
    statements: readonly string[],
    { force = false, database }: { force?: boolean; database?: string | undefined } = {},
  ): Promise<Answer> {
    const input = this.input(`${statements.join(';\n')};\n`)
    const query: Query<Answer> = {
      command:
        `(${withOptions(this.login, `${clientCommand(database)}${force ? ' --force' : ''}`)}) ${hereDocument(input)}` as ShellText,
      parse: readAnswer,
    }
    return this.remote.query(query)
  }

  /** Runs statements that change something. With `whole`, they may hold semicolons, as the bodies of procedures do. */
  async run(
    statements: readonly string[],
    why: string,
    options: { database?: string | undefined; changes?: boolean; whole?: boolean } = {},
  ): Promise<Answer> {
    const [begin, end] = options.whole ? ['DELIMITER //understudy//\n', '\n//understudy//\n'] : ['', ';\n']
    const { rc, stdout, stderr } = await this.remote.exec({
      shell: withOptions(this.login, clientCommand(options.database)),
      stdin: this.input(`${begin}${statements.map(statement => statement + end).join('')}`),
      why,
      changes: options.changes ?? true,
    })
    return readAnswer(stdout, rc, stderr)
  }
}

const unescapeXml = (text: string) =>
  text.replace(
    /&(lt|gt|quot|apos|amp);/g,
    (_, name: string) => ({ lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' })[name]!,
  )

/** Reads the client's --xml: one document per statement that gave a table. */
export function readAnswer(stdout: string, rc: number, stderr: string): Answer {
  const results = [...stdout.matchAll(/<resultset statement="([\s\S]*?)" xmlns:xsi[^>]*>([\s\S]*?)<\/resultset>/g)].map(
    ([, statement = '', body = '']) => ({
      statement: unescapeXml(statement).trim(),
      rows: [...body.matchAll(/<row>([\s\S]*?)<\/row>/g)].map(([, fields = '']) =>
        Object.fromEntries(
          [...fields.matchAll(/<field name="([^"]*)"(?: xsi:nil="true" \/>|>([\s\S]*?)<\/field>)/g)].map(
            ([, name = '', value]) => [unescapeXml(name), value === undefined ? null : unescapeXml(value)],
          ),
        ),
      ),
    }),
  )
  return { rc, results, error: stderr.trim() }
}

/** Which of `statements` the client's complaint is about: it tells the line of its input. */
export function failedStatement(statements: readonly string[], error: string): string | undefined {
  let line = Number(/ERROR \d+ \([^)]*\) at line (\d+):/.exec(error)?.[1] ?? Number.NaN)
  return statements.find(statement => {
    line -= statement.split('\n').length
    return line <= 0
  })
}

/** The client's complaint in the words of PyMySQL: (1045, "Access denied …"). */
export function asPyMySql(error: string): string {
  const [, code, text] = /ERROR (\d+) \([^)]*\)(?: at line \d+)?: ([\s\S]*)/.exec(error) ?? []
  if (!code) return error
  const [number, words] = unreachable(text!.trim()) ?? [code, text!.trim()]
  return `(${number}, ${pyRepr(words)})`
}

const systemErrors: { readonly [number: string]: string } = {
  2: '[Errno 2] No such file or directory',
  13: '[Errno 13] Permission denied',
  110: 'timed out',
  111: '[Errno 111] Connection refused',
  113: '[Errno 113] No route to host',
  // What a connection that is made without waiting says where it was refused.
  115: '[Errno 111] Connection refused',
}

/** A server that could not be reached, as PyMySQL tells it; the clients of MySQL and MariaDB have words of their own. */
function unreachable(text: string): [string, string] | undefined {
  const unknown = /^Unknown (?:MySQL )?server host '(.*?)'/.exec(text)
  const tcp = /^Can't connect to (?:MySQL )?server on '(.*?)(?::\d+)?' \((\d+)/.exec(text)
  const socket = /^Can't connect to local (?:MySQL )?server through socket '.*' \((\d+)/.exec(text)
  const [host, why] = unknown
    ? [unknown[1], '[Errno -2] Name or service not known']
    : tcp
      ? [tcp[1], systemErrors[tcp[2]!]]
      : ['localhost', systemErrors[socket?.[1] ?? '']]
  return why === undefined ? undefined : ['2003', `Can't connect to MySQL server on '${host}' (${why})`]
}

export const cannotConnect = (login: Login, error: string): string =>
  `unable to connect to database, check login_user and login_password are correct or ${login.config_file} has the credentials. Exception message: ${asPyMySql(error)}`

export const identifier = (name: string): string => `\`${name.replaceAll('`', '``')}\``
export const literal = (text: string): string =>
  `'${text.replace(/[\\'\0\n\r\x1a]/g, char => ({ '\\': '\\\\', "'": "\\'", '\0': '\\0', '\n': '\\n', '\r': '\\r', '\x1a': '\\Z' })[char]!)}'`

/** Statements that set `session_vars`. */
export const sessionSettings = (variables: ReadonlyMap<unknown, unknown> | undefined): string[] =>
  [...(variables ?? [])].map(([name, value]) => `SET SESSION ${identifier(String(name))} = ${sqlValue(value)}`)

const sqlValue = (value: unknown) =>
  typeof value === 'number' || typeof value === 'bigint'
    ? String(value)
    : typeof value === 'boolean'
      ? value
        ? '1'
        : '0'
      : literal(String(value))
