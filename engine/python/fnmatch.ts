/** Python's fnmatch: `*` also crosses slashes, `[!x]` negates, there are no braces. */
import { escapeRegExp, fullMatch, pythonRegExp } from './regexp.js'

/** The Python pattern that fnmatch.translate would make, without its anchors. */
export function translate(pattern: string): string {
  let out = ''
  let at = 0
  while (at < pattern.length) {
    const character = pattern[at++]!
    if (character === '*') {
      if (!out.endsWith('.*')) out += '.*'
    } else if (character === '?') out += '.'
    else if (character === '[') {
      let end = at
      if (pattern[end] === '!') end++
      if (pattern[end] === ']') end++
      while (end < pattern.length && pattern[end] !== ']') end++
      if (end >= pattern.length) {
        out += '\\['
        continue
      }
      out += characterSet(pattern.slice(at, end))
      at = end + 1
    } else out += escapeRegExp(character)
  }
  return out
}

function characterSet(body: string): string {
  const negated = body.startsWith('!')
  let set = ''
  const items = [...(negated ? body.slice(1) : body)]
  for (let at = 0; at < items.length; at++) {
    if (items[at + 1] === '-' && at + 2 < items.length) {
      // An empty range such as [z-a] matches nothing rather than being an error.
      if (items[at]! <= items[at + 2]!) set += `${quote(items[at]!)}-${quote(items[at + 2]!)}`
      at += 2
    } else set += quote(items[at]!)
  }
  if (set === '') return negated ? '.' : '(?!)'
  return `[${negated ? '^' : ''}${set}]`
}

const quote = (character: string) => (/[\w]/.test(character) || character > '\x7f' ? character : `\\${character}`)

/** Does the whole name match, upper and lower case being different. */
export function fnmatch(name: string, pattern: string): boolean {
  return fullMatch(pythonRegExp(translate(pattern), { dotall: true }), name) !== null
}

/** The names that match. */
export function fnmatchFilter(names: readonly string[], pattern: string): string[] {
  const compiled = pythonRegExp(translate(pattern), { dotall: true })
  return names.filter(name => fullMatch(compiled, name) !== null)
}
