/** Names as the options of openssl_csr write them (`DNS:x`, `IP:y`, `dirName:/CN=z`), as DER: RFC 5280, 4.2.1.6, and RFC 4514. */
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { firstOf, netmask, networkText, parseAddress, parseNetwork, widthOf } from '../../engine/python/netaddr.js'
import { element, objectId, sequence } from './der.js'
import { attributeNames } from './object-names.js'

/** Why a text is no such name, in Ansible's words. */
export class NameError extends Error {}

/** One GeneralName. `what` is what the name is for: Subject Alternative Name. */
export function generalName(text: string, what: string): Buffer {
  const colon = text.indexOf(':')
  const kind = text.slice(0, colon)
  const rest = text.slice(colon + 1)
  if (colon < 0) throw new NameError(`Cannot parse ${what} "${text}" (forgot "DNS:" prefix?)`)
  try {
    if (kind === 'DNS') return element(0x82, ia5(toAscii(rest)))
    if (kind === 'IP') return element(0x87, address(rest))
    if (kind === 'email') return element(0x81, ia5(mailAddress(rest)))
    if (kind === 'URI') return element(0x86, ia5(uri(rest)))
    if (kind === 'RID') return element(0x88, objectId(identifier(rest, `${what} "${text}"`)).subarray(2))
    if (kind === 'dirName') return element(0xa4, directoryName(rest))
  } catch (error) {
    if (error instanceof NameError) throw new NameError(`Cannot parse ${what} "${text}": ${error.message}`)
    throw error
  }
  if (kind === 'otherName') return element(0xa0, otherName(rest, what))
  throw new NameError(`Cannot parse ${what} "${text}" (potentially unsupported by cryptography backend)`)
}

const ia5 = (text: string) => Buffer.from(text, 'latin1')
const plain = (text: string) => /^[\x00-\x7f]*$/.test(text)
const toAscii = (host: string) => (plain(host) ? host : domainToASCII(host) || host)

function mailAddress(text: string): string {
  const at = text.lastIndexOf('@')
  if (/[<>\s]/.test(text)) throw new NameError('Invalid rfc822name value')
  return at < 0 ? text : `${text.slice(0, at + 1)}${toAscii(text.slice(at + 1))}`
}

