/** What kind of address text is: ansible.utils' tests. */
import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { contains, firstOf, kinds, type Network, parseNetwork } from '../../python/netaddr.js'
import { pyStr } from '../../python/repr.js'
import { isList, type Value } from '../../python/values.js'
import { defineTest, type Test } from '../define.js'

/** Strict, as Python's ipaddress is: no short forms, no host bits in a network. */
function strictNetwork(value: Value): Network | undefined {
  const text = pyStr(value)
  const address = text.split('/')[0]!
  if (isIP(address) === 0 || address.split('.').some(part => /^0\d/.test(part))) return undefined
  const network = parseNetwork(text)
  return network && (firstOf(network) === network.ip || !text.includes('/')) ? network : undefined
}
const strictAddress = (value: Value): Network | undefined =>
  pyStr(value).includes('/') ? undefined : strictNetwork(value)

const test = (summary: string, example: readonly [string, boolean], holds: (value: Value) => boolean): Test =>
  defineTest({ summary, examples: [example], apply: holds })

const within = (network: Network | undefined, ranges: readonly string[]) =>
  network !== undefined && ranges.some(range => contains(parseNetwork(range)!, network))

/** The IPv4 address that an IPv6 address carries (mapped, 6to4), which decides whether it is private. */
function embedded(network: Network | undefined): Network | undefined {
  if (network?.version !== 6) return network
  if (network.ip >> 32n === 0xffffn) return { version: 4, ip: network.ip & 0xffffffffn, prefix: 32 }
  if (network.ip >> 112n === 0x2002n) return { version: 4, ip: (network.ip >> 80n) & 0xffffffffn, prefix: 32 }
  return network
}

const PRIVATE = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/29',
  '192.0.0.170/31',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
  '255.255.255.255/32',
  '::1/128',
  '::/128',
  '::ffff:0:0/96',
  '100::/64',
  '2001::/23',
  '2001:2::/48',
  '2001:db8::/32',
  '2001:10::/28',
  'fc00::/7',
  'fe80::/10',
]
const RESERVED = [
  '240.0.0.0/4',
  '::/8',
  '100::/8',
  '200::/7',
  '400::/6',
  '800::/5',
  '1000::/4',
  '4000::/3',
  '6000::/3',
  '8000::/3',
  'a000::/3',
  'c000::/3',
  'e000::/4',
  'f000::/5',
  'f800::/6',
  'fe00::/9',
]

export const ip = test(
  'Is it an address or network of IP',
  ["{{ '10.0.0.0/8' is ansible.utils.ip }}", true],
  value => strictNetwork(value) !== undefined,
)
export const ipAddress = test(
  'Is it an address of IP',
  ["{{ '10.0.0.0/8' is ansible.utils.ip_address }}", false],
  value => strictAddress(value) !== undefined,
)
export const ipv4 = test(
  'Is it an address or network of IPv4',
  ["{{ '::1' is ansible.utils.ipv4 }}", false],
  value => strictNetwork(value)?.version === 4,
)
export const ipv4Address = test(
  'Is it an address of IPv4',
  ["{{ '10.0.0.1' is ansible.utils.ipv4_address }}", true],
  value => strictAddress(value)?.version === 4,
)
export const ipv6 = test(
  'Is it an address or network of IPv6',
  ["{{ '::/0' is ansible.utils.ipv6 }}", true],
  value => strictNetwork(value)?.version === 6,
)
export const ipv6Address = test(
  'Is it an address of IPv6',
  ["{{ '::1' is ansible.utils.ipv6_address }}", true],
  value => strictAddress(value)?.version === 6,
)
export const ipv4Hostmask = test(
  'Is it a host mask of IPv4',
  ["{{ '0.0.0.255' is ansible.utils.ipv4_hostmask }}", true],
  value => mask(value, false),
)
export const ipv4Netmask = test(
  'Is it a netmask of IPv4',
  ["{{ '255.255.255.0' is ansible.utils.ipv4_netmask }}", true],
  value => mask(value, true),
)

function mask(value: Value, net: boolean): boolean {
  const address = strictAddress(value)
  if (address?.version !== 4) return false
  const bits = net ? address.ip ^ 0xffffffffn : address.ip
  if (address.ip === 0n || bits === 0xffffffffn) return false
  return (bits & (bits + 1n)) === 0n
}

