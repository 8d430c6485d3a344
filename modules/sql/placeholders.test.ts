import { expect, test } from 'vitest'
import { bound } from './placeholders.js'

const literal = (value: unknown) => (value === undefined ? 'NULL' : `<${String(value)}>`)

test('placeholders are filled by place or by name, and a doubled percent sign is one', () => {
  expect(bound("a = %s AND b LIKE 'x%%' AND c = %s", ['1', '%s'], undefined, literal)).toBe(
    "a = <1> AND b LIKE 'x%' AND c = <%s>",
  )
  expect(bound('a = %(one)s', undefined, new Map([['one', 1]]), literal)).toBe('a = <1>')
})

test('a statement without arguments is left as it is', () => {
  expect(bound("b LIKE 'x%%s'", undefined, undefined, literal)).toBe("b LIKE 'x%%s'")
})
