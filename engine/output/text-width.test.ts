import { expect, test } from 'vitest'
import { textWidth } from './text-width.js'

test('letters take one column, what stands above them none, ideographs and emoji two', () => {
  expect(textWidth('TASK [copy]')).toBe(11)
  expect(textWidth('größe')).toBe(5)
  expect(textWidth('e\u0301')).toBe(1)
  expect(textWidth('日本語 ｶﾅ 한글')).toBe(6 + 1 + 2 + 1 + 4)
  expect(textWidth('🚀 ✓')).toBe(4)
  expect(textWidth('')).toBe(0)
})

test('colours take no column', () => {
  expect(textWidth('\u001b[0;33mchanged\u001b[0m')).toBe(7)
})
