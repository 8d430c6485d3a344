import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { quote } from '../engine/remote/quote.js'
import { asPyMySql, cannotConnect, identifier, literal, loginArgs, MySql, withOptions } from './mysql/client.js'

const args = {
  name: {
    type: 'list',
    elements: 'str',
    required: true,
    aliases: ['db'],
    summary: 'databases; all with dump and import',
  },
  state: {
    type: 'str',
    choices: ['absent', 'dump', 'import', 'present'],
    default: 'present',
    summary: 'how the databases should be',
  },
  encoding: { type: 'str', default: '', summary: 'character set of a new database' },
  collation: { type: 'str', default: '', summary: 'collation of a new database' },
  target: { type: 'path', summary: 'file to dump to or import from; .gz, .bz2, .xz and .zst are compressed' },
  single_transaction: { type: 'bool', default: false, summary: 'dump in one transaction' },
  quick: { type: 'bool', default: true, summary: 'dump row by row' },
  ignore_tables: {
    type: 'list',
    elements: 'str',
    default: [],
    summary: 'tables to leave out of a dump, as database.table',
  },
  hex_blob: { type: 'bool', default: false, summary: 'dump binary columns in hexadecimal' },
  force: { type: 'bool', default: false, summary: 'go on after SQL errors' },
  master_data: {
    type: 'int',
    choices: [0, 1, 2],
    default: 0,
    summary: 'write the position of the binary log into the dump',
  },
  skip_lock_tables: { type: 'bool', default: false, summary: 'do not lock tables for a dump' },
  dump_extra_args: { type: 'str', summary: 'more arguments for mysqldump' },
  use_shell: { type: 'bool', default: false, summary: 'no use here: a shell runs the dump' },
  unsafe_login_password: { type: 'bool', default: false, summary: 'no use here: the password is on no command line' },
  pipefail: { type: 'bool', default: false, summary: 'fail when any part of a pipe fails' },
  chdir: { type: 'path', summary: 'directory to import in' },
  restrict_config_file: { type: 'bool', default: false, summary: 'read only config_file' },
  config_overrides_defaults: { type: 'bool', default: false, summary: 'config_file wins over defaults of this module' },
  sql_log_bin: { type: 'bool', default: true, summary: 'write what makes and drops databases to the binary log' },
  check_implicit_admin: { type: 'bool', default: false, summary: 'try root without a password first' },
  ...loginArgs,
} as const satisfies ArgSpecs

const packers: { readonly [ending: string]: string } = { gz: 'gzip', bz2: 'bzip2', xz: 'xz', zst: 'zstd -q' }

