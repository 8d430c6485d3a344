import { expect, test } from 'vitest'
import { timeOf } from './time-spec.js'

const fail = (msg: string): never => {
  throw new Error(msg)
}
const at = (spec: string) => timeOf(spec, 'not_after', fail)

test('a time may be from now, in UTC or with an offset', () => {
  const hours = (spec: string) => Math.round((at(spec).getTime() - Date.now()) / 3_600_000)
  expect(hours('+1w2d3h')).toBe((7 + 2) * 24 + 3)
  expect(hours('-90m')).toBe(-1)
  expect(hours('+7200')).toBe(2)
  expect(at('20300102030405Z').toISOString()).toBe('2030-01-02T03:04:05.000Z')
  expect(at('203001020304Z').toISOString()).toBe('2030-01-02T03:04:00.000Z')
  expect(at('20300102030405+0100').toISOString()).toBe('2030-01-02T02:04:05.000Z')
})

test('what is no time is refused in the words of community.crypto', () => {
  for (const spec of ['nonsense', '20301', '20301302030405Z', ''])
    expect(() => at(spec)).toThrow(`The time spec "${spec}" for not_after is invalid`)
  for (const spec of ['+nonsense', '+', '-3x'])
    expect(() => at(spec)).toThrow(`The timespec "${spec}" for not_after is not valid`)
})
