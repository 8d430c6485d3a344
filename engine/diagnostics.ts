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

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const replace = previous[column - 1]! + (a[row - 1] === b[column - 1] ? 0 : 1)
      current.push(Math.min(previous[column]! + 1, current[column - 1]! + 1, replace))
    }
    previous = current
  }
  return previous[b.length]!
}
