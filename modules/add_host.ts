import { defineModule } from '../engine/module/define.js'
import type { Json, Value } from '../engine/python/values.js'

export default defineModule({
  name: 'ansible.builtin.add_host',
  summary: 'Add a host, and maybe groups, to the inventory of this run',
  check: 'full',
  where: 'controller',
  anyArgs: true,
  args: {
    // Required, but with its own error text.
    name: { type: 'str', aliases: ['host', 'hostname'], summary: 'name of the host, maybe with :port' },
    groups: {
      type: 'raw',
      aliases: ['group', 'groupname'],
      summary: 'groups to put it in: a list or separated by commas',
    },
  },
  returns: { add_host: 'host_name, groups and host_vars' },
  notes: ['Every other argument becomes a variable of the host.'],
  examples: `
- ansible.builtin.add_host:
    name: "{{ ip_from_ec2 }}"
    groups: just_created
    foo: 42
`,

  async run({ args: { name, groups, ...variables }, fail }) {
    if (!name) return fail('name, host or hostname needs to be provided')
    const { host, port } = hostAndPort(name)
    const host_vars = {
      ...(variables as Record<string, Json>),
      ...(port === undefined ? {} : { ansible_ssh_port: port }),
    }
    return { changed: true, add_host: { host_name: host, groups: groupNames(groups), host_vars } }
  },
})

/** `web:2222` and `[::1]:22` carry a port; a bare IPv6 address does not. */
function hostAndPort(name: string): { host: string; port?: number } {
  const found = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(name)
  return found ? { host: found[1] ?? found[2]!, port: Number(found[3]) } : { host: name.replace(/^\[(.*:.*)\]$/, '$1') }
}

function groupNames(groups: Value | undefined): string[] {
  if (groups === undefined || groups === null || groups === '') return []
  const names = Array.isArray(groups) ? groups.map(String) : String(groups).split(',')
  return [...new Set(names.map(name => name.trim()).filter(Boolean))]
}
