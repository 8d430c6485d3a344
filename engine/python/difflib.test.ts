import { expect, it } from 'vitest'
import { unifiedDiff } from './difflib.js'

const lines = (text: string) => text.split(/(?<=\n)/).filter(Boolean)
const diff = (a: string, b: string, context = 3) =>
  unifiedDiff(lines(a), lines(b), { from: 'before', to: 'after', context }).join('')

it('says nothing about equal texts', () => expect(diff('a\n', 'a\n')).toBe(''))

it('numbers an empty side as line 0', () => {
  expect(diff('', 'a\nb\n')).toBe('--- before\n+++ after\n@@ -0,0 +1,2 @@\n+a\n+b\n')
})

it('splits hunks that are far apart', () => {
  const numbers = (...changed: number[]) =>
    Array.from({ length: 20 }, (_, n) => `${changed.includes(n) ? 'X' : ''}${n}\n`).join('')
  expect(diff(numbers(), numbers(3, 15))).toBe(
    '--- before\n+++ after\n@@ -1,7 +1,7 @@\n 0\n 1\n 2\n-3\n+X3\n 4\n 5\n 6\n' +
      '@@ -13,7 +13,7 @@\n 12\n 13\n 14\n-15\n+X15\n 16\n 17\n 18\n',
  )
  expect(diff('a\nb\nc\n', 'a\nX\nc\n', 0)).toBe('--- before\n+++ after\n@@ -2 +2 @@\n-b\n+X\n')
})

it('takes the longest common block first, as Python does, not the shortest edit', () => {
  expect(diff('a\nb\nc\nd\n', 'b\nx\na\nb\nc\n')).toBe(
    '--- before\n+++ after\n@@ -1,4 +1,5 @@\n+b\n+x\n a\n b\n c\n-d\n',
  )
})
