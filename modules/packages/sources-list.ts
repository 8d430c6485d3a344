/** Editing apt's one-line sources: pure functions over the files of a host. */

/** Path → lines. */
export type SourceFiles = Map<string, string[]>

const source = /^deb(?:-src)?\s+(?:\[[^\]]*\]\s+)?\S+\s+\S+/

export const isSource = (line: string): boolean => source.test(line)

/** Type, options, address, suite and components; blanks and comments do not matter. */
const meaning = (line: string) =>
  line
    .replace(/#.*$/, '')
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/\[ ?(.*?) ?\]/, '[$1]')

/** A source as it is written: one blank between its words. */
const tidy = (line: string) =>
  line.replace(/^[^#]*/, words => words.trim().replace(/\s+/g, ' ')).replace(/(?<=\S)#/, ' #')

export function withSource(files: SourceFiles, line: string, file: string): SourceFiles {
  const next: SourceFiles = new Map(files)
  let found = false
  for (const [path, lines] of files) {
    next.set(
      path,
      lines.map(one => {
        const disabled = /^\s*#/.test(one)
        const same = meaning(disabled ? one.replace(/^\s*#+\s*/, '') : one) === meaning(line)
        if (same) found = true
        return same && disabled ? tidy(line) : one
      }),
    )
  }
  if (!found) next.set(file, [...(files.get(file) ?? []), tidy(line)])
  return next
}

/** A file that holds no line any more is removed, but never the main one. */
export function withoutSource(files: SourceFiles, line: string): SourceFiles {
  const next: SourceFiles = new Map()
  for (const [path, lines] of files) {
    const kept = lines.filter(one => meaning(one) !== meaning(line))
    if (kept.length > 0 || kept.length === lines.length || path === '/etc/apt/sources.list') next.set(path, kept)
  }
  return next
}

/** Ansible's name for the file of a new source: the address with everything but letters and digits as `_`. */
export function suggestedFile(filename: string | undefined, line: string, folder: string): string {
  if (filename?.startsWith('/')) return filename.endsWith('.list') ? filename : `${filename}.list`
  const address =
    line
      .replace(/\[[^\]]+\]/, '')
      .replace(/\w+:\/\//, '')
      .split(/\s+/)
      .filter(word => word !== '' && !/^deb(?:-src)?$/.test(word))[0] ?? ''
  const name =
    filename ??
    address
      .replace(/^[^/@]*@/, '')
      .replace(/[^a-zA-Z0-9]/g, ' ')
      .trim()
      .split(/\s+/)
      .join('_')
  return `${folder}/${name.replace(/\.list$/, '')}.list`
}
