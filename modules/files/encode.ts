import { encodeText } from '../../engine/python/surrogateescape.js'

/**
 * Encodings under the names that Python has for them, and the same text as bytes. What TextDecoder reads can be written
 * too: its tables are turned round. Its names are those of browsers, where `latin-1` means windows-1252 and
 * `iso-8859-9` means windows-1254; here they mean what they say.
 */

/** Names beside the regular ones (`cp1252`, `windows-1252`, `iso8859-2`, …). */
const aliases: { readonly [name: string]: string } = {
  utf8: 'utf-8',
  u8: 'utf-8',
  ascii: 'ascii',
  'us-ascii': 'ascii',
  '646': 'ascii',
  latin: 'iso-8859-1',
  l1: 'iso-8859-1',
  l2: 'iso-8859-2',
  arabic: 'iso-8859-6',
  greek: 'iso-8859-7',
  hebrew: 'iso-8859-8',
  cyrillic: 'iso-8859-5',
  utf16: 'utf-16',
  'utf-16le': 'utf-16-le',
  'utf-16be': 'utf-16-be',
  utf32: 'utf-32',
  'utf-32le': 'utf-32-le',
  'utf-32be': 'utf-32-be',
  cp866: 'ibm866',
  '866': 'ibm866',
  cp874: 'windows-874',
  cp932: 'shift_jis',
  sjis: 'shift_jis',
  's-jis': 'shift_jis',
  shiftjis: 'shift_jis',
  'shift-jis': 'shift_jis',
  cp936: 'gbk',
  '936': 'gbk',
  gb2312: 'gbk',
  'euc-cn': 'gbk',
  cp949: 'euc-kr',
  uhc: 'euc-kr',
  euckr: 'euc-kr',
  cp950: 'big5',
  'big5-tw': 'big5',
  eucjp: 'euc-jp',
  ujis: 'euc-jp',
  'mac-roman': 'macintosh',
  macroman: 'macintosh',
  'mac-cyrillic': 'x-mac-cyrillic',
}

/** `latin2` is ISO 8859-2, but the later ones have other numbers. */
const latin = ['', '1', '2', '3', '4', '9', '10', '13', '14', '15', '16']

/** 0x80 to 0x9f; TextDecoder of some versions of Node takes them for control characters. */
const windows1252 = '€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ'

const multibyte = new Set(['shift_jis', 'gbk', 'gb18030', 'big5', 'euc-jp', 'euc-kr'])

function canonical(encoding: string): string {
  const name = encoding.trim().toLowerCase().replace(/[_\s]/g, '-')
  const numbered = /^(?:latin|l)-?(\d+)$/.exec(name)
  if (numbered && latin[Number(numbered[1])]) return `iso-8859-${latin[Number(numbered[1])]}`
  const iso = /^iso-?8859-(\d+)$/.exec(name)
  if (iso) return `iso-8859-${iso[1]}`
  const windows = /^(?:cp|windows-)?(125\d)$/.exec(name)
  if (windows) return `windows-${windows[1]}`
  return aliases[name] ?? name
}

/** Text as bytes in an encoding that Python knows by this name. */
export function encode(text: string, encoding: string, fail: (msg: string) => never): Buffer {
  const name = canonical(encoding)
  switch (name) {
    case 'utf-8':
      return encodeText(text)
    case 'utf-8-sig':
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), encodeText(text)])
    case 'ascii':
      return limited(text, 'ascii', 0x7f, fail)
    case 'iso-8859-1':
      return limited(text, 'latin-1', 0xff, fail)
    case 'utf-16':
      return Buffer.from(`\ufeff${text}`, 'utf16le')
    case 'utf-16-le':
      return Buffer.from(text, 'utf16le')
    case 'utf-16-be':
      return Buffer.from(text, 'utf16le').swap16()
    case 'utf-32':
      return utf32(`\ufeff${text}`)
    case 'utf-32-le':
      return utf32(text)
    case 'utf-32-be':
      return utf32(text).swap32()
  }
  const table = tableOf(name)
  if (!table) return fail(`unknown encoding: ${encoding}`)
  const chars = [...text]
  const pieces: Buffer[] = []
  for (const [position, char] of chars.entries()) {
    const bytes = char.codePointAt(0)! < 0x80 ? Buffer.from(char) : table.get(char)
    if (bytes) pieces.push(bytes)
    else if (multibyte.has(name)) unencodable(encoding, [char], position, 'illegal multibyte sequence', fail)
    else {
      const bad = runOf(chars, position, one => one.codePointAt(0)! >= 0x80 && !table.has(one))
      unencodable('charmap', bad, position, 'character maps to <undefined>', fail)
    }
  }
  return Buffer.concat(pieces)
}

