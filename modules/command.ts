import { defineModule } from '../engine/module/define.js'
import { shlexSplit as split } from '../engine/python/shlex.js'
import { startDetached } from './commands/detached.js'
import { expandedWord, needsExpansion } from './commands/expand-words.js'
import { keptFromRunning, notRun, runCommand } from './commands/run-command.js'

export default defineModule({
  name: 'ansible.builtin.command',
  summary: 'Run a program on the host, without a shell',
  notes: ['Pipes, redirections and `&&` need the shell module. `$NAME` and a leading `~` are expanded on the host.'],
  check: 'partial',
  freeForm: true,
  args: {
    _raw_params: { type: 'str', summary: 'the command line, as free-form text' },
    _uses_shell: { type: 'bool', default: false, summary: 'for use by other modules only' },
    stdin_add_newline: { type: 'bool', default: true, summary: 'end standard input with a newline' },
    strip_empty_ends: { type: 'bool', default: true, summary: 'remove empty lines from the end of the output' },
    expand_argument_vars: { type: 'bool', default: true, summary: 'expand $NAME and ~ in arguments' },
    argv: { type: 'list', elements: 'str', summary: 'the program and its arguments, one by one' },
    chdir: { type: 'path', summary: 'directory to run in' },
    executable: { type: 'path', summary: 'ignored, as Ansible does: for the shell module' },
    creates: { type: 'path', summary: 'do not run when this path or glob exists' },
    removes: { type: 'path', summary: 'do not run when this path or glob does not exist' },
    stdin: { type: 'str', summary: 'text for standard input' },
    cmd: { type: 'str', summary: 'the command line' },
    warn: { type: 'bool', summary: 'ignored: Ansible up to 2.13 could warn about commands that have a module' },
  },
  returns: {
    cmd: 'the program and its arguments',
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
- name: Make the database, once
  ansible.builtin.command: /usr/bin/make_database.sh db_user db_name
  args:
    creates: /path/to/database

- name: A file name with blanks
  ansible.builtin.command:
    argv: [touch, "with blanks.txt"]
    chdir: /tmp
`,

  async run({ args, remote, task, fail, warn }) {
    if (args.executable) {
      warn(
        `As of Ansible 2.4, the parameter 'executable' is no longer supported with the 'command' module. Not using '${args.executable}'.`,
      )
    }
    const refuse = (msg: string) => fail(msg, notRun(null, { rc: 256, msg }))
    const line = args.cmd ?? args._raw_params
    if (line && args.argv) return refuse('only command or argv can be given, not both')
    const argv = args.argv ?? split(line ?? '')
    const [program] = argv
    if (!program?.trim()) return refuse('no command given')

    const kept = await keptFromRunning({ remote, fail }, args, argv)
    if (kept) return kept

    const expand = args.expand_argument_vars && argv.some(needsExpansion)
    const effect = {
      ...(expand ? { shell: `exec ${argv.map(expandedWord).join(' ')}` } : { argv }),
      ...(args.stdin === undefined ? {} : { stdin: args.stdin + (args.stdin_add_newline ? '\n' : '') }),
      ...(args.chdir === undefined ? {} : { cwd: args.chdir }),
      why: `run ${program}`,
    }
    if (task.asyncSeconds > 0)
      return startDetached(remote, effect, task.asyncSeconds, { cmd: argv, strip: args.strip_empty_ends })
    const { result, failed, started } = await runCommand(remote, effect, {
      cmd: argv,
      program,
      strip: args.strip_empty_ends,
    })
    if (failed) fail(result.msg, { changed: started, ...result })
    return { changed: true, ...result }
  },
})
