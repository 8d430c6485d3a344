import { sh } from '../../engine/remote/quote.js'
import type { Query } from '../../engine/remote/remote.js'

/** Bytes of names for one program to read: well below what the smallest hosts take. */
const atOnce = 60_000

/** Which of many files hold a text, found out on the host: content that does not matter stays there. */
export function filesHolding(text: string, paths: readonly string[]): Query<string[]>[] {
  const groups: string[][] = []
  let room = 0
  for (const path of paths) {
    if (room < path.length) {
      groups.push([])
      room = atOnce
    }
    groups.at(-1)!.push(path)
    room -= path.length + 3
  }
  return groups.map(group => ({
    command: sh`LC_ALL=C grep -lF -e ${text} -- ${group} 2>/dev/null || :`,
    parse: stdout => stdout.split('\n').filter(Boolean),
  }))
}

/** A text that stands in everything that a regular expression matches; undefined when none is plain to see. */
export function certainText(pattern: string): string | undefined {
  if (/[|()[\]{}\\\n]/.test(pattern)) return undefined
  const runs = pattern.replace(/.[*?]/gsu, '\n').split(/[.^$+\n]/)
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '')
  return longest === '' ? undefined : longest
}
