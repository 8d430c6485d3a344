/** What a guest's definition says of its interfaces and disks (https://libvirt.org/formatdomain.html). */
import { type Element, parseXml, select } from '../xml/document.js'

const elements = (xml: string, xpath: string): Element[] => {
  const found = select(parseXml(xml, { blanks: true, cdata: true }), xpath, {})
  return Array.isArray(found) ? (found as Element[]) : []
}
const attribute = (element: Element, child: string, name: string): string | null => {
  const inside = Array.from(element.getElementsByTagName(child))[0]
  return inside?.hasAttribute(name) ? inside.getAttribute(name) : null
}

/** The community's names for the kinds of interfaces that a host lends, and where each says what it hangs on. */
const kinds: { readonly [type: string]: { readonly type: string; readonly source: string } } = {
  network: { type: 'NAT', source: 'network' },
  bridge: { type: 'bridge', source: 'bridge' },
  direct: { type: 'macvtap', source: 'dev' },
}

export type GuestInterface = {
  readonly type: string
  readonly mac: string | null
  /** Bus of its PCI address, as `0x01`. */
  readonly pci_bus: string | null
  readonly source: string | null
}

/** By `interface_1`, `interface_2`, … in the order of the definition. */
export function interfacesOf(xml: string): { [name: string]: GuestInterface } {
  const entries = elements(xml, '/domain/devices/interface').map((one, index) => {
    const type = one.getAttribute('type') ?? ''
    const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined
    return [
      `interface_${index + 1}`,
      {
        type: kind?.type ?? type,
        mac: attribute(one, 'mac', 'address'),
        pci_bus: attribute(one, 'address', 'bus'),
        source: kind ? attribute(one, 'source', kind.source) : null,
      },
    ] as const
  })
  return Object.fromEntries(entries)
}

/** Files and devices that its disks stand on. */
export const disksOf = (xml: string): string[] =>
  elements(xml, '/domain/devices/disk').flatMap(
    disk => attribute(disk, 'source', 'file') ?? attribute(disk, 'source', 'dev') ?? [],
  )

export type GuestAddresses = {
  readonly hwaddr: string
  /** `type`: 0 for IPv4, 1 for IPv6, as libvirt counts them. */
  readonly addrs: { addr: string; prefix: number; type: number }[]
}

/** What `virsh domifaddr --full` prints, by interface. */
export function addressesIn(stdout: string): { [name: string]: GuestAddresses } {
  const found: { [name: string]: GuestAddresses } = {}
  for (const [, name, hwaddr, protocol, address] of stdout.matchAll(/^ *(\S+) +(\S+) +(ipv4|ipv6|N\/A) +(\S+)$/gm)) {
    found[name!] ??= { hwaddr: hwaddr!, addrs: [] }
    if (protocol === 'N/A') continue
    const [addr = '', prefix] = address!.split('/')
    found[name!]!.addrs.push({ addr, prefix: Number(prefix), type: protocol === 'ipv6' ? 1 : 0 })
  }
  return found
}
