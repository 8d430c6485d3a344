/** Addresses and networks of IP, and hardware addresses, as Python's netaddr reads and writes them. */

export interface Network {
  readonly version: 4 | 6
  /** The address, host bits included. */
  readonly ip: bigint
  readonly prefix: number
}

const widths = { 4: 32, 6: 128 } as const
export const widthOf = ({ version }: { readonly version: 4 | 6 }): 32 | 128 => widths[version]
const ones = (bits: number) => (1n << BigInt(bits)) - 1n

export const sizeOf = (network: Network): bigint => 1n << BigInt(widthOf(network) - network.prefix)
export const hostmask = (network: Network): bigint => sizeOf(network) - 1n
export const netmask = (network: Network): bigint => ones(widthOf(network)) ^ hostmask(network)
export const firstOf = (network: Network): bigint => network.ip & netmask(network)
export const lastOf = (network: Network): bigint => network.ip | hostmask(network)
export const contains = (outer: Network, inner: Network): boolean =>
  outer.version === inner.version && firstOf(outer) <= firstOf(inner) && lastOf(inner) <= lastOf(outer)

/** An address as text: dotted, or shortened as RFC 5952 says. */
export function addressText(version: 4 | 6, ip: bigint): string {
  if (version === 4) return [24n, 16n, 8n, 0n].map(shift => (ip >> shift) & 0xffn).join('.')
  const groups = Array.from({ length: 8 }, (_, at) => Number((ip >> BigInt(112 - at * 16)) & 0xffffn))
  // inet_ntop writes addresses that hold an IPv4 address with dots.
  const dotted = ip >> 32n === 0xffffn || (ip >> 32n === 0n && ip > 0xffffn)
  const head = dotted ? groups.slice(0, 6) : groups
  const tail = dotted ? addressText(4, ip & 0xffffffffn) : ''
  let best = { start: -1, length: 1 }
  for (let start = 0; start < head.length; start++) {
    let length = 0
    while (head[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  const hex = (part: readonly number[]) => part.map(group => group.toString(16))
  if (best.start === -1) return [...hex(head), ...(dotted ? [tail] : [])].join(':')
  const before = hex(head.slice(0, best.start)).join(':')
  const after = [...hex(head.slice(best.start + best.length)), ...(dotted ? [tail] : [])].join(':')
  return `${before}::${after}`
}

export const networkText = ({ version, ip, prefix }: Network): string => `${addressText(version, ip)}/${prefix}`

/** An address by itself; undefined when the text is none. Short IPv4 forms are read as inet_aton does (10.1 is 10.0.0.1). */
export function parseAddress(text: string): { version: 4 | 6; ip: bigint } | undefined {
  if (text.includes(':')) {
    const ip = parseIPv6(text)
    return ip === undefined ? undefined : { version: 6, ip }
  }
  const parts = text.split('.')
  if (parts.length > 4 || parts.some(part => !/^(?:0[xX][0-9a-fA-F]+|0[0-7]*|[1-9]\d*)$/.test(part))) return undefined
  const numbers = parts.map(part => Number(/^0[0-7]+$/.test(part) ? `0o${part.slice(1)}` : part))
  const last = numbers.pop()!
  if (numbers.some(number => number > 255) || last >= 256 ** (4 - numbers.length)) return undefined
  const high = numbers.reduce((sum, number, at) => sum + BigInt(number) * 256n ** BigInt(3 - at), 0n)
  return { version: 4, ip: high + BigInt(last) }
}

function parseIPv6(text: string): bigint | undefined {
  let source = text
  const dotted = /:(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})$/.exec(source)
  if (dotted) {
    const parts = dotted[1]!.split('.').map(Number)
    if (parts.some(part => part > 255)) return undefined
    const hex = [parts[0]! * 256 + parts[1]!, parts[2]! * 256 + parts[3]!].map(part => part.toString(16)).join(':')
    source = source.slice(0, -dotted[1]!.length) + hex
  }
  const halves = source.split('::')
  if (halves.length > 2) return undefined
  const groups = (half: string) => (half === '' ? [] : half.split(':'))
  const left = groups(halves[0]!)
  const right = halves.length === 2 ? groups(halves[1]!) : []
  if ([...left, ...right].some(group => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined
  const missing = 8 - left.length - right.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  return [...left, ...Array(Math.max(0, missing)).fill('0'), ...right].reduce(
    (sum, group) => (sum << 16n) | BigInt(`0x${group}`),
    0n,
  )
}

/** An address with a prefix or mask behind a slash; without one it stands alone. */
export function parseNetwork(text: string): Network | undefined {
  const slash = text.indexOf('/')
  const written = slash === -1 ? text : text.slice(0, slash)
  const address = parseAddress(slash === -1 || written.includes(':') ? written : padded(written))
  if (!address) return undefined
  if (slash === -1) return { ...address, prefix: widths[address.version] }
  const prefix = parsePrefix(address.version, text.slice(slash + 1))
  return prefix === undefined ? undefined : { ...address, prefix }
}

/** Before a slash, missing parts of an IPv4 address are zeros at its end. */
const padded = (text: string) => {
  const parts = text.split('.')
  return [...parts, ...Array(Math.max(0, 4 - parts.length)).fill('0')].join('.')
}

function parsePrefix(version: 4 | 6, text: string): number | undefined {
  const width = widths[version]
  if (/^\d+$/.test(text)) return Number(text) <= width ? Number(text) : undefined
  const mask = parseAddress(text)
  if (mask?.version !== version) return undefined
  for (let prefix = 0; prefix <= width; prefix++) {
    const hosts = ones(width - prefix)
    if (mask.ip === (ones(width) ^ hosts) || mask.ip === hosts) return prefix
  }
  return undefined
}

const within = (version: 4 | 6, ip: bigint, ranges: readonly string[]) =>
  ranges.some(range => {
    const network = parseNetwork(range)!
    return network.version === version && ip >= firstOf(network) && ip <= lastOf(network)
  })

/** The kinds of address that netaddr tells apart; for a network both its ends count. */
export const kinds = {
  loopback: (network: Network) => both(network, ['127.0.0.0/8', '::1/128']),
  linkLocal: (network: Network) => both(network, ['169.254.0.0/16', 'fe80::/10']),
  multicast: (network: Network) => both(network, ['224.0.0.0/4', 'ff00::/8']),
  private: (network: Network) =>
    [
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.0.0.0/24',
      '192.168.0.0/16',
      '198.18.0.0/15',
      '239.0.0.0/8',
      'fc00::/7',
      'fec0::/10',
    ].some(range => both(network, [range])) || kinds.linkLocal(network),
  /** Reads as a mask: only ones and then only zeros, or the other way round. */
  mask: ({ version, ip }: Network) => {
    const inverted = ones(widths[version]) ^ ip
    return (ip & (ip + 1n)) === 0n || (inverted & (inverted + 1n)) === 0n
  },
}
const both = (network: Network, ranges: readonly string[]) =>
  within(network.version, firstOf(network), ranges) && within(network.version, lastOf(network), ranges)

/** The name under which DNS keeps the reverse of an address. */
export function reverseName(version: 4 | 6, ip: bigint): string {
  if (version === 4) return `${addressText(4, ip).split('.').reverse().join('.')}.in-addr.arpa.`
  return `${[...ip.toString(16).padStart(32, '0')].reverse().join('.')}.ip6.arpa.`
}

/** The fewest networks that cover exactly what the given ones do. */
export function merged(networks: readonly Network[]): Network[] {
  const made: Network[] = []
  for (const version of [4, 6] as const) {
    const ranges = networks
      .filter(network => network.version === version)
      .map(network => [firstOf(network), lastOf(network)] as [bigint, bigint])
      .sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))
    const joined: [bigint, bigint][] = []
    for (const [first, last] of ranges) {
      const before = joined.at(-1)
      if (before && first <= before[1] + 1n) before[1] = last > before[1] ? last : before[1]
      else joined.push([first, last])
    }
    for (const [first, last] of joined) made.push(...covering(version, first, last))
  }
  return made
}

function covering(version: 4 | 6, first: bigint, last: bigint): Network[] {
  const made: Network[] = []
  for (let at = first; at <= last; ) {
    let prefix: number = widths[version]
    while (prefix > 0) {
      const size = 1n << BigInt(widths[version] - prefix + 1)
      if (at % size !== 0n || at + size - 1n > last) break
      prefix--
    }
    made.push({ version, ip: at, prefix })
    at += 1n << BigInt(widths[version] - prefix)
  }
  return made
}

/** The smallest network that holds all of them. */
export function spanning(networks: readonly Network[]): Network {
  const { version } = networks[0]!
  const first = networks.map(firstOf).reduce((a, b) => (a < b ? a : b))
  const last = networks.map(lastOf).reduce((a, b) => (a > b ? a : b))
  let prefix: number = widths[version]
  while (prefix > 0 && first >> BigInt(widths[version] - prefix) !== last >> BigInt(widths[version] - prefix)) prefix--
  return { version, prefix, ip: (first >> BigInt(widths[version] - prefix)) << BigInt(widths[version] - prefix) }
}

/** A hardware address of 48 or 64 bits in any of the usual spellings, or as a number. */
export function parseHardware(text: string): { bits: 48 | 64; value: bigint } | undefined {
  const hex = (digits: string, bits: 48 | 64) => ({ bits, value: BigInt(`0x${digits}`) })
  const parts = text.split(/[:-]/)
  const groups = (count: number, most: number) =>
    parts.length === count && parts.every(part => new RegExp(`^[0-9a-fA-F]{1,${most}}$`).test(part))
  const joined = (most: number) => parts.map(part => part.padStart(most, '0')).join('')
  if (groups(6, 2)) return hex(joined(2), 48)
  if (groups(8, 2)) return hex(joined(2), 64)
  if (groups(3, 4)) return hex(joined(4), 48)
  if (groups(4, 4)) return hex(joined(4), 64)
  if (groups(2, 6)) return hex(joined(6), 48)
  const dots = text.split('.')
  if ((dots.length === 3 || dots.length === 4) && dots.every(part => /^[0-9a-fA-F]{1,4}$/.test(part)))
    return hex(dots.map(part => part.padStart(4, '0')).join(''), dots.length === 3 ? 48 : 64)
  if (/^\d+$/.test(text) && text.length !== 12 && text.length !== 16) {
    const value = BigInt(text)
    return value <= ones(48) ? { bits: 48, value } : value <= ones(64) ? { bits: 64, value } : undefined
  }
  if (/^[0-9a-fA-F]{11,12}$/.test(text)) return hex(text, 48)
  if (/^[0-9a-fA-F]{16}$/.test(text)) return hex(text, 64)
  return undefined
}
