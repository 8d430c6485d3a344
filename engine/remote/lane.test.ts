import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { textOfStream } from './lane.js'

test('a streamed letter that came in pieces is told in one', async () => {
  const bytes = Buffer.from('né😀')
  const told: string[] = []
  const text = await textOfStream(Readable.from([...bytes].map(byte => Buffer.from([byte]))), piece => told.push(piece))
  expect([text, told]).toEqual(['né😀', ['n', 'é', '😀']])
})

test('what stays half a letter at the end is told as the bytes that it is', async () => {
  const told: string[] = []
  await textOfStream(Readable.from([Buffer.from([0x61, 0xe2, 0x82])]), piece => told.push(piece))
  expect(told.join('')).toBe('a\udce2\udc82')
})
