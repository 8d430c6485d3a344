import type { ArgSpecs, ArgsOf } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import type { Json } from '../engine/python/values.js'
import { asPyMySql, cannotConnect, literal, loginArgs, MySql, type Row } from './mysql/client.js'

const args = {
  mode: {
    type: 'str',
    choices: [
      'getprimary',
      'getreplica',
      'changeprimary',
      'stopreplica',
      'startreplica',
      'resetprimary',
      'resetreplica',
      'resetreplicaall',
    ],
    default: 'getreplica',
    summary: 'what to do or ask',
  },
  primary_host: { type: 'str', aliases: ['master_host'], summary: 'host of the primary' },
  primary_user: { type: 'str', aliases: ['master_user'], summary: 'account on the primary' },
  primary_password: { type: 'str', aliases: ['master_password'], noLog: true, summary: 'its password' },
  primary_port: { type: 'int', aliases: ['master_port'], summary: 'port of the primary' },
  primary_connect_retry: { type: 'int', aliases: ['master_connect_retry'], summary: 'seconds between attempts' },
  primary_log_file: { type: 'str', aliases: ['master_log_file'], summary: 'log of the primary' },
  primary_log_pos: { type: 'int', aliases: ['master_log_pos'], summary: 'position in it' },
  relay_log_file: { type: 'str', summary: 'relay log' },
  relay_log_pos: { type: 'int', summary: 'position in it' },
  primary_ssl: { type: 'bool', aliases: ['master_ssl'], summary: 'use TLS' },
  primary_ssl_ca: { type: 'str', aliases: ['master_ssl_ca'], summary: 'CA certificates' },
  primary_ssl_capath: { type: 'str', aliases: ['master_ssl_capath'], summary: 'directory of CA certificates' },
  primary_ssl_cert: { type: 'str', aliases: ['master_ssl_cert'], summary: 'client certificate' },
  primary_ssl_key: { type: 'str', aliases: ['master_ssl_key'], summary: 'key of the client certificate' },
  primary_ssl_cipher: { type: 'str', aliases: ['master_ssl_cipher'], summary: 'ciphers' },
  primary_ssl_verify_server_cert: { type: 'bool', default: false, summary: 'check the certificate of the primary' },
  primary_auto_position: { type: 'bool', default: false, aliases: ['master_auto_position'], summary: 'use GTIDs' },
  primary_use_gtid: {
    type: 'str',
    choices: ['current_pos', 'replica_pos', 'disabled'],
    aliases: ['master_use_gtid'],
    summary: 'use the GTIDs of MariaDB',
  },
  primary_delay: { type: 'int', aliases: ['master_delay'], summary: 'seconds to stay behind' },
  connection_name: { type: 'str', summary: 'connection of MariaDB' },
  channel: { type: 'str', summary: 'channel of MySQL' },
  fail_on_error: { type: 'bool', default: false, summary: 'fail when the server refuses' },
  ...loginArgs,
} as const satisfies ArgSpecs
type Args = ArgsOf<typeof args>

