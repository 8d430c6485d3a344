/** What docker_container_exec, docker_compose_v2_exec and docker_compose_v2_run share: a command, its input and its output. */
import type { ArgSpecs, ArgsOf } from '../../engine/args.js'
import type { ModuleResult } from '../../engine/module/define.js'
import { shlexSplit } from '../../engine/python/shlex.js'
import type { Outcome } from '../../engine/remote/remote.js'

export const execArgs = {
  argv: { type: 'list', elements: 'str', summary: 'command and arguments' },
  command: { type: 'str', summary: 'command as one text' },
  chdir: { type: 'str', summary: 'directory to run it in' },
  detach: { type: 'bool', default: false, summary: 'do not wait for it' },
  user: { type: 'str', summary: 'user to run it as' },
  stdin: { type: 'str', summary: 'its standard input' },
  stdin_add_newline: { type: 'bool', default: true, summary: 'end that with a newline' },
  strip_empty_ends: { type: 'bool', default: true, summary: 'without empty lines at the end of its output' },
} as const satisfies ArgSpecs
type Args = ArgsOf<typeof execArgs>

/** The command's own words; none when the container's are meant. */
export const commandWords = ({ argv, command }: Args): readonly string[] =>
  argv ?? (command === undefined ? [] : shlexSplit(command))

export function refuseUnheard({ stdin, detach }: Args, fail: (msg: string) => never): void {
  if (stdin !== undefined && detach) fail('If detach=true, stdin cannot be provided.')
}

export const inputOf = ({ stdin, stdin_add_newline }: Args): string | undefined =>
  stdin === undefined ? undefined : `${stdin}${stdin_add_newline ? '\n' : ''}`

/** The result of a command that was waited for, whatever its exit code. */
export function ended({ strip_empty_ends }: Args, { rc, stdout, stderr }: Outcome): ModuleResult {
  const text = (output: string) => (strip_empty_ends ? output.replace(/[\r\n]+$/, '') : output)
  return { changed: true, rc, stdout: text(stdout), stderr: text(stderr) }
}
