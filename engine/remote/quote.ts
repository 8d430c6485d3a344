/** The only way an argument reaches a shell: one quoting function and a template tag that uses it. */
import type { ShellText } from './remote.js'

/** Shell text that is already right; `sh` puts it in as it is. */
class Raw {
  constructor(readonly text: string) {}
}

const reserved = /^(?:if|then|else|elif|fi|do|done|case|esac|while|until|for|in|function|select|time|coproc)$/

/** One POSIX shell word that means exactly `text`. */
export function quote(text: string): string {
  if (text.includes('\0')) throw new Error('a shell word cannot hold a NUL byte')
  if (/^[A-Za-z0-9_./:@%+,-]+$/.test(text) && !reserved.test(text)) return text
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** Program and arguments as one shell command. */
export const quoteAll = (words: Iterable<string>): ShellText => Array.from(words, quote).join(' ') as ShellText

/** Shell text that gives whole lines to a command as its standard input. They may hold any line: the one that ends them is another. */
export function hereDocument(lines: string): ShellText {
  let end = 'UNDERSTUDY_END'
  while (lines.includes(end)) end += '_'
  return `<<'${end}'\n${lines}${end}\n` as ShellText
}

/** Puts shell text into `sh` unquoted: for pieces that were made with `sh` themselves. */
export const raw = (text: string): Raw => new Raw(text)

/** In a query: the PATH that commands of people get, without the folders where modules look for programs as well. */
export const givenPath: Raw = raw('${_P-$PATH}')

type Quotable = string | number | bigint | Raw | readonly (string | number)[]

/** Shell text with every value quoted: a list becomes several words, `raw(...)` stays as it is. Shell text itself has to be raw. */
export function sh<const V extends readonly Quotable[]>(
  pieces: TemplateStringsArray,
  ...values: { readonly [K in keyof V]: V[K] extends ShellText ? never : V[K] }
): ShellText {
  let text = pieces[0]!
  ;(values as readonly Quotable[]).forEach((value, index) => {
    text +=
      value instanceof Raw ? value.text : Array.isArray(value) ? quoteAll(value.map(String)) : quote(String(value))
    text += pieces[index + 1]!
  })
  return text as ShellText
}
