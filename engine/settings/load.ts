/** Finds ansible.cfg and reads all settings: default < ansible.cfg < environment < command line. */
import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import { isList, PyFloat, type Value } from '../python/values.js'
import { type IniEntry, parseIni } from './ini.js'
import type { Settings } from './settings.js'
import { type Setting, settingsTable } from './table.js'
import { expandPath, home, type Place, typed } from './values.js'

export interface SettingsSource {
  readonly environ: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Instead of the places where Ansible looks (`config -c`). */
  readonly configFile?: string
}

export interface LoadedSettings extends Settings {
  /** The configuration file in use. */
  readonly file: string | undefined
  /** What to warn about once there is an output. */
  readonly warnings: readonly string[]
  /** Keys of the file that no setting has, in sections that are Ansible's own. */
  readonly unknown: readonly IniEntry[]
  /** A value from the command line, which wins over all others. */
  override(name: string, value: Value, flag: string): void
}

/** Reads the configuration; throws a Diagnostic for a file or a value that makes no sense. */
export function loadSettings(source: SettingsSource): LoadedSettings {
  const { environ, cwd } = source
  const warnings: string[] = []
  const file = source.configFile ?? findConfigFile(source, warnings)
  const entries = file === undefined ? [] : parseIni(readConfig(file), file)
  const written = new Map(entries.map(entry => [`${entry.section}.${entry.key}`, entry]))
  const given = new Map<string, { value: Value; origin: string }>()

  const place = (base: string): Place => ({ base, cwd, environ, ansibleHome: ansibleHome(written, file, source) })
  for (const setting of settingsTable.values()) {
    const found = fromEnvironment(setting, environ) ?? fromFile(setting, written, file)
    if (!found) continue
    const base = found.at ? dirname(found.at.file) : cwd
    given.set(setting.name, { value: checked(setting, found, place(base)), origin: found.origin })
  }
  given.set('CONFIG_FILE', { value: file ?? null, origin: '' })

  const find = (name: string): { value: Value; origin: string } => {
    const known = given.get(name)
    if (known) return known
    const setting = settingsTable.get(name)
    if (!setting) throw new Error(`no setting is called ${name}`)
    const answer = { value: typed(setting, setting.fallback, place(cwd)), origin: 'default' }
    given.set(name, answer)
    return answer
  }
  const wrong = (name: string, wanted: string) => new Error(`setting ${name} is not ${wanted}`)
  return {
    file,
    warnings,
    get unknown() {
      return unknownKeys(entries)
    },
    get: name => find(name).value,
    has: name => settingsTable.has(name),
    string(name) {
      const { value } = find(name)
      if (value === null) return ''
      if (typeof value !== 'string') throw wrong(name, 'text')
      return value
    },
    number(name) {
      const { value } = find(name)
      if (value instanceof PyFloat) return value.value
      if (typeof value !== 'number') throw wrong(name, 'a number')
      return value
    },
    bool(name) {
      const { value } = find(name)
      if (typeof value !== 'boolean' && value !== null) throw wrong(name, 'a boolean')
      return value === true
    },
    list(name) {
      const { value } = find(name)
      if (value === null) return []
      if (!isList(value)) throw wrong(name, 'a list')
      return value as string[]
    },
    origin: name => find(name).origin,
    override(name, value, flag) {
      given.set(name, { value, origin: flag })
    },
  }
}

function unknownKeys(entries: readonly IniEntry[]): IniEntry[] {
  const keys = new Set([...settingsTable.values()].flatMap(setting => setting.ini))
  const sections = new Set([...keys].map(key => key.slice(0, key.indexOf('.'))))
  return entries.filter(({ section, key }) => sections.has(section) && !keys.has(`${section}.${key}`))
}

interface Found {
  readonly text: string
  readonly origin: string
  readonly at?: SourceRange
}

function fromEnvironment(setting: Setting, environ: SettingsSource['environ']): Found | undefined {
  const name = setting.env.findLast(name => environ[name] !== undefined)
  if (name === undefined) return undefined
  const text = environ[name]!
  // An empty number is no number; Ansible takes it for "not set".
  if (text === '' && (setting.type === 'int' || setting.type === 'float')) return undefined
  return { text, origin: `env: ${name}` }
}

function fromFile(
  setting: Setting,
  written: ReadonlyMap<string, IniEntry>,
  file: string | undefined,
): Found | undefined {
  const entry = setting.ini.map(key => written.get(key)).findLast(entry => entry !== undefined)
  if (!entry || file === undefined) return undefined
  return { text: entry.value, origin: file, at: { file, line: entry.line, column: 1 } }
}

function checked(setting: Setting, { text, origin, at }: Found, place: Place): Value {
  let value: Value
  try {
    value = typed(setting, text, place)
  } catch (error) {
    throw new Diagnostic(
      `Invalid type for configuration option setting: ${setting.name} (from ${origin}): ${(error as Error).message}`,
      { code: 'config-type', at, hint: `${setting.name} is ${setting.summary}` },
    )
  }
  const { choices } = setting
  const extended = setting.type === 'colour' && /^(rgb[0-5]{3}|gray\d{1,2}|color\d{1,3})$/.test(text)
  if (choices && !extended && !choices.includes(value as string))
    throw new Diagnostic(
      `Invalid value "${text}" for configuration option "setting: ${setting.name} ", valid values are: ${choices.join(', ')}`,
      { code: 'config-value', at },
    )
  return value
}

/** ANSIBLE_HOME, on which other defaults are built. */
function ansibleHome(
  written: ReadonlyMap<string, IniEntry>,
  file: string | undefined,
  { environ, cwd }: SettingsSource,
): string {
  const place = { cwd, environ, ansibleHome: '' }
  const fromEnv = environ.ANSIBLE_HOME
  if (fromEnv) return expandPath(fromEnv, { ...place, base: cwd })
  const entry = written.get('defaults.home')
  if (entry && file !== undefined) return expandPath(entry.value, { ...place, base: dirname(file) })
  return join(home(environ), '.ansible')
}

/** Which file was read, as `-v` says it. */
export const configFileNote = ({ file }: LoadedSettings): string =>
  file === undefined ? 'No config file found; using defaults' : `Using ${file} as config file`

function findConfigFile({ environ, cwd }: SettingsSource, warnings: string[]): string | undefined {
  const place: Place = { base: cwd, cwd, environ, ansibleHome: '' }
  if (environ.ANSIBLE_CONFIG !== undefined) {
    const named = expandPath(environ.ANSIBLE_CONFIG, place)
    const file = isDirectory(named) ? join(named, 'ansible.cfg') : named
    if (isReadable(file)) return file
  }
  const here = join(cwd, 'ansible.cfg')
  if (isReadable(here)) {
    if (!isWorldWritable(cwd)) return here
    warnings.push(
      `Ansible is being run in a world writable directory (${cwd}), ignoring it as an ansible.cfg source. For more ` +
        'information see https://docs.ansible.com/ansible/devel/reference_appendices/config.html#cfg-in-world-writable-dir',
    )
  }
  return [join(home(environ), '.ansible.cfg'), '/etc/ansible/ansible.cfg'].find(isReadable)
}

function readConfig(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Diagnostic(`Error reading config file (${file}): ${(error as Error).message}`, { code: 'config-file' })
  }
}

const isWorldWritable = (path: string) => (statSync(path).mode & 0o002) !== 0
const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK)
    return true
  } catch {
    return false
  }
}
