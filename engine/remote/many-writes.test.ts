import { expect, test } from 'vitest'
import type { Change } from './host.js'
import { groupWrites, groupWriteText } from './many-writes.js'

const write = (path: string, more: object = {}): Change => ({
  kind: 'write',
  path,
  content: { bytes: Buffer.from('text') },
  keep: undefined,
  plan: {},
  backup: undefined,
  validate: undefined,
  unsafe: false,
  ...more,
})
const many = (count: number, more: object = {}) =>
  Array.from({ length: count }, (_, index) => write(`/d/${index}`, more))

test('plain writes go together; what needs steps of its own goes alone', () => {
  const own: object[] = [
    { backup: '/b' },
    { validate: 'check %s' },
    { unsafe: true },
    { plan: { flags: '+i' } },
    { plan: { secontext: 'u:r:t:s0' } },
    { keep: { mode: 0o644, uid: 0, gid: 0, secontext: 'u:r:t:s0' } },
    { content: { bytes: Buffer.alloc(200_000) } },
    { content: { remote: '/other' } },
  ]
  const changes = [...own.map((more, index) => write(`/own/${index}`, more)), ...many(3)]
  expect(groupWrites(changes).map(({ places }) => places)).toEqual([[8, 9, 10]])
})

test('of two writes to one path the second comes later', () => {
  expect(groupWrites([...many(3), write('/d/1')])[0]?.places).toEqual([0, 1, 2])
})

test('a script holds no more than half a megabyte of contents', () => {
  const groups = groupWrites(many(30, { content: { bytes: Buffer.alloc(100_000) } }))
  expect(groups.map(({ changes }) => changes.length)).toEqual([5, 5, 5, 5, 5, 5])
})

test('a thousand new files take few programs: one mkdir, one rm, and a chmod and a mv for every 200', () => {
  const [group] = groupWrites(many(1000))
  const programs = groupWriteText(group!, 0o022).match(/^(?:mkdir|chmod|chown|mv|cp|rm) |\brm -rf /gm)
  expect(programs?.sort().join('')).toBe(`${'chmod '.repeat(5)}mkdir ${'mv '.repeat(5)}rm -rf `)
})
