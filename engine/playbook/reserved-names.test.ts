import { expect, test } from 'vitest'
import { isReservedName } from './reserved-names.js'

test('keywords and Jinja globals are reserved, other names and vars are not', () => {
  expect(['hosts', 'when', 'lipsum', 'range', 'vars', 'colour'].filter(isReservedName)).toEqual([
    'hosts',
    'when',
    'lipsum',
    'range',
  ])
})
