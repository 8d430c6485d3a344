import { describe, expect, test } from 'vitest'
import { certainText, filesHolding } from './files-holding.js'

describe('the text that every match of a pattern holds', () => {
  test.each([
    ['secret', 'secret'],
    ['^a.*secret=.+$', 'secret='],
    ['colou?r of it', 'r of it'],
    ['ab*cde', 'cde'],
    ['a+bc', 'bc'],
    ['.*', undefined],
    ['', undefined],
    ['one|other', undefined],
    ['(?i)secret', undefined],
    ['[sS]ecret', undefined],
    ['\\d+', undefined],
    ['x{0}y', undefined],
  ])('%s', (pattern, text) => expect(certainText(pattern)).toBe(text))
})

test('names are given to as many programs as they need', () => {
  const paths = Array.from({ length: 3000 }, (_, index) => `/${'x'.repeat(95)}${String(index).padStart(4, '0')}`)
  const queries = filesHolding("it's", paths)
  expect(queries.length).toBe(6)
  expect(queries[0]!.command).toContain("grep -lF -e 'it'\\''s' -- /x")
  expect(queries[0]!.parse('/a\n/b\n', 0, '')).toEqual(['/a', '/b'])
})
