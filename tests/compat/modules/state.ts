/** What a run left on the twins: every line of ../../e2e/host-state.sh that differs. */
import type { Reasons } from './case.js'
import { normal } from './compare.js'
import type { Twin } from './twins.js'

/** Of what changed after this file's time, contents are compared. */
export const stamp = '/run/compat-stamp'

/** key → value, as host-state.sh prints them. */
export type State = ReadonlyMap<string, string>

export async function stateOf(twin: Twin, script: string): Promise<State> {
  const text = await twin.shell(`SINCE=${stamp}\n${script}`)
  if (!text.includes('\nuser root')) throw new Error(`no state could be read from ${twin.host}`)
  return new Map(
    text
      .split('\n')
      .filter(Boolean)
      .map(line => [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)]),
  )
}

/** key → how it differs, for keys that differ. */
export function stateDifferences(ours: State, theirs: State): Map<string, string> {
  const found = new Map<string, string>()
  const names = (state: State) => new Map([...state].map(([key, value]) => [normal(key), normal(value)]))
  const [a, b] = [names(ours), names(theirs)]
  for (const key of [...new Set([...a.keys(), ...b.keys()])].sort()) {
    const [x, y] = [a.get(key), b.get(key)]
    if (x !== y) found.set(key, `${key}: ${x ?? 'absent'}, Ansible ${y ?? 'absent'}`)
  }
  return found
}

/** The differences that are new since `before` and have no reason, with the text of files that differ. */
export async function newDifferences(
  twins: readonly [Twin, Twin],
  states: readonly [State, State],
  before: ReadonlyMap<string, string>,
  reasons: Reasons,
  used: Set<string>,
): Promise<string[]> {
  const found: string[] = []
  for (const [key, text] of stateDifferences(...states)) {
    if (before.get(key) === text) continue
    const reason = Object.keys(reasons).find(prefix => key.startsWith(prefix))
    if (reason !== undefined) {
      used.add(reasons[reason]!)
      continue
    }
    const path = key.startsWith('sha1 ') ? key.slice(5) : undefined
    if (path === undefined) found.push(text)
    else {
      const [x, y] = await Promise.all(
        twins.map(twin => twin.shell(`cat '${path.replaceAll("'", "'\\''")}' 2>/dev/null || :`)),
      )
      if (normal(x!) !== normal(y!)) found.push(`content of ${path}: ${firstDifference(x!, y!)}`)
    }
  }
  return found
}

function firstDifference(ours: string, theirs: string): string {
  const [a, b] = [ours.split('\n'), theirs.split('\n')]
  const at = a.findIndex((line, i) => normal(line) !== normal(b[i] ?? ''))
  const line = at < 0 ? a.length : at
  const shown = (text = '') => JSON.stringify(text.slice(0, 200))
  return `line ${line + 1} ${shown(a[line])}, Ansible ${shown(b[line])}`
}
