import { defineModule, invalidOptions } from '../engine/module/define.js'
import { pyStr } from '../engine/python/repr.js'
import type { Json } from '../engine/python/values.js'

export default defineModule({
  name: 'ansible.builtin.fail',
  summary: 'End the host with a message',
  check: 'full',
  unknownOptions: invalidOptions,
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
    // A message need not be text: it is returned as it is.
    return fail(pyStr(args.msg), { msg: args.msg as Json })
  },
})
