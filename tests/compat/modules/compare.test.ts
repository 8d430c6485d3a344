import { expect, test } from 'vitest'
import { compareRuns, type Result } from './compare.js'

const run = (result: Result) => ({ code: 0, tasks: [{ name: 'a', result }] })
const compared = (ours: Result, theirs: Result, differs = {}) =>
  compareRuns(run(ours), run(theirs), new Map([['a', differs]]))

test('the same results are no difference, whatever the order of keys', () => {
  expect(compared({ changed: true, stat: { a: 1, b: [2] } }, { stat: { b: [2], a: 1 }, changed: true })).toEqual([])
})

test('status, missing keys, extra keys and other values are told', () => {
  expect(compared({ changed: true }, { changed: false })[0]).toMatch(/^a: changed, Ansible ok/)
  expect(compared({}, { rc: 0 })).toEqual(['a: no rc, Ansible 0'])
  expect(compared({ rc: 0 }, {})).toEqual(['a: rc 0, Ansible none'])
  expect(compared({ msg: 'x' }, { msg: 'y' })).toEqual(['a: msg "x"\n  Ansible "y"'])
  expect(compared({ results: [{ changed: true }] }, { results: [{ changed: false }] })[0]).toMatch(
    /^a: \[0\] changed, Ansible ok/,
  )
})

test('what is a host’s own, a temporary name and a program’s path do not count', () => {
  expect(compared({ stat: { mtime: 1 } }, { stat: { mtime: 2 } })).toEqual([])
  expect(compared({ msg: 'in /tmp/tmpabc' }, { msg: 'in /tmp/tmpxyz' })).toEqual([])
  expect(compared({ cmd: 'svn info' }, { cmd: '/usr/bin/svn info' })).toEqual([])
})

test('a task that only one of them runs is told', () => {
  expect(compareRuns({ code: 0, tasks: [] }, run({}), new Map())).toEqual(['a: only Ansible runs it'])
  expect(compareRuns(run({}), { code: 0, tasks: [] }, new Map())).toEqual(['a: only Understudy runs it'])
})

test('a reason excuses its key and no other', () => {
  expect(compared({ msg: 'x', rc: 0 }, { msg: 'y', rc: 1 }, { msg: 'because' })).toEqual(['a: rc 0\n  Ansible 1'])
})
