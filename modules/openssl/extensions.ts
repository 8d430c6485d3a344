/** Names and extensions of certificates and requests, in the words of community.crypto's return values. */
import { domainToASCII, domainToUnicode } from 'node:url'
import type { Json } from '../../engine/python/values.js'
import { bits, type Der, insideOf, integer, isSet, oid, readDer, tagged, text } from './der.js'
import { attributeNames, shortAttributes, usageNames } from './object-names.js'

export type NameEncoding = 'ignore' | 'idna' | 'unicode'

export interface Extension {
  readonly critical: boolean
  /** DER inside the octet string. */
  readonly value: Buffer
}
export type Extensions = ReadonlyMap<string, Extension>

/** Reads `SEQUENCE OF Extension`. */
export function extensionsOf(sequence: Der | undefined): Extensions {
  return new Map(
    (sequence ? insideOf(sequence) : []).map(one => {
      const parts = insideOf(one)
      return [oid(parts[0]!), { critical: parts.length > 2 && parts[1]!.body[0] !== 0, value: parts.at(-1)!.body }]
    }),
  )
}

/** A subject or issuer: pairs of long name and value in order, and by name, of which the last wins. */
export function distinguishedName(name: Der): { ordered: string[][]; dict: { [name: string]: string } } {
  const ordered = attributesIn(name).flatMap(set => set.map(([key, value]) => [attributeNames[key] ?? key, value]))
  return { ordered, dict: Object.fromEntries(ordered) as { [name: string]: string } }
}

const attributesIn = (name: Der): [string, string][][] =>
  insideOf(name).map(set =>
    insideOf(set).map(pair => {
      const [key, value] = insideOf(pair) as [Der, Der]
      return [oid(key), text(value)]
    }),
  )

