/** IP addresses and networks, hardware addresses: ansible.utils' filters, with netaddr's meaning. */
import { Diagnostic } from '../../diagnostics.js'
import { valueError } from '../../python/errors.js'
import * as net from '../../python/netaddr.js'
import { addressText, firstOf, lastOf, type Network, networkText, sizeOf } from '../../python/netaddr.js'
import { intFromText, intOf } from '../../python/numbers.js'
import { random } from '../../python/random.js'
import { pyStr } from '../../python/repr.js'
import { int, isFloat, isInt, isList, typeName, type Value } from '../../python/values.js'
import { defineFilter } from '../define.js'

const bad = (message: string) => new Diagnostic(message, { code: 'filter-argument' })

/** What a value means: an address, perhaps with a prefix, as it was written. */
interface Subject {
  readonly network: Network
  readonly prefixed: boolean
  readonly written: string
  readonly isNetwork: boolean
}

function subjectOf(value: Value, version?: 4 | 6): Subject | undefined {
  const text = pyStr(value)
  if (/^\d+$/.test(text)) {
    const number = BigInt(text)
    if (number >= 1n << 128n) return undefined
    const kind = version ?? (number < 1n << 32n ? 4 : 6)
    if (kind === 4 && number >= 1n << 32n) return undefined
    const network: Network = { version: kind, ip: number, prefix: kind === 4 ? 32 : 128 }
    return { network, prefixed: false, written: networkText(network), isNetwork: false }
  }
  const network = net.parseNetwork(text)
  if (!network) return undefined
  const isNetwork = sizeOf(network) > 1n && firstOf(network) === network.ip
  return { network, prefixed: text.includes('/'), written: text, isNetwork }
}

const addressOf = ({ version, ip }: Network) => addressText(version, ip)
const text = (network: Network, ip: bigint) => addressText(network.version, ip)
const whole = (value: bigint): Value => int(value)

const firstUsable = (network: Network): bigint | undefined =>
  sizeOf(network) === 1n ? undefined : sizeOf(network) === 2n ? firstOf(network) : firstOf(network) + 1n
const lastUsable = (network: Network): bigint | undefined =>
  sizeOf(network) === 1n ? undefined : sizeOf(network) === 2n ? lastOf(network) : lastOf(network) - 1n
const hasBroadcast = (network: Network) => network.version === 6 || sizeOf(network) > 2n

function needPrefix({ prefixed }: Subject): void {
  if (!prefixed) throw bad('Not a network address')
}

/** True for what one host may carry as its own: no network's own address, no broadcast. */
function isHost({ network, isNetwork }: Subject): boolean {
  if (sizeOf(network) <= 2n) return true
  return !isNetwork && network.ip !== lastOf(network)
}

function near(subject: Subject, step: bigint): Value {
  needPrefix(subject)
  const { network } = subject
  const [first, last] = [firstUsable(network), lastUsable(network)]
  const ip = network.ip + step
  return first === undefined || last === undefined || ip < first || ip > last ? null : text(network, ip)
}

const hostWithPrefix = (subject: Subject): Value => (isHost(subject) ? networkText(subject.network) : false)
const own = ({ network, isNetwork }: Subject): Value =>
  isNetwork && sizeOf(network) > 2n && network.version === 4 ? null : addressOf(network)
const withMask = (subject: Subject): boolean =>
  sizeOf(subject.network) === 2n || (sizeOf(subject.network) > 1n && !subject.isNetwork)
const startOf = ({ network }: Subject) => text(network, firstOf(network))
const inNetworkForm = ({ network }: Subject): Value => networkText({ ...network, ip: firstOf(network) })
const when = (holds: boolean, subject: Subject): Value => (holds ? subject.written : null)

