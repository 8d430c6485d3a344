/** What a value is: its type, whether it is defined, how it compares. */
import { pyCompare, pyContains, pyEquals, truthy } from '../../python/compare.js'
import { checkHashable } from '../../python/dict.js'
import { isIterable, iterate } from '../../python/iterate.js'
import { modulo } from '../../python/numbers.js'
import { pyStr } from '../../python/repr.js'
import {
  asNumber,
  isDict,
  isFloat,
  isInt,
  isList,
  isNumber,
  PyFloat,
  PyObject,
  type Value,
} from '../../python/values.js'
import { TemplateString } from '../../yaml/trust.js'
import { defineTest } from '../define.js'
import { isUndef } from '../undefined.js'

export const defined = defineTest({
  summary: 'Is there such a variable or member',
  examples: [
    ['{{ nosuch is defined }}', false],
    ['{{ none is defined }}', true],
  ],
  decidesUndefined: true,
  acceptsUndefined: true,
  apply: (value: Value) => !isUndef(value),
})

export const undefinedTest = defineTest({
  summary: 'Is there no such variable or member',
  examples: [['{{ nosuch is undefined }}', true]],
  decidesUndefined: true,
  acceptsUndefined: true,
  apply: (value: Value) => isUndef(value),
})

export const none = defineTest({
  summary: 'Is it none',
  examples: [['{{ none is none }}', true]],
  acceptsUndefined: true,
  apply: (value: Value) => value === null,
})

export const boolean = defineTest({
  summary: 'Is it true or false',
  examples: [['{{ 1 is boolean }}', false]],
  acceptsUndefined: true,
  apply: (value: Value) => typeof value === 'boolean',
})

export const trueTest = defineTest({
  summary: 'Is it true itself',
  examples: [['{{ 1 is true }}', false]],
  acceptsUndefined: true,
  apply: (value: Value) => value === true,
})

export const falseTest = defineTest({
  summary: 'Is it false itself',
  examples: [['{{ 0 is false }}', false]],
  acceptsUndefined: true,
  apply: (value: Value) => value === false,
})

export const integer = defineTest({
  summary: 'Is it a whole number',
  examples: [
    ['{{ 1 is integer }}', true],
    ['{{ true is integer }}', false],
  ],
  acceptsUndefined: true,
  apply: (value: Value) => isInt(value) && typeof value !== 'boolean',
})

export const floatTest = defineTest({
  summary: 'Is it a floating point number',
  examples: [['{{ 1.0 is float }}', true]],
  acceptsUndefined: true,
  apply: (value: Value) => isFloat(value),
})

export const number = defineTest({
  summary: 'Is it a number; true and false count',
  examples: [["{{ '1' is number }}", false]],
  acceptsUndefined: true,
  apply: (value: Value) => isNumber(value),
})

export const string = defineTest({
  summary: 'Is it text',
  examples: [["{{ 'x' is string }}", true]],
  acceptsUndefined: true,
  apply: (value: Value) => typeof value === 'string' || value instanceof TemplateString,
})

/** Objects that are mappings though they are no Map say so (hostvars). */
const isMapping = (value: Value) =>
  isDict(value) || (value instanceof PyObject && 'mapping' in value && value.mapping === true)

export const mapping = defineTest({
  summary: 'Is it a dict',
  examples: [["{{ {'a': 1} is mapping }}", true]],
  acceptsUndefined: true,
  apply: (value: Value) => isMapping(value),
})

export const sequence = defineTest({
  summary: 'Has it a length and members: lists, text, dicts',
  examples: [
    ['{{ [1] is sequence }}', true],
    ['{{ 1 is sequence }}', false],
  ],
  acceptsUndefined: true,
  apply: (value: Value) =>
    !isUndef(value) &&
    (isList(value) ||
      typeof value === 'string' ||
      isMapping(value) ||
      (value instanceof PyObject && value.length !== undefined && value.item !== undefined)),
})

export const iterable = defineTest({
  summary: 'Can one loop over it',
  examples: [["{{ 'abc' is iterable }}", true]],
  apply: (value: Value) => isIterable(value),
})

export const callable = defineTest({
  summary: 'Can it be called',
  examples: [['{{ range is callable }}', true]],
  acceptsUndefined: true,
  apply: (value: Value) => value instanceof PyObject && value.call !== undefined,
})

export const sameas = defineTest({
  summary: 'Is it the very same object',
  examples: [['{{ false is sameas false }}', true]],
  signature: 'other',
  acceptsUndefined: true,
  apply: (value: Value, other: Value) =>
    value === other || (value instanceof PyFloat && other instanceof PyFloat && value.value === other.value),
})

export const escaped = defineTest({
  summary: 'Is it text marked as safe HTML; never so here',
  examples: [["{{ 'x' is escaped }}", false]],
  apply: (_value: Value) => false,
})

export const odd = defineTest({
  summary: 'Is the number odd',
  examples: [['{{ 3 is odd }}', true]],
  apply: (value: Value) => pyEquals(modulo(value, 2), 1),
})

export const even = defineTest({
  summary: 'Is the number even',
  examples: [['{{ 3 is even }}', false]],
  apply: (value: Value) => pyEquals(modulo(value, 2), 0),
})

export const divisibleby = defineTest({
  summary: 'Does the number divide it without rest',
  examples: [['{{ 9 is divisibleby 3 }}', true]],
  signature: 'num',
  apply: (value: Value, divisor: Value) => pyEquals(modulo(value, divisor), 0),
})

