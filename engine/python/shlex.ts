/** Python's shlex.split in POSIX mode. */

/** The text cannot be split: a quote or an escape has no end. The message is Python's. */
export class ShlexError extends Error {}

/** Words of a shell-like line; with `comments`, what follows an unquoted `#` is dropped, even inside a word. */
export function shlexSplit(text: string, { comments = false }: { readonly comments?: boolean } = {}): string[] {
  const words: string[] = []
  let word: string | undefined
  let at = 0
  while (at < text.length) {
    const char = text[at]!
    if (char === ' ' || char === '\t' || char === '\n' || char === '\r') {
      if (word !== undefined) words.push(word)
      word = undefined
      at++
    } else if (comments && char === '#') {
      const end = text.indexOf('\n', at)
      if (word !== undefined) words.push(word)
      word = undefined
      at = end === -1 ? text.length : end + 1
    } else if (char === "'") {
      const end = text.indexOf("'", at + 1)
      if (end === -1) throw new ShlexError('No closing quotation')
      word = (word ?? '') + text.slice(at + 1, end)
      at = end + 1
    } else if (char === '"') {
      const [quoted, next] = doubleQuoted(text, at + 1)
      word = (word ?? '') + quoted
      at = next
    } else if (char === '\\') {
      if (at + 1 >= text.length) throw new ShlexError('No escaped character')
      word = (word ?? '') + text[at + 1]!
      at += 2
    } else {
      word = (word ?? '') + char
      at++
    }
  }
  if (word !== undefined) words.push(word)
  return words
}

function doubleQuoted(text: string, from: number): [string, number] {
  let quoted = ''
  for (let at = from; at < text.length; at++) {
    const char = text[at]!
    if (char === '"') return [quoted, at + 1]
    if (char === '\\' && at + 1 < text.length) {
      const next = text[++at]!
      quoted += next === '"' || next === '\\' ? next : `\\${next}`
    } else quoted += char
  }
  throw new ShlexError('No closing quotation')
}

/** shlex.quote: the text as one word for a POSIX shell; left alone when nothing in it is special. */
export function shlexQuote(text: string): string {
  if (text === '') return "''"
  if (/^[a-zA-Z0-9_@%+=:,./-]+$/.test(text)) return text
  return `'${text.replaceAll("'", `'"'"'`)}'`
}
