import { expect, test } from 'vitest'
import { random } from '../../python/random.js'
import { createTemplar } from '../create.js'
import { bareHost } from '../fixture.js'

const templar = createTemplar(bareHost)

test('random text comes back from b64encode and b64decode', async () => {
  const source = random('base64')
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: source.below(60) }, () =>
      source.choice([...'ab{}%=+/ \n\t\0é日😀\u07ff\uffff']),
    ).join('')
    const scope = { get: (name: string) => (name === 'text' ? text : undefined), names: () => ['text'], searchPath: [] }
    for (const encoding of ['utf-8', 'utf-16-le']) {
      const expression = `text | b64encode(encoding='${encoding}') | b64decode(encoding='${encoding}')`
      expect(await templar.expression(expression, scope)).toBe(text)
    }
  }
})
