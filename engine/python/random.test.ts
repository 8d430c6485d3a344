import { expect, it } from 'vitest'
import { random } from './random.js'

it('draws what Python draws from the same seed', () => {
  expect(random('host1').range(0, 100)).toBe(62)
  expect(random('web01').range(0, 60)).toBe(22)
  expect(random('host1').range(1, 100, 10)).toBe(71)
  expect(random('x').choice([3, 1, 2])).toBe(2)
  expect(random('x').shuffle([1, 2, 3, 4, 5])).toEqual([5, 2, 1, 4, 3])
})

it('samples without repetition', () => {
  const drawn = random('x').sample([...Array(100).keys()], 30)
  expect(new Set(drawn).size).toBe(30)
})

it('refuses an empty range in Python words', () => {
  expect(() => random(1).range(5, 5)).toThrow('empty range for randrange() (5, 5, 0)')
})
