/** Methods of str. */
import { PyBytes } from '../../python/bytes.js'
import { dictGet } from '../../python/dict.js'
import { typeError, valueError } from '../../python/errors.js'
import { items } from '../../python/iterate.js'
import { type Dict, isInt, Tuple, tuple, typeName, type Value } from '../../python/values.js'
import { type Methods, methods } from './method.js'

const chars = (text: string): string[] => Array.from(text)
const astral = (text: string): boolean => /[\ud800-\udfff]/.test(text)
const SPACE = ' \\t\\n\\r\\v\\f\\x1c-\\x1f\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const CASED = /\p{Lu}|\p{Ll}|\p{Lt}/u
const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g

export function wantString(value: Value, what: string): string {
  if (typeof value === 'string') return value
  throw typeError(`${what} must be str, not ${typeName(value)}`)
}
export function wantInt(value: Value): number {
  if (isInt(value)) return Number(value)
  throw typeError(`'${typeName(value)}' object cannot be interpreted as an integer`)
}

/** Clamped [start, end) of a Python slice of `length`. */
function range(length: number, start: Value, end: Value): [number, number] {
  const clamp = (value: Value, fallback: number) => {
    if (value === null) return fallback
    const index = wantInt(value)
    return index < 0 ? Math.max(0, index + length) : Math.min(index, length)
  }
  return [clamp(start, 0), clamp(end, length)]
}

function stripped(text: string, set: Value, left: boolean, right: boolean): string {
  if (set === null) {
    let result = text
    if (left) result = result.replace(new RegExp(`^[${SPACE}]+`), '')
    if (right) result = result.replace(new RegExp(`[${SPACE}]+$`), '')
    return result
  }
  const drop = new Set(chars(wantString(set, 'strip arg')))
  const all = chars(text)
  let from = 0
  let to = all.length
  if (left) while (from < to && drop.has(all[from]!)) from++
  if (right) while (to > from && drop.has(all[to - 1]!)) to--
  return all.slice(from, to).join('')
}

/** `text.split(sep, maxsplit)`. */
export function splitText(text: string, separator: Value, maxsplit: number): string[] {
  const limit = maxsplit < 0 ? Number.POSITIVE_INFINITY : maxsplit
  const parts: string[] = []
  if (separator === null) {
    let rest = stripped(text, null, true, false)
    while (rest !== '' && parts.length < limit) {
      const match = new RegExp(`[${SPACE}]+`).exec(rest)
      if (!match) break
      parts.push(rest.slice(0, match.index))
      rest = rest.slice(match.index + match[0].length)
    }
    if (rest !== '') parts.push(parts.length >= limit ? stripped(rest, null, false, parts.length < limit) : rest)
    return parts
  }
  const by = wantString(separator, 'separator')
  if (by === '') throw valueError('empty separator')
  let at = 0
  while (parts.length < limit) {
    const next = text.indexOf(by, at)
    if (next < 0) break
    parts.push(text.slice(at, next))
    at = next + by.length
  }
  parts.push(text.slice(at))
  return parts
}

function splitFromRight(text: string, separator: Value, maxsplit: number): string[] {
  if (maxsplit < 0) return splitText(text, separator, -1)
  const parts: string[] = []
  let rest = text
  if (separator === null) {
    rest = stripped(rest, null, false, true)
    while (rest !== '' && parts.length < maxsplit) {
      const match = new RegExp(`[${SPACE}]+(?=[^${SPACE}]*$)`).exec(rest)
      if (!match) break
      parts.unshift(rest.slice(match.index + match[0].length))
      rest = rest.slice(0, match.index)
    }
    if (rest !== '' && stripped(rest, null, true, true) !== '') parts.unshift(rest)
    return parts
  }
  const by = wantString(separator, 'separator')
  if (by === '') throw valueError('empty separator')
  while (parts.length < maxsplit) {
    const at = rest.lastIndexOf(by)
    if (at < 0) break
    parts.unshift(rest.slice(at + by.length))
    rest = rest.slice(0, at)
  }
  parts.unshift(rest)
  return parts
}

/** Lines as str.splitlines gives them. */
export function splitLines(text: string, keepEnds = false): string[] {
  const lines: string[] = []
  let from = 0
  for (const match of text.matchAll(LINE_END)) {
    const end = match.index + match[0].length
    lines.push(text.slice(from, keepEnds ? end : match.index))
    from = end
  }
  if (from < text.length) lines.push(text.slice(from))
  return lines
}

function padded(text: string, width: Value, fill: Value, side: 'left' | 'right' | 'both'): string {
  const size = wantInt(width)
  const by = wantString(fill, 'the fill character')
  if (chars(by).length !== 1) throw typeError('The fill character must be exactly one character long')
  const missing = size - (astral(text) ? chars(text).length : text.length)
  if (missing <= 0) return text
  if (side === 'left') return by.repeat(missing) + text
  if (side === 'right') return text + by.repeat(missing)
  const before = (missing >> 1) + (missing & size & 1)
  return by.repeat(before) + text + by.repeat(missing - before)
}

