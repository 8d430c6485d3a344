/** `understudy config`: ansible-config. */
import { existsSync, readFileSync } from 'node:fs'
import { extname, resolve } from 'node:path'
import { Diagnostic } from '../diagnostics.js'
import { jsonText } from '../output/json-text.js'
import { compareStrings } from '../python/compare.js'
import { pyStr } from '../python/repr.js'
import { fromJson, type Json, type Value } from '../python/values.js'
import { dumpYaml } from '../python/yaml-dump.js'
import { configFileNote, type LoadedSettings, loadSettings } from '../settings/load.js'
import { pluginTypes } from '../settings/settings.js'
import { type Setting, settingsTable } from '../settings/table.js'
import { runCommand } from './command.js'
import { type ParsedFlags, UsageError } from './flags.js'
import type { Io } from './io.js'
import type { Options } from './options.js'

const ACTIONS = ['list', 'dump', 'view', 'init'] as const
const TYPES = ['all', 'base', ...pluginTypes] as const

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
    const type = flags.value('type') ?? 'base'
    const chosen = chosenSettings(type, rest)
    const file = flags.value('config')
    if (file !== undefined) checkFile(resolve(io.cwd, file))
    const source = {
      environ: io.env,
      cwd: io.cwd,
      ...(file === undefined ? {} : { configFile: resolve(io.cwd, file) }),
    }
    if (action === 'list') io.stdout.write(list(chosen))
    else if (action === 'init') io.stdout.write(init(chosen, flags.has('disabled')))
    else {
      const settings = loadSettings(source)
      if (flags.count('verbose') > 0) io.stdout.write(`${configFileNote(settings)}\n`)
      if (action === 'view') io.stdout.write(view(settings))
      else io.stdout.write(dump(chosen, type, settings, flags))
      for (const warning of settings.warnings) io.stderr.write(`[WARNING]: ${warning}\n`)
      for (const { key, section, line } of settings.unknown)
        io.stderr.write(`[WARNING]: ${settings.file}:${line}: there is no setting "${key}" in [${section}]\n`)
    }
    return 0
  })
}

/** What the flag --config names must be there, and be of the one kind of file that there is. */
function checkFile(path: string): void {
  if (!existsSync(path))
    throw new Diagnostic(`The provided configuration file is missing or not accessible: ${path}`, { code: 'options' })
  if (!['.ini', '.cfg'].includes(extname(path)))
    throw new Diagnostic(`Unsupported configuration file extension for ${path}: ${extname(path)}`, { code: 'options' })
}

/** Of plugins, names are those of plugins; of the rest, those of settings. */
function chosenSettings(type: string, words: readonly string[]): Setting[] {
  const all = [...settingsTable.values()].sort((a, b) => compareStrings(a.name, b.name))
  const ofType = all.filter(({ name }) => type === 'all' || (pluginOf(name)?.type ?? 'base') === type)
  const names = new Set(words.map(word => word.toLowerCase()))
  return ofType.filter(({ name }) => names.size === 0 || names.has((pluginOf(name)?.plugin ?? name).toLowerCase()))
}

/** `connection.ssh.port` is the option `port` of the connection plugin `ssh`. */
function pluginOf(name: string): { type: string; plugin: string; option: string } | undefined {
  const [type = '', plugin, ...option] = name.split('.')
  return plugin === undefined ? undefined : { type, plugin, option: option.join('.') }
}

/** Settings that belong to no plugin, then those of each plugin. */
function grouped(settings: readonly Setting[]): { base: Setting[]; plugins: Map<string, Map<string, Setting[]>> } {
  const base: Setting[] = []
  const plugins = new Map<string, Map<string, Setting[]>>()
  for (const setting of settings) {
    const owner = pluginOf(setting.name)
    if (!owner) {
      base.push(setting)
      continue
    }
    const ofType = plugins.get(owner.type) ?? new Map<string, Setting[]>()
    plugins.set(owner.type, ofType.set(owner.plugin, [...(ofType.get(owner.plugin) ?? []), setting]))
  }
  return { base, plugins }
}

