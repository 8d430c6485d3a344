/** `understudy config`: ansible-config. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { Diagnostic } from '../diagnostics.js'
import { jsonText } from '../output/json-text.js'
import { compareStrings } from '../python/compare.js'
import { pyStr } from '../python/repr.js'
import { fromJson, type Value } from '../python/values.js'
import { dumpYaml } from '../python/yaml-dump.js'
import { type LoadedSettings, loadSettings } from '../settings/load.js'
import { type Setting, settingsTable } from '../settings/table.js'
import { runCommand } from './command.js'
import { type ParsedFlags, UsageError } from './flags.js'
import type { Io } from './io.js'
import type { Options } from './options.js'

const ACTIONS = ['list', 'dump', 'view', 'init'] as const
const TYPES = ['all', 'base', 'become', 'callback', 'connection', 'inventory', 'shell', 'vars'] as const

const options = {
  config: {
    names: ['-c', '--config'],
    kind: 'value',
    metavar: 'FILE',
    heading: 'Where',
    summary: 'this configuration file, not the one that is found',
  },
  type: {
    names: ['-t', '--type'],
    kind: 'value',
    metavar: 'TYPE',
    choices: TYPES,
    heading: 'What to run',
    summary: `settings of plugins: ${TYPES.join(', ')} (default base)`,
  },
  onlyChanged: {
    names: ['--only-changed', '--changed-only'],
    kind: 'switch',
    heading: 'Output',
    summary: 'dump: only what is not the default',
  },
  format: {
    names: ['-f', '--format'],
    kind: 'value',
    choices: ['json', 'yaml', 'display', 'ini'],
    heading: 'Output',
    summary: 'dump: json, yaml or display',
  },
  disabled: { names: ['--disabled'], kind: 'switch', heading: 'Output', summary: 'init: comment all settings out' },
  verbose: { names: ['-v', '--verbose'], kind: 'count', heading: 'Output', summary: 'say more' },
  help: { names: ['-h', '--help'], kind: 'switch', heading: 'Output', summary: 'show this help' },
} as const satisfies Options

export async function config(argv: string[], io: Io, program: string): Promise<number> {
  const text = {
    usage: `${program} {list,dump,view,init} [flags]`,
    sentence: 'Shows settings: which there are, what they are now, and who says so.',
    options,
    examples: [
      [`${program} dump --only-changed`, 'what differs from the defaults, and the file or variable that says so'],
      [`${program} list`, 'every setting with its key in ansible.cfg and its environment variable'],
      [`${program} init --disabled > ansible.cfg`, 'a file to start from'],
    ] as const,
  }
  return runCommand(argv, io, program, text, async flags => {
    const [action, ...rest] = flags.words
    if (action === undefined) throw new UsageError('the following arguments are required: action')
    if (!(ACTIONS as readonly string[]).includes(action))
      throw new UsageError(
        `argument action: invalid choice: '${action}' (choose from ${ACTIONS.map(name => `'${name}'`).join(', ')})`,
      )
    const names = new Set(rest.map(name => name.toUpperCase()))
    const chosen = ofType(flags.value('type') ?? 'base').filter(({ name }) => names.size === 0 || names.has(name))
    if (action === 'list') io.stdout.write(list(chosen))
    else if (action === 'init') io.stdout.write(init(chosen, flags.has('disabled')))
    else {
      const file = flags.value('config')
      const source = {
        environ: io.env,
        cwd: io.cwd,
        ...(file === undefined ? {} : { configFile: resolve(io.cwd, file) }),
      }
      const settings = loadSettings(source)
      if (action === 'view') io.stdout.write(view(settings))
      else io.stdout.write(dump(chosen, settings, flags))
      for (const warning of settings.warnings) io.stderr.write(`[WARNING]: ${warning}\n`)
      for (const { key, section, line } of settings.unknown)
        io.stderr.write(`[WARNING]: ${settings.file}:${line}: there is no setting "${key}" in [${section}]\n`)
    }
    return 0
  })
}

function ofType(type: string): Setting[] {
  const all = [...settingsTable.values()].sort((a, b) => compareStrings(a.name, b.name))
  if (type === 'all') return all
  return all.filter(({ name }) => (type === 'base' ? !name.includes('.') : name.startsWith(`${type}.`)))
}

function list(settings: readonly Setting[]): string {
  const entries = settings.map(setting => {
    const places = (written: readonly string[]) =>
      written.map(one => {
        const dot = one.indexOf('.')
        return { section: one.slice(0, dot), key: one.slice(dot + 1) }
      })
    return [
      setting.name,
      {
        default: setting.fallback,
        description: setting.effective ? setting.summary : `Accepted, without effect here: ${setting.summary}`,
        ...(setting.choices ? { choices: setting.choices } : {}),
        ...(setting.env.length > 0 ? { env: setting.env.map(name => ({ name })) } : {}),
        ...(setting.ini.length > 0 ? { ini: places(setting.ini) } : {}),
        type: typeName(setting),
      },
    ]
  })
  return dumpYaml(fromJson(Object.fromEntries(entries)), { flow: false })
}

const TYPE_NAMES: { readonly [type: string]: string } = {
  bool: 'boolean',
  int: 'integer',
  str: 'string',
  colour: 'string',
  choice: 'string',
}
const typeName = ({ type }: Setting): string => TYPE_NAMES[type] ?? type

function dump(settings: readonly Setting[], loaded: LoadedSettings, flags: ParsedFlags): string {
  const shown = settings.filter(({ name }) => !flags.has('onlyChanged') || loaded.origin(name) !== 'default')
  const format = flags.value('format') ?? 'display'
  if (format === 'display') return shown.map(setting => `${line(setting, loaded)}\n`).join('')
  const entries: Value = shown.map(({ name }) => {
    const members: [string, Value][] = [
      ['name', name],
      ['origin', loaded.origin(name)],
      ['type', null],
      ['value', hidden(name, loaded.get(name))],
    ]
    return new Map<Value, Value>(members)
  })
  return format === 'json' ? jsonText(entries, { indent: 4 }) : dumpYaml(entries, { flow: false })
}

function line(setting: Setting, loaded: LoadedSettings): string {
  const { name, effective, summary } = setting
  const origin = loaded.origin(name)
  const note = effective || origin === 'default' ? '' : `   # no effect here: ${summary}`
  return `${name}(${origin}) = ${pyStr(hidden(name, loaded.get(name)))}${note}`
}

/** Passwords may stand in the environment; they are not for the screen. */
const hidden = (name: string, value: Value): Value =>
  name.endsWith('.become_pass') && value !== null ? '********' : value

function view({ file }: LoadedSettings): string {
  if (file === undefined) throw new Diagnostic('Invalid or no config file was supplied', { code: 'error' })
  return readFileSync(file, 'utf8')
}

function init(settings: readonly Setting[], disabled: boolean): string {
  const sections = new Map<string, string[]>()
  for (const { ini, fallback, summary, effective, ...setting } of settings) {
    const place = ini.at(-1)
    if (place === undefined) continue
    const dot = place.indexOf('.')
    const section = place.slice(0, dot)
    const value = fallback === null ? '' : Array.isArray(fallback) ? fallback.join(', ') : pyStr(fromJson(fallback))
    const comment = `# (${typeName(setting as Setting)}) ${effective ? summary : `without effect here: ${summary}`}`
    const entry = `${comment}\n${disabled ? ';' : ''}${place.slice(dot + 1)}=${value}\n`
    const entries = sections.get(section)
    if (!entries) sections.set(section, [entry])
    else if (!entries.includes(entry)) entries.push(entry)
  }
  return [...sections].map(([section, entries]) => `[${section}]\n${entries.join('\n')}\n`).join('\n')
}
