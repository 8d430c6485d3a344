import { defineModule } from '../engine/module/define.js'

export default defineModule({
  name: 'ansible.builtin.gather_facts',
  summary: 'Gather facts, as a play does at its start',
  check: 'full',
  anyArgs: true,
  args: {
    parallel: { type: 'bool', summary: 'no use here: all facts come in one round trip' },
  },
  returns: { ansible_facts: 'the facts; become variables of the host' },
  examples: `
- name: Gather facts again
  ansible.builtin.gather_facts:
`,

  async run({ args, call, task }) {
    const { parallel, ...rest } = args as { [name: string]: unknown }
    return call('ansible.builtin.setup', { ...(await task.moduleDefaults?.('ansible.builtin.setup')), ...rest })
  },
})