export const mapped = test(
  'Is it an IPv4 address written as IPv6',
  ["{{ '::ffff:1.2.3.4' is ansible.utils.ipv6_ipv4_mapped }}", true],
  value => within(strictAddress(value), ['::ffff:0:0/96']),
)
export const sixtofour = test(
  'Is it an address of 6to4',
  ["{{ '2002:c0a8::1' is ansible.utils.ipv6_sixtofour }}", true],
  value => within(strictAddress(value), ['2002::/16']),
)
export const teredo = test(
  'Is it an address of Teredo',
  ["{{ '2001:0:1::1' is ansible.utils.ipv6_teredo }}", true],
  value => within(strictAddress(value), ['2001::/32']),
)
export const loopback = test('Is it a loopback address', ["{{ '127.0.0.1' is ansible.utils.loopback }}", true], value =>
  both(strictAddress(value), kinds.loopback),
)
export const multicast = test(
  'Is it a multicast address',
  ["{{ '224.0.0.1' is ansible.utils.multicast }}", true],
  value => both(strictAddress(value), kinds.multicast),
)
export const isPrivate = test('Is it a private address', ["{{ '10.0.0.1' is ansible.utils.private }}", true], value =>
  within(embedded(strictAddress(value)), PRIVATE),
)
export const isPublic = test('Is it a public address', ["{{ '8.8.8.8' is ansible.utils.public }}", true], value => {
  const address = embedded(strictAddress(value))
  return address !== undefined && !within(address, [...PRIVATE, '100.64.0.0/10'])
})
export const reserved = test('Is it a reserved address', ["{{ '240.0.0.1' is ansible.utils.reserved }}", true], value =>
  within(strictAddress(value), RESERVED),
)
export const unspecified = test(
  'Is it the address of nothing',
  ["{{ '::' is ansible.utils.unspecified }}", true],
  value => strictAddress(value)?.ip === 0n,
)
export const mac = test('Is it a hardware address', ["{{ '02:16:3e:e4:16:f3' is ansible.utils.mac }}", true], value =>
  /^(?:[0-9a-f]{2}([-:]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}$|^[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}$/i.test(pyStr(value)),
)

const both = (network: Network | undefined, holds: (network: Network) => boolean) =>
  network !== undefined && holds(network)

function inside(value: Value, outer: Value): boolean {
  const [inner, around] = [strictNetwork(value), strictNetwork(outer)]
  return inner !== undefined && around !== undefined && contains(around, inner)
}

export const inNetwork = defineTest({
  summary: 'Is it within the network',
  examples: [["{{ '10.1.1.1' is ansible.utils.in_network '10.0.0.0/8' }}", true]],
  signature: 'network',
  apply: (value: Value, network: Value) => inside(value, network),
})

export const supernetOf = defineTest({
  summary: 'Does it hold the network',
  examples: [["{{ '10.0.0.0/8' is ansible.utils.supernet_of '10.1.1.0/24' }}", true]],
  signature: 'network',
  apply: (value: Value, network: Value) => inside(network, value),
})

const listOf = (networks: Value) => (isList(networks) ? networks : [networks])

export const inAnyNetwork = defineTest({
  summary: 'Is it within any of the networks',
  examples: [["{{ '10.1.1.1' is ansible.utils.in_any_network ['10.0.0.0/8', '192.168.0.0/16'] }}", true]],
  signature: 'networks',
  apply: (value: Value, networks: Value) => listOf(networks).some(network => inside(value, network)),
})

export const inOneNetwork = defineTest({
  summary: 'Is it within exactly one of the networks',
  examples: [["{{ '10.1.1.1' is ansible.utils.in_one_network ['10.0.0.0/8', '10.1.0.0/16'] }}", false]],
  signature: 'networks',
  apply: (value: Value, networks: Value) => listOf(networks).filter(network => inside(value, network)).length === 1,
})

export const resolvable = defineTest({
  summary: 'Does the name resolve on the controller',
  examples: [["{{ 'localhost' is ansible.utils.resolvable }}", true]],
  applyIn: (context, value: Value) =>
    context.once(() =>
      lookup(pyStr(value)).then(
        () => true,
        () => false,
      ),
    ) === true,
})
