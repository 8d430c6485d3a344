import { describe, expect, it } from 'vitest'
import type { Value } from '../python/values.js'
import { bind, parseSignature } from './signature.js'

const call = (signature: string, args: Value[], kwargs: { [name: string]: Value } = {}) =>
  bind('f', parseSignature(signature), args, new Map(Object.entries(kwargs)))

describe('binding arguments', () => {
  it('takes positions, names and defaults', () => {
    expect(call("a, b=1, c='x, y'", [5])).toEqual([5, 1, 'x, y'])
    expect(call('a, b=1', [], { b: 2, a: null })).toEqual([null, 2])
    expect(call('a=None', [])).toEqual([null])
    expect(call('*args, **kwargs', [1, 2], { x: 3 })).toEqual([[1, 2], new Map([['x', 3]])])
    expect(call('a, *, b=2', [1], { b: 3 })).toEqual([1, 3])
  })
  it("fails in Python's words", () => {
    expect(() => call('a', [])).toThrow("f() missing 1 required positional argument: 'a'")
    expect(() => call('a', [1, 2])).toThrow('f() takes 2 positional arguments but 3 were given')
    expect(() => call('a, b=1', [1, 2, 3])).toThrow('f() takes from 2 to 3 positional arguments but 4 were given')
    expect(() => call('a', [1], { a: 2 })).toThrow("f() got multiple values for argument 'a'")
    expect(() => call('a', [1], { z: 2 })).toThrow("f() got an unexpected keyword argument 'z'")
    expect(() => call('a, *, b=2', [1, 2])).toThrow('positional argument')
  })
})