const queries: Record<string, (subject: Subject) => Value> = {
  '': ({ network, prefixed }) => (prefixed ? networkText(network) : addressOf(network)),
  '6to4': ({ network, written, isNetwork }) => {
    if (network.version === 6) return network.ip >> 112n === 0x2002n ? written : false
    const unusable = net.kinds.loopback(network) || net.kinds.multicast(network) || network.ip === 0n
    if (isNetwork || unusable) return false
    const digits = network.ip.toString(16).padStart(8, '0')
    return `2002:${digits.slice(0, 4)}:${digits.slice(4)}::1/48`
  },
  address: own,
  ip: own,
  'address/prefix': hostWithPrefix,
  gateway: hostWithPrefix,
  gw: hostWithPrefix,
  'host/prefix': hostWithPrefix,
  hostnet: hostWithPrefix,
  router: hostWithPrefix,
  bool: () => true,
  broadcast: ({ network }) => (hasBroadcast(network) && sizeOf(network) > 2n ? text(network, lastOf(network)) : null),
  cidr: ({ network }) => networkText(network),
  first_usable: subject => {
    needPrefix(subject)
    const ip = firstUsable(subject.network)
    return ip === undefined ? null : text(subject.network, ip)
  },
  last_usable: subject => {
    needPrefix(subject)
    const ip = lastUsable(subject.network)
    return ip === undefined ? null : text(subject.network, ip)
  },
  host: ({ network, isNetwork }) => (isNetwork && sizeOf(network) > 2n ? null : networkText(network)),
  int: ({ network, prefixed }) => (prefixed ? `${network.ip}/${network.prefix}` : whole(network.ip)),
  'ip/prefix': subject => (withMask(subject) ? networkText(subject.network) : null),
  ip_netmask: subject =>
    withMask(subject) ? `${addressOf(subject.network)} ${text(subject.network, net.netmask(subject.network))}` : null,
  ip_wildcard: subject =>
    withMask(subject) ? `${addressOf(subject.network)} ${text(subject.network, net.hostmask(subject.network))}` : null,
  ipv4: ({ network, written }) => {
    if (network.version === 4) return written
    const high = network.ip >> 32n
    if (high !== 0n && high !== 0xffffn) return false
    return networkText({ version: 4, ip: network.ip & 0xffffffffn, prefix: Math.max(0, network.prefix - 96) })
  },
  ipv6: ({ network, written }) =>
    network.version === 6
      ? written
      : networkText({ version: 6, ip: (0xffffn << 32n) | network.ip, prefix: network.prefix + 96 }),
  'link-local': subject => when(net.kinds.linkLocal(subject.network), subject),
  loopback: subject => when(net.kinds.loopback(subject.network), subject),
  multicast: subject => when(net.kinds.multicast(subject.network), subject),
  unicast: subject => when(!net.kinds.multicast(subject.network), subject),
  private: subject => when(net.kinds.private(subject.network), subject),
  public: subject => {
    const { network } = subject
    const { loopback, multicast, mask } = net.kinds
    return when(!multicast(network) && !net.kinds.private(network) && !loopback(network) && !mask(network), subject)
  },
  net: subject => (subject.isNetwork ? networkText(subject.network) : null),
  netmask: ({ network }) => text(network, net.netmask(network)),
  network: startOf,
  network_id: startOf,
  'network/prefix': inNetworkForm,
  subnet: inNetworkForm,
  network_netmask: subject => `${startOf(subject)} ${text(subject.network, net.netmask(subject.network))}`,
  network_wildcard: subject => `${startOf(subject)} ${text(subject.network, net.hostmask(subject.network))}`,
  next_usable: subject => near(subject, 1n),
  previous_usable: subject => near(subject, -1n),
  peer: subject => {
    needPrefix(subject)
    const { network } = subject
    const size = sizeOf(network)
    if (size === 2n) return text(network, network.ip ^ 1n)
    if (size !== 4n) throw bad('Not a point-to-point network')
    if (network.ip === firstOf(network)) throw bad(`Network address of /${network.prefix} has no peer`)
    if (network.ip === lastOf(network)) throw bad(`Broadcast address of /${network.prefix} has no peer`)
    return text(network, network.ip ^ 3n)
  },
  prefix: ({ network }) => network.prefix,
  range_usable: subject => {
    needPrefix(subject)
    const [first, last] = [firstUsable(subject.network), lastUsable(subject.network)]
    return first === undefined ? null : `${text(subject.network, first)}-${text(subject.network, last!)}`
  },
  revdns: ({ network }) => net.reverseName(network.version, network.ip),
  size: ({ network }) => whole(sizeOf(network)),
  size_usable: ({ network }) => whole(sizeOf(network) === 1n ? 0n : sizeOf(network) === 2n ? 2n : sizeOf(network) - 2n),
  type: ({ isNetwork }) => (isNetwork ? 'network' : 'address'),
  version: ({ network }) => network.version,
  wildcard: ({ network }) => text(network, net.hostmask(network)),
  wrap: ({ network, prefixed, written }) => {
    if (network.version === 4) return written
    return prefixed ? `[${addressOf(network)}]/${network.prefix}` : `[${addressOf(network)}]`
  },
}
const queryAliases: Record<string, string> = {
  lo: 'loopback',
  'link-local': 'link-local',
  ip4: 'ipv4',
  v4: 'ipv4',
  v6: 'ipv6',
  'network-id': 'network_id',
  host_prefix: 'host/prefix',
  'address-prefix': 'address/prefix',
}

