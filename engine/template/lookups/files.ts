/** Lookups of files on the controller. */
import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { truthy } from '../../python/compare.js'
import { glob } from '../../python/glob.js'
import { pythonLiteral } from '../../python/literal.js'
import { basename, dirname, join } from '../../python/posixpath.js'
import { pyStr } from '../../python/repr.js'
import { decodeBytes } from '../../python/surrogateescape.js'
import { type Dict, float, isDict, isList, typeName, type Value } from '../../python/values.js'
import { defineLookup } from '../define.js'
import type { Scope } from '../scope.js'
import type { TextOptions } from '../templar.js'
import { templateVariables, userName } from '../template-variables.js'
import { isUndef } from '../undefined.js'
import { baseDirectory, findFile, needFile } from './search-path.js'
import { lookupError } from './terms.js'

export const file = defineLookup({
  summary: 'The text of files on the controller',
  examples: [["{{ lookup('file', '/nosuchfile') }}", { error: 'could not locate file in lookup: /nosuchfile' }]],
  options: {
    lstrip: { type: 'bool', default: false, summary: 'drop white space at the beginning' },
    rstrip: { type: 'bool', default: true, summary: 'drop white space at the end' },
  },
  run: ({ terms, options, host, searchPath }) =>
    terms.map(term => {
      const name = pyStr(term)
      const path = needFile(searchPath, 'files', name, `could not locate file in lookup: ${name}`)
      let text = decodeBytes(host.readFile(path))
      if (options.lstrip) text = text.replace(/^\s+/, '')
      if (options.rstrip) text = text.replace(/\s+$/, '')
      return text
    }),
})

export const unvault = defineLookup({
  summary: 'The text of files that a vault may have encrypted',
  examples: [["{{ lookup('unvault', '/nosuchfile') }}", { error: 'Unable to find file matching "/nosuchfile"' }]],
  run: ({ terms, host, searchPath }) =>
    terms.map(term => {
      const name = pyStr(term)
      return decodeBytes(host.readFile(needFile(searchPath, 'files', name, `Unable to find file matching "${name}" `)))
    }),
})

export const fileglob = defineLookup({
  summary: 'The files that shell patterns match, in the first directory of the search path that has any',
  examples: [["{{ query('fileglob', '/nosuchdir/*') }}", []]],
  run: ({ terms, searchPath }) =>
    terms.flatMap(term => {
      const pattern = pyStr(term)
      const name = basename(pattern)
      const directories =
        name === pattern
          ? searchPath.flatMap(directory => [join(directory, 'files'), directory])
          : [findFile(searchPath, 'files', dirname(pattern))]
      for (const directory of directories) {
        if (directory === undefined) continue
        const found = glob(join(escapeGlob(directory), name)).filter(path => statSync(path).isFile())
        if (found.length > 0) return found
      }
      return []
    }),
})

