import { defineModule } from '../engine/module/define.js'

export default defineModule({
  name: 'ansible.builtin.fail',
  summary: 'End the host with a message',
  check: 'full',
  where: 'controller',
  args: {
    msg: { type: 'raw', default: 'Failed as requested from task', summary: 'why' },
  },
  examples: `
- ansible.builtin.fail:
    msg: The system may not be provisioned according to the CMDB status.
  when: cmdb_status != "to-be-staged"
`,

  async run({ args, fail }) {
    return fail(args.msg as string)
  },
})
