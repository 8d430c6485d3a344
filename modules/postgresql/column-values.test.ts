import { expect, test } from 'vitest'
import { columnValue } from './column-values.js'

test.each([
  ['5', 'integer', 5],
  ['9007199254740993', 'bigint', 9007199254740993n],
  ['1.10', 'numeric(5,2)', 1.1],
  ['f', 'boolean', false],
  ['{"a": [1]}', 'jsonb', { a: [1] }],
  ['{1,NULL}', 'integer[]', [1, null]],
  ['{}', 'integer[]', []],
  ['[0:1]={1,2}', 'integer[]', [1, 2]],
  [
    '{{1,2},{3,4}}',
    'bigint[]',
    [
      [1, 2],
      [3, 4],
    ],
  ],
  ['{a,"b c","d\\"e","f,g",NULL,"","NULL"}', 'text[]', ['a', 'b c', 'd"e', 'f,g', null, '', 'NULL']],
  ['{10.0.0.1/24}', 'uuid[]', '{10.0.0.1/24}'],
  ['2020-01-02 03:04:05.1', 'timestamp(3) without time zone', '2020-01-02T03:04:05.100000'],
  ['2020-01-02 03:04:05+02', 'timestamp with time zone', '2020-01-02T03:04:05+02:00'],
  ['infinity', 'date', '9999-12-31'],
  ['1 day 02:03:04', 'interval', '1 day, 2:03:04'],
  ['1 year 2 mons 3 days', 'interval', '428 days, 0:00:00'],
  ['-01:00:00', 'interval', '-1 day, 23:00:00'],
  ['00:00:01.5', 'interval', '0:00:01.500000'],
  [null, 'integer', null],
])('%s of %s', (text, type, value) => {
  expect(columnValue(text, type)).toEqual(value)
})
