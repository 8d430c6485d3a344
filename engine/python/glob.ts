/** Python's glob.glob on the controller: `*` and `?` and sets within one part of a path; hidden names only when asked. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { fnmatchFilter } from './fnmatch.js'
import { join } from './posixpath.js'

const magic = /[*?[]/

/** Paths that match, sorted; with `recursive`, `**` crosses directories. */
export function glob(pattern: string, { recursive = false }: { recursive?: boolean } = {}): string[] {
  if (!magic.test(pattern)) return existsSync(pattern) ? [pattern] : []
  const parts = pattern.split('/')
  let found = [parts[0] === '' ? '/' : '']
  if (parts[0] === '') parts.shift()
  parts.forEach((part, at) => {
    const last = at === parts.length - 1
    found = found.flatMap(base => within(base, part, last, recursive))
  })
  return found.sort((a, b) => (a < b ? -1 : 1))
}

function within(base: string, part: string, last: boolean, recursive: boolean): string[] {
  if (part === '') return last && isDirectory(base) ? [`${base}/`.replace('//', '/')] : [base]
  if (recursive && part === '**') return below(base, last)
  if (!magic.test(part)) {
    const path = join(base, part)
    return (last ? existsSync(path) : isDirectory(path)) ? [path] : []
  }
  const names = fnmatchFilter(namesIn(base), part).filter(name => part.startsWith('.') || !name.startsWith('.'))
  return names.map(name => join(base, name)).filter(path => last || isDirectory(path))
}

function below(base: string, last: boolean): string[] {
  const all = [base]
  for (const name of namesIn(base)) {
    if (name.startsWith('.')) continue
    const path = join(base, name)
    if (isDirectory(path)) for (const one of below(path, last)) all.push(one)
    else if (last) all.push(path)
  }
  return all
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory === '' ? '.' : directory)
  } catch {
    return []
  }
}

const isDirectory = (path: string) =>
  statSync(path === '' ? '.' : path, { throwIfNoEntry: false })?.isDirectory() ?? false
