/** Methods of Python's str that filters need and JavaScript has otherwise. */

const LINE = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g

/** str.splitlines(): also at \v, \f and Unicode's line ends; no empty last line. */
export function splitLines(text: string, keepEnds = false): string[] {
  const lines: string[] = []
  let from = 0
  for (const found of text.matchAll(LINE)) {
    const end = found.index + found[0].length
    lines.push(text.slice(from, keepEnds ? end : found.index))
    from = end
  }
  if (from < text.length) lines.push(text.slice(from))
  return lines
}

const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const leading = new RegExp(`^[${SPACE}]+`)
const trailing = new RegExp(`[${SPACE}]+$`)
const between = new RegExp(`[${SPACE}]+`)

/** str.strip(chars) */
export function strip(text: string, chars?: string | null): string {
  if (chars === undefined || chars === null) return text.replace(leading, '').replace(trailing, '')
  const set = new Set(chars)
  const all = [...text]
  let from = 0
  let to = all.length
  while (from < to && set.has(all[from]!)) from++
  while (to > from && set.has(all[to - 1]!)) to--
  return all.slice(from, to).join('')
}

/** str.split(sep, maxsplit); without a separator at any white space. */
export function splitText(text: string, separator: string | null, limit = -1): string[] {
  if (separator !== null) {
    if (limit < 0) return text.split(separator)
    const parts: string[] = []
    let rest = text
    while (parts.length < limit) {
      const at = rest.indexOf(separator)
      if (at === -1) break
      parts.push(rest.slice(0, at))
      rest = rest.slice(at + separator.length)
    }
    return [...parts, rest]
  }
  const parts: string[] = []
  let rest = text.replace(leading, '')
  while (rest !== '') {
    if (limit >= 0 && parts.length >= limit) return [...parts, rest]
    const found = between.exec(rest)
    if (!found) return [...parts, rest]
    parts.push(rest.slice(0, found.index))
    rest = rest.slice(found.index + found[0].length)
  }
  return parts
}

/** str.upper(), lower() and capitalize() */
export const upper = (text: string): string => text.toUpperCase()
export const lower = (text: string): string => text.toLowerCase()
export function capitalize(text: string): string {
  const first = String.fromCodePoint(text.codePointAt(0) ?? 0)
  return text === '' ? '' : titleCase(first) + text.slice(first.length).toLowerCase()
}

/** The title case of one character: that of ß is Ss, of ǆ is ǅ. */
function titleCase(character: string): string {
  const digraph = digraphs[character]
  if (digraph) return digraph
  const whole = character.toUpperCase()
  const [first, ...rest] = [...whole]
  return rest.length === 0 ? whole : first! + rest.join('').toLowerCase()
}
const digraphs: Record<string, string> = { ǆ: 'ǅ', Ǆ: 'ǅ', ǅ: 'ǅ', ǉ: 'ǈ', Ǉ: 'ǈ', ǌ: 'ǋ', Ǌ: 'ǋ', ǳ: 'ǲ', Ǳ: 'ǲ' }

/** str.center(width) */
export function center(text: string, width: number): string {
  const length = [...text].length
  const room = width - length
  if (room <= 0) return text
  // CPython puts the odd space on the left only when the width is odd too.
  const left = Math.floor(room / 2) + (room & width & 1)
  return ' '.repeat(left) + text + ' '.repeat(room - left)
}

export interface WrapOptions {
  readonly breakLongWords?: boolean
  readonly breakOnHyphens?: boolean
  readonly initialIndent?: string
  readonly subsequentIndent?: string
  readonly dropWhitespace?: boolean
}

// textwrap's chunks: words, hyphenated parts, dashes, runs of space.
const WORD = `[\\p{L}\\p{N}_!"'&.,?]`
const chunks = new RegExp(
  `[\\t\\n\\v\\f\\r ]+|(?<=${WORD})-{2,}(?=[\\p{L}\\p{N}_])|[^\\t\\n\\v\\f\\r ](?:[^\\t\\n\\v\\f\\r ]*?)(?:-(?:(?<=[\\p{L}_]{2}-)|(?<=[\\p{L}_]-[\\p{L}_]-))(?=[\\p{L}_]-?[\\p{L}_])|(?=[\\t\\n\\v\\f\\r ]|$)|(?<=${WORD})(?=-{2,}[\\p{L}\\p{N}_]))`,
  'gu',
)
const simpleChunks = /[\t\n\v\f\r ]+|[^\t\n\v\f\r ]+/g

/** textwrap.wrap with expand_tabs and replace_whitespace off. */
export function wrap(text: string, width: number, options: WrapOptions = {}): string[] {
  const { breakLongWords = true, breakOnHyphens = true, initialIndent = '', subsequentIndent = '' } = options
  const pieces = (text.match(breakOnHyphens ? chunks : simpleChunks) ?? []).reverse()
  const lines: string[] = []
  const size = (piece: string) => [...piece].length
  const blank = (piece: string | undefined) => piece !== undefined && strip(piece) === ''
  while (pieces.length > 0) {
    const indent = lines.length > 0 ? subsequentIndent : initialIndent
    const room = width - size(indent)
    const line: string[] = []
    let used = 0
    if (blank(pieces.at(-1)) && lines.length > 0) pieces.pop()
    while (pieces.length > 0 && used + size(pieces.at(-1)!) <= room) {
      used += size(pieces.at(-1)!)
      line.push(pieces.pop()!)
    }
    if (pieces.length > 0 && size(pieces.at(-1)!) > room) {
      const space = room < 1 ? 1 : room - used
      const long = [...pieces.at(-1)!]
      if (breakLongWords) {
        let end = space
        if (breakOnHyphens && long.length > space) {
          const hyphen = long.slice(0, space).lastIndexOf('-')
          if (hyphen > 0 && long.slice(0, hyphen).some(character => character !== '-')) end = hyphen + 1
        }
        line.push(long.slice(0, end).join(''))
        pieces[pieces.length - 1] = long.slice(end).join('')
      } else if (line.length === 0) line.push(pieces.pop()!)
    }
    if (blank(line.at(-1))) line.pop()
    if (line.length > 0) lines.push(indent + line.join(''))
  }
  return lines
}