/** Last name first, as RFC 4514 writes it. */
function rfc4514(name: Der): string {
  const escaped = (value: string) => value.replace(/[,+"\\<>;]|^[ #]| $/g, '\\$&')
  const parts = attributesIn(name).map(set =>
    set.map(([key, value]) => `${shortAttributes[key] ?? key}=${escaped(value)}`).join('+'),
  )
  return parts.reverse().join(',')
}

export const hexOf = (bytes: Buffer): string => (bytes.toString('hex').match(/../g) ?? []).join(':')

const usageBits = [
  'Digital Signature',
  'Non Repudiation',
  'Key Encipherment',
  'Data Encipherment',
  'Key Agreement',
  'Certificate Sign',
  'CRL Sign',
  'Encipher Only',
  'Decipher Only',
]

/** What certificates and requests tell alike. */
export function extensionFacts(extensions: Extensions, encoding: NameEncoding): { [name: string]: Json } {
  const read = <T>(id: string, reader: (der: Der) => T): T | null => {
    const found = extensions.get(id)
    return found ? reader(readDer(found.value)) : null
  }
  const critical = (id: string) => extensions.get(id)?.critical ?? false
  const names = (list: readonly Der[]) => list.map(one => generalName(one, encoding))
  const authority = read('2.5.29.35', insideOf) ?? []
  const constraints = read('2.5.29.30', insideOf) ?? []
  const subtrees = (number: number) => {
    const list = tagged(constraints, number)
    return list ? insideOf(list).map(one => generalName(insideOf(one)[0]!, encoding, { subtree: true })) : null
  }
  const issuer = tagged(authority, 1)
  const keyId = tagged(authority, 0)
  const serial = tagged(authority, 2)
  return {
    basic_constraints: read('2.5.29.19', basicConstraints),
    basic_constraints_critical: critical('2.5.29.19'),
    key_usage: read('2.5.29.15', der => usageBits.filter((_, bit) => isSet(bits(der), bit)).sort()),
    key_usage_critical: critical('2.5.29.15'),
    extended_key_usage: read('2.5.29.37', der =>
      insideOf(der)
        .map(one => usageNames[oid(one)] ?? oid(one))
        .sort(),
    ),
    extended_key_usage_critical: critical('2.5.29.37'),
    subject_alt_name: read('2.5.29.17', der => names(insideOf(der))),
    subject_alt_name_critical: critical('2.5.29.17'),
    // Feature 5 is the status request of a stapled OCSP answer, 17 the same for several certificates.
    ocsp_must_staple: read('1.3.6.1.5.5.7.1.24', der =>
      insideOf(der).some(one => [5, 17].includes(Number(integer(one)))),
    ),
    ocsp_must_staple_critical: critical('1.3.6.1.5.5.7.1.24'),
    subject_key_identifier: read('2.5.29.14', der => hexOf(der.body)),
    authority_key_identifier: keyId ? hexOf(keyId.body) : null,
    authority_cert_issuer: issuer ? names(insideOf(issuer)) : null,
    authority_cert_serial_number: serial ? integer(serial) : null,
    extensions_by_oid: Object.fromEntries(
      [...extensions].map(([id, one]) => [id, { critical: one.critical, value: one.value.toString('base64') }]),
    ),
    name_constraints_permitted: subtrees(0),
    name_constraints_excluded: subtrees(1),
    name_constraints_critical: critical('2.5.29.30'),
  }
}

/** Where the issuer's certificate and its answers about revocation are. */
export function accessUris(extensions: Extensions): { ocsp_uri: string | null; issuer_uri: string | null } {
  const access = extensions.get('1.3.6.1.5.5.7.1.1')
  const entries = access ? insideOf(readDer(access.value)).map(one => insideOf(one) as [Der, Der]) : []
  const uri = (method: string) =>
    entries.find(([id, place]) => oid(id) === method && place.tag === 0x86)?.[1].body.toString('latin1') ?? null
  return { ocsp_uri: uri('1.3.6.1.5.5.7.48.1'), issuer_uri: uri('1.3.6.1.5.5.7.48.2') }
}

function basicConstraints(der: Der): string[] {
  const parts = insideOf(der)
  const isCa = parts.some(({ tag, body }) => tag === 1 && body[0] !== 0)
  const length = parts.find(({ tag }) => tag === 2)
  return [`CA:${isCa ? 'TRUE' : 'FALSE'}`, ...(length ? [`pathlen:${integer(length)}`] : [])]
}

function generalName(name: Der, encoding: NameEncoding, { subtree = false } = {}): string {
  const plain = name.body.toString('latin1')
  switch (name.tag & 0x1f) {
    case 0: {
      const [id, value] = insideOf(name) as [Der, Der]
      return `otherName:${oid(id)};${hexOf(value.body)}`
    }
    case 1: {
      const at = plain.lastIndexOf('@')
      return `email:${plain.slice(0, at + 1)}${hostName(plain.slice(at + 1), encoding)}`
    }
    case 2:
      return `DNS:${hostName(plain, encoding)}`
    case 4:
      return `dirName:${rfc4514(insideOf(name)[0]!)}`
    case 6:
      return `URI:${plain.replace(/^([a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?)([^/:?#[\]]+)/i, (_, head: string, host: string) => head + hostName(host, encoding))}`
    case 7:
      return `IP:${subtree ? network(name.body) : address(name.body)}`
    case 8:
      return `RID:${oid(name)}`
    default:
      return `unknown:${hexOf(name.raw)}`
  }
}

/** Wildcards and leading dots are no part of the name. */
function hostName(name: string, encoding: NameEncoding): string {
  if (encoding === 'ignore') return name
  const head = /^(?:\*?\.)?/.exec(name)![0]
  const rest = name.slice(head.length)
  return head + ((encoding === 'idna' ? domainToASCII(rest) : domainToUnicode(rest)) || rest)
}

function address(bytes: Buffer): string {
  if (bytes.length === 4) return [...bytes].join('.')
  const words = Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16))
  // The longest row of two zeros or more is left out.
  const longest = words
    .join(':')
    .match(/\b0(?::0)+\b/g)
    ?.reduce((one, other) => (other.length > one.length ? other : one))
  return longest ? words.join(':').replace(new RegExp(`(?:^|:)${longest}(?:$|:)`), '::') : words.join(':')
}

function network(bytes: Buffer): string {
  const half = bytes.length / 2
  const mask = [...bytes.subarray(half)].map(byte => byte.toString(2).padStart(8, '0')).join('')
  return `${address(bytes.subarray(0, half))}/${/^1*/.exec(mask)![0].length}`
}
