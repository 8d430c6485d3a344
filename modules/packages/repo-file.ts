/** The .repo files of yum, as Python's ConfigParser reads and writes them. */

export type RepoSections = Map<string, Map<string, string>>

/** Throws for what ConfigParser does not read either: written again, the file would lose it. */
export function readRepoFile(text: string): RepoSections {
  const sections: RepoSections = new Map()
  let section: Map<string, string> | undefined
  let last: string | undefined
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue
    const header = /^\[(.+)\]/.exec(line)?.[1]
    if (header !== undefined) {
      if (sections.has(header)) throw new Error(`[line ${index + 1}]: section '${header}' already exists`)
      section = new Map()
      sections.set(header, section)
      last = undefined
    } else if (section && last !== undefined && /^\s/.test(line)) {
      section.set(last, `${section.get(last)}\n${line.trim()}`)
    } else {
      const [, name, value] = /^\s*([^=:]+?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? []
      if (!section) throw new Error(`[line ${index + 1}]: File contains no section headers.`)
      if (name === undefined) throw new Error(`[line ${index + 1}]: Source contains parsing errors: '${line}'`)
      last = name.toLowerCase()
      if (section.has(last)) throw new Error(`[line ${index + 1}]: option '${last}' already exists`)
      section.set(last, value!)
    }
  }
  return sections
}

export const writeRepoFile = (sections: RepoSections): string =>
  [...sections]
    .map(([name, options]) => {
      const lines = [...options].map(([key, value]) => `${key} = ${value.replaceAll('\n', '\n\t')}\n`)
      return `[${name}]\n${lines.join('')}\n`
    })
    .join('')

/** What the file means, whatever its order: the text that yum_repository compares and shows. */
export const sortedRepoFile = (sections: RepoSections): string =>
  sorted(sections)
    .map(([name, options]) => {
      const lines = sorted(options).map(([key, value]) => `${key} = ${value}\n`)
      return `[${name}]\n${lines.join('')}\n`
    })
    .join('')

const sorted = <T>(map: ReadonlyMap<string, T>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
