/** Checksums, base64, UUIDs, passwords. */
import { createHash, getHashes } from 'node:crypto'
import { Diagnostic } from '../../diagnostics.js'
import { truthy } from '../../python/compare.js'
import { valueError } from '../../python/errors.js'
import { pyRepr, pyStr } from '../../python/repr.js'
import { decodeBytes } from '../../python/surrogateescape.js'
import type { Value } from '../../python/values.js'
import { defineFilter } from '../define.js'

const hex = (algorithm: string, data: string | Buffer) => createHash(algorithm).update(data).digest('hex')

export const md5 = defineFilter({
  summary: 'The MD5 checksum of the text',
  examples: [["{{ 'x' | md5 }}", '9dd4e461268c8034f5c8564e155c67a6']],
  apply: (value: Value) => hex('md5', pyStr(value)),
})

export const sha1 = defineFilter({
  summary: 'The SHA-1 checksum of the text',
  examples: [["{{ 'x' | checksum }}", '11f6ad8ec52a2984abaafd7c3b516503785c2072']],
  apply: (value: Value) => hex('sha1', pyStr(value)),
})

export const hash = defineFilter({
  summary: 'A checksum of the text: sha1, sha256, sha512, md5, blake2b, sha3_256, …',
  examples: [
    ["{{ 'x' | hash('sha256') }}", '2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881'],
    ["{{ 'x' | hash('nosuch') }}", { error: 'unsupported hash type nosuch' }],
  ],
  signature: "hashtype='sha1'",
  apply: (value: Value, type: Value): Value => {
    const name = opensslName(pyStr(type))
    if (name === undefined) throw new Diagnostic(`unsupported hash type ${pyStr(type)}`, { code: 'filter-argument' })
    return hex(name, pyStr(value))
  },
})

/** The name OpenSSL has for one of hashlib's algorithms. */
function opensslName(name: string): string | undefined {
  const wanted = name
    .toLowerCase()
    .replace(/^sha3_/, 'sha3-')
    .replace(/^blake2b$/, 'blake2b512')
    .replace(/^blake2s$/, 'blake2s256')
    .replace(/^sha512_/, 'sha512-')
  return getHashes().includes(wanted) ? wanted : getHashes().find(known => known.toLowerCase() === wanted)
}

export const b64encode = defineFilter({
  summary: 'The text in base64',
  examples: [
    ["{{ 'é' | b64encode }}", 'w6k='],
    ["{{ 'é' | b64encode(encoding='latin-1') }}", '6Q=='],
    ["{{ 'a?~ÿ' | b64encode(urlsafe=true) }}", 'YT9-w78='],
  ],
  signature: "encoding='utf-8', *, urlsafe=False",
  apply: (value: Value, encoding: Value, urlsafe: Value) => {
    const text = encoded(pyStr(value), pyStr(encoding)).toString('base64')
    return truthy(urlsafe) ? text.replaceAll('+', '-').replaceAll('/', '_') : text
  },
})

export const b64decode = defineFilter({
  summary: 'The text that is written in base64',
  examples: [
    ["{{ 'w6k=' | b64decode }}", 'é'],
    ["{{ 'YT9-w78=' | b64decode(urlsafe=true) }}", 'a?~ÿ'],
  ],
  signature: "encoding='utf-8', *, urlsafe=False",
  apply: (value: Value, encoding: Value, urlsafe: Value) => {
    const text = pyStr(value)
    const plain = truthy(urlsafe) ? text.replaceAll('-', '+').replaceAll('_', '/') : text
    return decoded(base64Bytes(plain), pyStr(encoding))
  },
})

/** As Python's b64decode does: foreign characters are skipped, missing padding is an error. */
function base64Bytes(text: string): Buffer {
  const digits = text.replace(/[^A-Za-z0-9+/=]/g, '')
  const body = /^([^=]*)(=*)/.exec(digits)!
  const data = body[1]!
  if (data.length % 4 === 1)
    throw valueError(
      `Invalid base64-encoded string: number of data characters (${data.length}) cannot be 1 more than a multiple of 4`,
    )
  if ((data.length + body[2]!.length) % 4 !== 0 && data.length % 4 !== 0 && body[2]!.length < 4 - (data.length % 4))
    throw valueError('Incorrect padding')
  return Buffer.from(data, 'base64')
}

