import { expect, test } from 'vitest'
import { octal, permissionBits } from './mode.js'

const bits = (text: string) => Number.parseInt(text, 8)

// Recorded from Ansible's file module under umask 027: before, mode, kind, after.
test.each([
  ['644', 'u+x', 'f', '744'],
  ['644', '+x', 'f', '754'],
  ['640', '=r', 'f', '440'],
  ['755', 'a-x', 'f', '644'],
  ['644', 'a+X', 'f', '644'],
  ['744', 'a+X', 'f', '755'],
  ['644', 'a+X', 'd', '755'],
  ['755', 'g=u', 'f', '775'],
  ['6755', 'u=rwx', 'f', '2755'],
  ['6755', 'u=rwx', 'd', '2755'],
  ['1777', 'o=rx', 'd', '775'],
  ['755', 'u+s,g+s', 'f', '6755'],
  ['755', '+t', 'd', '1755'],
  ['755', 'o+t', 'd', '1755'],
  ['4755', 'u-s', 'f', '755'],
  ['640', 'o=g', 'f', '644'],
  ['600', '+rw', 'f', '640'],
  ['700', 'go=u-w', 'f', '755'],
  ['644', 'u=rw,g=r,o=', 'f', '640'],
  ['644', 'ug+rwx,o-r', 'f', '770'],
  ['2755', 'g=rx', 'd', '755'],
  ['755', 'a=', 'f', '0'],
])('%s with %s on %s is %s, as Ansible has it', (before, mode, kind, after) => {
  const made = permissionBits(mode, { current: bits(before), isDirectory: kind === 'd', umask: bits('27') })
  expect(made!.toString(8)).toBe(after)
})

test('octal text and numbers are taken as they are', () => {
  const context = { current: 0, isDirectory: false, umask: 0 }
  expect(['0644', '644', '0o644', 420, '1777'].map(mode => permissionBits(mode, context)?.toString(8))).toEqual([
    '644',
    '644',
    '644',
    '644',
    '1777',
  ])
  expect([octal(bits('644')), octal(bits('1777')), octal(bits('7'))]).toEqual(['0644', '01777', '0007'])
})

test.each([
  'rw-r--r--',
  'oa=r',
  'ao=r',
  'u=foo',
])('%s, neither octal nor symbolic, is refused with Ansible’s words', mode => {
  expect(() => permissionBits(mode, { current: 0, isDirectory: false, umask: 0 })).toThrow(
    'mode must be in octal or symbolic form',
  )
})
