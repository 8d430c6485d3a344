import { defineModule } from '../engine/module/define.js'
import { startDetached } from './commands/detached.js'
import { keptFromRunning, notRun, runCommand } from './commands/run-command.js'
import { shownCommand } from './commands/shown-command.js'

export default defineModule({
  name: 'ansible.builtin.shell',
  summary: 'Run a command line in a shell on the host',
  check: 'partial',
  freeForm: true,
  args: {
    _raw_params: { type: 'str', summary: 'the command line, as free-form text' },
    _uses_shell: { type: 'bool', default: true, summary: 'for use by other modules only' },
    stdin_add_newline: { type: 'bool', default: true, summary: 'end standard input with a newline' },
    strip_empty_ends: { type: 'bool', default: true, summary: 'remove empty lines from the end of the output' },
    expand_argument_vars: { type: 'bool', default: true, summary: 'no use here: the shell expands' },
    chdir: { type: 'path', summary: 'directory to run in' },
    executable: { type: 'path', summary: 'shell to use instead of /bin/sh' },
    creates: { type: 'path', summary: 'do not run when this path or glob exists' },
    removes: { type: 'path', summary: 'do not run when this path or glob does not exist' },
    stdin: { type: 'str', summary: 'text for standard input' },
    cmd: { type: 'str', summary: 'the command line' },
    warn: { type: 'bool', summary: 'ignored: Ansible up to 2.13 could warn about commands that have a module' },
  },
  returns: {
    cmd: 'the command line',
    stdout: 'standard output',
    stderr: 'standard error',
    rc: 'exit code; 0 means success',
    start: 'when it started',
    end: 'when it ended',
    delta: 'how long it took',
    msg: 'why it did not run, or that its exit code was not 0',
  },
  order: ['changed', 'stdout', 'stderr', 'rc', 'cmd', 'start', 'end', 'delta', 'msg'],
  examples: `
- name: Keep the output
  ansible.builtin.shell: somescript.sh >> somelog.txt
  args:
    chdir: somedir/
    creates: somelog.txt

- name: Fail when any part of a pipe fails
  ansible.builtin.shell:
    cmd: set -o pipefail; cat < /tmp/foo | grep bar
    executable: /bin/bash
`,

  async run({ args, remote, task, fail }) {
    const refuse = (msg: string) => fail(msg, notRun(null, { rc: 256, msg }))
    const cmd = args.cmd ?? args._raw_params
    if (!cmd?.trim()) return refuse('no command given')

    const kept = await keptFromRunning({ remote, fail }, args, cmd)
    if (kept) return kept

    const executable = args.executable ?? '/bin/sh'
    const effect = {
      shell: cmd,
      executable,
      ...(args.stdin === undefined ? {} : { stdin: args.stdin + (args.stdin_add_newline ? '\n' : '') }),
      ...(args.chdir === undefined ? {} : { cwd: args.chdir }),
      why: `run ${cmd}`,
    }
    if (task.asyncSeconds > 0)
      return startDetached(remote, effect, task.asyncSeconds, { cmd, strip: args.strip_empty_ends })
    const { result, failed, started } = await runCommand(remote, effect, {
      cmd,
      program: executable,
      strip: args.strip_empty_ends,
    })
    if (failed)
      fail(result.msg, {
        changed: started,
        ...result,
        cmd: started || result.rc === null ? cmd : shownCommand([executable, '-c', cmd]),
      })
    return { changed: true, ...result }
  },
})
