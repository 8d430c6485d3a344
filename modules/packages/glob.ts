/** Python's fnmatch: `*`, `?`, `[seq]` and `[!seq]`, over the whole text. */
export function fnmatch(text: string, pattern: string): boolean {
  const source = pattern.replace(/\[(!?)([^\]]+)\]|[.+^${}()|[\]\\]|\*|\?/g, (piece, not, set) =>
    set !== undefined
      ? `[${not ? '^' : ''}${set.replaceAll('\\', '\\\\')}]`
      : piece === '*'
        ? '.*'
        : piece === '?'
          ? '.'
          : `\\${piece}`,
  )
  return new RegExp(`^${source}$`, 's').test(text)
}

export const isGlob = (text: string): boolean => /[*?[]/.test(text)