export const lower = defineTest({
  summary: 'Is the text in lower case',
  examples: [["{{ 'ab1' is lower }}", true]],
  apply: (value: Value) => {
    const text = pyStr(value)
    return /\p{Lowercase}/u.test(text) && !/[\p{Lu}\p{Lt}]/u.test(text)
  },
})

export const upper = defineTest({
  summary: 'Is the text in upper case',
  examples: [["{{ 'AB1' is upper }}", true]],
  apply: (value: Value) => {
    const text = pyStr(value)
    return /\p{Uppercase}/u.test(text) && !/[\p{Ll}\p{Lt}]/u.test(text)
  },
})

export const filter = defineTest({
  summary: 'Is there a filter of this name',
  examples: [["{{ 'upper' is filter }}", true]],
  applyIn: (context, value: Value) => context.hasFilter(pyStr(value)),
})

export const test = defineTest({
  summary: 'Is there a test of this name',
  examples: [["{{ 'odd' is test }}", true]],
  applyIn: (context, value: Value) => context.hasTest(pyStr(value)),
})

export const inTest = defineTest({
  summary: 'Is it a member',
  examples: [["{{ 'a' is in ['a', 'b'] }}", true]],
  signature: 'seq',
  apply: (value: Value, all: Value) => pyContains(all, value),
})

export const contains = defineTest({
  summary: 'Has it this member',
  examples: [
    ['{{ [1, 2] is contains 1 }}', true],
    ["{{ 'abc' is contains('b') }}", true],
  ],
  signature: 'value',
  apply: (value: Value, member: Value) => pyContains(value, member),
})

export const eq = defineTest({
  summary: 'Are they equal',
  examples: [['{{ 1 is eq 1.0 }}', true]],
  signature: 'b',
  apply: (value: Value, other: Value) => pyEquals(value, other),
})

export const ne = defineTest({
  summary: 'Are they different',
  examples: [['{{ 1 is ne 2 }}', true]],
  signature: 'b',
  apply: (value: Value, other: Value) => !pyEquals(value, other),
})

export const gt = defineTest({
  summary: 'Is it greater',
  examples: [['{{ 2 is gt 1 }}', true]],
  signature: 'b',
  apply: (value: Value, other: Value) => pyCompare(value, other, '>') > 0,
})

export const ge = defineTest({
  summary: 'Is it greater or equal',
  examples: [['{{ 2 is ge 2 }}', true]],
  signature: 'b',
  apply: (value: Value, other: Value) => pyCompare(value, other, '>=') >= 0,
})

export const lt = defineTest({
  summary: 'Is it less',
  examples: [['{{ 1 is lt 2 }}', true]],
  signature: 'b',
  apply: (value: Value, other: Value) => pyCompare(value, other, '<') < 0,
})

export const le = defineTest({
  summary: 'Is it less or equal',
  examples: [['{{ 1 is le 1 }}', true]],
  signature: 'b',
  apply: (value: Value, other: Value) => pyCompare(value, other, '<=') <= 0,
})

export const all = defineTest({
  summary: 'Are all members true',
  examples: [['{{ [1, true] is all }}', true]],
  apply: (value: Value) => [...iterate(value)].every(truthy),
})

export const any = defineTest({
  summary: 'Is any member true',
  examples: [['{{ [0, 1] is any }}', true]],
  apply: (value: Value) => [...iterate(value)].some(truthy),
})

export const subset = defineTest({
  summary: 'Are all its members in the other list',
  examples: [['{{ [1, 2] is subset([1, 2, 3]) }}', true]],
  signature: 'b',
  apply: (value: Value, other: Value) => within([...iterate(value)], [...iterate(other)]),
})

export const superset = defineTest({
  summary: "Has it all the other list's members",
  examples: [['{{ [1, 2, 3] is superset([1]) }}', true]],
  signature: 'b',
  apply: (value: Value, other: Value) => within([...iterate(other)], [...iterate(value)]),
})

function within(some: readonly Value[], all: readonly Value[]): boolean {
  // Sets are compared.
  for (const item of [...some, ...all]) checkHashable(item)
  return some.every(item => pyContains([...all], item))
}

export const nan = defineTest({
  summary: 'Is it the number that is no number',
  examples: [["{{ ('nan' | float) is nan }}", true]],
  apply: (value: Value) => {
    return isNumber(value) && Number.isNaN(asNumber(value))
  },
})

const BOOL_WORDS = new Map<Value, boolean>([
  ...['yes', 'y', 'on', '1', 'true', 't'].map((word): [Value, boolean] => [word, true]),
  ...['no', 'n', 'off', '0', 'false', 'f'].map((word): [Value, boolean] => [word, false]),
])

/** As Python's truth; with convert_bool, words such as 'no' count as what they say. */
function isTruthy(value: Value, convert: Value): boolean {
  if (!truthy(convert)) return truthy(value)
  const meant =
    isNumber(value) && [0, 1].includes(asNumber(value))
      ? asNumber(value) === 1
      : BOOL_WORDS.get(typeof value === 'string' ? value.toLowerCase().trim() : value)
  return meant ?? truthy(value)
}

export const truthyTest = defineTest({
  summary: 'Does it count as true; convert_bool also reads words such as yes and no',
  examples: [
    ["{{ 'no' is truthy }}", true],
    ["{{ 'no' is truthy(convert_bool=true) }}", false],
  ],
  signature: 'convert_bool=False',
  apply: (value: Value, convert: Value) => isTruthy(value, convert),
})

export const falsy = defineTest({
  summary: 'Does it count as false; convert_bool also reads words such as yes and no',
  examples: [["{{ '' is falsy }}", true]],
  signature: 'convert_bool=False',
  apply: (value: Value, convert: Value) => !isTruthy(value, convert),
})
