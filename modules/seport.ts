import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { checked } from './commands/checked.js'

export default defineModule({
  name: 'community.general.seport',
  summary: 'Say which SELinux type a port has',
  check: 'full',
  args: {
    ports: { type: 'list', elements: 'str', required: true, summary: 'ports, or ranges of them' },
    proto: { type: 'str', required: true, choices: ['tcp', 'udp', 'dccp', 'sctp'], summary: 'protocol' },
    setype: { type: 'str', required: true, summary: 'the type' },
    state: { type: 'str', choices: ['absent', 'present'], default: 'present', summary: 'whether they should have it' },
    reload: { type: 'bool', default: true, summary: 'reload the policy' },
    local: { type: 'bool', default: false, summary: 'look only at what was changed on this host' },
    ignore_selinux_state: { type: 'bool', default: false, summary: 'go on where SELinux is off' },
  },
  examples: `
- community.general.seport:
    ports: 8888
    proto: tcp
    setype: http_port_t
    state: present
`,

  async run(context) {
    const { args, remote, fail } = context
    const { proto, setype, state } = args
    const seen = await remote.query({
      command: sh`selinuxenabled 2>/dev/null && echo "//enabled"; semanage port -l -n 2>/dev/null; echo //local; semanage port -l -n -C 2>/dev/null`,
      parse: stdout => stdout,
    })
    if (!seen.includes('//enabled') && !args.ignore_selinux_state) fail('SELinux is disabled on this host.')
    const [all = '', local = ''] = seen.split('//local\n')
    const entries = [...(args.local ? local : all).matchAll(/^(\S+)\s+(tcp|udp)\s+(.*)$/gm)].flatMap(
      ([, type, protocol, list]) =>
        list!.split(',').map(port => ({ type: type!, protocol: protocol!, port: port.trim() })),
    )
    const noReload = args.reload ? [] : ['-N']
    for (const port of args.ports) {
      const own = entries.filter(one => one.protocol === proto && one.port === port)
      if (state === 'present' && !own.some(one => one.type === setype))
        await checked(
          context,
          ['semanage', 'port', own.length > 0 ? '-m' : '-a', ...noReload, '-t', setype, '-p', proto, port],
          `give port ${port} the type ${setype}`,
        )
      if (state === 'absent' && own.some(one => one.type === setype))
        await checked(
          context,
          ['semanage', 'port', '-d', ...noReload, '-p', proto, port],
          `take the type from port ${port}`,
        )
    }
    return { ports: args.ports, proto, setype, state }
  },
})
