import { defineModule, type ModuleResult } from '../engine/module/define.js'
import { complaint, type Found, inOneRun, libvirt, nameInXml, virshOn } from './queries/libvirt.js'

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
        'define',
        'create',
        'start',
        'stop',
        'destroy',
        'undefine',
        'get_xml',
        'list_nets',
        'facts',
        'info',
        'status',
        'modify',
      ],
      summary: 'what to do or to ask',
    },
    autostart: { type: 'bool', summary: 'whether it starts with libvirt' },
    uri: { type: 'str', default: 'qemu:///system', summary: 'the hypervisor' },
    xml: { type: 'str', summary: 'definition' },
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
    const { uri, command, state } = args
    const virsh = virshOn(remote, uri, fail)
    const all = command === 'list_nets' || ((command === 'facts' || command === 'info') && args.name === undefined)
    const name = args.name ?? (args.xml && nameInXml(args.xml))
    if (!all && name === undefined)
      return fail(
        command ? `${command} requires 1 argument: name` : 'expected state or command parameter to be specified',
      )
    const seen = await remote.query(libvirt(uri, 'network', all ? undefined : name))
    if (seen.error) fail(complaint(seen.error))
    const networks = [...seen.all.values()]
    if (command === 'list_nets') return { changed: false, list_nets: networks.map(one => one.name) }
    const described = Object.fromEntries(networks.map(one => [one.name, description(one)]))
    if (command === 'facts') return { changed: false, ansible_facts: { ansible_libvirt_networks: described } }
    if (command === 'info') return { changed: false, networks: described }

    const net = seen.all.get(name!)
    const active = net?.info.Active === 'yes'
    const missing = `network ${name} not found`
    if (state === 'present' || command === 'define') {
      if (!net) {
        if (!args.xml)
          return fail(command ? 'define requires xml argument' : `network '${name}' not present, but xml not specified`)
        await virsh(['net-define', '/dev/stdin'], `define ${name}`, args.xml)
        await setAutostart(false)
        return { changed: true, created: name! }
      }
      return { changed: await setAutostart(net.info.Autostart === 'yes') }
    }
    if (state === 'absent') {
      if (!net) return { changed: false }
      const undefine = ['net-undefine', name!]
      await virsh([active ? inOneRun(['net-destroy', name!], undefine) : inOneRun(undefine)], `remove ${name}`)
      return { changed: true, msg: 0 }
    }
    if (!net) return fail(missing)
    const autostarted = await setAutostart(net.info.Autostart === 'yes')
    if (state === 'active' || state === 'inactive') {
      if (active === (state === 'active')) return autostarted ? { changed: true, msg: 0 } : { changed: false }
      await virsh([state === 'active' ? 'net-start' : 'net-destroy', name!], `make ${name} ${state}`)
      return { changed: true, msg: state === 'active' ? null : 0 }
    }
    if (command === undefined)
      return autostarted
        ? { changed: true, msg: 0 }
        : args.autostart === undefined
          ? fail('expected state or command parameter to be specified')
          : { changed: false }
    if (command === 'status') return { changed: false, status: active ? 'active' : 'inactive' }
    if (command === 'get_xml') return { changed: false, get_xml: net.xml }
    if (command === 'modify') return modify(net)
    // As in Ansible, these commands do not count as a change.
    if (command === 'create' || command === 'start') {
      if (!active) await virsh(['net-start', name!], command, undefined, false)
      return { changed: autostarted, [command]: null }
    }
    if (command === 'undefine') await virsh(['net-undefine', name!], command, undefined, false)
    else if (active) await virsh(['net-destroy', name!], command, undefined, false)
    return { changed: autostarted, [command]: 0 }

    async function setAutostart(current: boolean): Promise<boolean> {
      if (args.autostart === undefined || args.autostart === current) return false
      await virsh(['net-autostart', ...(args.autostart ? [] : ['--disable']), name!], 'set autostart')
      return true
    }

    /** Adds or changes one DHCP host, known by its MAC address or name. */
    async function modify(on: Found): Promise<ModuleResult> {
      const host = /<host\b[^>]*\/?>/.exec(args.xml ?? '')?.[0]
      if (!host) return fail('modify requires xml with a dhcp host')
      const attribute = (text: string, key: string) => new RegExp(`\\b${key}=['"]([^'"]*)`).exec(text)?.[1]
      const known = [...on.xml.matchAll(/<host\b[^>]*\/?>/g)]
        .map(match => match[0])
        .find(one =>
          attribute(host, 'mac')
            ? attribute(one, 'mac') === attribute(host, 'mac')
            : attribute(one, 'name') === attribute(host, 'name'),
        )
      if (known && ['mac', 'name', 'ip'].every(key => attribute(known, key) === attribute(host, key)))
        return { changed: false, modified: name! }
      await virsh(
        [
          'net-update',
          name!,
          known ? 'modify' : 'add-last',
          'ip-dhcp-host',
          host.replace(/\s*\/?>$/, '/>'),
          '--config',
          ...(active ? ['--live'] : []),
        ],
        'change a DHCP host',
      )
      return { changed: true, modified: name! }
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
