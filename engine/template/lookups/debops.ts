/**
 * DebOps' lookups for files that a project puts in the place of a role's own. Where the project keeps them is said by
 * `override_paths` in .debops.yaml (.yml, .json, .toml) of the directory the run is started in, or in conf.d of DebOps; the
 * Python module `debops` and its .debops.cfg are not asked. Source: the Ansible plugins' page of DebOps' documentation.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { parse } from 'smol-toml'
import { expanduser, join } from '../../python/posixpath.js'
import { pyStr } from '../../python/repr.js'
import { fromJson, isDict, type Value } from '../../python/values.js'
import { loadYaml } from '../../yaml/load.js'
import { defineLookup, type Lookup } from '../define.js'
import { findFile } from './search-path.js'
import { lookupError } from './terms.js'

type Kind = 'files' | 'tasks' | 'templates'

const overridden = (name: string, kind: Kind, what: string): Lookup =>
  defineLookup({
    summary: `The path of ${what}: the project's own, or the role's`,
    examples: [
      [
        `{{ lookup('debops.debops.${name}', 'nosuch/file') }}`,
        { error: 'could not locate file in lookup: nosuch/file' },
      ],
    ],
    run: ({ terms, searchPath }) =>
      terms.map(term => {
        const file = pyStr(term)
        const found =
          overridePaths(kind)
            .map(directory => join(directory, file))
            .find(path => existsSync(path)) ?? findFile(searchPath, kind, file)
        if (found === undefined) throw lookupError(`could not locate file in lookup: ${file}`)
        return found
      }),
  })

export const fileSrc = overridden('file_src', 'files', 'a file to copy')
export const taskSrc = overridden('task_src', 'tasks', 'a list of tasks')
export const templateSrc = overridden('template_src', 'templates', 'a template')

const SUFFIXES = ['.yaml', '.yml', '.json', '.toml']
const DIRECTORIES = [
  '~/.config/debops/conf.d',
  '/etc/debops/conf.d',
  '/usr/local/lib/debops/conf.d',
  '/usr/lib/debops/conf.d',
]

/** The directories the nearest configuration names; relative ones are below the working directory. */
function overridePaths(kind: Kind): string[] {
  const project = SUFFIXES.map(suffix => `.debops${suffix}`).find(name => existsSync(name))
  const named =
    (project !== undefined ? pathsIn(project, kind) : undefined) ??
    DIRECTORIES.flatMap(configurationFiles)
      .map(file => pathsIn(file, kind))
      .find(paths => paths !== undefined)
  return (named ?? '')
    .split(':')
    .filter(path => path !== '')
    .map(path => join(process.cwd(), expanduser(path)))
}

function configurationFiles(directory: string): string[] {
  const path = expanduser(directory)
  if (!existsSync(path)) return []
  return readdirSync(path)
    .filter(name => SUFFIXES.some(suffix => name.endsWith(suffix)))
    .sort()
    .map(name => join(path, name))
}

function pathsIn(file: string, kind: Kind): string | undefined {
  const text = readFileSync(file, 'utf8')
  const data = file.endsWith('.toml') ? tomlIn(text, file) : loadYaml(text, { file, trusted: false })
  const paths = isDict(data) ? data.get('override_paths') : undefined
  const value = paths !== undefined && isDict(paths) ? paths.get(`${kind}_path`) : undefined
  return value === undefined || value === null ? undefined : pyStr(value)
}

function tomlIn(text: string, file: string): Value {
  try {
    return fromJson(parse(text))
  } catch (error) {
    throw lookupError(`${file}: ${(error as Error).message}`)
  }
}
