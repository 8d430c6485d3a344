import { expect, test } from 'vitest'
import { becomeCommand, becomeElsewhere, becomeMethodNamed } from './become.js'

const doas = { method: 'doas', user: 'root', exe: 'doas', flags: '' }

test('doas asks for a password only on a terminal', () => {
  expect(becomeCommand({ ...doas, password: 'secret' }, '/bin/sh', 'mark')).toMatchObject({ pty: true, silent: false })
  const { command, pty } = becomeCommand({ ...doas, password: undefined }, '/bin/sh', 'mark')
  expect([command, pty]).toEqual([`doas -n -u root /bin/sh -c 'echo mark; exec /bin/sh'`, false])
})

test('methods for other systems are told from names that nobody knows', () => {
  expect(becomeElsewhere('ansible.builtin.runas')).toMatch(/for Windows hosts/)
  expect(becomeElsewhere('enable')).toMatch(/for network devices/)
  expect([becomeElsewhere('bogus'), becomeMethodNamed('bogus')]).toEqual([undefined, undefined])
})