const escapeGlob = (path: string) => path.replace(/[*?[]/g, '[$&]')

const TEXT_OPTIONS = [
  'variable_start_string',
  'variable_end_string',
  'comment_start_string',
  'comment_end_string',
  'block_start_string',
  'block_end_string',
  'newline_sequence',
] as const

export const template = defineLookup({
  summary: 'What template files give',
  examples: [
    [
      "{{ lookup('template', '/nosuchfile') }}",
      { error: 'the template file /nosuchfile could not be found for the lookup' },
    ],
  ],
  options: {
    convert_data: { type: 'bool', default: true, summary: 'turn text that looks like a list or dict into one' },
    jinja2_native: { type: 'bool', default: false, summary: 'accepted for compatibility' },
    template_vars: { type: 'dict', default: {}, summary: 'further variables for the template' },
    trim_blocks: { type: 'bool', default: true, summary: 'drop the line break behind a block' },
    lstrip_blocks: { type: 'bool', default: false, summary: 'drop white space before a block' },
    variable_start_string: { type: 'str', default: '{{', summary: 'what begins an expression' },
    variable_end_string: { type: 'str', default: '}}', summary: 'what ends an expression' },
    comment_start_string: { type: 'str', summary: 'what begins a comment' },
    comment_end_string: { type: 'str', summary: 'what ends a comment' },
    block_start_string: { type: 'str', summary: 'what begins a block' },
    block_end_string: { type: 'str', summary: 'what ends a block' },
    newline_sequence: { type: 'str', summary: 'the line break to write' },
  },
  run: ({ terms, options, host, searchPath, scope, templar }) => {
    const render = async (term: Value): Promise<Value> => {
      const name = pyStr(term)
      const path = needFile(
        searchPath,
        'templates',
        name,
        `the template file ${name} could not be found for the lookup`,
      )
      const text = decodeBytes(host.readFile(path))
      const given: Record<string, string> = {}
      for (const option of TEXT_OPTIONS) {
        const value = options[option]
        if (value !== undefined) given[option] = value
      }
      const how: TextOptions = {
        file: path,
        trim_blocks: options.trim_blocks,
        lstrip_blocks: options.lstrip_blocks,
        ...given,
      }
      const { mtime, uid } = statSync(path)
      const managed = String(host.setting('DEFAULT_MANAGED_STR') ?? 'Ansible managed')
      const about = { path: name, fullPath: path, modified: mtime, owner: uid, managed, now: new Date() }
      const extra = new Map<string, Value>([
        ...templateVariables(about),
        ...(options.template_vars as Map<string, Value>),
      ])
      const rendered = await templar.renderText(
        text,
        scopeWith(scope, extra, [join(dirname(path)), ...searchPath]),
        how,
      )
      return options.convert_data ? asData(rendered, how.variable_start_string ?? '{{') : rendered
    }
    return Promise.all(terms.map(render))
  },
})

const JSON_NAMES = new Map<string, Value>([
  ['true', true],
  ['false', false],
  ['null', null],
])

function asData(text: string, variableStart: string): Value {
  const looks = (text.startsWith('{') && !text.startsWith(variableStart)) || text.startsWith('[')
  if (!looks && text !== 'True' && text !== 'False') return text
  return pythonLiteral(text, { names: JSON_NAMES }) ?? text
}

/** The same variables and more. */
export const scopeWith = (scope: Scope, extra: ReadonlyMap<string, Value>, searchPath = scope.searchPath): Scope => ({
  get: name => extra.get(name) ?? scope.get(name),
  names: () => new Set([...extra.keys(), ...scope.names()]),
  searchPath,
})

const groupNames = () => {
  try {
    return readFileSync('/etc/group', 'utf8')
      .split('\n')
      .map(line => line.split(':'))
  } catch {
    return []
  }
}

const words = (value: Value, separators: RegExp): string[] =>
  (isList(value) ? value : [value]).flatMap(one => (one === null || isUndef(one) ? [] : pyStr(one).split(separators)))

export const firstFound = defineLookup({
  summary: 'The first of several files that exists',
  examples: [
    ["{{ lookup('first_found', '/nosuchfile', '/etc/passwd') }}", '/etc/passwd'],
    ["{{ query('first_found', '/nosuchfile', skip=true) }}", []],
    ["{{ query('first_found', {'files': ['passwd'], 'paths': ['/nosuchdir', '/etc']}) }}", ['/etc/passwd']],
    ["{{ query('first_found', '/nosuchfile') }}", { error: 'No file was found when using first_found.' }],
  ],
  acceptsUndefined: true,
  options: {
    files: { type: 'raw', summary: 'names to look for' },
    paths: { type: 'raw', summary: 'directories to look in' },
    skip: { type: 'bool', default: false, summary: 'give nothing, rather than an error, when none exists' },
    _subdir: { type: 'str', summary: 'the subfolder that the task would search' },
  },
  run: ({ terms, options, searchPath }) => {
    let skip = options.skip
    const names: string[] = []
    const add = (term: Value): void => {
      if (isUndef(term)) return
      if (isList(term)) {
        term.forEach(add)
        return
      }
      if (!isDict(term) && typeof term !== 'string')
        throw lookupError(
          `Invalid term supplied, can handle string, mapping or list of strings but got: <class '${typeName(term)}'> for ${pyStr(term)}`,
        )
      const of = (name: string, fallback: Value | undefined): Value =>
        isDict(term) ? (term.get(name) ?? []) : (fallback ?? [])
      if (isDict(term)) skip = truthy(term.get('skip') ?? false)
      const files = words(of('files', options.files), /[,;]/)
      const paths = words(of('paths', options.paths), /[,:;]/)
      if (paths.length > 0) names.push(...paths.flatMap(path => files.map(file => join(path, file))))
      else if (files.length > 0) names.push(...files)
      else if (typeof term === 'string') names.push(term)
    }
    if (terms.length === 0) add('')
    terms.forEach(add)
    // Where Ansible looks comes first for all names; then the folders that a with_first_found of the task would search.
    const places = options._subdir === undefined ? [['files'], ['templates', 'vars', 'tasks']] : [[options._subdir]]
    for (const folders of places) {
      for (const name of names) {
        const found = name === '' ? undefined : findFile(searchPath, folders, name)
        if (found !== undefined) return [found]
      }
    }
    if (skip) return []
    throw lookupError('No file was found when using first_found.')
  },
})

const octal = (mode: number) => `0${(mode & 0o7777).toString(8).padStart(3, '0')}`

export const filetree = defineLookup({
  summary: 'Everything below directories, with mode, owner and size; the first directory of several wins',
  examples: [["{{ query('community.general.filetree', '/nosuchdir') }}", []]],
  options: { exclude: { type: 'str', summary: 'leave out names that match this regular expression' } },
  run: ({ terms, options, searchPath }) => {
    const exclude = options.exclude === undefined ? undefined : new RegExp(`^(?:${options.exclude})`, 'u')
    const found: Value[] = []
    const seen = new Set<string>()
    for (const term of terms) {
      const name = pyStr(term)
      const found_ = findFile(searchPath, 'files', dirname(name) || '.')
      const root = name.startsWith('/') ? name : join(found_ ?? baseDirectory(searchPath), basename(name))
      for (const path of below(root.replace(/\/+$/, ''), '')) {
        if (seen.has(path) || exclude?.test(basename(path))) continue
        const properties = describe(root.replace(/\/+$/, ''), path)
        if (!properties) continue
        seen.add(path)
        found.push(properties)
      }
    }
    return found
  },
})

/** Relative paths of everything below: a directory's own entries before those deeper down. */
function below(root: string, inside: string): string[] {
  let entries: string[]
  try {
    entries = readdirSync(join(root, inside)).sort()
  } catch {
    return []
  }
  const paths = entries.map(name => (inside === '' ? name : join(inside, name)))
  const isDirectory = (path: string) => lstatSync(join(root, path)).isDirectory()
  const directories = paths.filter(isDirectory)
  return [
    ...directories,
    ...paths.filter(path => !directories.includes(path)),
    ...directories.flatMap(path => below(root, path)),
  ]
}

function describe(root: string, path: string): Dict | undefined {
  const stat = lstatSync(join(root, path))
  const owner = userName(stat.uid)
  const group = groupNames().find(fields => fields[2] === String(stat.gid))?.[0]
  const made: Dict = new Map<Value, Value>([
    ['root', root],
    ['path', path],
  ])
  const add = (entries: readonly [string, Value][]) => {
    for (const [key, value] of entries) made.set(key, value)
  }
  if (stat.isSymbolicLink())
    add([
      ['state', 'link'],
      ['src', readlinkSync(join(root, path))],
    ])
  else if (stat.isDirectory()) add([['state', 'directory']])
  else if (stat.isFile())
    add([
      ['state', 'file'],
      ['src', join(root, path)],
    ])
  else return undefined
  add([
    ['uid', stat.uid],
    ['gid', stat.gid],
    ['owner', owner ?? stat.uid],
    ['group', group ?? stat.gid],
    ['mode', octal(stat.mode)],
    ['size', stat.size],
    ['mtime', float(stat.mtimeMs / 1000)],
    ['ctime', float(stat.ctimeMs / 1000)],
  ])
  return made
}
