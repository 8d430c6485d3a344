import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'

export default defineModule({
  name: 'ansible.builtin.dpkg_selections',
  summary: 'Hold packages, or mark them for removal',
  check: 'full',
  args: {
    name: { type: 'str', required: true, summary: 'the package' },
    selection: {
      type: 'str',
      required: true,
      choices: ['install', 'hold', 'deinstall', 'purge'],
      summary: 'what is to become of it',
    },
  },
  returns: { before: 'selection before', after: 'selection now' },
  examples: `
- name: Keep a package at its version
  ansible.builtin.dpkg_selections:
    name: python
    selection: hold
`,

  async run({ args: { name, selection }, remote, fail }) {
    const before = await remote.query({
      command: sh`dpkg --get-selections ${name}`,
      parse: stdout => /^\S+\s+(\S+)$/m.exec(stdout)?.[1] ?? 'not present',
    })
    if (before === selection) return { changed: false, before, after: selection }
    const { rc, stderr } = await remote.exec({
      argv: ['dpkg', '--set-selections'],
      stdin: `${name} ${selection}`,
      why: `mark ${name}: ${selection}`,
    })
    if (rc !== 0) fail(stderr, { rc })
    return { changed: true, before, after: selection }
  },
})
