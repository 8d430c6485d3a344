/** Guesses, from the lines around a YAML error, what the writer meant and what to change. */
import type { SourceRange } from '../diagnostics.js'

export interface Guess {
  readonly message?: string
  readonly at?: SourceRange
  readonly hint: string
}

interface Place {
  readonly lines: readonly string[]
  /** Index of the line the parser complained about. */
  readonly index: number
  readonly at: SourceRange
  /** What the parser said. */
  readonly problem: string
}

/** The first rule that recognises the mistake; rules are ordered from certain to vague. */
export function hintFor(text: string, at: SourceRange, problem: string): Guess | undefined {
  const lines = text.split(/\r?\n/)
  const place: Place = { lines, index: Math.min(at.line, lines.length) - 1, at, problem }
  // Guessing is for lines that people write.
  if (lines.slice(Math.max(0, place.index - 2), place.index + 2).some(line => line.length > 5000)) return undefined
  for (const rule of [
    tab,
    unquotedTemplate,
    shiftedTask,
    nestedColon,
    halfQuoted,
    unclosedQuote,
    unclosedBracket,
    missingColon,
    listAfterKey,
    specialStart,
    indentation,
  ]) {
    const guess = rule(place)
    if (guess) return guess
  }
  return undefined
}

const indentOf = (line: string): number => line.length - line.trimStart().length
const isIgnorable = (line: string | undefined): boolean => line === undefined || /^\s*(#.*)?$/.test(line)

function near({ index }: Place, reach = 1): number[] {
  const order = [index]
  for (let step = 1; step <= reach; step++) order.push(index - step)
  return order.filter(line => line >= 0)
}

function tab(place: Place): Guess | undefined {
  for (const index of [...near(place, 1), place.index + 1]) {
    const line = place.lines[index]
    const column = line === undefined ? -1 : line.search(/^[ -]*\t/) === 0 ? line.indexOf('\t') : -1
    if (column < 0 || line!.trim() === '') continue
    return {
      message: 'found a tab character where an indentation space is expected',
      at: { ...place.at, line: index + 1, column: column + 1 },
      hint: `YAML does not allow tabs for indentation. Replace the tab by spaces:\n  ${line!.replaceAll('\t', '  ')}`,
    }
  }
  return undefined
}

const UNQUOTED = /^(\s*(?:- +)*)((?:"[^"]*"|'[^']*'|[^\s'"{#][^:#]*?)\s*:\s+|- +)(\{\{.*)$/

function unquotedTemplate(place: Place): Guess | undefined {
  for (const index of near(place, 2)) {
    const line = place.lines[index]
    const match = line === undefined ? null : UNQUOTED.exec(line)
    if (!match) continue
    const [, lead, key, rest] = match as unknown as [string, string, string, string]
    const value = rest.replace(/\s+#.*$/, '').trimEnd()
    const quoted = value.includes('"') ? `'${value.replaceAll("'", "''")}'` : `"${value}"`
    return {
      message: 'a value that begins with {{ must be quoted',
      at: { ...place.at, line: index + 1, column: lead.length + key.length + 1 },
      hint: `Always quote template expressions that start a value, or YAML reads them as a dict:\n  ${lead}${key}${quoted}`,
    }
  }
  return undefined
}

const KEY = /^(\s*)([\w.-]+):(\s|$)/

/** Books print tasks whose module stands one column left of `name`. */
function shiftedTask(place: Place): Guess | undefined {
  for (const index of [place.index, place.index + 1, place.index - 1]) {
    const match = KEY.exec(place.lines[index] ?? '')
    if (!match) continue
    const itemIndex = findItem(place.lines, index)
    const item = itemIndex === undefined ? undefined : /^(\s*)-(\s+)([\w.-]+)\s*:/.exec(place.lines[itemIndex]!)
    if (!item) continue
    const dash = item[1]!.length
    const want = dash + 1 + item[2]!.length
    const have = match[1]!.length
    if (have === want || have <= dash || itemIndex === undefined) continue
    // Further right, it can only be out of line with the line above when that is a key of the item itself.
    const above = place.lines[index - 1]!
    const column = index === itemIndex + 1 ? want : indentOf(above)
    if (have > want && (column !== want || /(?::|[|>][-+0-9]*)\s*(?:#.*)?$/.test(above))) continue
    // The first member that is out of line is the one to name, though the parser may complain about a later one.
    let first = index
    for (let line = itemIndex + 1; line < index; line++) {
      const other = KEY.exec(place.lines[line]!)
      if (other && other[1]!.length > dash && other[1]!.length < want) {
        first = line
        break
      }
    }
    const named = KEY.exec(place.lines[first]!)!
    const corrected = correctItem(place.lines, itemIndex, dash, want, named[1]!.length)
    return {
      message: `'${named[2]}' must stand under '${item[3]}'`,
      at: { ...place.at, line: first + 1, column: named[1]!.length + 1 },
      hint:
        `'${named[2]}' begins in column ${named[1]!.length + 1}, but '${item[3]}' in line ${itemIndex + 1} begins in ` +
        `column ${want + 1}: keys of one item must begin in the same column. Write:\n${corrected}`,
    }
  }
  return undefined
}

/** The list item that a line belongs to: the nearest dash above it that stands further left. */
function findItem(lines: readonly string[], from: number): number | undefined {
  const indent = indentOf(lines[from]!)
  for (let line = from - 1; line >= 0; line--) {
    if (isIgnorable(lines[line])) continue
    if (/^\s*-\s/.test(lines[line]!)) return indentOf(lines[line]!) < indent ? line : undefined
    if (indentOf(lines[line]!) === 0) return undefined
  }
  return undefined
}

function correctItem(lines: readonly string[], item: number, dash: number, want: number, wrong: number): string {
  const shown = [lines[item]!]
  for (let line = item + 1; line < lines.length && shown.length < 12; line++) {
    const text = lines[line]!
    if (isIgnorable(text)) break
    const indent = indentOf(text)
    if (indent <= dash) break
    // Lines of the wrong column move, and what hangs below them with them; others stay.
    const shift = wrong < want ? (indent < want ? want - indent : 0) : indent >= wrong ? want - wrong : 0
    shown.push(shift < 0 ? text.slice(-shift) : ' '.repeat(shift) + text)
  }
  return shown.map(line => `  ${line}`).join('\n')
}

function nestedColon(place: Place): Guess | undefined {
  for (const index of near(place, 1)) {
    const line = place.lines[index]
    const match =
      line === undefined
        ? null
        : /^(\s*(?:- +)*)([^\s'"#{[&*!|>][^:#]*?): +([^'"{[|>&*!#\s].*?: .*|[^'"{[|>&*!#\s].*:)$/.exec(line)
    if (!match) continue
    const [, lead, key, value] = match as unknown as [string, string, string, string]
    const quoted = value.includes('"') ? `'${value.replaceAll("'", "''")}'` : `"${value}"`
    const inner = value.search(/:( |$)/)
    const args = /^[\w.]+ .*\w+=/.test(value) || /\w+=\S*/.test(value)
    return {
      message: 'mapping values are not allowed here: a second ": " in one value',
      at: { ...place.at, line: index + 1, column: lead.length + key.length + 2 + inner + 1 },
      hint: `${
        args
          ? 'A colon followed by a space inside `key=value` text must be quoted as a whole'
          : 'A value that holds a colon followed by a space must be quoted'
      }:\n  ${lead}${key}: ${quoted}`,
    }
  }
  return undefined
}

/** `when: "foo" in bar`: a quote that closes before the value ends. */
function halfQuoted(place: Place): Guess | undefined {
  for (const index of near(place, 1)) {
    const line = place.lines[index]
    const match =
      line === undefined
        ? null
        : /^(\s*(?:- +)*(?:[^\s'"#][^:#]*?: +)?)((['"])(?:(?!\3).)*\3)(\s*[^\s#,\]}:].*)$/.exec(line)
    if (!match) continue
    const [, lead, start, quote, rest] = match as unknown as [string, string, string, string, string]
    const value = (start + rest).trimEnd()
    const other = quote === '"' ? "'" : '"'
    const whole =
      value.includes(other) && other === '"'
        ? `'${value.replaceAll("'", "''")}'`
        : `${other}${value.replaceAll(other, other === "'" ? "''" : '\\"')}${other}`
    return {
      message: 'text after a closing quote',
      at: { ...place.at, line: index + 1, column: lead.length + start.length + 1 },
      hint: `When a value begins with a quote it must end with the same quote. Quote the whole value:\n  ${lead}${whole}`,
    }
  }
  return undefined
}

function unclosedQuote(place: Place): Guess | undefined {
  if (!/quote|unhashable/i.test(place.problem)) return undefined
  for (let index = Math.min(place.index, place.lines.length - 1); index >= 0; index--) {
    const match = /^(\s*(?:- +)*(?:[^\s'"#][^:#]*?: +)?)(["'])(.*)$/.exec(place.lines[index]!)
    if (!match) continue
    const [, lead, quote, rest] = match as unknown as [string, string, string, string]
    const closed = quote === '"' ? /^(?:[^"\\]|\\.)*"/.test(rest) : /^(?:[^']|'')*'/.test(rest)
    if (closed) continue
    return {
      message: `a ${quote} is never closed`,
      at: { ...place.at, line: index + 1, column: lead.length + 1 },
      hint: `This value begins with ${quote} but no ${quote} ends it. Write:\n  ${lead}${quote}${rest.trimEnd()}${quote}`,
    }
  }
  return undefined
}

function unclosedBracket(place: Place): Guess | undefined {
  const close = /sufficiently indented and end with a ([\]}])/.exec(place.problem)?.[1]
  if (!close) return undefined
  const open = close === ']' ? '[' : '{'
  for (let index = Math.min(place.index, place.lines.length - 1); index >= 0; index--) {
    const line = place.lines[index]!
    const column = line.lastIndexOf(open)
    if (column === -1 || line.indexOf(close, column) !== -1) continue
    return {
      message: `a ${open} is never closed`,
      at: { ...place.at, line: index + 1, column: column + 1 },
      hint: `Add the ${close} that belongs to it.`,
    }
  }
  return undefined
}

function missingColon(place: Place): Guess | undefined {
  const line = place.lines[place.index]
  if (!/Implicit keys need|Implicit map keys/.test(place.problem) || line === undefined || /:(\s|$)/.test(line))
    return undefined
  const glued = /^(\s*(?:- +)*[\w.-]+):(\S.*)$/.exec(line)
  return {
    message: "could not find expected ':'",
    at: { ...place.at, column: indentOf(line) + 1 },
    hint: glued
      ? `A key's colon must be followed by a space:\n  ${glued[1]}: ${glued[2]}`
      : 'This line is no `key: value` pair. Is a colon missing, or does it belong to the value above it (then indent it more)?',
  }
}

function listAfterKey(place: Place): Guess | undefined {
  const match = /^(\s*)((?:- +)*[^\s'"#][^:#]*?): +(- .*)$/.exec(place.lines[place.index] ?? '')
  if (!match || !/block-seq-ind/.test(place.problem)) return undefined
  return {
    message: 'a list cannot begin on the line of its key',
    hint: `Put the items on lines of their own:\n  ${match[1]}${match[2]}:\n  ${match[1]}  ${match[3]}`,
  }
}

function specialStart(place: Place): Guess | undefined {
  const line = place.lines[place.index]
  const match = line === undefined ? null : /^(\s*(?:- +)*(?:[^\s'"#][^:#]*?: +)?)([@`%*&!].*)$/.exec(line)
  if (!match) return undefined
  const [, lead, value] = match as unknown as [string, string, string]
  return {
    at: { ...place.at, column: lead.length + 1 },
    hint: `A value cannot begin with ${value[0]} unless it is quoted:\n  ${lead}"${value.trimEnd()}"`,
  }
}

function indentation(place: Place): Guess | undefined {
  const line = place.lines[place.index]
  if (isIgnorable(line)) return undefined
  let before = place.index - 1
  while (before >= 0 && isIgnorable(place.lines[before])) before--
  if (before < 0) return undefined
  const have = indentOf(line!)
  const above = indentOf(place.lines[before]!)
  if (have === above) return undefined
  return {
    at: { ...place.at, column: Math.max(place.at.column, have + 1) },
    hint:
      `Check the indentation: this line begins in column ${have + 1}, the one above (line ${before + 1}) in column ` +
      `${above + 1}. Keys of one mapping, and the dashes of one list, must begin in the same column.`,
  }
}
