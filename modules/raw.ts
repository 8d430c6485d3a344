import { defineModule } from '../engine/module/define.js'

export default defineModule({
  name: 'ansible.builtin.raw',
  summary: 'Hand a command line to the host as it is',
  notes: [
    'Elsewhere this is the module for hosts without Python. Here no module needs Python: command and shell are better.',
  ],
  check: 'none',
  freeForm: true,
  // Ansible looks at no other option, and does not mind any (`args: { creates: … }` is seen in the wild).
  anyArgs: true,
  args: {
    _raw_params: { type: 'str', required: true, summary: 'the command line' },
    executable: { type: 'str', summary: 'shell to use instead of the login shell' },
  },
  returns: { rc: 'exit code', stdout: 'standard output', stderr: 'standard error' },
  order: ['rc', 'stdout', 'stdout_lines', 'stderr', 'stderr_lines', 'changed'],
  examples: `
- name: Install a package before anything else is there
  ansible.builtin.raw: apt-get install -y sudo
`,

  async run({ args, remote, fail }) {
    const { rc, stdout, stderr } = await remote.exec({
      shell: args._raw_params,
      ...(args.executable ? { executable: args.executable } : {}),
      why: `run ${args._raw_params}`,
      givenPath: true,
      givenLocale: true,
    })
    const result = { changed: true, rc, stdout, stderr }
    if (rc !== 0) fail('non-zero return code', result)
    return result
  },
})