const unrecognized = (value: Value, alias: string) =>
  bad(`Unrecognized type <<class '${typeName(value)}'>> for ${alias} filter <value>`)

function ipaddr(value: Value, query: Value, version: 4 | 6 | undefined, alias: string): Value {
  if (value === 0 || typeof value === 'boolean' || value === '') return false
  if (value === null || isFloat(value)) throw unrecognized(value, alias)
  if (isList(value))
    return value
      .map(item => ipaddr(pyStr(item), query, version, alias))
      .filter(item => item !== false && item !== null && item !== '')
  const subject = subjectOf(value, version)
  if (!subject) return false
  const { network, prefixed, written } = subject
  if (version !== undefined && network.version !== version) return false
  const asked = pyStr(query === null || query === false ? '' : query)
  const direct = queries[asked] ?? queries[queryAliases[asked] ?? '?']
  if (direct) return direct(subject)
  if (/^-?\d+$/.test(asked)) {
    if (!prefixed) return addressOf(network)
    const size = sizeOf(network)
    if (size === 1n) return networkText(network)
    const number = BigInt(asked)
    if (number >= size || -number > size) return false
    return networkText({ ...network, ip: number < 0n ? lastOf(network) + 1n + number : firstOf(network) + number })
  }
  const outer = net.parseNetwork(asked)
  if (outer) return net.contains(outer, network) ? written : null
  throw bad(`${alias}: unknown filter type: ${asked}`)
}

export const ipaddrFilter = defineFilter({
  summary: 'Is it an address or network, and what a query says of it; bad items of a list are dropped',
  examples: [
    ["{{ '192.168.0.1/24' | ansible.utils.ipaddr('network') }}", '192.168.0.0'],
    ["{{ '192.168.0.1/24' | ansible.utils.ipaddr('netmask') }}", '255.255.255.0'],
    ["{{ ['10.0.0.1', 'x', '::1'] | ansible.utils.ipaddr }}", ['10.0.0.1', '::1']],
    ["{{ 'x' | ansible.utils.ipaddr }}", false],
    ["{{ '10.0.0.0/24' | ansible.utils.ipaddr(5) }}", '10.0.0.5/24'],
  ],
  signature: "query='', version=False, alias='ipaddr'",
  apply: (value: Value, query: Value, version: Value, alias: Value) =>
    ipaddr(value, query, version === 4 || version === 6 ? version : undefined, pyStr(alias ?? 'ipaddr')),
})

export const ipv4 = defineFilter({
  summary: 'As ipaddr, for IPv4 only',
  examples: [["{{ ['10.0.0.1', '::1'] | ansible.utils.ipv4 }}", ['10.0.0.1']]],
  signature: "query=''",
  apply: (value: Value, query: Value) => ipaddr(value, query, 4, 'ipv4'),
})

