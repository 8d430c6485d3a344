import { defineModule, type ModuleResult } from '../engine/module/define.js'
import { type Definable, definableArgs, manage, type Subject } from './libvirt/definable.js'
import { type Found, inOneRun } from './libvirt/virsh.js'

const network: Definable = {
  kind: 'network',
  noun: 'network',
  verb: 'net',
  list: 'list_nets',
  infoKey: 'networks',
  factKey: 'ansible_libvirt_networks',
  started: null,
  forgetsTwice: true,
  isActive: ({ info }) => info.Active === 'yes',
  describe: description,
}

export default defineModule({
  name: 'community.libvirt.virt_net',
  summary: 'Virtual networks of libvirt',
  notes: ['The host needs virsh, and no Python library.'],
  check: 'full',
  args: {
    name: { type: 'str', aliases: ['network'], summary: 'the network' },
    state: { type: 'str', choices: ['active', 'inactive', 'present', 'absent'], summary: 'how it should be' },
    command: {
      type: 'str',
      choices: [
        'create',
        'status',
        'start',
        'stop',
        'undefine',
        'destroy',
        'get_xml',
        'define',
        'modify',
        'list_nets',
        'facts',
        'info',
      ],
      summary: 'what to do or to ask',
    },
    ...definableArgs,
  },
  returns: { list_nets: 'names', networks: 'what is known of each', status: 'active or inactive' },
  examples: `
- name: Define a network and start it
  community.libvirt.virt_net:
    command: define
    name: br_nat
    xml: "{{ lookup('template', 'network/bridge.xml.j2') }}"

- community.libvirt.virt_net:
    name: br_nat
    state: active
    autostart: true
`,

  async run({ args, remote, fail }): Promise<ModuleResult> {
    const { command } = args
    return manage({ args, remote, fail }, network, {
      removal: (name, active) => inOneRun(...(active ? [['net-destroy', name]] : []), ['net-undefine', name]),
      async command({ found, name, active, virsh, changed }) {
        if (command === 'modify') return modify({ found, name, active, virsh, changed })
        // As in Ansible, these commands do not count as a change.
        if (command === 'create' || command === 'start') {
          if (!active) await virsh(['net-start', name], command, undefined, false)
          return { changed, [command]: null }
        }
        if (command === 'undefine') await virsh(['net-undefine', name], command, undefined, false)
        else if (active) await virsh(['net-destroy', name], command!, undefined, false)
        return { changed, [command!]: 0 }
      },
    })

    /** Adds or changes one DHCP host, known by its MAC address or name. */
    async function modify({ found, name, active, virsh }: Subject): Promise<ModuleResult> {
      const host = /<host\b[^>]*\/?>/.exec(args.xml ?? '')?.[0]
      if (!host) return fail('modify requires xml with a dhcp host')
      const attribute = (text: string, key: string) => new RegExp(`\\b${key}=['"]([^'"]*)`).exec(text)?.[1]
      const known = [...found.xml.matchAll(/<host\b[^>]*\/?>/g)]
        .map(match => match[0])
        .find(one =>
          attribute(host, 'mac')
            ? attribute(one, 'mac') === attribute(host, 'mac')
            : attribute(one, 'name') === attribute(host, 'name'),
        )
      if (known && ['mac', 'name', 'ip'].every(key => attribute(known, key) === attribute(host, key)))
        return { changed: false, modified: name }
      await virsh(
        [
          'net-update',
          name,
          known ? 'modify' : 'add-last',
          'ip-dhcp-host',
          host.replace(/\s*\/?>$/, '/>'),
          '--config',
          ...(active ? ['--live'] : []),
        ],
        'change a DHCP host',
      )
      return { changed: true, modified: name }
    }
  },
})

function description({ info, xml, more }: Found) {
  const forward = /<forward\b[^>]*\bmode=['"](\w+)/.exec(xml)?.[1]
  const domain = /<domain\b[^>]*\bname=['"]([^'"]*)/.exec(xml)?.[1]
  const leases = more.split('\n').flatMap(line => {
    const [, expires, mac, type, address, hostname, clientid] =
      /^\s*(\S+ \S+)\s+(\S+)\s+(ipv[46])\s+(\S+)\s+(\S+)\s*(.*)$/.exec(line) ?? []
    return mac
      ? [
          {
            mac,
            type: type === 'ipv4' ? 0 : 1,
            ipaddr: address!.split('/')[0]!,
            prefix: Number(address!.split('/')[1]),
            expirytime: Math.floor(Date.parse(`${expires}Z`) / 1000),
            hostname: hostname === '-' ? null : hostname!,
            clientid: clientid === '-' ? null : clientid!.trim(),
            iface: info.Bridge ?? null,
            iaid: null,
          },
        ]
      : []
  })
  return {
    autostart: info.Autostart ?? 'no',
    bridge: info.Bridge ?? '',
    persistent: info.Persistent ?? 'no',
    state: info.Active === 'yes' ? 'active' : 'inactive',
    uuid: info.UUID ?? '',
    dhcp_leases: leases,
    ...(forward === undefined ? {} : { forward_mode: forward }),
    ...(domain === undefined ? {} : { domain }),
  }
}
