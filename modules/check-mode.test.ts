/** What check mode says of things that an earlier task would have made: nothing, as in Ansible. */
import { expect, test } from 'vitest'
import type { ModuleSpec } from '../engine/module/define.js'
import { hostFor, type ModuleCase, play } from '../engine/module/test.js'
import blockinfile from './blockinfile.js'
import copy from './copy.js'
import user from './user.js'

const checked = (spec: ModuleSpec, one: ModuleCase) => {
  const host = hostFor(one, spec)
  const before = host.snapshot()
  return play(spec, one, host, { checkMode: true }).then(played => {
    expect(host.snapshot()).toEqual(before)
    return played.result.failed ? played.result.msg : { changed: played.changed }
  })
}
const would = { changed: true }

test('copy needs neither the directory, the owner nor the program that validates', async () => {
  const args = { content: 'a', dest: '/new/file', owner: 'nobody-yet', group: 'none-yet', validate: 'check' }
  expect(await checked(copy, { args })).toEqual(would)
  expect(await checked(copy, { args: { ...args, dest: '/srv/x', checksum: 'abc' }, before: 'b' })).toEqual(would)
})

test('copy asks for the owner of a file whose content is right', async () => {
  const args = { content: 'a', dest: '/srv/x', owner: 'nobody-yet' }
  expect(await checked(copy, { args, before: 'a' })).toBe('chown failed: failed to look up user nobody-yet')
})

test('a file that is not there may belong to a user who is not there', async () => {
  const args = { path: '/srv/x', block: 'a', create: true, owner: 'nobody-yet' }
  expect(await checked(blockinfile, { args })).toEqual(would)
  expect(await checked(blockinfile, { args, before: 'a' })).toBe('chown failed: failed to look up user nobody-yet')
})

test('a new user may be in groups that are not there', async () => {
  const commands = { 'entry()*': '' } as const
  expect(await checked(user, { args: { name: 'joe', group: 'new', groups: ['newer'] }, commands })).toEqual(would)
})