export const ipv6 = defineFilter({
  summary: 'As ipaddr, for IPv6 only',
  examples: [["{{ ['10.0.0.1', '::1'] | ansible.utils.ipv6 }}", ['::1']]],
  signature: "query=''",
  apply: (value: Value, query: Value) => ipaddr(value, query, 6, 'ipv6'),
})

export const ipwrap = defineFilter({
  summary: 'IPv6 addresses in square brackets; everything else as it is',
  examples: [
    ["{{ '::1' | ansible.utils.ipwrap }}", '[::1]'],
    ["{{ 'host.example' | ansible.utils.ipwrap }}", 'host.example'],
  ],
  signature: "query=''",
  apply: (value: Value, query: Value): Value => {
    const wrapped = (one: Value): Value => {
      const found = ipaddr(one, query, undefined, 'ipwrap')
      return found === false || found === null
        ? query === ''
          ? one
          : found
        : ipaddr(found, 'wrap', undefined, 'ipwrap')
    }
    if (isList(value)) return value.map(wrapped)
    if (typeof value !== 'string') throw unrecognized(value, 'ipwrap')
    return wrapped(value)
  },
})

function steps(value: Value, name: string): bigint {
  const number = intOf(value)
  if (number === undefined)
    throw bad(
      `argument '${name}' is of type <class '${typeName(value)}'> and we were unable to convert to int: ${pyStr(value)}`,
    )
  return BigInt(number)
}

export const ipmath = defineFilter({
  summary: 'The address so many further on',
  examples: [["{{ '192.168.1.5' | ansible.utils.ipmath(5) }}", '192.168.1.10']],
  signature: 'amount',
  apply: (value: Value, amount: Value) => {
    const network = net.parseNetwork(pyStr(value))
    if (!network) throw bad(`You must pass a valid IP address; ${pyStr(value)} is invalid`)
    const step = steps(amount, 'amount')
    const ip = network.ip + step
    return text(ip >= 1n << 32n && network.version === 4 ? { ...network, version: 6 } : network, ip)
  },
})

const usableStep = (value: Value, offset: Value, sign: bigint): Value => {
  const subject = net.parseNetwork(pyStr(value))
  if (!subject) return false
  const step = steps(offset, 'offset') * sign
  const [first, last] = [firstUsable(subject), lastUsable(subject)]
  const ip = subject.ip + step
  if (first === undefined || last === undefined || ip < first || ip > last) return null
  return text(subject, ip)
}

export const nextNthUsable = defineFilter({
  summary: 'The usable address so many further on in the same network',
  examples: [["{{ '192.168.122.1/24' | ansible.utils.next_nth_usable(2) }}", '192.168.122.3']],
  signature: 'offset',
  apply: (value: Value, offset: Value) => usableStep(value, offset, 1n),
})

export const previousNthUsable = defineFilter({
  summary: 'The usable address so many before in the same network',
  examples: [["{{ '192.168.122.10/24' | ansible.utils.previous_nth_usable(2) }}", '192.168.122.8']],
  signature: 'offset',
  apply: (value: Value, offset: Value) => usableStep(value, offset, -1n),
})

export const nthhost = defineFilter({
  summary: 'An address of the network by its number',
  examples: [
    ["{{ '10.0.0.0/8' | ansible.utils.nthhost(305) }}", '10.0.1.49'],
    ["{{ '10.0.0.0/24' | ansible.utils.nthhost(-1) }}", '10.0.0.255'],
  ],
  signature: "query=''",
  apply: (value: Value, query: Value): Value => {
    const network = net.parseNetwork(pyStr(value))
    const number = intOf(query)
    if (!network || number === undefined) return false
    const size = sizeOf(network)
    const at = BigInt(number)
    if (at >= size || -at > size) return false
    return text(network, at < 0n ? lastOf(network) + 1n + at : firstOf(network) + at)
  },
})

