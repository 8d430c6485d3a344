import type { Json } from '../../engine/python/values.js'
import type { Collector } from './collector.js'
import type { Sections } from './sections.js'

type Data = { [name: string]: Json }

export const network: Collector = {
  name: 'network',
  also: ['all_ipv4_addresses', 'all_ipv6_addresses', 'default_ipv4', 'default_ipv6', 'interfaces'],
  needs: ['platform', 'distribution'],
  files: [
    'address',
    'mtu',
    'operstate',
    'type',
    'flags',
    'speed',
    'bridge/bridge_id',
    'bridge/stp_state',
    'bonding/*',
    'bonding_slave/perm_hwaddr',
  ].map(file => `/sys/class/net/*/${file}`),
  links: ['', '/device', '/device/driver/module', '/bridge', '/bonding', '/brif/*'].map(
    what => `/sys/class/net/*${what}`,
  ),
  // busybox's ip does one thing at a time.
  script: `section ip; ip=ip; has ip || ip=/sbin/ip
told=$($ip -force -batch - <<END 2>/dev/null
route get 8.8.8.8
route get 2404:6800:400a:800::1012
addr show
END
)
if [ -n "$told" ]; then printf '%s\\n' "$told"
else $ip -4 route get 8.8.8.8; $ip -6 route get 2404:6800:400a:800::1012; $ip addr show
fi 2>/dev/null
section netorder; ls -f /sys/class/net 2>/dev/null
section ethtool
! has ethtool || for net in /sys/class/net/*; do
  [ ! -d "$net" ] || { echo "interface \${net##*/}"; ethtool -k "\${net##*/}"; ethtool -T "\${net##*/}"; } 2>/dev/null
done
`,
  read: sections => {
    const interfaces = interfaceFacts(sections)
    const addresses = readAddresses(sections, interfaces)
    return {
      interfaces: Object.keys(interfaces),
      ...Object.fromEntries(Object.entries(interfaces).map(([name, facts]) => [name.replace(/[.:-]/g, '_'), facts])),
      default_ipv4: defaultRoute(route(sections, '8.8.8.8'), interfaces, addresses.ipv4),
      default_ipv6: defaultRoute(route(sections, '2404:6800:400a:800::1012'), interfaces, addresses.ipv6),
      all_ipv4_addresses: addresses.ipv4
        .map(one => one.address!)
        .filter(address => !String(address).startsWith('127.')),
      all_ipv6_addresses: addresses.ipv6.map(one => one.address!).filter(address => address !== '::1'),
    }
  },
}

const kinds: { readonly [type: string]: string } = {
  1: 'ether',
  32: 'infiniband',
  512: 'ppp',
  772: 'loopback',
  65534: 'tunnel',
}

function interfaceFacts(sections: Sections): { [name: string]: Data } {
  // Beside the interfaces lies a file that says which of them are bonds.
  const names = sections.names(/^\/sys\/class\/net\/((?!bonding_masters$)[^/]+)$/)
  const all = Object.fromEntries(names.map(name => [name, oneInterface(sections, name)]))
  let facts: Data = {}
  for (const line of sections.lines('ethtool')) {
    const start = /^interface (.*)/.exec(line)?.[1]
    if (start !== undefined) facts = all[start] ?? {}
    const [, feature, state] = /^\s*([a-z0-9-]+): (.*)/.exec(line) ?? []
    if (feature) facts.features = { ...(facts.features as Data), [feature.replaceAll('-', '_')]: state! }
    else readTimestamping(facts, line)
  }
  return all
}

function oneInterface(sections: Sections, name: string): Data {
  const folder = `/sys/class/net/${name}`
  const value = (file: string) => sections.firstLine(`${folder}/${file}`)?.trim()
  const linked = (file: string) => sections.links.get(`${folder}/${file}`)?.split('/').at(-1)
  const [address, mtu, state, type, flags, speed] = ['address', 'mtu', 'operstate', 'type', 'flags', 'speed'].map(value)
  const [pciid, module, hardware] = [
    linked('device'),
    linked('device/driver/module'),
    value('bonding_slave/perm_hwaddr'),
  ]
  return {
    device: name,
    ...(address && address !== '00:00:00:00:00:00' && { macaddress: address }),
    ...(mtu && { mtu: Number(mtu) }),
    ...(state && { active: state !== 'down' }),
    ...(type && kinds[type] && { type: kinds[type] }),
    ...(flags && { promisc: (Number.parseInt(flags, 16) & 0x100) !== 0 }),
    ...(speed && { speed: Number(speed) }),
    ...(pciid && { pciid }),
    ...(module && { module }),
    ...(sections.links.has(`${folder}/bridge`) && {
      type: 'bridge',
      id: value('bridge/bridge_id') ?? '',
      stp: value('bridge/stp_state') === '1',
      interfaces: sections.names(/^\/sys\/class\/net\/([^/]+\/brif\/.+)$/).flatMap(port => {
        const [bridge, , one] = port.split('/')
        return bridge === name ? [one!] : []
      }),
    }),
    ...(sections.links.has(`${folder}/bonding`) && {
      type: 'bonding',
      slaves: (value('bonding/slaves') ?? '').split(' ').filter(Boolean),
      ...Object.fromEntries(
        ['mode', 'miimon', 'lacp_rate', 'primary'].flatMap(file => {
          const text = value(`bonding/${file}`)
          return text === undefined ? [] : [[file, text.split(' ')[0]!]]
        }),
      ),
      all_slaves_active: value('bonding/all_slaves_active') === '1',
    }),
    ...(hardware && { perm_macaddress: hardware }),
  }
}

