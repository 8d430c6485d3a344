import { expect, it } from 'vitest'
import type { Value } from '../python/values.js'
import { trusted } from '../yaml/trust.js'
import { createTemplar } from './create.js'
import type { Scope } from './scope.js'

const vars: { [name: string]: unknown } = {
  s: 'false',
  a: 1,
  cond: 'a == 2',
  cond2: '{{ a == 2 }}',
  cond3: "{{ 'a == 2' }}",
  cond4: '{{ cond }}',
  q: "'x' == 'y'",
  l: [],
  z: 0,
  n: null,
  e: '',
  name: 'bob',
  no: 'no',
}
const scope: Scope = {
  get: name =>
    name in vars ? (typeof vars[name] === 'string' ? trusted(vars[name]) : (vars[name] as Value)) : undefined,
  names: () => Object.keys(vars),
  searchPath: [],
}
const templar = createTemplar({
  readFile: () => Buffer.from(''),
  environ: { HOME: '/root' },
  setting: () => undefined,
  warn() {},
})

/** What ansible-playbook 2.14 did with each `when`: run (true), skip (false) or fail. */
const RECORDED: readonly [condition: unknown, outcome: boolean | 'fails'][] = [
  ['s', true],
  ['{{ s }}', false],
  ['cond', true],
  ['{{ cond }}', false],
  ['cond2', false],
  ['cond3', true],
  ['{{ cond3 }}', false],
  ['cond4', true],
  ['not cond', false],
  ["{{ name }} == 'bob'", 'fails'],
  ["'{{ name }}' == 'bob'", true],
  ['{{ name }}', 'fails'],
  ['n', false],
  ['e', false],
  ['{{ e }}', false],
  ['{{ l }}', false],
  ['{{ z }}', false],
  ['{{ q }}', false],
  ['q', true],
  ['{{ n }}', false],
  ['nosuch is defined and nosuch.x', false],
  ['nosuch', 'fails'],
  ['{{ nosuch }}', 'fails'],
  ['{{ a }} == 1 and {{ a }} < 2', true],
  ['1 +', 'fails'],
  ['{% if a == 1 %}true{% else %}false{% endif %}', true],
  ['s | bool', false],
  ["'\\d' == '\\\\d'", true],
  [['no', true], true],
  [1, true],
  [0, false],
  ['', true],
  [null, true],
  [false, false],
  ["lookup('env', 'HOME') == '/root'", true],
]

for (const [condition, outcome] of RECORDED) {
  it(`${JSON.stringify(condition)} ${outcome === 'fails' ? 'fails' : outcome ? 'runs the task' : 'skips the task'}`, async () => {
    const written = typeof condition === 'string' ? trusted(condition) : (condition as Value)
    const truth = templar.truth(written, scope)
    if (outcome === 'fails') await expect(truth).rejects.toThrow('failed. The error was:')
    else expect(await truth).toBe(outcome)
  })
}