export const ipsubnet = defineFilter({
  summary: 'Subnets of a network: how many of a size, or one of them by number; the position in another network',
  examples: [
    ["{{ '192.168.144.0/20' | ansible.utils.ipsubnet(26) }}", '64'],
    ["{{ '10.0.0.0/24' | ansible.utils.ipsubnet(26, 1) }}", '10.0.0.64/26'],
    ["{{ '192.168.144.5' | ansible.utils.ipsubnet(18, 0) }}", '192.168.128.0/18'],
  ],
  signature: "query='', index='x'",
  apply: (value: Value, query: Value, index: Value): Value => {
    const subject = subjectOf(value)
    if (!subject) return false
    const { network } = subject
    const base: Network = { ...network, ip: firstOf(network) }
    if (query === '' || query === null) return networkText(base)
    const asked = pyStr(query)
    if (/^\d+$/.test(asked)) return subnetOfSize(subject, base, Number(asked), index)
    const outer = net.parseNetwork(asked)
    if (!outer || !asked.includes('/') || asked.startsWith('/'))
      throw bad(`You must pass a valid subnet or IP address; ${asked} is invalid`)
    if (!net.contains(outer, base))
      throw bad(`${networkText(base)} is not in the subnet ${networkText({ ...outer, ip: firstOf(outer) })}`)
    return String((base.ip - firstOf(outer)) / sizeOf(base) + 1n)
  },
})

function subnetOfSize(subject: Subject, base: Network, prefix: number, index: Value): Value {
  const width = net.widthOf(base)
  if (prefix > width) return false
  const subnet = (ip: bigint): Network => ({ ...base, ip, prefix })
  const single = sizeOf(subject.network) === 1n
  if (index === 'x') {
    // A lone address asks for the network around it; a network for the number of its parts.
    if (single) return networkText(subnet(firstOf({ ...subject.network, prefix })))
    if (prefix < base.prefix) throw bad(`Requested subnet size of ${prefix} is invalid`)
    return String(1n << BigInt(prefix - base.prefix))
  }
  const number = intOf(index)
  if (number === undefined) return false
  const at = BigInt(number)
  if (single || prefix < base.prefix) {
    const around = base.prefix - prefix
    if (at === 0n && !single) return networkText(subnet(base.ip))
    if (!single || around < 0) return false
    // Networks around an address, from the widest to the narrowest.
    const wanted = at >= 0n ? prefix + Number(at) : width + Number(at)
    if (wanted >= width || wanted < prefix) return false
    return networkText({ ...base, prefix: wanted, ip: firstOf({ ...base, prefix: wanted }) })
  }
  const count = 1n << BigInt(prefix - base.prefix)
  if (at >= count || -at > count) return false
  return networkText(subnet(base.ip + (at < 0n ? count + at : at) * sizeOf(subnet(0n))))
}

const subjectNetwork = (value: Value): Network | undefined => subjectOf(value)?.network

export const networkInNetwork = defineFilter({
  summary: 'Is a network or address within the network',
  examples: [["{{ '192.168.0.0/16' | ansible.utils.network_in_network('192.168.5.0/24') }}", true]],
  signature: "test=''",
  apply: (value: Value, test: Value) => inside(value, test, false),
})

export const networkInUsable = defineFilter({
  summary: 'Is an address or network within what hosts may use of the network',
  examples: [["{{ '10.0.0.0/24' | ansible.utils.network_in_usable('10.0.0.255') }}", false]],
  signature: "test=''",
  apply: (value: Value, test: Value) => inside(value, test, true),
})

function inside(value: Value, test: Value, usable: boolean): boolean {
  const [outer, inner] = [subjectNetwork(value), subjectNetwork(test)]
  if (!outer || !inner) return pyStr(value) === pyStr(test)
  if (outer.version !== inner.version) return false
  const [first, last] = usable
    ? [firstUsable(outer) ?? firstOf(outer), lastUsable(outer) ?? lastOf(outer)]
    : [firstOf(outer), lastOf(outer)]
  return firstOf(inner) >= first && lastOf(inner) <= last
}

