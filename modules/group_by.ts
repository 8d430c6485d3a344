import { defineModule, invalidOptions } from '../engine/module/define.js'

export default defineModule({
  name: 'ansible.builtin.group_by',
  summary: 'Put hosts into groups named after a value',
  check: 'full',
  unknownOptions: invalidOptions,
  where: 'controller',
  args: {
    // Required, but with its own error text.
    key: { type: 'str', summary: 'name of the group' },
    parents: { type: 'list', elements: 'str', default: ['all'], summary: 'groups that contain it' },
  },
  returns: { add_group: 'name of the group', parent_groups: 'groups that contain it' },
  examples: `
- ansible.builtin.group_by:
    key: machine_{{ ansible_machine }}
`,

  async run({ args, fail }) {
    if (args.key === undefined) return fail("the 'key' param is required when using group_by")
    const dashed = (name: string) => name.replaceAll(' ', '-')
    return { changed: false, add_group: dashed(args.key), parent_groups: args.parents.map(dashed) }
  },
})
