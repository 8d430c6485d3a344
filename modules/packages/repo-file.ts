/** The .repo files of yum, as Python's ConfigParser reads and writes them. */

export type RepoSections = Map<string, Map<string, string>>

export function readRepoFile(text: string): RepoSections {
  const sections: RepoSections = new Map()
  let section: Map<string, string> | undefined
  let last: string | undefined
  for (const line of text.split('\n')) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue
    const header = /^\[(.+)\]/.exec(line)?.[1]
    if (header !== undefined) {
      section = new Map()
      sections.set(header, section)
      last = undefined
    } else if (section && last !== undefined && /^\s/.test(line)) {
      section.set(last, `${section.get(last)}\n${line.trim()}`)
    } else {
      const [, name, value] = /^\s*([^=:]+?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? []
      if (!section || name === undefined) continue
      last = name.toLowerCase()
      section.set(last, value!)
    }
  }
  return sections
}

export const writeRepoFile = (sections: RepoSections): string =>
  [...sections]
    .map(([name, options]) => {
      const sorted = [...options].sort(([a], [b]) => (a < b ? -1 : 1))
      return `[${name}]\n${sorted.map(([key, value]) => `${key} = ${value.replaceAll('\n', '\n\t')}\n`).join('')}\n`
    })
    .join('')
