/** gather_subset: which collectors run. */
import type { Collector } from './collector.js'

export function chosenCollectors(
  all: readonly Collector[],
  subset: readonly string[],
  fail: (msg: string) => never,
): Collector[] {
  const wanted = new Set<string>()
  const unwanted = new Set<string>()
  const minimal = all.filter(one => one.minimal).map(one => one.name)
  const everything = all.map(one => one.name)
  const unknown = (name: string): string[] => {
    const options = [...new Set(['all', ...all.flatMap(one => [one.name, ...one.also])])].sort()
    return fail(`Bad subset '${name}' given to Ansible. gather_subset options allowed: ${options.join(', ')}`)
  }
  const named = (name: string, otherwise = unknown): string[] => {
    if (name === 'all') return everything
    if (name === 'min') return minimal
    const found = all.filter(one => one.name === name || one.also.includes(name)).map(one => one.name)
    return found.length > 0 ? found : otherwise(name)
  }

  let noMinimal = false
  const explicit = new Set<string>()
  const [removed, added] = [subset.filter(one => one.startsWith('!')), subset.filter(one => !one.startsWith('!'))]
  for (const entry of removed) {
    const name = entry.slice(1)
    if (name === 'min') noMinimal = true
    // "!all" leaves what is minimal.
    // Who does not want what does not exist is content.
    else for (const one of named(name, () => [])) if (name !== 'all' || !minimal.includes(one)) unwanted.add(one)
  }
  for (const entry of added) {
    for (const one of named(entry)) {
      wanted.add(one)
      if (entry !== 'all' && entry !== 'min') explicit.add(one)
    }
  }
  // Names with "!" alone leave what is minimal: "all" has to be said.
  if (subset.length === 0) for (const one of everything) wanted.add(one)
  if (!noMinimal) for (const one of minimal) wanted.add(one)
  else if (!added.includes('min')) for (const one of minimal) if (!explicit.has(one)) wanted.delete(one)

  const chosen = new Set([...wanted].filter(one => !unwanted.has(one) || explicit.has(one)))
  for (const name of chosen) for (const need of all.find(one => one.name === name)!.needs ?? []) chosen.add(need)
  return all.filter(one => chosen.has(one.name))
}
