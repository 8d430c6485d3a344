import { defineModule } from '../engine/module/define.js'
import { shlexSplit as split } from '../engine/python/shlex.js'
import { quote } from '../engine/remote/quote.js'
import { guardedBy } from './commands/run-command.js'

export default defineModule({
  name: 'ansible.builtin.script',
  summary: "Run a script of the controller's on the host",
  notes: ['The script is copied to a private directory of the host and removed after the run.'],
  check: 'partial',
  freeForm: true,
  // Before 2.16, Ansible did not mind options that it did not know.
  anyArgs: true,
  args: {
    _raw_params: { type: 'str', summary: 'path of the script on the controller, then its arguments' },
    cmd: { type: 'str', summary: 'path of the script on the controller, then its arguments' },
    creates: { type: 'str', summary: 'do not run when this path or glob exists' },
    removes: { type: 'str', summary: 'do not run when this path or glob does not exist' },
    chdir: { type: 'str', summary: 'directory to run in' },
    executable: { type: 'str', summary: 'program that reads the script, instead of the one it names' },
    decrypt: { type: 'bool', default: true, summary: 'decrypt a vaulted script' },
  },
  rules: { oneOf: [['_raw_params', 'cmd']] },
  returns: { rc: 'exit code', stdout: 'standard output', stderr: 'standard error' },
  order: ['changed', 'rc', 'stdout', 'stdout_lines', 'stderr', 'stderr_lines'],
  examples: `
- name: Run a script with arguments
  ansible.builtin.script: /some/local/script.sh --some-argument 1234

- name: Run a Perl script, once
  ansible.builtin.script: /some/local/script.pl
  args:
    executable: /usr/bin/perl
    creates: /the/created/file.txt
`,

  async run({ args, remote, controller, fail }) {
    const line = (args.cmd ?? args._raw_params ?? '').trim()
    const [source] = split(line)
    if (source === undefined) return fail('no command given')
    const content = await controller.readFile(controller.findFile('files', source), { decrypt: args.decrypt })

    const guard = await guardedBy(remote, args)
    if (guard) {
      const option = guard.because === 'exists' ? 'creates' : 'removes'
      return { changed: false, skipped: true, msg: `${guard.path} ${guard.because}, matching ${option} option` }
    }
    if (remote.checkMode) {
      if (args.creates || args.removes) return { changed: true }
      return { changed: false, skipped: true, msg: 'Check mode is not supported for this task.' }
    }

    const script = await remote.file(`${await remote.scratch('programs')}/${source.slice(source.lastIndexOf('/') + 1)}`)
    await script.put({ bytes: content, mode: '0700' })
    // The arguments are shell text, as they are in Ansible: quotes and variables in them are the shell's to read.
    const call = `${args.executable ? `${args.executable} ` : ''}${quote(script.path)}${argumentsAfter(line)}`
    const { rc, stdout, stderr } = await remote.exec({
      shell: args.chdir ? `cd ${quote(args.chdir)} && ${call}` : call,
      why: `run ${source}`,
      givenPath: true,
      givenLocale: true,
    })
    const result = { changed: true, rc, stdout, stderr }
    if (rc !== 0) fail('non-zero return code', result)
    return result
  },
})

/** What follows the first word, with the blank before it. */
function argumentsAfter(line: string): string {
  const first = /^(?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'\\])+/.exec(line)?.[0] ?? ''
  return line.slice(first.length)
}
