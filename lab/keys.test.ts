import ssh2 from 'ssh2'
import { expect, test } from 'vitest'
import { newKeyPair } from './keys.js'

test('every key can be read', () => {
  for (let round = 0; round < 2000; round++) {
    expect(ssh2.utils.parseKey(newKeyPair('x').private)).not.toBeInstanceOf(Error)
  }
})
