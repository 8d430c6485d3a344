import { encodeText } from '../../engine/python/surrogateescape.js'

/** Text as bytes in an encoding that Python knows by this name. */
export function encode(text: string, encoding: string, fail: (msg: string) => never): Buffer {
  switch (encoding.toLowerCase().replace(/[_\s]/g, '-')) {
    case 'utf-8':
    case 'utf8':
    case 'u8':
      return encodeText(text)
    case 'utf-8-sig':
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), encodeText(text)])
    case 'ascii':
    case 'us-ascii':
      return limited(text, encoding, 0x7f, fail)
    case 'latin-1':
    case 'latin1':
    case 'l1':
    case 'iso-8859-1':
    case 'iso8859-1':
      return limited(text, encoding, 0xff, fail)
    case 'utf-16':
    case 'utf16':
      return Buffer.from(`\ufeff${text}`, 'utf16le')
    case 'utf-16-le':
    case 'utf-16le':
      return Buffer.from(text, 'utf16le')
    case 'utf-16-be':
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16()
    default:
      return fail(`unknown encoding: ${encoding}`)
  }
}

function limited(text: string, encoding: string, last: number, fail: (msg: string) => never): Buffer {
  for (const [position, char] of [...text].entries())
    if (char.codePointAt(0)! > last)
      fail(
        `'${encoding}' codec can't encode character '${char}' in position ${position}: ordinal not in range(${last + 1})`,
      )
  return Buffer.from(text, 'latin1')
}

/** Bytes as text, in an encoding that Python knows by this name; undefined: unknown to us. */
export function decode(bytes: Buffer, encoding: string): string | undefined {
  try {
    return new TextDecoder(encoding.replaceAll('_', '-'), { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}
