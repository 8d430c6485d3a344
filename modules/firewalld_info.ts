import { defineModule } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'
import { missingProgram } from './commands/missing-program.js'

export default defineModule({
  name: 'ansible.posix.firewalld_info',
  summary: 'Tell what firewalld has set',
  check: 'full',
  args: {
    active_zones: { type: 'bool', default: false, summary: 'only zones that are in use' },
    zones: { type: 'list', elements: 'str', summary: 'only these zones' },
  },
  returns: {
    firewalld_info: 'version, default zone, and what each zone has',
    collected_zones: 'their names',
    undefined_zones: 'names that are no zones',
  },
  examples: `
- ansible.posix.firewalld_info:
    active_zones: true
`,

  async run({ args, remote, fail }) {
    const seen = await remote.query({
      command: sh`command -v firewall-cmd >/dev/null || exit 91; firewall-cmd --state >/dev/null 2>&1 || exit 92; firewall-cmd --version; firewall-cmd --get-default-zone; firewall-cmd --get-active-zones | grep '^[^ ]' | tr '\n' ' '; echo; firewall-cmd --list-all-zones`,
      parse: (stdout, rc) => ({ rc, stdout }),
    })
    if (seen.rc === 91) await missingProgram({ remote, fail }, 'firewall-cmd')
    if (seen.rc === 92) fail("firewalld service doesn't run")
    const [version = '', default_zone = '', active = '', ...rest] = seen.stdout.split('\n')
    const inUse = active
      .split(/\s+/)
      .map(name => name.trim())
      .filter(Boolean)
    const all = new Map(
      rest
        .join('\n')
        .split(/\n(?=\S)/)
        .map(block => [block.trim().split(/[ \n]/)[0]!, block] as const),
    )
    all.delete('')
    const asked = args.active_zones ? inUse : (args.zones ?? [...all.keys()])
    const collected = asked.filter(name => all.has(name))
    return {
      changed: false,
      active_zones: args.active_zones,
      collected_zones: collected,
      undefined_zones: asked.filter(name => !all.has(name)),
      firewalld_info: {
        version,
        default_zone,
        zones: Object.fromEntries(collected.map(name => [name, zoneOf(all.get(name)!)])),
      },
      ...(args.active_zones && args.zones ? { warnings: [] } : {}),
    }
  },
})

/** The lines of --list-all-zones, by the names that the API has. */
function zoneOf(block: string) {
  const text = (name: string) => new RegExp(`^\\s+${name}:[ \\t]*(.*)$`, 'm').exec(block)?.[1]?.trim() ?? ''
  const list = (name: string) => text(name).split(/\s+/).filter(Boolean)
  const lines = (name: string) =>
    (new RegExp(`^  ${name}:.*\\n((?:\\t.*\\n?)*)`, 'm').exec(block)?.[1] ?? '')
      .split('\n')
      .map(line => line.trim())
      .filter(Boolean)
  return {
    target: text('target'),
    icmp_block_inversion: text('icmp-block-inversion') === 'yes',
    interfaces: list('interfaces'),
    sources: list('sources'),
    services: list('services'),
    ports: list('ports').map(port => port.split('/')),
    protocols: list('protocols'),
    forward: text('forward') === 'yes',
    masquerade: text('masquerade') === 'yes',
    forward_ports: lines('forward-ports'),
    source_ports: list('source-ports').map(port => port.split('/')),
    icmp_blocks: list('icmp-blocks'),
    rich_rules: lines('rich rules'),
  }
}
