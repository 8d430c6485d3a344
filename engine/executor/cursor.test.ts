import { expect, test } from 'vitest'
import { flatten } from '../playbook/inherit.js'
import type { Block, Role, Task } from '../playbook/model.js'
import { Cursor } from './cursor.js'

const task = (id: string) => ({ kind: 'task', id }) as Task
const block = (parts: { block: (Task | Block)[]; rescue?: (Task | Block)[]; always?: (Task | Block)[] }) =>
  ({ kind: 'block', rescue: [], always: [], ...parts }) as unknown as Block

/** Runs to the end; tasks named in `failing` fail. Gives what ran, and where the host ended. */
function walk(blocks: Block[], failing: string[] = []) {
  const cursor = new Cursor(blocks)
  const ran: string[] = []
  let rescued = 0
  for (let next = cursor.peek(); next; next = cursor.peek()) {
    ran.push(next.id)
    if (failing.includes(next.id)) rescued += Number(cursor.fail().rescued)
    else cursor.advance()
  }
  return { ran: ran.join(' '), failed: cursor.failed, rescued }
}

test('tasks come one after the other, blocks within blocks', () => {
  expect(
    walk([block({ block: [task('a'), block({ block: [task('b')] }), task('c')] }), block({ block: [task('d')] })]).ran,
  ).toBe('a b c d')
})

test('a failure without rescue puts the host out', () => {
  expect(walk([block({ block: [task('a'), task('b')] })], ['a'])).toEqual({ ran: 'a', failed: true, rescued: 0 })
})

test('rescue runs instead of what is left, then the play goes on', () => {
  const blocks = [
    block({ block: [task('a'), task('b')], rescue: [task('r')], always: [task('z')] }),
    block({ block: [task('c')] }),
  ]
  expect(walk(blocks, ['a'])).toEqual({ ran: 'a r z c', failed: false, rescued: 1 })
  expect(walk(blocks)).toEqual({ ran: 'a b z c', failed: false, rescued: 0 })
})

test('always runs after a failure, which then goes on outwards', () => {
  const inner = block({ block: [task('a')], always: [task('z')] })
  expect(walk([block({ block: [inner, task('b')] })], ['a'])).toEqual({ ran: 'a z', failed: true, rescued: 0 })
  expect(walk([block({ block: [inner, task('b')], rescue: [task('r')] })], ['a'])).toEqual({
    ran: 'a z r',
    failed: false,
    rescued: 1,
  })
})

test('a failure in rescue runs always and counts', () => {
  const blocks = [block({ block: [task('a')], rescue: [task('r')], always: [task('z')] })]
  expect(walk(blocks, ['a', 'r'])).toEqual({ ran: 'a r z', failed: true, rescued: 1 })
})

test('included blocks come right after the include', () => {
  const cursor = new Cursor([block({ block: [task('include'), task('b')] })])
  cursor.peek()
  cursor.insert([block({ block: [task('x')] })])
  const ran: string[] = []
  for (let next = cursor.peek(); next; next = cursor.peek()) {
    ran.push(next.id)
    cursor.advance()
  }
  expect(ran).toEqual(['x', 'b'])
})

test('flatten lists what a host could meet, in order', () => {
  expect(flatten([block({ block: [task('a')], rescue: [task('r')], always: [task('z')] })]).map(one => one.id)).toEqual(
    ['a', 'r', 'z'],
  )
})

test('end_role leaves the role, with what its tasks included, and nothing else', () => {
  const role = { kind: 'role', name: 'one' } as Role
  const inRole = (items: (Task | Block)[]) => ({ ...block({ block: items }), role }) as Block
  const cursor = new Cursor([block({ block: [inRole([task('a'), inRole([task('b'), task('c')])]), task('after')] })])
  expect(cursor.peek()?.id).toBe('a')
  cursor.insert([inRole([task('included'), task('never')])])
  expect(cursor.peek()?.id).toBe('included')
  cursor.endRole(role)
  expect(cursor.peek()?.id).toBe('after')
})
