import { expect, test } from 'vitest'
import type { Value } from '../../python/values.js'
import { inReturnOrder } from './return-order.js'

const keysOf = (keys: string, order?: string, failed = false) =>
  [
    ...inReturnOrder(
      new Map<Value, Value>(keys.split(' ').map(key => [key, key === 'failed' ? failed : 1])),
      order?.split(' '),
    ).keys(),
  ].join(' ')

test('a module names the order of its keys; lines and status stand behind them', () => {
  expect(keysOf('rc changed stdout stdout_lines failed cmd', 'changed stdout rc cmd')).toBe(
    'changed stdout rc cmd stdout_lines failed',
  )
})

test('changed is last where the module leaves it to the executor', () => {
  expect(keysOf('changed ping failed', 'ping')).toBe('ping failed changed')
  expect(keysOf('changed a failed')).toBe('changed a failed')
})

test('what is said of a path follows what the module says', () => {
  expect(keysOf('uid gid owner group mode state size msg path changed failed', 'changed msg path')).toBe(
    'changed msg path uid gid owner group mode state size failed',
  )
  expect(keysOf('uid group name changed', 'name')).toBe('name uid group changed')
})

test('a failure ends with its message', () => {
  expect(keysOf('changed failed msg rc', undefined, true)).toBe('rc failed msg changed')
  expect(keysOf('changed failed msg rc stdout stdout_lines cmd', 'changed stdout rc cmd msg', true)).toBe(
    'changed stdout rc cmd failed msg stdout_lines',
  )
})
