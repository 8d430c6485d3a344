import { expect, test } from 'vitest'
import { strptime } from './strptime.js'

test('a date is read by Python’s letters', () => {
  expect(strptime('202001020304.05', '%Y%m%d%H%M.%S')).toEqual({ touch: '202001020304.05' })
  expect(strptime('3 Feb 21 1:02 PM', '%d %b %y %I:%M %p')).toEqual({ touch: '202102031302.00' })
  expect(strptime('2021-060', '%Y-%j')).toEqual({ touch: '202103010000.00' })
})

test('another date is refused in Python’s words', () => {
  expect(strptime('x', '%Y')).toBe("time data 'x' does not match format '%Y'")
})
