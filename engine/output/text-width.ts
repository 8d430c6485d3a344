/** How many columns of a terminal text takes, character by character, as wcwidth(3) counts for Ansible. */
import { stripVTControlCharacters } from 'node:util'

export function textWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let width = 0
  for (const character of stripVTControlCharacters(text)) width += widthOf(character)
  return width
}

function widthOf(character: string): number {
  if (/^[\p{Mn}\p{Me}\p{Cc}\p{Cf}]$/u.test(character)) return 0
  const code = character.codePointAt(0)!
  const wide = /^\p{Emoji_Presentation}$/u.test(character) || ranges.some(([from, to]) => code >= from && code <= to)
  return wide ? 2 : 1
}

/** Wide and full-width characters of Unicode's EastAsianWidth.txt, but for emoji. */
const ranges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18cff],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
]
