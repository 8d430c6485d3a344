/** An error a person can act on: what is wrong, where it was written, and what to do next. */

/** Where a value was written. Lines and columns count from 1, as editors do. */
export interface SourceRange {
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface DiagnosticOptions {
  /** Stable name of the kind of error, for docs and for tests. */
  readonly code?: string
  readonly at?: SourceRange | undefined
  /** What to do next; may hold several lines. */
  readonly hint?: string | undefined
  readonly cause?: unknown
}

/** The only error class the engine throws on purpose; anything else that escapes is a bug of ours. */
export class Diagnostic extends Error {
  readonly code: string
  at: SourceRange | undefined
  hint: string | undefined

  constructor(message: string, { code = 'error', at, hint, cause }: DiagnosticOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'Diagnostic'
    this.code = code
    this.at = at
    this.hint = hint
  }
}

/** Several problems found in one pass, to be shown together. */
export class Diagnostics extends Error {
  constructor(readonly all: readonly Diagnostic[]) {
    super(all.map(one => one.message).join('\n'))
    this.name = 'Diagnostics'
  }
}

/** The nearest name in `known`, or undefined when nothing is near enough to suggest. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** Edits that lead from `a` to `b`; two letters that changed places (`tasg`) count as one. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replace = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1)
      let distance = Math.min(previous[column]! + 1, current[column - 1]! + 1, replace)
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        distance = Math.min(distance, before[column - 2]! + 1)
      }
      current.push(distance)
    }
    before = previous
    previous = current
  }
  return previous[b.length]!
}

export interface FormatOptions {
  /** Text of a source file, or undefined when it cannot be read. */
  readonly readFile?: (path: string) => string | undefined
  readonly color?: boolean
}

/** Lines shown above and below the one that is wrong. */
const CONTEXT = 2

/** A problem as people read it: message, place, the lines around it with a caret, and what to do. */
export function formatDiagnostic(problem: Diagnostic, { readFile, color = false }: FormatOptions = {}): string {
  const paint = (code: number, text: string) => (color ? `\u001b[${code}m${text}\u001b[0m` : text)
  const parts = [`${paint(31, 'ERROR!')} ${problem.message}`]
  const { at, hint } = problem
  if (at) {
    parts.push(`  ${paint(36, `${at.file}:${at.line}:${at.column}`)}`)
    const text = readFile?.(at.file)
    if (text !== undefined) parts.push('', excerpt(text, at, paint))
  }
  if (hint) {
    const [first, ...more] = hint.split('\n')
    parts.push('', `${paint(33, 'hint:')} ${first}`, ...more)
  }
  return parts.join('\n')
}

function excerpt(text: string, at: SourceRange, paint: (code: number, text: string) => string): string {
  const lines = text.split(/\r?\n/)
  const first = Math.max(1, at.line - CONTEXT)
  const last = Math.min(lines.length, at.line + CONTEXT)
  const width = String(last).length
  const shown: string[] = []
  for (let number = first; number <= last; number++) {
    const line = lines[number - 1]!
    if (number > at.line && line.trim() === '' && number === last) continue
    const gutter = `${String(number).padStart(width)} | `
    shown.push(`  ${paint(2, gutter)}${line.replaceAll('\t', ' ')}`)
    if (number === at.line)
      shown.push(`  ${' '.repeat(width)} ${paint(2, '|')} ${' '.repeat(at.column - 1)}${paint(31, '^')}`)
  }
  return shown.join('\n')
}