export default defineModule({
  name: 'community.mysql.mysql_replication',
  summary: 'Replication of MySQL and MariaDB',
  notes: ['The host needs the client mysql or mariadb, and no Python library.'],
  check: 'none',
  args,
  rules: { exclusive: [['connection_name', 'channel']] },
  returns: { queries: 'the statements', Is_Primary: 'with getprimary', Is_Replica: 'with getreplica' },
  examples: `
- name: Tell a replica about its primary
  community.mysql.mysql_replication:
    mode: changeprimary
    primary_host: 192.0.2.1
    primary_log_file: mysql-bin.000009
    primary_log_pos: 4578
`,

  async run({ args, given, remote, fail }) {
    const sql = new MySql(remote, args, given)
    const named = args.connection_name === undefined ? '' : ` ${literal(args.connection_name)}`
    const channel = args.channel === undefined ? '' : ` FOR CHANNEL ${literal(args.channel)}`

    if (args.mode === 'getprimary' || args.mode === 'getreplica') {
      const primary = args.mode === 'getprimary'
      // Newer servers know only the new words, older ones only the old ones.
      const questions = primary
        ? ['SHOW MASTER STATUS', 'SHOW BINARY LOG STATUS']
        : [`SHOW SLAVE${named} STATUS${channel}`, `SHOW REPLICA${named} STATUS${channel}`]
      const seen = await sql.ask(questions, { force: true })
      if (seen.rc !== 0 && seen.results.length === 0 && !/ERROR 1064 |ERROR 1617 |ERROR 3074 /.test(seen.error))
        fail(cannotConnect(args, seen.error))
      const row = seen.results.find(one => one.rows.length > 0)?.rows[0]
      const flag = primary ? 'Is_Primary' : 'Is_Replica'
      if (row) return { changed: false, [flag]: true, ...typed(row), queries: [] }
      return {
        changed: false,
        [flag]: false,
        msg: primary ? 'Server is not configured as mysql primary' : 'Server is not configured as mysql replica',
        queries: [],
      }
    }

    const replica = (verb: string, word: string, tail = '') => `${verb} ${word}${named}${tail}${channel}`
    const statementOf = (word: string) =>
      ({
        changeprimary: () => `CHANGE MASTER${named} TO ${changes(args).join(',')}${channel}`,
        startreplica: () => replica('START', word),
        stopreplica: () => replica('STOP', word),
        resetprimary: () => 'RESET MASTER',
        resetreplica: () => replica('RESET', word),
        resetreplicaall: () => replica('RESET', word, ' ALL'),
      })[args.mode as Exclude<typeof args.mode, 'getprimary' | 'getreplica'>]()
    let statement = statementOf('REPLICA')
    let { rc, error } = await sql.run([statement], args.mode, { changes: false })
    // Servers before MySQL 8.0.22 and MariaDB 10.5.1 know the old word alone.
    if (/ERROR 1064 /.test(error) && statement !== statementOf('SLAVE')) {
      statement = statementOf('SLAVE')
      ;({ rc, error } = await sql.run([statement], args.mode, { changes: false }))
    }
    const secret = args.primary_password
    const queries = [secret === undefined ? statement : statement.replace(literal(secret), "'********'")]
    if (rc !== 0) {
      if (/ERROR (?:1045|1044|2\d{3}) /.test(error)) fail(cannotConnect(args, error))
      const known = asPyMySql(error)
      const fails = args.mode === 'changeprimary' || args.fail_on_error
      if (fails) fail(args.mode === 'changeprimary' ? `${known}. Query == ${queries[0]}` : known, { queries })
      const verb = { startreplica: 'starting', stopreplica: 'stopping', resetprimary: 'resetting' }[args.mode as string]
      return {
        changed: false,
        msg: args.mode === 'resetprimary' ? 'Primary reset failed' : `Replica ${verb ?? 'resetting'} error`,
        queries,
      }
    }
    const done = {
      changeprimary: undefined,
      startreplica: 'Replica started ',
      stopreplica: 'Replica stopped',
      resetprimary: 'Primary reset',
      resetreplica: 'Replica reset',
      resetreplicaall: 'Replica reset',
    }[args.mode]
    return { changed: true, ...(done === undefined ? {} : { msg: done }), queries }
  },
})

const typed = (row: Row): { [name: string]: Json } =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      value !== null && /^-?(?:0|[1-9]\d{0,14})$/.test(value) ? Number(value) : value,
    ]),
  )

function changes(args: Args): string[] {
  const texts = [
    ['MASTER_HOST', args.primary_host],
    ['MASTER_USER', args.primary_user],
    ['MASTER_PASSWORD', args.primary_password],
    ['MASTER_PORT', args.primary_port],
    ['MASTER_CONNECT_RETRY', args.primary_connect_retry],
    ['MASTER_LOG_FILE', args.primary_log_file],
    ['MASTER_LOG_POS', args.primary_log_pos],
    ['MASTER_DELAY', args.primary_delay],
    ['RELAY_LOG_FILE', args.relay_log_file],
    ['RELAY_LOG_POS', args.relay_log_pos],
    ['MASTER_SSL', args.primary_ssl === undefined ? undefined : Number(args.primary_ssl)],
    ['MASTER_SSL_CA', args.primary_ssl_ca],
    ['MASTER_SSL_CAPATH', args.primary_ssl_capath],
    ['MASTER_SSL_CERT', args.primary_ssl_cert],
    ['MASTER_SSL_KEY', args.primary_ssl_key],
    ['MASTER_SSL_CIPHER', args.primary_ssl_cipher],
    ['MASTER_SSL_VERIFY_SERVER_CERT', args.primary_ssl_verify_server_cert ? 1 : undefined],
    ['MASTER_AUTO_POSITION', args.primary_auto_position ? 1 : undefined],
  ] as const
  const gtid = { current_pos: 'current_pos', replica_pos: 'slave_pos', disabled: 'no' }
  return [
    ...texts.flatMap(([word, value]) =>
      value === undefined ? [] : [`${word}=${typeof value === 'number' ? value : literal(value)}`],
    ),
    ...(args.primary_use_gtid ? [`MASTER_USE_GTID=${gtid[args.primary_use_gtid]}`] : []),
  ]
}
