/** What check mode says of things that an earlier task would have made: nothing, as in Ansible. */
import { expect, test } from 'vitest'
import type { ModuleSpec } from '../engine/module/define.js'
import { hostFor, type ModuleCase, play } from '../engine/module/test.js'
import blockinfile from './blockinfile.js'
import command from './command.js'
import copy from './copy.js'
import file from './file.js'
import shell from './shell.js'
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

test('a command whose folder cannot be entered fails, whatever creates says', async () => {
  const missing = "Unable to change directory before execution: [Errno 2] No such file or directory: b'/new'"
  const commands = { 'cd*': 'nodir\n' } as const
  for (const guards of [{}, { creates: 'x' }, { creates: '/etc/x' }, { removes: 'x' }]) {
    for (const spec of [command, shell]) {
      const args = { cmd: 'ls', chdir: '/new', ...guards }
      expect(await checked(spec, { args, commands, files: { '/etc/x': '' } })).toBe(missing)
    }
  }
})

test('a command that is not run still becomes its user, who may be missing', async () => {
  for (const spec of [command, shell]) {
    const host = hostFor({}, spec)
    const { result } = await play(spec, { args: { cmd: 'ls' } }, host, { checkMode: true })
    expect(result.skipped).toBe(true)
    expect(host.trips).toBe(1)
  }
})

test('of a file that would be touched there is no diff', async () => {
  const one = { args: { path: '/srv/new', state: 'touch', mode: '0600' } }
  const { result, changed } = await play(file, one, hostFor(one, file), { checkMode: true })
  expect(changed).toBe(true)
  expect(result.diff).toBeUndefined()
})
