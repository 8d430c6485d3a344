import { expect, it } from 'vitest'
import { wrapText } from './textwrap.js'

it('breaks at spaces and after hyphens between letters, as Python does', () => {
  const text =
    '[WARNING]: Ansible is being run in a world writable directory (/x), ignoring it as an ansible.cfg source. For more ' +
    'information see https://docs.ansible.com/ansible/devel/reference_appendices/config.html#cfg-in-world-writable-dir'
  expect(wrapText(text, 79)).toEqual([
    '[WARNING]: Ansible is being run in a world writable directory (/x), ignoring it',
    'as an ansible.cfg source. For more information see',
    'https://docs.ansible.com/ansible/devel/reference_appendices/config.html#cfg-in-',
    'world-writable-dir',
  ])
})

it('keeps the spaces at line ends when asked to', () => {
  expect(wrapText('one two three', 8, { dropWhitespace: false })).toEqual(['one two ', 'three'])
})

it('breaks words that are too long, after a hyphen when it can', () => {
  expect(wrapText(`x ${'y'.repeat(12)}`, 5)).toEqual(['x yyy', 'yyyyy', 'yyyy'])
  expect(wrapText('a1-2-3-4', 5)).toEqual(['a1-2-', '3-4'])
})

it('expands tabs and joins lines', () => {
  expect(wrapText('tab\there\nnext', 30)).toEqual(['tab     here next'])
})
