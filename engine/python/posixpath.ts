/** Python's os.path on POSIX, and ntpath for the win_* filters. */
import { readFileSync, realpathSync } from 'node:fs'
import { userInfo } from 'node:os'
import { valueError } from './errors.js'

export const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

export function dirname(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1)
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '')
}

export function join(first: string, ...rest: readonly string[]): string {
  let path = first
  for (const part of rest) {
    if (part.startsWith('/')) path = part
    else path += path === '' || path.endsWith('/') ? part : `/${part}`
  }
  return path
}

/** The extension begins at the last dot that is not among the leading ones. */
export function splitext(path: string): [root: string, extension: string] {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const dot = name.lastIndexOf('.')
  if (dot <= 0 || /^\.*$/.test(name.slice(0, dot))) return [path, '']
  const cut = path.length - name.length + dot
  return [path.slice(0, cut), path.slice(cut)]
}

export function normpath(path: string): string {
  if (path === '') return '.'
  const slashes = path.startsWith('//') && !path.startsWith('///') ? '//' : path.startsWith('/') ? '/' : ''
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..' || (slashes === '' && parts.length === 0) || parts.at(-1) === '..') parts.push(part)
    else parts.pop()
  }
  return slashes + parts.join('/') || '.'
}

export const abspath = (path: string): string => normpath(join(process.cwd(), path))

export function relpath(path: string, start = '.'): string {
  if (path === '') throw valueError('no path specified')
  const split = (text: string) =>
    abspath(text)
      .split('/')
      .filter(part => part !== '')
  const [from, to] = [split(start), split(path)]
  let shared = 0
  while (shared < from.length && shared < to.length && from[shared] === to[shared]) shared++
  return [...from.slice(shared).map(() => '..'), ...to.slice(shared)].join('/') || '.'
}

/** Symbolic links resolved as far as the path exists. */
export function realpath(path: string): string {
  const whole = abspath(path)
  let known = whole
  const missing: string[] = []
  for (;;) {
    try {
      return normpath(join(realpathSync(known), ...missing))
    } catch {
      if (known === '/' || known === '') return whole
      missing.unshift(basename(known))
      known = dirname(known)
    }
  }
}

/** `~` and `~user` at the beginning. */
export function expanduser(path: string, environ: Readonly<Record<string, string | undefined>> = process.env): string {
  const found = /^~([^/]*)/.exec(path)
  if (!found) return path
  const home = found[1] === '' ? (environ.HOME ?? userInfo().homedir) : homeOf(found[1]!)
  if (home === undefined) return path
  return home.replace(/\/+$/, '') + path.slice(found[0].length) || '/'
}

function homeOf(user: string): string | undefined {
  try {
    for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
      const fields = line.split(':')
      if (fields[0] === user) return fields[5]
    }
  } catch {}
  return undefined
}

/** `$NAME` and `${NAME}`; unknown ones stay. */
export function expandvars(path: string, environ: Readonly<Record<string, string | undefined>> = process.env): string {
  return path.replace(/\$(?:([a-zA-Z0-9_]+)|\{([^}]*)\})/g, (whole, plain, braced) => environ[plain ?? braced] ?? whole)
}

export function commonpath(paths: readonly string[]): string {
  if (paths.length === 0) throw valueError('commonpath() arg is an empty sequence')
  const absolute = paths.filter(path => path.startsWith('/')).length
  if (absolute !== 0 && absolute !== paths.length) throw valueError("Can't mix absolute and relative paths")
  const split = paths.map(path => path.split('/').filter(part => part !== '' && part !== '.'))
  const shared = split[0]!.filter((part, at) =>
    split.every(one => one.slice(0, at + 1).join('/') === split[0]!.slice(0, at + 1).join('/') && one[at] === part),
  )
  return (absolute ? '/' : '') + shared.join('/')
}

// ---- Windows ----

/** ntpath.splitdrive: `C:` or `\\host\share` apart from the rest. */
export function winSplitdrive(path: string): [drive: string, rest: string] {
  const normal = path.replaceAll('/', '\\')
  if (normal.startsWith('\\\\') && normal[2] !== '\\') {
    const host = normal.indexOf('\\', 2)
    if (host === -1) return ['', path]
    const share = normal.indexOf('\\', host + 1)
    if (share === host + 1) return ['', path]
    return share === -1 ? [path, ''] : [path.slice(0, share), path.slice(share)]
  }
  return normal[1] === ':' ? [path.slice(0, 2), path.slice(2)] : ['', path]
}

function winSplit(path: string): [head: string, tail: string] {
  const [drive, rest] = winSplitdrive(path)
  const cut = Math.max(rest.lastIndexOf('/'), rest.lastIndexOf('\\')) + 1
  const head = rest.slice(0, cut)
  return [drive + (head.replace(/[\\/]+$/, '') || head), rest.slice(cut)]
}

export const winBasename = (path: string): string => winSplit(path)[1]
export const winDirname = (path: string): string => winSplit(path)[0]
