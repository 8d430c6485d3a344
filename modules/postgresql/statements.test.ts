import { expect, test } from 'vitest'
import { statementsOf } from './statements.js'

test.each([
  ['SELECT 1; SELECT 2', ['SELECT 1', 'SELECT 2']],
  [" ;; SELECT 'a;''b;' ; ", ["SELECT 'a;''b;'"]],
  ["SELECT E'\\';', 1; x", ["SELECT E'\\';', 1", 'x']],
  ['SELECT $$a;b$$, $t$ ;$$; $t$; SELECT ";"', ['SELECT $$a;b$$, $t$ ;$$; $t$', 'SELECT ";"']],
  ['SELECT 1 -- a; b\n; /* c; /* d; */ e; */ SELECT 2 -- ;', ['SELECT 1', 'SELECT 2']],
  ['CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT 2)', null],
  ['SELECT a$1;b FROM t', ['SELECT a$1', 'b FROM t']],
  ['-- nothing', []],
])('splits %s', (text, found) => {
  expect(statementsOf(text)).toEqual(found ?? [text])
})
