import { resolveSrv } from 'node:dns/promises'
import { expect, test, vi } from 'vitest'
import type { Value } from '../../python/values.js'
import { createTemplar } from '../create.js'
import { bareHost } from '../fixture.js'

vi.mock('node:dns/promises', () => ({ resolveSrv: vi.fn() }))
const answer = vi.mocked(resolveSrv)

const templar = createTemplar(bareHost)
const scope = { get: () => undefined, names: () => [], searchPath: [] }
const asked = async () => {
  const expression = "query('debops.debops.dig_srv', '_foo._tcp.example.com.', 'foo.example.com', 4242)"
  const found = (await templar.expression(expression, scope)) as Map<Value, Value>[]
  return found.map(one => Object.fromEntries(one as Map<string, Value>))
}

test('records come best first, names without their last dot', async () => {
  answer.mockResolvedValueOnce([
    { name: 'b.example.com', port: 1, priority: 20, weight: 0 },
    { name: 'c.example.com.', port: 2, priority: 10, weight: 5 },
    { name: 'a.example.com', port: 3, priority: 10, weight: 40 },
  ])
  expect(await asked()).toMatchObject([
    { target: 'a.example.com', port: 3, target_port: 'a.example.com:3', dig_srv_src: 'dns' },
    { target: 'c.example.com', port: 2, owner: '_foo._tcp.example.com', priority: 10, weight: 5 },
    { target: 'b.example.com', port: 1 },
  ])
})

test('without records the fallback is given', async () => {
  answer.mockRejectedValueOnce(Object.assign(new Error('querySrv ENOTFOUND'), { code: 'ENOTFOUND' }))
  expect(await asked()).toEqual([
    {
      target: 'foo.example.com',
      class: 'IN',
      owner: '_foo._tcp.example.com',
      port: 4242,
      priority: 0,
      ttl: 0,
      type: 'SRV',
      weight: 0,
      dig_srv_src: 'fallback',
      target_port: 'foo.example.com:4242',
    },
  ])
})

test('a name server that fails is an error', async () => {
  answer.mockRejectedValueOnce(Object.assign(new Error('querySrv ESERVFAIL'), { code: 'ESERVFAIL' }))
  await expect(asked()).rejects.toThrow('dig_srv: querySrv ESERVFAIL')
})
