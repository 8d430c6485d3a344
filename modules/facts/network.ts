import type { Json } from '../../engine/python/values.js'
import type { Collector } from './collector.js'
import type { Sections } from './sections.js'

type Data = { [name: string]: Json }

export const network: Collector = {
  name: 'network',
  also: ['all_ipv4_addresses', 'all_ipv6_addresses', 'default_ipv4', 'default_ipv6', 'interfaces'],
  needs: ['platform', 'distribution'],
  script: `section route4; ip -4 route get 8.8.8.8 2>/dev/null
section route6; ip -6 route get 2404:6800:400a:800::1012 2>/dev/null
section addresses; ip addr show 2>/dev/null || /sbin/ip addr show 2>/dev/null
section net
one() { [ ! -r "$2" ] || { line=; read -r line <"$2" 2>/dev/null && printf '%s %s\\n' "$1" "$line"; }; }
for net in /sys/class/net/*; do
  [ -d "$net" ] || continue
  printf 'interface %s\\n' "\${net##*/}"
  for name in address mtu operstate type flags speed; do one $name "$net/$name" 2>/dev/null; done
  if [ -e "$net/device" ]; then
    to=$(readlink "$net/device"); printf 'pciid %s\\n' "\${to##*/}"
    to=$(readlink "$net/device/driver/module"); [ -z "$to" ] || printf 'module %s\\n' "\${to##*/}"
  fi
  if [ -d "$net/bridge" ]; then
    one bridge_id "$net/bridge/bridge_id"; one stp "$net/bridge/stp_state"
    for port in "$net"/brif/*; do [ ! -e "$port" ] || printf 'port %s\\n' "\${port##*/}"; done
  fi
  if [ -d "$net/bonding" ]; then
    for name in slaves mode miimon lacp_rate primary all_slaves_active; do one "bond_$name" "$net/bonding/$name"; done
  fi
  one perm_hwaddr "$net/bonding_slave/perm_hwaddr"
  if has ethtool; then
    ethtool -k "\${net##*/}" 2>/dev/null | sed -n 's/^ *\\([a-z0-9-]*\\): */feature \\1 /p'
    ethtool -T "\${net##*/}" 2>/dev/null | sed 's/^/timestamp /'
  fi
done
`,
  read: sections => {
    const interfaces = interfaceFacts(sections)
    const addresses = readAddresses(sections, interfaces)
    return {
      interfaces: Object.keys(interfaces),
      ...Object.fromEntries(Object.entries(interfaces).map(([name, facts]) => [name.replace(/[.:-]/g, '_'), facts])),
      default_ipv4: defaultRoute(sections.text('route4'), interfaces, addresses.ipv4),
      default_ipv6: defaultRoute(sections.text('route6'), interfaces, addresses.ipv6),
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
  const all: { [name: string]: Data } = {}
  let facts: Data = {}
  for (const line of sections.lines('net')) {
    const [key = '', ...rest] = line.split(' ')
    const value = rest.join(' ')
    if (key === 'interface') {
      facts = { device: value }
      all[value] = facts
    } else if (key === 'address') {
      if (value !== '' && value !== '00:00:00:00:00:00') facts.macaddress = value
    } else if (key === 'mtu') facts.mtu = Number(value)
    else if (key === 'operstate') facts.active = value !== 'down'
    else if (key === 'type') {
      if (kinds[value] !== undefined) facts.type = kinds[value]
    } else if (key === 'flags') facts.promisc = (Number.parseInt(value, 16) & 0x100) !== 0
    else if (key === 'speed') facts.speed = Number(value)
    else if (key === 'pciid' || key === 'module') facts[key] = value
    else if (key === 'bridge_id')
      Object.assign(facts, { type: 'bridge', id: value, interfaces: facts.interfaces ?? [] })
    else if (key === 'stp') facts.stp = value === '1'
    else if (key === 'port') facts.interfaces = [...((facts.interfaces as string[]) ?? []), value]
    else if (key === 'bond_slaves') Object.assign(facts, { type: 'bonding', slaves: value.split(' ').filter(Boolean) })
    else if (key === 'bond_all_slaves_active') facts.all_slaves_active = value === '1'
    else if (key.startsWith('bond_'))
      Object.assign(facts, { type: 'bonding', [key.slice(5)]: value.split(' ')[0] ?? value })
    else if (key === 'perm_hwaddr') facts.perm_macaddress = value
    else if (key === 'feature') {
      const [name = '', ...state] = rest
      facts.features = { ...(facts.features as Data), [name.replaceAll('-', '_')]: state.join(' ') }
    } else if (key === 'timestamp') readTimestamping(facts, value)
  }
  return all
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
  for (const line of sections.lines('addresses')) {
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
  return { ipv4, ipv6 }
}

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
