import { expect, it } from 'vitest'
import { TypedLine, type TypedLineOptions } from './typed-line.js'

/** What a terminal shows for keys, what is left in the line, and how the question ended. */
function type(keys: string, options: TypedLineOptions = {}) {
  const line = new TypedLine(options)
  let shown = ''
  for (const char of keys) {
    const { show = '', end } = line.key(char)
    shown += show
    if (end) return { text: line.text, shown, end }
  }
  return { text: line.text, shown, end: undefined }
}

it('echoes what is typed and ends with return', () => {
  expect(type('héllo\r')).toEqual({ text: 'héllo', shown: 'héllo', end: 'answered' })
})

it('takes characters back, but not those of the prompt', () => {
  expect(type('ab\u007f\u007f\u007fc\n')).toEqual({ text: 'c', shown: 'ab\b \b\b \bc', end: 'answered' })
  expect(type('ab\u0015c\n')).toMatchObject({ text: 'c', shown: 'ab\b \b\b \bc' })
})

it('shows nothing of a password', () => {
  expect(type('s3\u007f4\r', { hidden: true })).toEqual({ text: 's4', shown: '', end: 'answered' })
})

it('is interrupted by Ctrl-C and ended by Ctrl-D', () => {
  expect(type('a\u0003').end).toBe('interrupted')
  expect(type('\u0004')).toMatchObject({ text: '', end: 'answered' })
  expect(type('a\u0004').end).toBeUndefined()
})

it('lets a pause go on or be aborted after Ctrl-C', () => {
  expect(type('a\u0003xC', { pausing: true })).toMatchObject({ text: 'a', end: 'answered' })
  expect(type('\u0003a', { pausing: true }).end).toBe('aborted')
  expect(type('\u0003', { pausing: true }).shown).toContain("Press 'C' to continue the play or 'A' to abort")
})

it('hears nothing but Ctrl-C while time runs', () => {
  expect(type('x\r', { pausing: true, timed: true })).toEqual({ text: '', shown: '', end: undefined })
  expect(type('x\u0003c', { pausing: true, timed: true })).toMatchObject({ text: '', end: 'answered' })
})
