import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { groupState } from './queries/passwd.js'

export default defineModule({
  name: 'ansible.builtin.group',
  summary: 'Groups of the host',
  check: 'full',
  args: {
    name: { type: 'str', required: true, summary: 'the group' },
    gid: { type: 'int', summary: 'its number' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether it should be there' },
    system: { type: 'bool', default: false, summary: 'a new group is a system group' },
    local: { type: 'bool', default: false, summary: 'only look at and change the local database' },
    non_unique: { type: 'bool', default: false, summary: 'the number may be taken by another group' },
    force: { type: 'bool', default: false, summary: "remove it even when it is some user's primary group" },
    gid_min: { type: 'int', summary: 'lowest number for a new group' },
    gid_max: { type: 'int', summary: 'highest number for a new group' },
  },
  rules: { requiredIf: [['non_unique', true, 'gid']] },
  returns: {
    name: 'the group',
    gid: 'its number',
    state: 'present or absent',
    system: 'whether a system group was asked for',
  },
  order: ['name', 'state', 'changed', 'system', 'gid'],
  examples: `
- name: A group with a number
  ansible.builtin.group:
    name: docker
    gid: 1750
`,

  async run({ args, remote, fail }) {
    const { name, gid, system, state } = args
    const { group, tools } = await remote.query(groupState(name, args.local))
    const prefix = args.local ? 'l' : ''
    if (args.local && state === 'present' && gid !== undefined && !args.non_unique && gid !== group?.gid) {
      const [holder] = await remote.query({
        command: sh`awk -F: -v gid=${String(gid)} '$3 == gid { print $1 }' /etc/group`,
        parse: stdout => stdout.split('\n'),
      })
      if (holder) fail(`GID '${gid}' already exists with group '${holder}'`)
    }
    const change = async (argv: string[], why: string) => {
      const { rc, stderr, stdout } = await remote.exec({ argv, why })
      if (rc !== 0) fail(stderr || stdout, { name })
    }

    if (state === 'absent') {
      if (group) {
        const busybox = !tools.has('groupdel') && tools.has('delgroup')
        await change(
          busybox ? ['delgroup', name] : [`${prefix}groupdel`, ...(args.force ? ['-f'] : []), name],
          'remove the group',
        )
        if (remote.checkMode) return { changed: true }
      }
      return { changed: group !== undefined, name, state }
    }
    if (!group) {
      const flags = [
        ...(gid === undefined ? [] : ['-g', String(gid), ...(args.non_unique ? ['-o'] : [])]),
        ...(args.gid_min === undefined ? [] : ['-K', `GID_MIN=${args.gid_min}`]),
        ...(args.gid_max === undefined ? [] : ['-K', `GID_MAX=${args.gid_max}`]),
      ]
      const busybox = !tools.has('groupadd') && tools.has('addgroup')
      await change(
        busybox
          ? ['addgroup', ...(gid === undefined ? [] : ['-g', String(gid)]), ...(system ? ['-S'] : []), name]
          : [`${prefix}groupadd`, ...flags, ...(system ? ['-r'] : []), name],
        'add the group',
      )
      if (remote.checkMode) return { changed: true }
    } else if (gid !== undefined && gid !== group.gid) {
      if (!tools.has('groupmod') && !args.local) {
        const edit = `s/^\\(${name.replace(/[.*[\]^$\\/]/g, '\\$&')}:[^:]*:\\)[0-9]*:/\\1${gid}:/`
        await change(['sed', '-i', edit, '/etc/group'], 'change its number')
      } else
        await change(
          [`${prefix}groupmod`, '-g', String(gid), ...(args.non_unique ? ['-o'] : []), name],
          'change its number',
        )
    } else return { changed: false, name, state, system, gid: group.gid }
    const after = remote.checkMode ? group : (await remote.query(groupState(name, args.local))).group
    return { changed: true, name, state, system, ...(after && { gid: after.gid }) }
  },
})