function uri(text: string): string {
  const [, head = '', host = '', rest = ''] = /^(\w[\w+.-]*:\/\/(?:[^@/?#]*@)?)([^:/?#]*)(.*)$/s.exec(text) ?? []
  const ascii = head === '' ? text : `${head}${toAscii(host)}${rest}`
  if (plain(ascii)) return ascii
  throw new NameError(
    'URI values should be passed as an A-label string. This means unicode characters should be encoded via a library like idna.',
  )
}

/** An address, or a network: address and mask, as constraints have it. */
function address(text: string): Buffer {
  const bytes = (value: bigint, width: number) => Buffer.from(value.toString(16).padStart(width / 4, '0'), 'hex')
  // Not as inet_aton(3) reads them: 1.2.3 is none.
  const one = isIP(text) === 0 ? undefined : parseAddress(text)
  if (one) return bytes(one.ip, widthOf(one))
  const network = text.includes('/') ? parseNetwork(text) : undefined
  if (!network)
    throw new NameError(`'${text}' does not appear to be an IPv4 or IPv6 ${text.includes('/') ? 'network' : 'address'}`)
  if (network.ip !== firstOf(network)) throw new NameError(`${networkText(network)} has host bits set`)
  return Buffer.concat([network.ip, netmask(network)].map(value => bytes(value, widthOf(network))))
}

function identifier(text: string, name: string): string {
  if (!/^[0-2](\.\d+)+$/.test(text)) throw new NameError(`Cannot parse ${name}`)
  return text
}

/** `<OID>;UTF8:text` or `<OID>;0C:03:61:62:63`. */
function otherName(text: string, what: string): Buffer {
  const semicolon = text.indexOf(';')
  const failed = (why: string) => new NameError(`Cannot parse ${what} "${text}": ${why}`)
  if (semicolon < 0)
    throw failed(
      `Cannot parse ${what} otherName "${text}", must be in the format "otherName:<OID>;<ASN.1 OpenSSL Encoded String>" or "otherName:<OID>;<hex string>"`,
    )
  const value = text.slice(semicolon + 1)
  const colon = value.indexOf(':')
  const bytes = /^[0-9a-f]{2}(:[0-9a-f]{2})+$/i.test(value) ? fromHex(value) : utf8(value, colon, failed)
  return Buffer.concat([
    objectId(identifier(text.slice(0, semicolon), `${what} "otherName:${text}"`)),
    element(0xa0, bytes),
  ])
}

function utf8(value: string, colon: number, failed: (why: string) => NameError): Buffer {
  if (colon < 0) throw failed('The ASN.1 serialized string must be in the format [modifier,]type[:value]')
  const type = value.slice(0, colon)
  if (type !== 'UTF8')
    throw failed(`The ASN.1 serialized string is not a known type "${type}", only UTF8 types are supported`)
  return element(0x0c, Buffer.from(value.slice(colon + 1)))
}

/** Bytes as hexadecimal digits, with or without colons. */
export function fromHex(text: string): Buffer {
  const digits = text.replaceAll(':', '')
  if (digits.length % 2 === 1) throw new NameError('Odd-length string')
  if (!/^[0-9a-f]*$/i.test(digits)) throw new NameError('Non-hexadecimal digit found')
  return Buffer.from(digits, 'hex')
}

/** `/CN=x/O=y` or `CN=x, O=y`: the last comes first in the name, as RFC 4514 has it. */
function directoryName(text: string): Buffer {
  const separator = text.startsWith('/') ? '/' : ','
  const parts = partsOf(separator === '/' ? text.slice(1) : text, separator, text)
  return sequence(...parts.reverse().map(pair => element(0x31, attribute(pair, `distinguished name "${text}"`))))
}

/** The name of a revocation list below its issuer's: `CN=x`, each of one attribute. */
export function relativeName(texts: readonly string[]): Buffer {
  const pairs = texts.map(text => {
    const name = `relative distinguished name "${text}"`
    const start = nameStart.exec(text)
    if (!start) throw new NameError(`Error while parsing ${name}: cannot start part in "${text}"`)
    return attribute([start[1]!, text.slice(start[0].length)], name)
  })
  return Buffer.concat(pairs.sort(Buffer.compare))
}

const nameStart = /^([A-Za-z][A-Za-z0-9]*|\d+(?:\.\d+)*)\s*=/

/** Pairs of type and value, up to separators that no backslash stands before. */
function partsOf(text: string, separator: string, whole: string): [string, string][] {
  const pairs: [string, string][] = []
  const failed = (why: string) => new NameError(`Error while parsing distinguished name "${whole}": ${why}`)
  for (let rest = text, more = text !== ''; more; ) {
    rest = rest.trimStart()
    if (rest === '') throw failed('unexpected end of string')
    const start = nameStart.exec(rest)
    if (!start) throw failed(`cannot start part in "${rest}"`)
    const after = rest.slice(start[0].length)
    const value = upTo(after, separator)
    pairs.push([start[1]!, separator === ',' ? value.trimStart() : value])
    more = value.length < after.length
    rest = after.slice(value.length + 1)
  }
  return pairs
}

function upTo(text: string, separator: string): string {
  let at = 0
  while (at < text.length && text[at] !== separator) at += text[at] === '\\' ? 2 : 1
  return text.slice(0, at)
}

/** RFC 4514, 2.4: bytes after a #, or a backslash before a sign or before two hexadecimal digits. */
function valueBytes(text: string): Buffer {
  if (/^#([0-9a-f]{2})+$/i.test(text)) return Buffer.from(text.slice(1), 'hex')
  const parts = [...text.matchAll(/\\([0-9a-f]{2})|\\(.)|[^\\]+/gis)]
  return Buffer.concat(parts.map(([all, hex, sign]) => (hex ? Buffer.from(hex, 'hex') : Buffer.from(sign ?? all))))
}

const objectIds: ReadonlyMap<string, string> = new Map([
  ...Object.entries(attributeNames).map(([id, name]) => [name, id] as const),
  ...Object.entries({
    CN: '2.5.4.3',
    C: '2.5.4.6',
    L: '2.5.4.7',
    ST: '2.5.4.8',
    O: '2.5.4.10',
    OU: '2.5.4.11',
    SN: '2.5.4.4',
    GN: '2.5.4.42',
    street: '2.5.4.9',
    UID: '0.9.2342.19200300.100.1.1',
    DC: '0.9.2342.19200300.100.1.25',
    S: '2.5.4.8',
    E: '1.2.840.113549.1.9.1',
  }),
])

function attribute([name, value]: readonly [string, string], whole: string): Buffer {
  const id = /^\d/.test(name) ? name : objectIds.get(name)
  if (id === undefined) throw new NameError(`Error while parsing ${whole}: Cannot find OID for "${name}"`)
  const country = id === '2.5.4.6' || id === '1.3.6.1.4.1.311.60.2.1.3'
  const bytes = valueBytes(value)
  if (country && bytes.length !== 2) throw new NameError('Country name must be a 2 character country code')
  const ia5Text = id === '0.9.2342.19200300.100.1.25' || id === '1.2.840.113549.1.9.1'
  const tag = country || id === '2.5.4.5' || id === '2.5.4.46' ? 0x13 : ia5Text ? 0x16 : 0x0c
  return sequence(objectId(id), element(tag, bytes))
}
