import { expect, test } from 'vitest'
import { interpolated, parseIni } from './configparser.js'

const value = (text: string, key: string) => interpolated(parseIni(`[s]\n${text}`).get('s')!, key, { section: 's' })

test('values hold other values, and those others', () => {
  expect(value('a = %(b)s!\nb = <%(C)s>\nc = 5%%', 'a')).toBe('<5%>!')
  expect(value('a = plain', 'a')).toBe('plain')
})

test('what stands for nothing is told as by Python', () => {
  expect(() => value('a = 50% off', 'a')).toThrow("'%' must be followed by '%' or '(', found: '% off'")
  expect(() => value('a = x%(b', 'a')).toThrow("bad interpolation variable reference '%(b'")
  expect(() => value('a = %(no)s', 'a')).toThrow(
    "Bad value substitution: option 'a' in section 's' contains an interpolation key 'no' which is not a valid option name. Raw value: '%(no)s'",
  )
  expect(() => value('a = %(a)s', 'a')).toThrow(
    "Recursion limit exceeded in value substitution: option 'a' in section 's' contains an interpolation key which cannot be substituted in 10 steps. Raw value: '%(a)s'",
  )
})
