/** `difflib.unified_diff`: the same longest-block matching as Python's, so that diffs read the same line by line. */

interface Match {
  readonly a: number
  readonly b: number
  readonly size: number
}
interface Opcode {
  readonly tag: 'equal' | 'replace' | 'delete' | 'insert'
  readonly a: readonly [number, number]
  readonly b: readonly [number, number]
}

export interface UnifiedDiffOptions {
  readonly from: string
  readonly to: string
  readonly context: number
}

/** Lines of the diff; lines of `a` and `b` carry their newline. Nothing when they are equal. */
export function unifiedDiff(a: readonly string[], b: readonly string[], options: UnifiedDiffOptions): string[] {
  const out: string[] = []
  for (const group of groups(opcodes(a, b), options.context)) {
    if (out.length === 0) out.push(`--- ${options.from}\n`, `+++ ${options.to}\n`)
    const first = group[0]!
    const last = group.at(-1)!
    out.push(`@@ -${range(first.a[0], last.a[1])} +${range(first.b[0], last.b[1])} @@\n`)
    for (const { tag, a: from, b: to } of group) {
      if (tag === 'equal') {
        for (const line of a.slice(...from)) out.push(` ${line}`)
        continue
      }
      if (tag !== 'insert') for (const line of a.slice(...from)) out.push(`-${line}`)
      if (tag !== 'delete') for (const line of b.slice(...to)) out.push(`+${line}`)
    }
  }
  return out
}

/** Line numbers of a hunk, as diff -u writes them. */
function range(start: number, stop: number): string {
  const length = stop - start
  if (length === 1) return String(start + 1)
  return `${length === 0 ? start : start + 1},${length}`
}

/** Changes with `context` equal lines around, split where more lie between. */
function groups(codes: Opcode[], context: number): Opcode[][] {
  if (codes.length === 0 || codes.every(code => code.tag === 'equal')) return []
  const list = codes.slice()
  const first = list[0]!
  if (first.tag === 'equal') list[0] = tail(first, context)
  const last = list.at(-1)!
  if (last.tag === 'equal') list[list.length - 1] = head(last, context)

  const all: Opcode[][] = []
  let group: Opcode[] = []
  for (const code of list) {
    if (code.tag === 'equal' && code.a[1] - code.a[0] > 2 * context) {
      group.push(head(code, context))
      all.push(group)
      group = [tail(code, context)]
    } else group.push(code)
  }
  if (group.length > 0 && !(group.length === 1 && group[0]!.tag === 'equal')) all.push(group)
  return all
}

const head = ({ tag, a, b }: Opcode, lines: number): Opcode => ({
  tag,
  a: [a[0], Math.min(a[1], a[0] + lines)],
  b: [b[0], Math.min(b[1], b[0] + lines)],
})
const tail = ({ tag, a, b }: Opcode, lines: number): Opcode => ({
  tag,
  a: [Math.max(a[0], a[1] - lines), a[1]],
  b: [Math.max(b[0], b[1] - lines), b[1]],
})

function opcodes(a: readonly string[], b: readonly string[]): Opcode[] {
  const codes: Opcode[] = []
  let i = 0
  let j = 0
  for (const match of matchingBlocks(a, b)) {
    const tag = i < match.a && j < match.b ? 'replace' : i < match.a ? 'delete' : j < match.b ? 'insert' : undefined
    if (tag) codes.push({ tag, a: [i, match.a], b: [j, match.b] })
    i = match.a + match.size
    j = match.b + match.size
    if (match.size > 0) codes.push({ tag: 'equal', a: [match.a, i], b: [match.b, j] })
  }
  return codes
}

function matchingBlocks(a: readonly string[], b: readonly string[]): Match[] {
  const where = new Map<string, number[]>()
  for (const [index, line] of b.entries()) {
    const at = where.get(line)
    if (at) at.push(index)
    else where.set(line, [index])
  }
  // Python ignores lines that make up more than a hundredth of a long text when it looks for a place to begin.
  if (b.length >= 200)
    for (const [line, at] of where) if (at.length > Math.floor(b.length / 100) + 1) where.delete(line)

  const found: Match[] = []
  const queue: [number, number, number, number][] = [[0, a.length, 0, b.length]]
  while (queue.length > 0) {
    const [aLow, aHigh, bLow, bHigh] = queue.pop()!
    const match = longest(a, b, where, aLow, aHigh, bLow, bHigh)
    if (match.size === 0) continue
    found.push(match)
    if (aLow < match.a && bLow < match.b) queue.push([aLow, match.a, bLow, match.b])
    const [aNext, bNext] = [match.a + match.size, match.b + match.size]
    if (aNext < aHigh && bNext < bHigh) queue.push([aNext, aHigh, bNext, bHigh])
  }
  found.sort((left, right) => left.a - right.a || left.b - right.b)

  const merged: Match[] = []
  for (const match of found) {
    const before = merged.at(-1)
    if (before && before.a + before.size === match.a && before.b + before.size === match.b)
      merged[merged.length - 1] = { ...before, size: before.size + match.size }
    else merged.push(match)
  }
  return [...merged, { a: a.length, b: b.length, size: 0 }]
}

function longest(
  a: readonly string[],
  b: readonly string[],
  where: ReadonlyMap<string, readonly number[]>,
  aLow: number,
  aHigh: number,
  bLow: number,
  bHigh: number,
): Match {
  let best = { a: aLow, b: bLow, size: 0 }
  let lengths = new Map<number, number>()
  for (let i = aLow; i < aHigh; i++) {
    const next = new Map<number, number>()
    for (const j of where.get(a[i]!) ?? []) {
      if (j < bLow) continue
      if (j >= bHigh) break
      const size = (lengths.get(j - 1) ?? 0) + 1
      next.set(j, size)
      if (size > best.size) best = { a: i - size + 1, b: j - size + 1, size }
    }
    lengths = next
  }
  while (best.a > aLow && best.b > bLow && a[best.a - 1] === b[best.b - 1])
    best = { a: best.a - 1, b: best.b - 1, size: best.size + 1 }
  while (best.a + best.size < aHigh && best.b + best.size < bHigh && a[best.a + best.size] === b[best.b + best.size])
    best = { ...best, size: best.size + 1 }
  return best
}