function affixed(text: string, affix: Value, start: Value, end: Value, atEnd: boolean): boolean {
  const all = chars(text)
  const [from, to] = range(all.length, start, end)
  if (start !== null && wantInt(start) > all.length) return false
  const part = start === null && end === null ? text : all.slice(from, to).join('')
  const options = affix instanceof Tuple ? affix : [affix]
  return options.some(one => {
    const name = atEnd ? 'endswith' : 'startswith'
    if (typeof one !== 'string') {
      throw typeError(`${name} first arg must be str or a tuple of str, not ${typeName(one)}`)
    }
    return atEnd ? part.endsWith(one) : part.startsWith(one)
  })
}

function found(text: string, sub: Value, start: Value, end: Value, last: boolean): number {
  const wanted = wantString(sub, 'sub')
  if (!astral(text)) {
    const [from, to] = range(text.length, start, end)
    if (from > to) return -1
    const part = text.slice(from, to)
    const at = last ? part.lastIndexOf(wanted) : part.indexOf(wanted)
    return at < 0 ? -1 : at + from
  }
  const all = chars(text)
  const [from, to] = range(all.length, start, end)
  if (from > to) return -1
  const part = all.slice(from, to).join('')
  const at = last ? part.lastIndexOf(wanted) : part.indexOf(wanted)
  return at < 0 ? -1 : from + chars(part.slice(0, at)).length
}

function located(text: string, sub: Value, start: Value, end: Value, last: boolean): number {
  const at = found(text, sub, start, end, last)
  if (at < 0) throw valueError('substring not found')
  return at
}

const titled = (text: string): string =>
  text.replace(/\p{L}+/gu, word => {
    const [first, ...rest] = chars(word)
    return first!.toUpperCase().replace(/^(.)(.+)$/u, (_, a, b) => a + b.toLowerCase()) + rest.join('').toLowerCase()
  })

const allOf = (pattern: RegExp) => (text: string) => text !== '' && pattern.test(text)

export function replaced(text: string, from: Value, to: Value, count: Value): string {
  const old = wantString(from, 'replace() argument 1')
  const by = wantString(to, 'replace() argument 2')
  const limit = wantInt(count)
  if (limit < 0)
    return text.split(old).length === 1
      ? text
      : old === ''
        ? by +
          chars(text)
            .map(char => char + by)
            .join('')
        : text.split(old).join(by)
  const parts = old === '' ? ['', ...chars(text), ''] : text.split(old)
  if (parts.length - 1 <= limit) return parts.join(by)
  return parts.slice(0, limit + 1).join(by) + old + parts.slice(limit + 1).join(old)
}