export const reduceOnNetwork = defineFilter({
  summary: 'The items that are within the network',
  examples: [["{{ ['10.0.0.1', '192.168.0.1'] | ansible.utils.reduce_on_network('10.0.0.0/8') }}", ['10.0.0.1']]],
  signature: 'network',
  apply: (value: Value, network: Value) =>
    (isList(value) ? value : []).filter(item => {
      const [outer, inner] = [subjectNetwork(network), subjectNetwork(item)]
      return outer !== undefined && inner !== undefined && net.contains(outer, inner)
    }),
})

export const cidrMerge = defineFilter({
  summary: 'The fewest networks that cover the same addresses (merge), or one that covers all (span)',
  examples: [
    ["{{ ['192.168.0.0/17', '192.168.128.0/17'] | ansible.utils.cidr_merge }}", ['192.168.0.0/16']],
    ["{{ ['10.0.0.1', '10.0.0.2'] | ansible.utils.cidr_merge('span') }}", '10.0.0.0/30'],
  ],
  signature: "action='merge'",
  apply: (value: Value, action: Value): Value => {
    const networks = [...(isList(value) ? value : pyStr(value))].map(item => {
      const network = net.parseNetwork(pyStr(item))
      if (!network) throw bad(`cidr_merge: error in netaddr:\ninvalid IPNetwork ${pyStr(item)}`)
      return network
    })
    if (action === 'merge') return net.merged(networks).map(networkText)
    if (action !== 'span') throw bad(`cidr_merge: invalid action '${pyStr(action)}'`)
    if (networks.length === 0) throw bad('cidr_merge: error in netaddr:\nIP sequence must contain at least 1 element!')
    return networkText(net.spanning(networks))
  },
})

export const ip4Hex = defineFilter({
  summary: 'An IPv4 address in hexadecimal',
  examples: [["{{ '192.168.1.5' | ansible.utils.ip4_hex }}", 'c0a80105']],
  signature: "delimiter=''",
  apply: (value: Value, delimiter: Value) =>
    pyStr(value)
      .split('.')
      .map(part => {
        const number = intFromText(part)
        if (number === undefined) throw valueError(`invalid literal for int() with base 10: '${part}'`)
        return number.toString(16).padStart(2, '0')
      })
      .join(pyStr(delimiter)),
})

export const usableRange = defineFilter({
  summary: 'How many addresses a network has, and which',
  examples: [
    [
      "{{ '192.168.1.0/31' | ansible.utils.usable_range }}",
      { usable_ips: ['192.168.1.0', '192.168.1.1'], number_of_ips: 2 },
    ],
  ],
  apply: (value: Value) => {
    const name = pyStr(value)
    const network = net.parseNetwork(name)
    const failed = (why: string) => bad(`Error while using plugin 'usable_range': ${why}`)
    if (!network) throw failed(`'${name}' does not appear to be an IPv4 or IPv6 network`)
    if (network.ip !== firstOf(network)) throw failed(`${name} has host bits set`)
    const size = sizeOf(network)
    if (size > 1n << 20n) throw failed(`${name} has ${size} addresses, more than can be listed`)
    const ips = Array.from({ length: Number(size) }, (_, at) => text(network, firstOf(network) + BigInt(at)))
    return new Map<Value, Value>([
      ['usable_ips', ips],
      ['number_of_ips', ips.length],
    ])
  },
})

export const slaac = defineFilter({
  summary: 'The IPv6 address that a host with this hardware address gives itself in the network',
  examples: [
    [
      "{{ 'fdcf:1894:23b5:d38c:0000::/64' | ansible.utils.slaac('c2:31:b3:83:bf:2b') }}",
      'fdcf:1894:23b5:d38c:c031:b3ff:fe83:bf2b',
    ],
  ],
  signature: "query=''",
  apply: (value: Value, query: Value): Value => {
    const network = subjectNetwork(value)
    const hardware = net.parseHardware(pyStr(query))
    if (network?.version !== 6 || !hardware) return false
    const { value: mac, bits } = hardware
    const eui = bits === 64 ? mac : ((mac >> 24n) << 40n) | (0xfffen << 24n) | (mac & 0xffffffn)
    return text(network, firstOf(network) + (eui ^ (1n << 57n)))
  },
})