const codecs: Record<string, BufferEncoding> = {
  utf8: 'utf8',
  utf16le: 'utf16le',
  latin1: 'latin1',
  iso88591: 'latin1',
  l1: 'latin1',
  ascii: 'latin1',
  usascii: 'latin1',
}
const codecOf = (encoding: string) => encoding.toLowerCase().replace(/[-_ ]/g, '')

function encoded(text: string, encoding: string): Buffer {
  const name = codecOf(encoding)
  if (name === 'utf16') return Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])
  if (name === 'utf16be') return Buffer.from(text, 'utf16le').swap16()
  const codec = codecs[name]
  if (!codec) throw new Diagnostic(`unknown encoding: ${encoding}`, { code: 'LookupError' })
  const limit = name.endsWith('ascii') ? 0x80 : codec === 'latin1' ? 0x100 : 0x110000
  for (const character of text)
    if (character.codePointAt(0)! >= limit) {
      throw valueError(
        `'${encoding}' codec can't encode character ${pyRepr(character).replace(
          /^'(.)'$/u,
          (_, one: string) =>
            `'\\${one.codePointAt(0)! < 0x100 ? 'x' : 'u'}${one
              .codePointAt(0)!
              .toString(16)
              .padStart(one.codePointAt(0)! < 0x100 ? 2 : 4, '0')}'`,
        )} in position ${[...text].indexOf(character)}: ordinal not in range(${limit})`,
      )
    }
  return Buffer.from(text, codec)
}

function decoded(data: Buffer, encoding: string): string {
  const name = codecOf(encoding)
  if (name === 'utf16') {
    if (data[0] === 0xfe && data[1] === 0xff) return Buffer.from(data.subarray(2)).swap16().toString('utf16le')
    return (data[0] === 0xff && data[1] === 0xfe ? data.subarray(2) : data).toString('utf16le')
  }
  if (name === 'utf16be') return Buffer.from(data).swap16().toString('utf16le')
  const codec = codecs[name]
  if (!codec) throw new Diagnostic(`unknown encoding: ${encoding}`, { code: 'LookupError' })
  return codec === 'utf8' ? decodeBytes(data) : data.toString(codec)
}

const ANSIBLE_NAMESPACE = '361e6d51-faec-444a-9079-341386da8e2e'

export const toUuid = defineFilter({
  summary: 'A UUID that is always the same for the same text (version 5)',
  examples: [["{{ 'x' | to_uuid }}", '66b2f013-1baa-5313-9c8c-e6f1182e0e90']],
  signature: `namespace='${ANSIBLE_NAMESPACE}'`,
  apply: (value: Value, namespace: Value) => {
    const digits = pyStr(namespace).replace(/^urn:|uuid:|[{}-]/g, '')
    if (!/^[0-9a-fA-F]{32}$/.test(digits))
      throw new Diagnostic(`Invalid value ${pyRepr(namespace)} for 'namespace': badly formed hexadecimal UUID string`, {
        code: 'filter-argument',
      })
    const bytes = createHash('sha1').update(Buffer.from(digits, 'hex')).update(pyStr(value)).digest().subarray(0, 16)
    bytes[6] = (bytes[6]! & 0x0f) | 0x50
    bytes[8] = (bytes[8]! & 0x3f) | 0x80
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  },
})

export const crc32 = defineFilter({
  summary: 'The CRC-32 of the text, in hexadecimal',
  examples: [["{{ 'test' | community.general.crc32 }}", 'd87f7e0c']],
  apply: (value: Value) => {
    let crc = 0xffffffff
    for (const byte of Buffer.from(pyStr(value), 'utf8')) {
      crc ^= byte
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
    }
    return ((crc ^ 0xffffffff) >>> 0).toString(16)
  },
})