function readTimestamping(facts: Data, line: string): void {
  const list = (name: string, value: string) => {
    facts[name] = [...((facts[name] as string[]) ?? []), value]
  }
  const clock = /PTP Hardware Clock: (\d+)/.exec(line)?.[1]
  if (clock !== undefined) facts.phc_index = Number(clock)
  const timestamping = /SOF_TIMESTAMPING_(\w+)/.exec(line)?.[1]
  if (timestamping) list('timestamping', timestamping.toLowerCase())
  const filter = /HWTSTAMP_FILTER_(\w+)/.exec(line)?.[1]
  if (filter) list('hw_timestamp_filters', filter.toLowerCase())
}

const toNumber = (address: string) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
const toAddress = (number: number) => [24, 16, 8, 0].map(shift => Math.floor(number / 2 ** shift) % 256).join('.')

/** Reads `ip addr show` into the interfaces; a label such as eth0:1 becomes an interface of its own. */
function readAddresses(sections: Sections, interfaces: { [name: string]: Data }) {
  const ipv4: Data[] = []
  const ipv6: Data[] = []
  let device = ''
  for (const line of sections.lines('ip')) {
    const start = /^\d+: ([^:@\s]+)/.exec(line)?.[1]
    if (start) device = start
    const words = line.trim().split(/\s+/)
    const facts = interfaces[device]
    if (!facts) continue
    if (words[0] === 'inet') {
      const [address = '', bits = '32'] = (words[1] ?? '').split('/')
      const length = Number(bits)
      const mask = length === 0 ? 0 : 2 ** 32 - 2 ** (32 - length)
      const networkNumber = Math.floor(toNumber(address) / 2 ** (32 - length)) * 2 ** (32 - length)
      const broadcast = words.indexOf('brd')
      const described = {
        address,
        broadcast: broadcast === -1 ? '' : (words[broadcast + 1] ?? ''),
        netmask: toAddress(mask),
        network: toAddress(networkNumber),
        prefix: bits,
      }
      const label = words.at(-1) === 'forever' || words.at(-1)!.endsWith('sec') ? device : words.at(-1)!
      ipv4.push({ ...described, interface: device, alias: label })
      if (label !== device && label.startsWith(`${device}:`))
        interfaces[label] = { ...interfaces[label], ipv4: described }
      if (!facts.ipv4) facts.ipv4 = described
      else if (label === device || line.includes('secondary'))
        facts.ipv4_secondaries = [...((facts.ipv4_secondaries as Json[]) ?? []), described]
    }
    if (words[0] === 'inet6') {
      const [address = '', prefix = '128'] = (words[1] ?? '').split('/')
      const described = { address, prefix, scope: words[words.indexOf('scope') + 1] ?? '' }
      facts.ipv6 = [...((facts.ipv6 as Json[]) ?? []), described]
      ipv6.push({ ...described, interface: device })
    }
  }
  // Ansible goes through the interfaces as the kernel lists them.
  const order = sections.lines('netorder')
  const place = (one: Data) => order.indexOf(one.interface as string)
  const inOrder = (all: Data[]) => all.sort((a, b) => place(a) - place(b))
  return { ipv4: inOrder(ipv4), ipv6: inOrder(ipv6) }
}

/** What the host answers to the question how it reaches an address. */
const route = (sections: Sections, address: string): string =>
  sections.lines('ip').find(line => /^\S/.test(line) && ` ${line} `.includes(` ${address} `)) ?? ''

function defaultRoute(answer: string, interfaces: { [name: string]: Data }, addresses: readonly Data[]): Data {
  const words = (answer.split('\n')[0] ?? '').trim().split(/\s+/)
  const after = (word: string) => (words.includes(word) ? words[words.indexOf(word) + 1] : undefined)
  const [device, address, gateway] = [after('dev'), after('src'), after('via')]
  if (!device || /^(?:unreachable|RTNETLINK)/.test(answer)) return {}
  const facts = interfaces[device] ?? {}
  const known = addresses.find(one => one.interface === device && one.address === address)
  return {
    ...(gateway === undefined ? {} : { gateway }),
    interface: device,
    ...(address === undefined ? {} : { address }),
    ...(known ?? {}),
    ...(facts.macaddress === undefined ? {} : { macaddress: facts.macaddress }),
    ...(facts.mtu === undefined ? {} : { mtu: facts.mtu }),
    ...(facts.type === undefined ? {} : { type: facts.type }),
  }
}
