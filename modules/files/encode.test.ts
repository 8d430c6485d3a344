import { expect, test } from 'vitest'
import { decode, encode } from './encode.js'

const refuse = (msg: string): never => {
  throw new Error(msg)
}
const hex = (text: string, encoding: string) => encode(text, encoding, refuse).toString('hex')

test('encodings have the names that Python knows', () => {
  for (const name of ['windows-1252', 'cp1252', 'CP1252', 'windows_1252', '1252']) expect(hex('a€', name)).toBe('6180')
  for (const name of ['latin-1', 'latin1', 'L1', 'iso8859-1', 'ISO-8859-1', 'iso_8859-1'])
    expect(hex('é', name)).toBe('e9')
  for (const name of ['latin9', 'iso8859-15']) expect(hex('€', name)).toBe('a4')
  expect([hex('Ж', 'koi8-r'), hex('Ж', 'cp866'), hex('ł', 'latin2')]).toEqual(['f6', '86', 'b3'])
  expect([hex('日a', 'shift_jis'), hex('中', 'gb2312'), hex('中', 'big5')]).toEqual(['93fa61', 'd6d0', 'a4a4'])
  expect([hex('é', 'utf-16'), hex('é', 'utf_16_be'), hex('😀', 'utf-32-be')]).toEqual(['fffee900', '00e9', '0001f600'])
})

test('an encoding named as in ISO 8859 is that one, not what browsers take it for', () => {
  expect(hex('\u0085ğ', 'iso-8859-9')).toBe('85f0')
  expect(() => hex('€', 'latin-1')).toThrow(/'latin-1' codec can't encode character '\\u20ac'/)
  expect(decode(Buffer.from([0x80, 0xe9]), 'latin-1')).toBe('\u0080é')
  expect(decode(Buffer.from([0x80]), 'cp1252')).toBe('€')
})

test('what an encoding lacks is told as Python does', () => {
  const said = (text: string, encoding: string) => () => hex(text, encoding)
  expect(said('a中b', 'cp1252')).toThrow(
    "'charmap' codec can't encode character '\\u4e2d' in position 1: character maps to <undefined>",
  )
  expect(said('中文x', 'iso8859-2')).toThrow(
    "'charmap' codec can't encode characters in position 0-1: character maps to <undefined>",
  )
  expect(said('\u0081', 'cp1252')).toThrow(/character '\\x81' in position 0/)
  expect(said('éé', 'ascii')).toThrow(
    "'ascii' codec can't encode characters in position 0-1: ordinal not in range(128)",
  )
  expect(said('aé', 'euc_kr')).toThrow("'euc_kr' codec can't encode character '\\xe9' in position 1: illegal multibyte")
  expect(said('a', 'klingon')).toThrow('unknown encoding: klingon')
})
