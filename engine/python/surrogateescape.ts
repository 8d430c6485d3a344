/** Text that any bytes survive in: UTF-8, where a byte that is no UTF-8 becomes a lone surrogate, as Python's surrogateescape. */

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Bytes to text; byte 0xNN outside UTF-8 becomes U+DCNN. */
export function decodeBytes(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    return decodeLoosely(bytes)
  }
}

/** Text to bytes: the inverse of `decodeBytes`. */
export function encodeText(text: string): Buffer {
  if (!/[\udc80-\udcff]/u.test(text)) return Buffer.from(text, 'utf8')
  const parts: Buffer[] = []
  for (const piece of text.split(/([\udc80-\udcff]+)/u)) {
    parts.push(
      /^[\udc80-\udcff]/u.test(piece)
        ? Buffer.from(Array.from(piece, unit => unit.charCodeAt(0) & 0xff))
        : Buffer.from(piece, 'utf8'),
    )
  }
  return Buffer.concat(parts)
}

/** How many bytes come before a character whose end is missing yet; bytes that are no UTF-8 wait for nothing. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!
    if ((byte & 0xc0) === 0x80) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
    return length > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

function decodeLoosely(bytes: Uint8Array): string {
  let text = ''
  let from = 0
  let at = 0
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at)
    if (length > 0) {
      at += length
      continue
    }
    text += strict.decode(bytes.subarray(from, at)) + String.fromCharCode(0xdc00 + bytes[at]!)
    at += 1
    from = at
  }
  return text + strict.decode(bytes.subarray(from))
}

/** Length of the valid UTF-8 sequence at `at`, 0 when there is none (overlong forms and surrogates are none). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!
  if (first < 0x80) return 1
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0
  if (length === 0 || first > 0xf4 || at + length > bytes.length) return 0
  for (let offset = 1; offset < length; offset++) if ((bytes[at + offset]! & 0xc0) !== 0x80) return 0
  const second = bytes[at + 1]!
  if (first === 0xe0 && second < 0xa0) return 0
  if (first === 0xed && second > 0x9f) return 0
  if (first === 0xf0 && second < 0x90) return 0
  if (first === 0xf4 && second > 0x8f) return 0
  return length
}
