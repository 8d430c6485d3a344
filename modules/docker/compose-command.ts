/** docker_compose_v2_exec and docker_compose_v2_run: a command in a container of a project's service. */
import type { ArgSpecs, ArgsOf } from '../../engine/args.js'
import type { ModuleContext, ModuleResult } from '../../engine/module/define.js'
import { dumps } from '../../engine/python/json.js'
import { quoteAll } from '../../engine/remote/quote.js'
import { dockerCommand } from './cli.js'
import { composeArgs, composeWords, ownCheck, projectChecks } from './compose.js'
import { ended, execArgs, inputOf, refuseUnheard } from './exec-options.js'

export const serviceCommandArgs = {
  service: { type: 'str', required: true, summary: 'the service' },
  ...execArgs,
  tty: { type: 'bool', default: true, summary: 'give it a terminal; both outputs are one then' },
  env: { type: 'dict', summary: 'its environment; the values have to be text' },
  ...composeArgs,
} as const satisfies ArgSpecs

type Args = ArgsOf<typeof serviceCommandArgs>

/** Flags that `exec` and `run` share. */
export function sharedFlags(args: Args, fail: (msg: string) => never): string[] {
  refuseUnheard(args, fail)
  return [
    ...(args.chdir === undefined ? [] : ['--workdir', args.chdir]),
    ...(args.detach ? ['--detach'] : []),
    ...(args.user === undefined ? [] : ['--user', args.user]),
    ...(args.tty ? [] : ['--no-TTY']),
    ...[...(args.env ?? [])].flatMap(([name, value]) => {
      if (typeof value !== 'string')
        fail(
          `Non-string value found for env option. Ambiguous env options must be wrapped in quotes to avoid them being interpreted when directly specified in YAML, or explicitly converted to strings when the option is templated. Key: ${String(name)}`,
        )
      return ['--env', `${String(name)}=${String(value)}`]
    }),
  ]
}

/** Runs `docker compose WORDS`. A command that fails gives its result like another; its rc fails the task. */
export async function runInService(
  { args, remote, fail }: Pick<ModuleContext<Args>, 'args' | 'remote' | 'fail'>,
  words: readonly string[],
): Promise<ModuleResult> {
  const docker = quoteAll([...dockerCommand(args), 'compose', '--ansi', 'never'])
  const project = quoteAll(composeWords(args, 'compose.json'))
  const done = await remote.exec({
    shell: `${projectChecks(args)}
${args.definition ? keepDefinition : ''}
${docker} --progress "$progress" ${project} ${quoteAll(words)}`,
    stdin: `${args.definition ? `${dumps(args.definition)}\n` : ''}${inputOf(args) ?? ''}`,
    why: `compose ${words[0]} ${args.service}`,
  })
  const { rc, stdout, stderr } = done
  if (rc === ownCheck && /^(?:"|Cannot find|Docker CLI)/.test(stderr)) fail(stderr.trim())
  if (args.detach) {
    if (rc !== 0) fail(stderr.trim() || stdout.trim(), { rc, stdout, stderr })
    return { changed: false, ...(words[0] === 'run' ? { container_id: stdout.trim() } : {}) }
  }
  return ended(args, done)
}

/** The compose file comes as the first line of standard input, which then belongs to the command. */
const keepDefinition = `IFS= read -r definition; empty=$(mktemp -d) || exit
trap 'cd /; rm -rf "$empty"' EXIT; trap 'exit 1' INT TERM HUP
cd "$empty" && printf '%s\\n' "$definition" >compose.json || exit`
