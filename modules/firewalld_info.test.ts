import { testModule } from '../engine/module/test.js'
import firewalldInfo from './firewalld_info.js'

/** One zone as firewall-cmd --list-all-zones prints it. */
const zone = (name: string, lines: { readonly [name: string]: string } = {}) =>
  `${name}\n${Object.entries({
    target: 'default',
    'icmp-block-inversion': 'no',
    interfaces: '',
    sources: '',
    services: '',
    ports: '',
    protocols: '',
    forward: 'yes',
    masquerade: 'no',
    'forward-ports': '',
    'source-ports': '',
    'icmp-blocks': '',
    'rich rules': '',
    ...lines,
  })
    .map(([key, value]) => `  ${key}: ${value}\n`)
    .join('')}\n`
const said = `1.3.3\npublic\npublic \n${zone('block', { target: '%%REJECT%%' })}${zone('public (default, active)', {
  interfaces: 'eth0 eth1',
  services: 'ssh http',
  ports: '8080/tcp 161-162/udp',
  masquerade: 'yes',
  'forward-ports': '\n\tport=80:proto=tcp:toport=8080:toaddr=',
  'rich rules':
    '\n\trule family="ipv4" source address="192.0.2.0/24" accept\n\trule service name="ftp" audit limit value="1/m" accept',
})}`
const empty = {
  target: 'default',
  icmp_block_inversion: false,
  interfaces: [],
  sources: [],
  services: [],
  ports: [],
  protocols: [],
  forward: true,
  masquerade: false,
  forward_ports: [],
  source_ports: [],
  icmp_blocks: [],
  rich_rules: [],
}
const commands = { 'command -v firewall-cmd *': said }

testModule(
  firewalldInfo,
  {},
  {
    'tells of every zone': {
      commands,
      changed: false,
      returns: {
        active_zones: false,
        collected_zones: ['block', 'public'],
        undefined_zones: [],
        firewalld_info: {
          version: '1.3.3',
          default_zone: 'public',
          zones: {
            block: { ...empty, target: '%%REJECT%%' },
            public: {
              ...empty,
              interfaces: ['eth0', 'eth1'],
              services: ['ssh', 'http'],
              ports: [
                ['8080', 'tcp'],
                ['161-162', 'udp'],
              ],
              masquerade: true,
              forward_ports: ['port=80:proto=tcp:toport=8080:toaddr='],
              rich_rules: [
                'rule family="ipv4" source address="192.0.2.0/24" accept',
                'rule service name="ftp" audit limit value="1/m" accept',
              ],
            },
          },
        },
      },
    },
    'tells of zones in use': {
      args: { active_zones: true },
      commands,
      returns: { active_zones: true, collected_zones: ['public'] },
    },
    'tells which zones there are not': {
      args: { zones: ['nosuch', 'block'] },
      commands,
      returns: { collected_zones: ['block'], undefined_zones: ['nosuch'] },
    },
    'needs a firewalld that runs': {
      commands: { 'command -v firewall-cmd *': { rc: 92 } },
      fails: "firewalld service doesn't run",
    },
    'needs firewall-cmd': {
      commands: { 'command -v firewall-cmd *': { rc: 91 } },
      fails: /^Failed to find required executable "firewall-cmd" in paths: /,
    },
  },
)