/** Bytes as text, in an encoding that Python knows by this name; undefined: unknown to us. */
export function decode(bytes: Buffer, encoding: string): string | undefined {
  const name = canonical(encoding)
  if (name === 'iso-8859-1') return bytes.toString('latin1')
  if (name === 'windows-1252')
    return bytes.toString('latin1').replace(/[\u0080-\u009f]/g, char => {
      const known = windows1252[char.charCodeAt(0) - 0x80]!
      return known === '\0' ? char : known
    })
  try {
    return new TextDecoder(name, { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function utf32(text: string): Buffer {
  const points = Array.from(text, char => char.codePointAt(0)!)
  const bytes = Buffer.alloc(points.length * 4)
  points.forEach((point, index) => {
    bytes.writeUInt32LE(point, index * 4)
  })
  return bytes
}

function limited(text: string, codec: string, last: number, fail: (msg: string) => never): Buffer {
  const chars = [...text]
  const beyond = (char: string) => char.codePointAt(0)! > last
  const at = chars.findIndex(beyond)
  if (at !== -1) unencodable(codec, runOf(chars, at, beyond), at, `ordinal not in range(${last + 1})`, fail)
  return Buffer.from(text, 'latin1')
}

function runOf(chars: readonly string[], start: number, bad: (char: string) => boolean): readonly string[] {
  const end = chars.findIndex((char, index) => index > start && !bad(char))
  return chars.slice(start, end === -1 ? undefined : end)
}

/** What Python says of characters that an encoding does not have. */
function unencodable(
  codec: string,
  bad: readonly string[],
  position: number,
  why: string,
  fail: (msg: string) => never,
): never {
  const what =
    bad.length === 1
      ? `character '${escaped(bad[0]!)}' in position ${position}`
      : `characters in position ${position}-${position + bad.length - 1}`
  return fail(`'${codec}' codec can't encode ${what}: ${why}`)
}

function escaped(char: string): string {
  const point = char.codePointAt(0)!
  const hex = (letter: string, digits: number) => `\\${letter}${point.toString(16).padStart(digits, '0')}`
  return point < 0x100 ? hex('x', 2) : point < 0x10000 ? hex('u', 4) : hex('U', 8)
}

const tables = new Map<string, ReadonlyMap<string, Buffer> | undefined>()

/** Bytes by character, beyond ASCII. */
function tableOf(name: string): ReadonlyMap<string, Buffer> | undefined {
  if (!tables.has(name)) tables.set(name, turnedRound(name))
  return tables.get(name)
}

function turnedRound(name: string): ReadonlyMap<string, Buffer> | undefined {
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(name, { fatal: true })
  } catch {
    return undefined
  }
  const table = new Map<string, Buffer>()
  const learn = (bytes: Buffer) => {
    try {
      const char = decoder.decode(bytes)
      // Python has no characters where browsers put control characters.
      const control = /^[\u0080-\u009f]$/.test(char)
      if ([...char].length === 1 && !control && !table.has(char)) table.set(char, bytes)
    } catch {
      // No character has these bytes.
    }
  }
  for (let byte = 0x80; byte < 0x100; byte++) {
    const letter = name === 'windows-1252' && byte < 0xa0 ? windows1252[byte - 0x80] : undefined
    if (letter !== undefined && letter !== '\0') table.set(letter, Buffer.from([byte]))
    if (letter !== undefined) continue
    // ISO 8859 has control characters where the encoding of the same name in browsers has letters.
    if (/^iso-8859-/.test(name) && byte < 0xa0) table.set(String.fromCharCode(byte), Buffer.from([byte]))
    else learn(Buffer.from([byte]))
  }
  if (!multibyte.has(name)) return table
  for (let lead = 0x81; lead < 0xff; lead++)
    for (let trail = 0x30; trail < 0xff; trail++) learn(Buffer.from([lead, trail]))
  return table
}
