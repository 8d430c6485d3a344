import { describe, expect, test } from 'vitest'
import type { ArgSpecs, Rules } from '../args.js'
import { type Dict, fromJson, type Json } from '../python/values.js'
import { checkArgs } from './args.js'

const check = (args: ArgSpecs, raw: Json, rules?: Rules) =>
  checkArgs({ args, ...(rules ? { rules } : {}) }, fromJson(raw) as Dict, 'demo')
const path = { type: 'path', required: true, aliases: ['dest'], summary: '' } as const

describe('names', () => {
  test('an alias arrives under its canonical name', () => {
    const { args, given, errors } = check({ path }, { dest: '/x' })
    expect([args, [...given], errors]).toEqual([{ path: '/x' }, ['path'], []])
  })
  test('an option and its alias together are a warning', () => {
    expect(check({ path }, { path: '/x', dest: '/y' }).warnings).toEqual([
      'Both option path and its alias dest are set.',
    ])
  })
  test('of several names the last alias of the declaration counts, wherever it stands', () => {
    const recurse = { type: 'bool', aliases: ['recursive', 'deep'], summary: '' } as const
    expect(check({ recurse }, { recursive: false, recurse: true }).args.recurse).toBe(false)
    expect(check({ recurse }, { recurse: true, recursive: false }).args.recurse).toBe(false)
    expect(check({ recurse }, { deep: true, recursive: false }).args.recurse).toBe(true)
  })
  test('an unknown option names the supported ones and a near one', () => {
    const found = check({ path }, { path: '/x', pth: 1 })
    expect(found.errors).toEqual([
      'Unsupported parameters for (demo) module: pth. Supported parameters include: path (dest).',
    ])
    expect(found.hint).toBe("Did you mean 'path'?")
  })
  test('what is required and missing is named', () => {
    expect(check({ path, url: { type: 'str', required: true, summary: '' } }, {}).errors).toEqual([
      'missing required arguments: path, url',
    ])
  })
})

describe('null', () => {
  test('is none of the choices, also where the option need not be given', () => {
    const state = { type: 'str', choices: ['present', 'absent'], summary: '' } as const
    expect(check({ state }, { state: null }).errors).toEqual([
      'value of state must be one of: present, absent, got: None',
    ])
    expect(check({ state }, {}).errors).toEqual([])
  })
  const given = (type: 'str' | 'path' | 'int' | 'list', required: boolean) =>
    check({ a: { type, required, summary: '' } }, { a: null })
  test.each(['str', 'path'] as const)('is empty text for a required %s', type => {
    expect(given(type, true).args.a).toBe('')
  })
  test.each(['int', 'list'] as const)('is refused for a required %s', type => {
    expect(given(type, true).errors.join()).toContain(
      `argument 'a' is of type <class 'NoneType'> and we were unable to convert to ${type}`,
    )
  })
  test('is as good as nothing for others', () => {
    expect(given('str', false).args.a).toBeUndefined()
  })
  test('is among the choices of a required option no more than of another', () => {
    expect(
      check({ type: { type: 'str', required: true, choices: ['a'], summary: '' } }, { type: null }).errors,
    ).toEqual(['value of type must be one of: a, got: None'])
  })
  test('is no, also where yes is the default', () => {
    expect(check({ follow: { type: 'bool', default: true, summary: '' } }, { follow: null }).args.follow).toBe(false)
  })
  test('counts where options exclude or need one another', () => {
    const specs = { a: { type: 'str', summary: '' }, b: { type: 'str', summary: '' } } as const
    expect(check(specs, { a: null, b: 'x' }, { exclusive: [['a', 'b']] }).errors).toEqual([
      'parameters are mutually exclusive: a|b',
    ])
    expect(check(specs, { a: null }, { together: [['a', 'b']] }).errors).toEqual([
      'parameters are required together: a, b',
    ])
    expect(check(specs, { a: null }, { oneOf: [['a', 'b']] }).errors).toEqual([])
    expect(check(specs, { a: 'x', b: null }, { requiredIf: [['a', 'x', 'b']] }).errors).toEqual([])
  })
})

