import { expect, test } from 'vitest'
import { decodeBytes, encodeText, wholeCharacters } from './surrogateescape.js'

test('any bytes survive the way to text and back', () => {
  for (const bytes of [
    Buffer.from('plain é€😀'),
    Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
    Buffer.from([0xef, 0xbb, 0xbf, 0x61]),
    Buffer.from([0xed, 0xa0, 0x80, 0xc0, 0x80, 0xf4, 0x90, 0x80, 0x80, 0xe2, 0x82]),
  ]) {
    expect(encodeText(decodeBytes(bytes)).equals(bytes)).toBe(true)
  }
})

test('a byte that is no UTF-8 becomes the surrogate that Python gives', () => {
  expect(decodeBytes(Buffer.from([0x61, 0xff, 0x62]))).toBe('a\udcffb')
})

test.each([
  ['ends between characters', Buffer.from('aé€😀'), 10],
  ['ends in a letter of two bytes', Buffer.from('aé').subarray(0, 2), 1],
  ['ends in one of four', Buffer.from('a😀').subarray(0, 4), 1],
  ['has only a part of one', Buffer.from('€').subarray(0, 2), 0],
  ['ends in bytes that are no UTF-8', Buffer.from([0x61, 0x80, 0x80, 0x80, 0x80]), 5],
  ['is empty', Buffer.alloc(0), 0],
])('what %s can be decoded that far', (_, bytes, whole) => expect(wholeCharacters(bytes)).toBe(whole))
