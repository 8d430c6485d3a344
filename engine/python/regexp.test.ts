import { describe, expect, it } from 'vitest'
import { escapeRegExp, findAll, fullMatch, matchAt, pythonRegExp, search, splitBy, substitute } from './regexp.js'

const found = (pattern: string, text: string, flags = {}) => search(pythonRegExp(pattern, flags), text)?.[0]

describe('Python patterns', () => {
  it('know Python anchors', () => {
    expect(found('c$', 'abc\n')).toBe('c')
    expect(found('c\\Z', 'abc\n')).toBeUndefined()
    expect(found('\\Ab', 'a\nb', { multiline: true })).toBeUndefined()
    expect(found('^b', 'a\nb', { multiline: true })).toBe('b')
  })

  it('take digits and letters of all scripts, unless told otherwise', () => {
    expect(found('\\d', '١')).toBe('١')
    expect(found('\\w+', 'é')).toBe('é')
    expect(found('\\w', 'é', { ascii: true })).toBeUndefined()
    expect(found('\\bé', 'a é')).toBe('é')
  })

  it('name groups as Python does', () => {
    expect(found('(?P<n>.)(?P=n)', 'abba')).toBe('bb')
    expect(substitute(pythonRegExp('(?P<n>a)'), '<\\g<n>\\1>', 'bab').text).toBe('b<aa>b')
  })

  it('read flags inside the pattern', () => {
    expect(found('(?i)AB', 'xab')).toBe('ab')
    expect(found('(?i:A)b', 'aB ab')).toBe('ab')
    expect(found('(?x) a  # first\n b', 'ab')).toBe('ab')
    expect(found('(?s)a.b', 'a\nb')).toBe('a\nb')
  })

  it('take brackets and braces literally where Python does', () => {
    expect(found('[]a]+', 'x]a')).toBe(']a')
    expect(found('{', 'a{')).toBe('{')
    expect(found('a{,2}', 'aaa')).toBe('aa')
    expect(found('\\/\\-\\@', '/-@')).toBe('/-@')
  })

  it('refuse what Python refuses, in its words', () => {
    expect(() => pythonRegExp('(a')).toThrow('missing ), unterminated subpattern at position 0')
    expect(() => pythonRegExp('a)')).toThrow('unbalanced parenthesis at position 1')
    expect(() => pythonRegExp('*')).toThrow('nothing to repeat at position 0')
    expect(() => pythonRegExp('a**')).toThrow('multiple repeat at position 2')
    expect(() => pythonRegExp('[a')).toThrow('unterminated character set at position 0')
    expect(() => pythonRegExp('\\q')).toThrow('bad escape \\q at position 0')
    expect(() => pythonRegExp('[z-a]')).toThrow('bad character range z-a at position 1')
  })

  it('refuse what JavaScript cannot do', () => {
    expect(() => pythonRegExp('(a)?(?(1)b|c)')).toThrow('not supported')
    expect(() => pythonRegExp('(?>a)')).toThrow('not supported')
    expect(() => pythonRegExp('a*+')).toThrow('not supported')
  })
})

describe('using patterns', () => {
  it('finds empty matches where Python does', () => {
    expect(substitute(pythonRegExp('x*'), '-', 'abc').text).toBe('-a-b-c-')
    expect(substitute(pythonRegExp('b*'), '-', 'abc').text).toBe('-a--c-')
    expect(findAll(pythonRegExp('|a'), 'a')).toEqual(['', 'a', ''])
  })

  it('reads replacement templates', () => {
    expect(substitute(pythonRegExp('a'), '$1&\\n\\.', 'a').text).toBe('$1&\n\\.')
    expect(() => substitute(pythonRegExp('a'), '\\q', 'a')).toThrow('bad escape \\q at position 0')
    expect(() => substitute(pythonRegExp('a'), '\\1', 'a')).toThrow('invalid group reference 1 at position 1')
    expect(substitute(pythonRegExp('a'), 'b', 'aaa', 2)).toEqual({ text: 'bba', count: 2 })
  })

  it('matches at the start, in whole, and splits', () => {
    expect(matchAt(pythonRegExp('b'), 'ab')).toBeNull()
    expect(fullMatch(pythonRegExp('a|ab'), 'ab')?.[0]).toBe('ab')
    expect(splitBy(pythonRegExp('(,)'), 'a,b')).toEqual(['a', ',', 'b'])
  })

  it('escapes what is special', () => {
    expect(escapeRegExp('a.b-c d')).toBe('a\\.b\\-c\\ d')
  })
})