export const textMethods: Methods = methods({
  'capitalize()': (s: string) => {
    const [first = '', ...rest] = chars(s)
    return first.toUpperCase() + rest.join('').toLowerCase()
  },
  'casefold()': (s: string) => s.toLowerCase().replaceAll('ß', 'ss'),
  "center(width, fillchar=' ')": (s: string, width: Value, fill: Value) => padded(s, width, fill, 'both'),
  'count(sub, start=None, end=None)': (s: string, sub: Value, start: Value, end: Value) => {
    const all = chars(s)
    const [from, to] = range(all.length, start, end)
    const part = all.slice(from, to)
    const wanted = wantString(sub, 'sub')
    return wanted === '' ? Math.max(0, to - from + 1) : part.join('').split(wanted).length - 1
  },
  "encode(encoding='utf-8', errors='strict')": (s: string) => new PyBytes(Buffer.from(s, 'utf8')),
  'endswith(suffix, start=None, end=None)': (s: string, suffix: Value, start: Value, end: Value) =>
    affixed(s, suffix, start, end, true),
  'expandtabs(tabsize=8)': (s: string, tabsize: Value) => {
    const size = wantInt(tabsize)
    let column = 0
    return chars(s)
      .map(char => {
        if (char === '\t') {
          const spaces = size > 0 ? size - (column % size) : 0
          column += spaces
          return ' '.repeat(spaces)
        }
        column = char === '\n' || char === '\r' ? 0 : column + 1
        return char
      })
      .join('')
  },
  'find(sub, start=None, end=None)': (s: string, sub: Value, start: Value, end: Value) =>
    found(s, sub, start, end, false),
  'index(sub, start=None, end=None)': (s: string, sub: Value, start: Value, end: Value) =>
    located(s, sub, start, end, false),
  'isalnum()': allOf(/^[\p{L}\p{N}]+$/u),
  'isalpha()': allOf(/^\p{L}+$/u),
  'isascii()': (s: string) => /^[\x00-\x7f]*$/.test(s),
  'isdecimal()': allOf(/^\p{Nd}+$/u),
  'isdigit()': allOf(/^[\p{Nd}²³¹⁰⁴-⁹₀-₉①-⑨]+$/u),
  'isidentifier()': allOf(/^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u),
  'islower()': (s: string) => CASED.test(s) && !/\p{Lu}|\p{Lt}/u.test(s),
  'isnumeric()': allOf(/^\p{N}+$/u),
  'isprintable()': (s: string) => !/[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(s),
  'isspace()': allOf(new RegExp(`^[${SPACE}]+$`)),
  'istitle()': (s: string) => CASED.test(s) && titled(s) === s,
  'isupper()': (s: string) => CASED.test(s) && !/\p{Ll}|\p{Lt}/u.test(s),
  'join(iterable)': (s: string, iterable: Value) =>
    items(iterable)
      .map((item, index) => {
        if (typeof item === 'string') return item
        throw typeError(`sequence item ${index}: expected str instance, ${typeName(item)} found`)
      })
      .join(s),
  "ljust(width, fillchar=' ')": (s: string, width: Value, fill: Value) => padded(s, width, fill, 'right'),
  'lower()': (s: string) => s.toLowerCase(),
  'lstrip(chars=None)': (s: string, set: Value) => stripped(s, set, true, false),
  'maketrans(x, y=None, z=None)': (_s: string, x: Value, y: Value, z: Value) => {
    const table: Dict = new Map()
    if (x instanceof Map) {
      for (const [key, value] of x) table.set(typeof key === 'string' ? key.codePointAt(0)! : key, value)
      return table
    }
    const from = chars(wantString(x, 'first maketrans argument'))
    const to = chars(wantString(y, 'second maketrans argument'))
    if (from.length !== to.length) throw valueError('the first two maketrans arguments must have equal length')
    for (const [index, char] of from.entries()) table.set(char.codePointAt(0)!, to[index]!.codePointAt(0)!)
    if (z !== null)
      for (const char of chars(wantString(z, 'third maketrans argument'))) table.set(char.codePointAt(0)!, null)
    return table
  },
  'partition(sep)': (s: string, sep: Value) => {
    const by = wantString(sep, 'separator')
    if (by === '') throw valueError('empty separator')
    const at = s.indexOf(by)
    return at < 0 ? tuple([s, '', '']) : tuple([s.slice(0, at), by, s.slice(at + by.length)])
  },
  'removeprefix(prefix)': (s: string, prefix: Value) =>
    s.startsWith(wantString(prefix, 'prefix')) ? s.slice(wantString(prefix, 'prefix').length) : s,
  'removesuffix(suffix)': (s: string, suffix: Value) => {
    const end = wantString(suffix, 'suffix')
    return end !== '' && s.endsWith(end) ? s.slice(0, -end.length) : s
  },
  'replace(old, new, count=-1)': replaced,
  'rfind(sub, start=None, end=None)': (s: string, sub: Value, start: Value, end: Value) =>
    found(s, sub, start, end, true),
  'rindex(sub, start=None, end=None)': (s: string, sub: Value, start: Value, end: Value) =>
    located(s, sub, start, end, true),
  "rjust(width, fillchar=' ')": (s: string, width: Value, fill: Value) => padded(s, width, fill, 'left'),
  'rpartition(sep)': (s: string, sep: Value) => {
    const by = wantString(sep, 'separator')
    if (by === '') throw valueError('empty separator')
    const at = s.lastIndexOf(by)
    return at < 0 ? tuple(['', '', s]) : tuple([s.slice(0, at), by, s.slice(at + by.length)])
  },
  'rsplit(sep=None, maxsplit=-1)': (s: string, sep: Value, maxsplit: Value) =>
    splitFromRight(s, sep, wantInt(maxsplit)),
  'rstrip(chars=None)': (s: string, set: Value) => stripped(s, set, false, true),
  'split(sep=None, maxsplit=-1)': (s: string, sep: Value, maxsplit: Value) => splitText(s, sep, wantInt(maxsplit)),
  'splitlines(keepends=False)': (s: string, keepends: Value) => splitLines(s, Boolean(keepends)),
  'startswith(prefix, start=None, end=None)': (s: string, prefix: Value, start: Value, end: Value) =>
    affixed(s, prefix, start, end, false),
  'strip(chars=None)': (s: string, set: Value) => stripped(s, set, true, true),
  'swapcase()': (s: string) =>
    chars(s)
      .map(char => (char === char.toUpperCase() ? char.toLowerCase() : char.toUpperCase()))
      .join(''),
  'title()': titled,
  'translate(table)': (s: string, table: Value) => {
    if (!(table instanceof Map)) throw typeError(`'${typeName(table)}' object is not subscriptable`)
    return chars(s)
      .map(char => {
        const to = dictGet(table, char.codePointAt(0)!)
        if (to === undefined) return char
        if (to === null) return ''
        return typeof to === 'string' ? to : String.fromCodePoint(wantInt(to))
      })
      .join('')
  },
  'upper()': (s: string) => s.toUpperCase(),
  'zfill(width)': (s: string, width: Value) => {
    const missing = wantInt(width) - chars(s).length
    if (missing <= 0) return s
    const sign = /^[-+]/.exec(s)?.[0] ?? ''
    return sign + '0'.repeat(missing) + s.slice(sign.length)
  },
})
