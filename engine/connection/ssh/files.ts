/** Reading what a person keeps under ~/.ssh: small files, by name or glob. */
import { readFileSync as readBytes, readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

export const readFileSync = (path: string): string => readBytes(path, 'utf8')

/** Paths a glob names, wildcards in any segment, sorted. */
export function globSync(pattern: string): string[] {
  if (!/[*?[]/.test(pattern)) return [pattern]
  const name = new RegExp(
    `^${basename(pattern)
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')
      .replaceAll('[!', '[^')}$`,
  )
  return globSync(dirname(pattern)).flatMap(folder => {
    try {
      return readdirSync(folder)
        .filter(entry => name.test(entry) && (!entry.startsWith('.') || basename(pattern).startsWith('.')))
        .sort()
        .map(entry => join(folder, entry))
    } catch {
      return []
    }
  })
}
