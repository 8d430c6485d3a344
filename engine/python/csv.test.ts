import { describe, expect, test } from 'vitest'
import { type CsvOptions, csvRows } from './csv.js'

/** As `list(csv.reader(io.StringIO(text), …))` of Python 3.11 gives them. */
const rows: [text: string, rows: string[][], options?: Partial<CsvOptions>][] = [
  ['a,"b"x"c",d\n', [['a', 'bx"c"', 'd']]],
  ['a"b,c\n', [['a"b', 'c']]],
  ['"a""b"\n', [['a"b']]],
  ['"a\nb",c\r\nd\n', [['a\nb', 'c'], ['d']]],
  ['"a\r\nb"\r\n', [['a\r\nb']]],
  ['"open', [['open']]],
  ['"open\n', [['open\n']]],
  ['"x""', [['x"']]],
  ['a, "b c",d\n', [['a', ' "b c"', 'd']]],
  ['a, "b c",d\n', [['a', 'b c', 'd']], { skipInitialSpace: true }],
  ['  a,  \n', [['a', '']], { skipInitialSpace: true }],
  ['\n\na\n', [[], [], ['a']]],
  ['"a" ,b\n', [['a ', 'b']]],
  ['a,\n', [['a', '']]],
  ['a,b', [['a', 'b']]],
  ['""\n', [['']]],
  [' \n', [[' ']]],
  ['"a"\r\n\r\n', [['a'], []]],
  ['a;b;"c;d"', [['a', 'b', 'c;d']], { delimiter: ';' }],
  ['a\\,b', [['a\\', 'b']]],
  ['"a"b"c\nd"e\n', [['ab"c'], ['d"e']]],
  ['', []],
  ['😀,"ä\u2028"\n', [['😀', 'ä\u2028']]],
]
const plain = { delimiter: ',', skipInitialSpace: false, strict: false }

describe('rows are those of Python', () => {
  test.each(rows)('%j', (text, expected, options) => {
    expect(csvRows(text, { ...plain, ...options })).toEqual(expected)
  })
})

test('what is out of place is told in Python’s words', () => {
  const strict = { ...plain, strict: true }
  expect(() => csvRows('"5"x,1\n', strict)).toThrow(`',' expected after '"'`)
  expect(() => csvRows('"open', strict)).toThrow('unexpected end of data')
  expect(() => csvRows('a\rb\n', plain)).toThrow(/^new-line character seen in unquoted field/)
})