export default defineModule({
  name: 'community.mysql.mysql_db',
  summary: 'Databases of MySQL and MariaDB; dumps and imports',
  check: 'full',
  args,
  rules: {
    requiredIf: [
      ['state', 'dump', 'target'],
      ['state', 'import', 'target'],
    ],
  },
  returns: { db: 'the databases, separated by blanks', db_list: 'the databases', executed_commands: 'what was run' },
  examples: `
- name: Make a database
  community.mysql.mysql_db:
    name: bobdata
    encoding: utf8mb4

- name: Dump all databases
  community.mysql.mysql_db:
    name: all
    state: dump
    target: /tmp/all.sql.gz
`,

  async run({ args, given, remote, fail }) {
    const names = args.name.map(name => name.trim())
    const everything = names.length === 1 && names[0] === 'all'
    if (everything && (args.state === 'present' || args.state === 'absent'))
      fail("name is not allowed to equal 'all' unless state equals import, or dump.")
    let sql = new MySql(remote, args, given)
    const question = ['SHOW DATABASES']
    let seen = await (args.check_implicit_admin
      ? new MySql(remote, { ...args, login_user: 'root', login_password: '' }, given)
      : sql
    ).ask(question)
    if (seen.rc !== 0 && args.check_implicit_admin) seen = await sql.ask(question)
    else if (args.check_implicit_admin)
      sql = new MySql(remote, { ...args, login_user: 'root', login_password: '' }, given)
    if (seen.rc !== 0) fail(cannotConnect(args, seen.error))
    const existing = new Set(seen.results.flatMap(one => one.rows.map(row => row.Database ?? '')))
    const result = { db: names.join(' '), db_list: names }
    const unlogged = args.sql_log_bin ? [] : ['SET SQL_LOG_BIN=0']

    if (args.state === 'present' || args.state === 'absent') {
      const statements = names.flatMap(name => {
        if (args.state === 'absent') return existing.has(name) ? [`DROP DATABASE ${identifier(name)}`] : []
        const options = `${args.encoding ? ` CHARACTER SET ${literal(args.encoding)}` : ''}${args.collation ? ` COLLATE ${literal(args.collation)}` : ''}`
        return existing.has(name) ? [] : [`CREATE DATABASE ${identifier(name)}${options}`]
      })
      if (statements.length > 0) {
        const { rc, error } = await sql.run(
          [...unlogged, ...statements],
          `${args.state === 'present' ? 'create' : 'drop'} ${names.join(', ')}`,
        )
        if (rc !== 0) fail(`error ${args.state === 'present' ? 'creating' : 'deleting'} database: ${asPyMySql(error)}`)
      }
      const changed = statements.length > 0
      return remote.checkMode && (changed || args.state === 'absent')
        ? { changed, ...result }
        : { changed, ...result, executed_commands: statements }
    }

    const missing = everything ? [] : names.filter(name => !existing.has(name))
    const target = args.target!
    const packer = packers[/\.(gz|bz2|xz|zst)$/.exec(target)?.[1] ?? '']
    const file = quote(target)
    if (args.state === 'dump') {
      if (missing.length > 0) fail(`Cannot dump database(s) ${names.map(name => `'${name}'`).join(', ')} - not found`)
      const flags = [
        ...(args.force ? ['--force'] : []),
        everything
          ? '--all-databases'
          : names.length > 1
            ? `--databases ${names.map(quote).join(' ')}`
            : quote(names[0]!),
        ...(args.skip_lock_tables ? ['--skip-lock-tables'] : []),
        ...(args.encoding ? [`--default-character-set=${quote(args.encoding)}`] : []),
        ...args.ignore_tables.map(table => `--ignore-table=${quote(table)}`),
        ...(args.hex_blob ? ['--hex-blob'] : []),
        ...(args.master_data ? [`--master-data=${args.master_data}`] : []),
        ...(args.dump_extra_args ? [args.dump_extra_args] : []),
        ...(args.single_transaction ? ['--single-transaction=true'] : []),
        ...(args.quick ? ['--quick'] : []),
      ].join(' ')
      const command = `mysqldump ${flags}${packer ? ` | ${packer}` : ''} > ${file}`
      const dump = `dump=mysqldump; command -v mysqldump >/dev/null 2>&1 || dump=mariadb-dump; part=${file}.part`
      // The exit code of mysqldump decides, also before a pipe.
      const run = packer
        ? `code=$({ { "$dump" --defaults-file="$options" ${flags} </dev/null; echo $? >&3; } | ${packer} >"$part"; } 3>&1); [ "$code" = 0 ]`
        : `"$dump" --defaults-file="$options" ${flags} </dev/null >"$part"`
      const { rc, stdout, stderr } = await remote.exec({
        shell: withOptions(
          args,
          `${dump}; { ${run}; } && mv -f "$part" ${file} || { rc=$?; rm -f "$part"; exit $rc; }`,
        ),
        stdin: sql.input(''),
        why: `dump ${names.join(', ')}`,
      })
      if (rc !== 0) fail(stderr || stdout, { rc })
      return { changed: true, ...result, msg: stdout, executed_commands: [command] }
    }

    const source = await remote.file(target, { want: 'stat' })
    if (!source.exists) fail(`target ${target} does not exist on the host`)
    const created = missing.map(
      name =>
        `CREATE DATABASE ${identifier(name)}${args.encoding ? ` CHARACTER SET ${literal(args.encoding)}` : ''}${args.collation ? ` COLLATE ${literal(args.collation)}` : ''}`,
    )
    if (created.length > 0) {
      const { rc, error } = await sql.run([...unlogged, ...created], `create ${missing.join(', ')}`)
      if (rc !== 0) fail(`error creating database: ${asPyMySql(error)}`)
    }
    const command = `mysql${args.force ? ' -f' : ''}${everything ? '' : ` --one-database ${names.map(quote).join(' ')}`}`
    const feed = packer ? `${packer} -dc ${file}` : `cat ${file}`
    const into = `"$client" --defaults-file="$options"${args.force ? ' -f' : ''}${args.encoding ? ` --default-character-set=${quote(args.encoding)}` : ''}${everything ? '' : ` --one-database ${names.map(quote).join(' ')}`}`
    const { rc, stdout, stderr } = await remote.exec({
      shell: withOptions(args, `${args.chdir ? `cd ${quote(args.chdir)} && ` : ''}${feed} | ${into}`),
      stdin: sql.input(''),
      why: `import ${target}`,
    })
    if (rc !== 0) fail(stderr || stdout)
    if (remote.checkMode) return { changed: true, ...result }
    return { changed: true, ...result, msg: stdout, executed_commands: [...created, `${command} < ${target}`] }
  },
})
