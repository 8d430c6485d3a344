/** Python's configparser (strict): sections, `=` and `:`, continuation lines, DEFAULT. */
import { Diagnostic } from '../diagnostics.js'
import { pyRepr } from './repr.js'

export interface IniOptions {
  readonly allowNoValue?: boolean
  /** How names of keys are folded; lower case by default. */
  readonly fold?: (name: string) => string
  /** For errors. */
  readonly file?: string
  /** Several sections or keys of one name are allowed; the last wins. */
  readonly lenient?: boolean
}

/** Sections by name, each with its own keys and those of [DEFAULT]. */
export function parseIni(text: string, options: IniOptions = {}): Map<string, Map<string, string | null>> {
  const {
    allowNoValue = false,
    fold = (name: string) => name.toLowerCase(),
    file = '<string>',
    lenient = false,
  } = options
  const bad = (message: string) => new Diagnostic(message, { code: 'ini' })
  const sections = new Map<string, Map<string, string[] | null>>()
  const defaults = new Map<string, string[] | null>()
  let current: Map<string, string[] | null> | undefined
  let currentName = ''
  let key: string | undefined
  let keyIndent = 0
  text.split(/\r\n|\n|\r/).forEach((raw, at) => {
    const line = /^\s*[#;]/.test(raw) ? '' : raw.replace(/\s+$/, '')
    const comment = /^\s*[#;]/.test(raw)
    if (line.trim() === '') {
      // An empty line inside a value belongs to it; a comment does not.
      const held = key === undefined ? undefined : current?.get(key)
      if (!comment && held) held.push('')
      else if (!comment) keyIndent = Number.MAX_SAFE_INTEGER
      return
    }
    const indent = line.length - line.trimStart().length
    const held = key === undefined ? undefined : current?.get(key)
    if (current && key !== undefined && indent > keyIndent) {
      if (held) held.push(line.trim())
      return
    }
    keyIndent = indent
    const content = line.trim()
    const header = /^\[(.+)\]/.exec(content)
    if (header) {
      currentName = header[1]!
      key = undefined
      if (currentName === 'DEFAULT') {
        current = defaults
        return
      }
      if (sections.has(currentName)) {
        if (!lenient)
          throw bad(
            `While reading from '${file}' [line ${String(at + 1).padStart(2)}]: section '${currentName}' already exists`,
          )
      } else sections.set(currentName, new Map())
      current = sections.get(currentName)!
      return
    }
    if (!current)
      throw bad(
        `File contains no section headers.\nfile: '${file}', line: ${at + 1}\n${JSON.stringify(`${raw}\n`).replaceAll('"', "'")}`,
      )
    const pair = /^(.*?)\s*(?:[=:]\s*(.*))?$/.exec(content)!
    if (pair[2] === undefined && !allowNoValue)
      throw bad(
        `Source contains parsing errors: '${file}'\n\t[line ${String(at + 1).padStart(2)}]: ${JSON.stringify(`${raw}\n`).replaceAll('"', "'")}`,
      )
    key = fold(pair[1]!.trimEnd())
    if (current.has(key) && !lenient)
      throw bad(
        `While reading from '${file}' [line ${String(at + 1).padStart(2)}]: option '${key}' in section '${currentName}' already exists`,
      )
    current.set(key, pair[2] === undefined ? null : [pair[2]])
  })
  const joined = (lines: string[] | null) => (lines === null ? null : lines.join('\n').replace(/\s+$/, ''))
  const made = new Map<string, Map<string, string | null>>()
  for (const [name, values] of sections) {
    const own = new Map<string, string | null>()
    for (const [option, value] of values) own.set(option, joined(value))
    for (const [option, value] of defaults) if (!own.has(option)) own.set(option, joined(value))
    made.set(name, own)
  }
  return made
}

/** The value of a key with `%(other)s` replaced by other keys of its section, as configparser's BasicInterpolation does. */
export function interpolated(
  values: ReadonlyMap<string, string | null>,
  key: string,
  { section, fold = name => name.toLowerCase() }: { section: string; fold?: (name: string) => string },
): string | null {
  const raw = values.get(key) ?? null
  const bad = (message: string) => new Diagnostic(message, { code: 'ini' })
  const place = `option ${pyRepr(key)} in section ${pyRepr(section)} contains an interpolation key`
  const expand = (text: string, depth: number): string => {
    if (depth > 10)
      throw bad(
        `Recursion limit exceeded in value substitution: ${place} which cannot be substituted in 10 steps. Raw value: ${pyRepr(raw)}`,
      )
    return text.replaceAll(/%(?:(%)|\(([^)]+)\)s|)/g, (_, percent?: string, name?: string, at?: number) => {
      if (percent) return '%'
      const rest = text.slice(at)
      if (name === undefined)
        throw bad(
          rest.startsWith('%(')
            ? `bad interpolation variable reference ${pyRepr(rest)}`
            : `'%' must be followed by '%' or '(', found: ${pyRepr(rest)}`,
        )
      const other = values.get(fold(name))
      if (other === undefined)
        throw bad(
          `Bad value substitution: ${place} ${pyRepr(fold(name))} which is not a valid option name. Raw value: ${pyRepr(raw)}`,
        )
      return other?.includes('%') ? expand(other, depth + 1) : (other ?? '')
    })
  }
  return raw === null ? null : expand(raw, 1)
}
