/** ASN.1 DER: what certificates, requests and keys are made of. */

export interface Der {
  /** First byte: class, constructed bit and number. */
  readonly tag: number
  readonly body: Buffer
  /** Tag, length and body. */
  readonly raw: Buffer
}

/** The bytes are cut off or not DER. */
export class DerError extends Error {}

/** One element at the start of the bytes. */
export function readDer(bytes: Buffer): Der {
  const [tag, first] = bytes
  if (tag === undefined || first === undefined) throw new DerError('unexpected end of data')
  const count = first & 0x80 ? first & 0x7f : 0
  if (count > 4 || first === 0x80) throw new DerError('a length that DER does not have')
  const length = count === 0 ? first : Number.parseInt(bytes.toString('hex', 2, 2 + count) || '0', 16)
  const end = 2 + count + length
  if (bytes.length < end) throw new DerError('unexpected end of data')
  return { tag, body: bytes.subarray(2 + count, end), raw: bytes.subarray(0, end) }
}

/** The elements inside a sequence, a set or a tagged value. */
export function insideOf({ body }: Der): Der[] {
  const found: Der[] = []
  for (let at = 0; at < body.length; ) {
    const one = readDer(body.subarray(at))
    found.push(one)
    at += one.raw.length
  }
  return found
}

/** The element with this context tag: `[0]`, `[1]`, … */
export const tagged = (elements: readonly Der[], number: number): Der | undefined =>
  elements.find(({ tag }) => (tag & 0xc0) === 0x80 && (tag & 0x1f) === number)

export function oid({ body }: Pick<Der, 'body'>): string {
  const parts: bigint[] = []
  let value = 0n
  for (const byte of body) {
    value = (value << 7n) | BigInt(byte & 0x7f)
    if (byte & 0x80) continue
    parts.push(value)
    value = 0n
  }
  const [first = 0n, ...rest] = parts
  const root = first < 80n ? first / 40n : 2n
  return [root, first - root * 40n, ...rest].join('.')
}

/** A whole number, exact at any size. */
export function integer({ body }: Pick<Der, 'body'>): number | bigint {
  const value = BigInt.asIntN(body.length * 8, BigInt(`0x${body.toString('hex') || '0'}`))
  return Number.isSafeInteger(Number(value)) ? Number(value) : value
}

/** Text of any of the string types. */
export function text({ tag, body }: Der): string {
  if (tag === 0x1e) return Buffer.from(body).swap16().toString('utf16le')
  if (tag === 0x1c)
    return Array.from({ length: body.length / 4 }, (_, at) => String.fromCodePoint(body.readUInt32BE(at * 4))).join('')
  return body.toString(tag === 0x14 ? 'latin1' : 'utf8')
}

/** The bytes of a bit string without the count of unused bits. */
export const bits = ({ body }: Der): Buffer => body.subarray(1)

export const isSet = (flags: Buffer, bit: number): boolean => ((flags[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0

/** An element of its tag and what is in it. */
export function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length = body.length < 0x80 ? [] : bigEndian(BigInt(body.length))
  return Buffer.concat([Buffer.from([tag, length.length === 0 ? body.length : 0x80 | length.length, ...length]), body])
}

const bigEndian = (value: bigint): readonly number[] => {
  const hex = value.toString(16)
  return [...Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')]
}

export const sequence = (...parts: readonly Buffer[]): Buffer => element(0x30, ...parts)

/** The body of a whole number that is not negative. */
export function integerBody(value: bigint): Buffer {
  const bytes = bigEndian(value)
  return Buffer.from((bytes[0] ?? 0) & 0x80 ? [0, ...bytes] : bytes)
}

/** An object identifier: 2.5.4.3. */
export function objectId(dotted: string): Buffer {
  const [first = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt)
  const base128 = (value: bigint): number[] =>
    value < 0x80n ? [Number(value)] : [...base128(value >> 7n).map(byte => byte | 0x80), Number(value & 0x7fn)]
  return element(0x06, Buffer.from([first * 40n + second, ...rest].flatMap(base128)))
}