const hardwareForms: Record<string, (digits: string) => string> = {
  bare: digits => digits.toUpperCase(),
  cisco: digits => digits.match(/.{4}/g)!.join('.'),
  eui48: digits => digits.toUpperCase().match(/.{2}/g)!.join('-'),
  linux: digits => digits.match(/.{2}/g)!.join(':'),
  unix: digits =>
    digits
      .match(/.{2}/g)!
      .map(pair => pair.replace(/^0/, ''))
      .join(':'),
  pgsql: digits => digits.match(/.{6}/g)!.join(':'),
}
const hardwareAliases: Record<string, string> = { postgresql: 'pgsql', psql: 'pgsql', win: 'eui48' }

function hwaddr(value: Value, query: Value, alias: string): Value {
  const written = pyStr(value)
  const hardware = net.parseHardware(written)
  const form = pyStr(query)
  if (!hardware) {
    if (form === '' || form === 'bool') return null
    throw bad(`${alias}: not a hardware address: ${written}`)
  }
  if (form === '') return isInt(value) ? written : value
  if (form === 'bool') return true
  if (form === 'int') return int(hardware.value)
  const write = hardwareForms[hardwareAliases[form] ?? form]
  if (!write) throw bad(`${alias}: unknown filter type: ${form}`)
  return write(hardware.value.toString(16).padStart(hardware.bits / 4, '0'))
}

export const hwaddrFilter = defineFilter({
  summary: 'Is it a hardware address, or how it is written elsewhere: bare, cisco, linux, win, pgsql, int',
  examples: [
    ["{{ '1a:2b:3c:4d:5e:6f' | ansible.utils.hwaddr('cisco') }}", '1a2b.3c4d.5e6f'],
    ["{{ '1A-2B-3C-4D-5E-6F' | ansible.utils.hwaddr('linux') }}", '1a:2b:3c:4d:5e:6f'],
  ],
  signature: "query='', alias='hwaddr'",
  apply: (value: Value, query: Value, alias: Value) => hwaddr(value, query, pyStr(alias)),
})

export const macaddr = defineFilter({
  summary: 'As hwaddr',
  examples: [["{{ '1a:2b:3c:4d:5e:6f' | ansible.utils.macaddr('win') }}", '1A-2B-3C-4D-5E-6F']],
  signature: "query=''",
  apply: (value: Value, query: Value) => hwaddr(value, query, 'macaddr'),
})

export const randomMac = defineFilter({
  summary: 'A random hardware address that begins so; with a seed always the same one',
  examples: [["{{ '52:54:00' | community.general.random_mac(seed='x') }}", '52:54:00:60:a1:7b']],
  signature: 'seed=None',
  applyIn: (context, value: Value, seed: Value): Value => {
    const wrong = (why: string) => bad(`Invalid value (${pyStr(value)}) for random_mac: ${why}`)
    if (typeof value !== 'string')
      throw bad(`Invalid value type (<class '${typeName(value)}'>) for random_mac (${pyStr(value)})`)
    const prefix = value.toLowerCase()
    const parts = prefix.split(':')
    if (parts.length > 5) throw wrong('5 colon(:) separated items max')
    for (const part of parts) {
      if (part === '') throw wrong('empty item')
      if (!/^[a-f0-9]{2}$/.test(part)) throw wrong(`${part} not hexa byte`)
    }
    const draw = () => {
      const drawn = random(seed).range(68719476736, 1099511627776).toString(16).padStart(10, '0')
      return `${prefix}:${drawn.match(/../g)!.join(':')}`.slice(0, 17)
    }
    return seed === null ? context.once(draw) : draw()
  },
})
