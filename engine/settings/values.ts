/** Text from ansible.cfg or the environment → a value of the setting's type. */
import { homedir, userInfo } from 'node:os'
import { isAbsolute, normalize, resolve } from 'node:path'
import { float, type Value } from '../python/values.js'
import type { Setting } from './table.js'

export interface Place {
  /** Folder that relative paths start from: the cfg file's, or the working directory. */
  readonly base: string
  readonly cwd: string
  readonly ansibleHome: string
  readonly environ: Readonly<Record<string, string | undefined>>
}

const TRUE = new Set(['y', 'yes', 'on', '1', 'true', 't'])

/** The value in the declared type; throws an Error with Python's words when the text does not fit. */
export function typed(setting: Setting, raw: unknown, place: Place): Value {
  if (raw === null || raw === undefined) return null
  const text = typeof raw === 'string' ? unquoted(raw) : String(raw)
  switch (setting.type) {
    case 'bool':
      return typeof raw === 'boolean' ? raw : TRUE.has(text.toLowerCase())
    case 'int': {
      if (!/^\s*[+-]?\d+(_\d+)*\s*$/.test(text)) throw new Error(`invalid literal for int() with base 10: '${text}'`)
      return Number(text.replaceAll('_', ''))
    }
    case 'float': {
      const number = Number(text.replaceAll('_', ''))
      if (text.trim() === '' || Number.isNaN(number)) throw new Error(`could not convert string to float: '${text}'`)
      return float(number)
    }
    case 'list':
      return Array.isArray(raw) ? raw : typeof raw === 'string' ? separated(raw, ',').map(unquoted) : [text]
    case 'pathlist':
      return (Array.isArray(raw) ? raw : separated(text, ',')).map(path => expandPath(path, place))
    case 'pathspec':
      return (Array.isArray(raw) ? raw : separated(text, ':')).map(path => expandPath(path, place))
    case 'path':
    case 'tmppath':
      return expandPath(text, place)
    case 'dict':
      return new Map(Object.entries(typeof raw === 'object' ? raw : {}))
    default:
      return text
  }
}

const separated = (text: string, separator: string) =>
  text === '' ? [] : text.split(separator).map(part => part.trim())

/** ini values may stand in quotes. */
function unquoted(text: string): string {
  const first = text[0]
  return text.length > 1 && (first === '"' || first === "'") && text.endsWith(first) && text.at(-2) !== '\\'
    ? text.slice(1, -1)
    : text
}

/** `~`, `$NAME`, {{CWD}} and {{ANSIBLE_HOME}} replaced; made absolute from `place.base`. */
export function expandPath(path: string, { base, cwd, ansibleHome, environ }: Place): string {
  const written = path
    .replace(/\{\{\s*CWD\s*\}\}/g, cwd)
    .replace(/\{\{\s*ANSIBLE_HOME\s*\}\}/g, ansibleHome)
    .replace(/\$(\w+|\{\w+\})/g, (whole, name: string) => environ[name.replace(/[{}]/g, '')] ?? whole)
    .replace(/^~(?=\/|$)/, () => home(environ))
  return isAbsolute(written) ? withoutTrailingSlash(normalize(written)) : resolve(base, written)
}

const withoutTrailingSlash = (path: string) => (path.length > 1 ? path.replace(/\/+$/, '') : path)

/** The user's home, as Python's expanduser finds it. */
export function home(environ: Readonly<Record<string, string | undefined>>): string {
  if (environ.HOME) return environ.HOME
  try {
    return userInfo().homedir
  } catch {
    return homedir()
  }
}
