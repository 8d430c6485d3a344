/** `textwrap.wrap`: breaks at spaces and after hyphens between letters, and inside words that are too long. */

export interface WrapOptions {
  /** False keeps the spaces at the ends of lines. */
  readonly dropWhitespace?: boolean
}

// Spaces; a dash between words; or a word up to a hyphen between letters, a space, the end, or such a dash.
const chunkPattern =
  /(\s+|(?<=[\p{L}\p{N}_!"'&.,?])-{2,}(?=[\p{L}\p{N}_])|\S+?(?:-(?:(?<=[\p{L}_]{2}-)|(?<=[\p{L}_]-[\p{L}_]-))(?=[\p{L}_]-?[\p{L}_])|(?=\s|$)|(?<=[\p{L}\p{N}_!"'&.,?])(?=-{2,}[\p{L}\p{N}_])))/u

export function wrapText(text: string, width: number, { dropWhitespace = true }: WrapOptions = {}): string[] {
  const flat = expandTabs(text).replace(/[\n\v\f\r]/g, ' ')
  const chunks = flat
    .split(chunkPattern)
    .filter(chunk => chunk !== '')
    .reverse()
  const lines: string[] = []
  while (chunks.length > 0) {
    const line: string[] = []
    let length = 0
    if (dropWhitespace && lines.length > 0 && chunks.at(-1)!.trim() === '') chunks.pop()
    while (chunks.length > 0 && length + size(chunks.at(-1)!) <= width) {
      const chunk = chunks.pop()!
      line.push(chunk)
      length += size(chunk)
    }
    if (chunks.length > 0 && size(chunks.at(-1)!) > width) {
      const [head, tail] = cut(chunks.pop()!, Math.max(1, width - length))
      line.push(head)
      chunks.push(tail)
    }
    if (dropWhitespace && line.length > 0 && line.at(-1)!.trim() === '') line.pop()
    if (line.length > 0) lines.push(line.join(''))
  }
  return lines
}

const expandTabs = (text: string) =>
  text.replace(/[^\n]*/g, line =>
    line.replace(/([^\t]*)\t/g, (_, before: string) => before + ' '.repeat(8 - (before.length % 8))),
  )

const size = (text: string) => [...text].length

/** A long word is cut after a hyphen when one fits, else anywhere. */
function cut(word: string, room: number): [string, string] {
  const letters = [...word]
  const hyphen = letters.lastIndexOf('-', room - 1)
  const hyphenated = hyphen > 0 && letters.slice(0, hyphen).some(letter => letter !== '-')
  const at = letters.length > room && hyphenated ? hyphen + 1 : room
  return [letters.slice(0, at).join(''), letters.slice(at).join('')]
}
