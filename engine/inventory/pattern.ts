/** Host patterns: `web:&prod:!db`, `~regex`, wildcards, `web[0:2]`. */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { Diagnostic } from '../diagnostics.js'
import { translate } from '../python/fnmatch.js'
import { fullMatch, matchAt, pythonRegExp } from '../python/regexp.js'
import type { Value } from '../python/values.js'
import { parseAddress } from './address.js'
import { type Host, LOCALHOST, type Tree } from './tree.js'

export interface MatchOptions {
  /** Called with a pattern that nothing matches. */
  readonly mismatch?: (pattern: string) => void
  readonly warn?: (message: string) => void
}

/** Splits `a:b,c` (or lists of such) into single patterns, minding addresses and brackets. */
export function splitPattern(pattern: Value): string[] {
  if (Array.isArray(pattern)) return pattern.flatMap(splitPattern)
  const text = String(pattern)
  const parts = text.includes(',')
    ? text.split(',')
    : parseAddress(text, { ranges: true })
      ? [text]
      : [...text.matchAll(/(?:[^\s:[\]]|\[[^\]]*\])+/g)].map(match => match[0])
  return parts.map(part => part.trim()).filter(part => part !== '')
}

/** Unions first, then intersections, then exclusions; only exclusions means all but those. */
function ordered(patterns: readonly string[]): string[] {
  const exclude = patterns.filter(pattern => pattern.startsWith('!'))
  const intersect = patterns.filter(pattern => pattern.startsWith('&'))
  const regular = patterns.filter(pattern => !/^[!&]/.test(pattern))
  return [...(regular.length > 0 ? regular : ['all']), ...intersect, ...exclude]
}

/** The hosts a pattern selects, in the order they are played. */
export function matchHosts(tree: Tree, pattern: Value, options: MatchOptions = {}): Host[] {
  const split = splitPattern(pattern)
  // Nothing but separators means all, as an empty --limit does.
  if (split.length === 0 && !isSeparators(pattern)) return []
  let hosts = new Set<Host>()
  for (const one of ordered(split)) {
    const known = tree.hosts.get(one)
    if (known) {
      hosts.add(known)
      continue
    }
    const found = matchOne(tree, one.replace(/^[!&]/, ''), options)
    if (one.startsWith('!')) for (const host of found) hosts.delete(host)
    else if (one.startsWith('&')) {
      const keep = new Set(found)
      hosts = new Set([...hosts].filter(host => keep.has(host)))
    } else for (const host of found) hosts.add(host)
  }
  return [...hosts]
}

const isSeparators = (pattern: Value): boolean =>
  Array.isArray(pattern) ? pattern.some(isSeparators) : /^[\s,]*,[\s,]*$/.test(String(pattern))

const SUBSCRIPT = /^(.+)\[(?:(-?[0-9]+)|([0-9]+)([:-])([0-9]*))\]$/

function matchOne(tree: Tree, written: string, { mismatch, warn }: MatchOptions): Host[] {
  const match = written.startsWith('~') ? null : SUBSCRIPT.exec(written)
  const pattern = match ? match[1]! : written
  const found = enumerate(tree, pattern, mismatch)
  if (!match || found.length === 0) return found
  if (match[2] !== undefined) {
    const host = found.at(Number(match[2]))
    return host ? [host] : []
  }
  if (match[4] === '-') warn?.('Use [x:y] inclusive subscripts instead of [x-y] which has been removed')
  const end = match[5] ? Number(match[5]) : found.length - 1
  return found.slice(Number(match[3]), end + 1)
}

function enumerate(tree: Tree, pattern: string, mismatch: MatchOptions['mismatch']): Host[] {
  const hosts = new Set<Host>()
  const groups = matchNames(tree.groups, pattern)
  for (const group of groups) for (const host of group.allHosts()) hosts.add(host)
  if (groups.length === 0 || pattern.startsWith('~') || /[*.?[]/.test(pattern)) {
    for (const host of matchNames(tree.hosts, pattern)) hosts.add(host)
  }
  if (hosts.size === 0 && LOCALHOST.includes(pattern)) hosts.add(tree.host(pattern)!)
  if (hosts.size === 0 && groups.length === 0) mismatch?.(pattern)
  return [...hosts]
}

function matchNames<T>(named: ReadonlyMap<string, T>, pattern: string): T[] {
  if (!/[~*?[]/.test(pattern)) {
    const one = named.get(pattern)
    return one === undefined ? [] : [one]
  }
  const test = tester(pattern)
  return [...named].filter(([name]) => test(name)).map(([, one]) => one)
}

function tester(pattern: string): (name: string) => boolean {
  try {
    if (pattern.startsWith('~')) {
      const compiled = pythonRegExp(pattern.slice(1))
      return name => matchAt(compiled, name) !== null
    }
    const compiled = pythonRegExp(translate(pattern), { dotall: true })
    return name => fullMatch(compiled, name) !== null
  } catch (error) {
    throw new Diagnostic(`Invalid host list pattern: ${pattern}`, { code: 'host-pattern', cause: error })
  }
}

/** The patterns of `--limit`: `@file` stands for the lines of that file. */
export function limitPatterns(limit: Value, cwd: string): string[] {
  return splitPattern(limit).flatMap(pattern => {
    if (!pattern.startsWith('@')) return [pattern]
    const file = resolve(cwd, pattern.slice(1))
    if (!existsSync(file)) throw new Diagnostic(`Unable to find limit file ${pattern.slice(1)}`, { code: 'limit-file' })
    if (!statSync(file).isFile()) {
      throw new Diagnostic(`Limit starting with "@" must be a file, not a directory: ${pattern.slice(1)}`, {
        code: 'limit-file',
      })
    }
    return readFileSync(file, 'utf8')
      .split('\n')
      .map(line => line.trim())
      .filter(line => line !== '')
  })
}
