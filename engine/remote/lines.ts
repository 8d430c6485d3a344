/** A text file as lines and back, keeping its newline style and a missing last newline. */

const newlineOf = (text: string): '\n' | '\r\n' => (/\r\n/.test(text) && !/(?:^|[^\r])\n/.test(text) ? '\r\n' : '\n')

/** Lines without their newline. In a file of mixed newlines a `\r` stays part of its line, so that nothing is lost. */
export function splitLines(text: string): string[] {
  if (text === '') return []
  const newline = newlineOf(text)
  const lines = text.split(newline)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

/** `lines` as a file's text, in the style of the file it replaces. */
export function joinLines(lines: readonly string[], old: string): string {
  if (lines.length === 0) return ''
  const newline = newlineOf(old)
  const before = splitLines(old)
  const openEnded = old !== '' && !old.endsWith('\n') && before.at(-1) === lines.at(-1)
  return lines.join(newline) + (openEnded ? '' : newline)
}