function list(settings: readonly Setting[]): string {
  const { base, plugins } = grouped(settings)
  const entries: { [name: string]: unknown } = Object.fromEntries(base.map(one => [one.name, described(one)]))
  const ofTypes = [...plugins].map(([type, ofType]) => [
    type,
    Object.fromEntries(
      [...ofType].map(([plugin, ofPlugin]) => [
        plugin,
        Object.fromEntries(ofPlugin.map(one => [pluginOf(one.name)!.option, described(one)])),
      ]),
    ),
  ])
  if (ofTypes.length > 0) entries.PLUGINS = Object.fromEntries(ofTypes)
  return dumpYaml(fromJson(entries as Json), { flow: false })
}

function described(setting: Setting): { [key: string]: unknown } {
  const places = (written: readonly string[]) =>
    written.map(one => {
      const dot = one.indexOf('.')
      return { section: one.slice(0, dot), key: one.slice(dot + 1) }
    })
  return {
    default: setting.fallback,
    description: setting.effective ? setting.summary : `Accepted, without effect here: ${setting.summary}`,
    ...(setting.choices ? { choices: setting.choices } : {}),
    ...(setting.env.length > 0 ? { env: setting.env.map(name => ({ name })) } : {}),
    ...(setting.ini.length > 0 ? { ini: places(setting.ini) } : {}),
    type: typeName(setting),
  }
}

const TYPE_NAMES: { readonly [type: string]: string } = {
  bool: 'boolean',
  int: 'integer',
  str: 'string',
  colour: 'string',
  choice: 'string',
}
const typeName = ({ type }: Setting): string => TYPE_NAMES[type] ?? type

function dump(settings: readonly Setting[], type: string, loaded: LoadedSettings, flags: ParsedFlags): string {
  const shown = settings.filter(({ name }) => !flags.has('onlyChanged') || loaded.origin(name) !== 'default')
  const format = flags.value('format') ?? 'display'
  const { base, plugins } = grouped(shown)
  if (format === 'display') {
    const lines = base.map(setting => line(setting, loaded))
    for (const [name, ofType] of plugins) {
      if (type === 'all') lines.push('', `${name.toUpperCase()}:`, '='.repeat(name.length))
      for (const [plugin, ofPlugin] of ofType)
        lines.push('', `${plugin}:`, '_'.repeat(plugin.length), ...ofPlugin.map(setting => line(setting, loaded)))
    }
    return lines.map(one => `${one}\n`).join('')
  }
  const dictOf = (name: string, value: Value): Value => new Map<Value, Value>([[name, value]])
  const ofType = (name: string): Value[] =>
    [...(plugins.get(name) ?? [])].map(([plugin, ofPlugin]) =>
      dictOf(
        plugin,
        ofPlugin.map(one => entry(one, loaded)),
      ),
    )
  const entries: Value[] = base.map(setting => entry(setting, loaded))
  if (type === 'all')
    for (const name of pluginTypes) entries.push(dictOf(`${name.toUpperCase()}_PLUGINS`, ofType(name)))
  else entries.push(...ofType(type))
  return format === 'json' ? `${jsonText(entries, { indent: 4 })}\n` : dumpYaml(entries, { flow: false })
}

function entry({ name }: Setting, loaded: LoadedSettings): Value {
  return new Map<Value, Value>([
    ['name', pluginOf(name)?.option ?? name],
    ['origin', originOf(name, loaded)],
    ['type', null],
    ['value', hidden(name, loaded.get(name))],
  ])
}

/** Ansible gives no origin of the file that it found. */
const originOf = (name: string, loaded: LoadedSettings): string => (name === 'CONFIG_FILE' ? '' : loaded.origin(name))

function line(setting: Setting, loaded: LoadedSettings): string {
  const { name, effective, summary } = setting
  const origin = originOf(name, loaded)
  const note = effective || origin === 'default' ? '' : `   # no effect here: ${summary}`
  return `${pluginOf(name)?.option ?? name}(${origin}) = ${pyStr(hidden(name, loaded.get(name)))}${note}`
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
