import type { ArgSpecs } from '../engine/args.js'
import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'

const args = {
  vg: { type: 'str', required: true, summary: 'name or UUID of the volume group' },
  vg_new: { type: 'str', required: true, summary: 'its new name' },
} as const satisfies ArgSpecs

export default defineModule({
  name: 'community.general.lvg_rename',
  summary: 'Give volume groups of LVM another name',
  notes: ['Entries of /etc/fstab and parameters of the boot stay as they are.'],
  check: 'full',
  args,
  examples: `
- name: Rename a volume group
  community.general.lvg_rename:
    vg: vg_orig_name
    vg_new: vg_new_name
`,

  async run(context) {
    const { args, remote, fail } = context
    const groups = await remote.query({
      command: sh`vgs --noheadings -o vg_name,vg_uuid --separator ';'`,
      parse: (stdout, rc, stderr) => {
        if (rc !== 0) fail(`Error executing command: ${stderr.trim()}`, { rc })
        return stdout
          .split('\n')
          .map(line => line.trim().split(';'))
          .filter(([name]) => name)
      },
      needs: 'vgs',
    })
    const name = groups.find(group => group.includes(args.vg))?.[0]
    const taken = groups.some(([one]) => one === args.vg_new)
    if (taken && (name === undefined || name === args.vg_new))
      return { changed: false, msg: `The new VG (${args.vg_new}) already exists, nothing to do.` }
    if (taken) fail(`The new VG name (${args.vg_new}) is already in use.`)
    if (name === undefined) fail(`Both current (${args.vg}) and new (${args.vg_new}) VG are missing.`)
    const diff = { before: { vg: name }, after: { vg: args.vg_new } }
    const text = remote.checkMode
      ? `Running in check mode. The module would rename VG ${args.vg} to ${args.vg_new}.`
      : undefined
    const said = await checked(context, ['vgrename', args.vg, args.vg_new], `rename ${args.vg}`)
    return { changed: true, msg: text ?? said.stdout, diff }
  },
})