describe('types', () => {
  const one = (type: 'int' | 'bool' | 'list' | 'dict' | 'str' | 'float' | 'bytes', value: Json) => {
    const { args, errors } = check({ x: { type, summary: '' } }, { x: value })
    return errors.length ? errors[0] : args.x
  }
  test.each([
    ['int', '12', 12],
    ['int', true, 1],
    [
      'int',
      'abc',
      "argument 'x' is of type <class 'str'> and we were unable to convert to int: <class 'str'> cannot be converted to an int",
    ],
    [
      'int',
      1.5,
      "argument 'x' is of type <class 'float'> and we were unable to convert to int: <class 'float'> cannot be converted to an int",
    ],
    ['bool', ' Yes ', true],
    ['bool', 'off', false],
    [
      'bool',
      ['yes'],
      "argument 'x' is of type <class 'list'> and we were unable to convert to bool: <class 'list'> cannot be converted to a bool",
    ],
    ['float', '1.5', 1.5],
    ['list', 'a, b', ['a', ' b']],
    ['list', 3, ['3']],
    ['str', [1, 'a'], "[1, 'a']"],
    ['bytes', '1.5K', 1536],
    [
      'dict',
      'nothing',
      "argument 'x' is of type <class 'str'> and we were unable to convert to dict: dictionary requested, could not parse JSON or key=value",
    ],
  ] as const)('%s from %j', (type, value, expected) => {
    expect(one(type, value as Json)).toEqual(expected)
  })
  test('a dict may be written as text', () => {
    expect(one('dict', 'a=1, b="two words"')).toEqual(
      new Map([
        ['a', '1'],
        ['b', 'two words'],
      ]),
    )
    expect(one('dict', '{"a": {"b": 1}}')).toEqual(new Map([['a', new Map([['b', 1]])]]))
    expect(one('dict', "{'a': 1}")).toEqual(new Map([['a', 1]]))
  })
  test('elements are converted one by one', () => {
    const codes = { type: 'list', elements: 'int', summary: '' } as const
    expect(check({ codes }, { codes: ['200', 201] }).args.codes).toEqual([200, 201])
    expect(check({ codes }, { codes: ['a'] }).errors[0]).toMatch(
      /^Elements value for option 'codes' is of type <class 'str'>/,
    )
  })
})

describe('choices', () => {
  const state = { type: 'str', choices: ['present', 'absent', 'no'], summary: '' } as const
  test('another value is refused with the list', () => {
    expect(check({ state }, { state: 'x' }).errors).toEqual([
      'value of state must be one of: present, absent, no, got: x',
    ])
  })
  test("YAML's false means the choice 'no' where that is the only such word", () => {
    expect(check({ state }, { state: false }).args.state).toBe('no')
  })
})

describe('rules', () => {
  const specs = {
    a: { type: 'str', summary: '' },
    b: { type: 'str', summary: '' },
    state: { type: 'str', default: 'on', summary: '' },
  } as const
  test.each([
    [{ exclusive: [['a', 'b']] }, { a: '1', b: '2' }, 'parameters are mutually exclusive: a|b'],
    [
      {
        exclusive: [
          ['a', 'b'],
          ['a', 'state'],
        ],
      },
      { a: '1', b: '2', state: 'x' },
      'parameters are mutually exclusive: a|b, a|state',
    ],
    [{ together: [['a', 'b']] }, { a: '1' }, 'parameters are required together: a, b'],
    [{ oneOf: [['a', 'b']] }, {}, 'one of the following is required: a, b'],
    [{ requiredIf: [['state', 'on', 'a', 'b']] }, { a: '1' }, 'state is on but all of the following are missing: b'],
    [{ requiredIf: [['state', 'on', ['a', 'b']]] }, {}, 'state is on but any of the following are missing: a, b'],
    [{ requiredBy: { a: ['b'] } }, { a: '1' }, "missing parameter(s) required by 'a': b"],
  ] as const)('%j', (rules, raw, expected) => {
    expect(check(specs, raw as Json, rules as unknown as Rules).errors).toEqual([expected])
  })
})

test('sub-options are checked where they stand', () => {
  const mounts = {
    type: 'list',
    elements: 'dict',
    summary: '',
    options: { target: { type: 'str', required: true, summary: '' }, size: { type: 'int', summary: '' } },
  } as const
  expect(check({ mounts }, { mounts: [{ target: '/x', size: '3' }] }).args.mounts).toEqual([{ target: '/x', size: 3 }])
  expect(check({ mounts }, { mounts: [{ size: 1 }] }).errors).toEqual([
    'missing required arguments: target found in mounts',
  ])
  expect(check({ mounts }, { mounts: [{ target: '/x', foo: 1 }] }).errors[0]).toMatch(
    /^Unsupported parameters for \(demo\) module: mounts.foo\./,
  )
})
