/** Dumps a database with pg_dump and restores it with psql or pg_restore; the name of the file tells the format. */
import type { ModuleContext, ModuleResult } from '../../engine/module/define.js'
import { quote } from '../../engine/remote/quote.js'
import type { Query, Remote, ShellText } from '../../engine/remote/remote.js'
import { missingProgram } from '../commands/missing-program.js'
import { type Login, withLogin } from './client.js'

type Context = ModuleContext<
  Login & { name: string; target: string; target_opts: string; dump_extra_args: string | undefined }
>

/** Ending → programs that pack and unpack it, the best first. */
const packers: { readonly [ending: string]: readonly string[] } = {
  '.gz': ['pigz', 'gzip'],
  '.bz2': ['bzip2'],
  '.xz': ['xz'],
}
/** Ending → format as pg_dump and as pg_restore call it. */
const formats: { readonly [ending: string]: readonly [dump: string, restore: string] } = {
  '.tar': ['t', 'Tar'],
  '.pgc': ['c', 'Custom'],
  '.dir': ['d', 'Directory'],
}

/** Ansible's result of a dump; fails with what pg_dump says. An old file stays as it is until the new dump is whole. */
export async function dump(context: Context): Promise<ModuleResult> {
  const { args, remote } = context
  const { target, ending } = await targetOf(context)
  const [program, packer] = await programs(context, 'pg_dump', ending)
  const format = formats[ending] ? ` --format=${formats[ending][0]}` : ''
  const words = `${program} ${quote(args.name)}${server(args)}${format}${options(args.dump_extra_args)}${options(args.target_opts)}`
  if (ending === '.dir') {
    const shown = `${words} -f ${quote(target)}`
    return finish(context, shown, await send(remote, args, `${shown} </dev/null`))
  }
  const shown = `${words}${packer ? ` | ${packer}` : ''} > ${quote(target)}`
  const write = packer
    ? `${exitCodes(`${words} </dev/null`, `${packer} >"$part"`)}
rc=0; for code in $codes; do [ "$rc" != 0 ] || rc=$code; done`
    : `${words} </dev/null >"$part"; rc=$?`
  // Only a plain file can be put in the place of the old one; devices, links and what is in a closed directory are written to.
  const outcome = await send(
    remote,
    args,
    `target=${quote(target)}; part=
if [ ! -L "$target" ] && { [ -f "$target" ] || [ ! -e "$target" ]; }; then part=$(mktemp "$target.XXXXXX" 2>/dev/null) || part=; fi
if [ -n "$part" ]; then trap 'rm -f "$part"' EXIT; trap 'exit 1' INT TERM HUP; else part=$target; fi
${write}
[ "$rc" = 0 ] || exit "$rc"
[ "$part" != "$target" ] || exit 0
if [ -e "$target" ]; then chown "$(stat -c %u:%g "$target")" "$part" 2>/dev/null; chmod "$(stat -c %a "$target")" "$part"
else chmod "$(printf %o $((0666 & ~$(umask))))" "$part"; fi
mv -f "$part" "$target"`,
  )
  return finish(context, shown, outcome)
}

/** Ansible's result of a restore; fails when psql or pg_restore does, or when the file cannot be unpacked. */
export async function restore(context: Context): Promise<ModuleResult> {
  const { args, remote } = context
  const { target, ending } = await targetOf(context)
  const format = formats[ending]
  const [program, packer] = await programs(context, format ? 'pg_restore' : 'psql', ending)
  const reads = format ? ` --format=${format[1]}` : ending === '.sql' ? ` --file=${quote(target)}` : ''
  const words = `${program} --dbname=${quote(args.name)}${server(args)}${reads}${options(args.target_opts)}`
  if (packer) {
    const script = `${exitCodes(`${packer} -dc ${quote(target)}`, `${words} >/dev/null`)}
set -- $codes; [ "\${2:-1}" = 0 ] || exit "\${2:-1}"; exit "$1"`
    // Of a pipe, Ansible shows no command.
    return { ...finish(context, 'cmd: ****', await send(remote, args, script)), executed_commands: [] }
  }
  const shown = ending === '.dir' ? `${words} ${quote(target)}` : `${words} < ${quote(target)}`
  return finish(context, shown, await send(remote, args, shown))
}

/** Where to; without one, Ansible uses a file that is gone when the task ends. */
async function targetOf({ args, remote }: Context): Promise<{ target: string; ending: string }> {
  const target = args.target || `${await remote.scratch()}/${args.name.replaceAll('/', '_')}.sql`
  return { target, ending: /[^/](\.[^./]*)$/.exec(target)?.[1] ?? '' }
}

/** Paths of the program and of what packs the file. */
async function programs({ remote, fail }: Context, program: string, ending: string): Promise<[string, string?]> {
  const packer = packers[ending]
  const wanted = [[program], ...(packer ? [packer] : [])]
  const query: Query<string[]> = {
    command: wanted
      .map(names => `{ ${names.map(name => `command -v ${name}`).join(' || ')} || echo; }`)
      .join('; ') as ShellText,
    parse: stdout => stdout.split('\n').slice(0, wanted.length),
  }
  const paths = await remote.query(query)
  const missing = wanted.findIndex((_, index) => !paths[index])
  if (missing !== -1) await missingProgram({ remote, fail }, wanted[missing]!.at(-1)!)
  return [quote(paths[0]!), ...(paths[1] ? [quote(paths[1])] : [])] as [string, string?]
}

const server = (login: Login): string => {
  const host = login.login_unix_socket || login.login_host
  return `${host ? ` --host=${quote(host)}` : ''} --port=${login.port}${login.login_user ? ` --username=${quote(login.login_user)}` : ''}`
}

/** What the author wrote for the shell, between blanks as Ansible has it. */
const options = (text: string | undefined): string => (text ? ` ${text} ` : '')

/** Runs a pipe of two, the second of which writes to a file; `$codes` are then the exit codes of the first and the second. */
const exitCodes = (first: string, second: string): string =>
  `codes=$({ { ${first}; echo $? >&3; } | ${second}; echo $? >&3; } 3>&1)`

const send = (remote: Remote, login: Login & { name: string }, script: string) =>
  remote.exec({
    shell: withLogin(login, script),
    stdin: `${login.login_password}\n`,
    why: `dump or restore ${login.name}`,
  })

function finish(
  { fail }: Context,
  cmd: string,
  { rc, stdout, stderr }: { rc: number; stdout: string; stderr: string },
): ModuleResult {
  if (rc !== 0) fail(stderr, { stdout, rc, cmd })
  return { changed: true, msg: stdout, stderr, rc, cmd, executed_commands: [cmd] }
}
