import { expect, test } from 'vitest'
import { ModuleFailure } from '../module/define.js'
import { passOverLateFailures } from './late-failures.js'

test('a failure that nobody waits for any more ends nothing; every other mistake does', () => {
  const before = process.listeners('unhandledRejection')
  const stop = passOverLateFailures()
  const [late] = process.listeners('unhandledRejection').filter(one => !before.includes(one))
  const nobody = Promise.resolve()
  expect(() => late!(new ModuleFailure('no such file'), nobody)).not.toThrow()
  expect(() => late!(new TypeError('a mistake of ours'), nobody)).toThrow('a mistake of ours')
  stop()
  expect(process.listeners('unhandledRejection')).toEqual(before)
})
