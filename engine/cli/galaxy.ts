/** `understudy galaxy`: what ansible-galaxy does without a server. */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { Diagnostic } from '../diagnostics.js'
import { type LoadedSettings, loadSettings } from '../settings/load.js'
import { runCommand } from './command.js'
import { type ParsedFlags, UsageError } from './flags.js'
import type { Io } from './io.js'
import type { Options } from './options.js'

const options = {
  initPath: {
    names: ['--init-path'],
    kind: 'value',
    metavar: 'FOLDER',
    heading: 'Where',
    summary: 'init: folder in which the new one is made (default here)',
  },
  path: {
    names: ['-p', '--roles-path', '--collections-path'],
    kind: 'value',
    metavar: 'FOLDER',
    heading: 'Where',
    summary: 'list, install, remove: this folder instead of the first that is configured',
  },
  force: { names: ['-f', '--force'], kind: 'switch', heading: 'How', summary: 'replace what is there' },
  verbose: { names: ['-v', '--verbose'], kind: 'count', heading: 'Output', summary: 'say more' },
  help: { names: ['-h', '--help'], kind: 'switch', heading: 'Output', summary: 'show this help' },
} as const satisfies Options

const OFFLINE = ['init', 'list', 'install', 'remove']
const SERVER = ['search', 'info', 'import', 'setup', 'login', 'delete', 'download', 'build', 'publish', 'verify']

export async function galaxy(argv: string[], io: Io, program: string): Promise<number> {
  const text = {
    usage: `${program} [role|collection] {${OFFLINE.join(',')}} [flags] [NAME …]`,
    sentence: 'Makes, lists, installs and removes roles and collections that are on this machine.',
    options,
    examples: [
      [`${program} role init web`, 'the folders of a new role'],
      [`${program} role install ./roles-of-others/web`, 'a role from a folder'],
      [`${program} collection list`, 'which collections are installed, and where'],
    ] as const,
  }
  return runCommand(argv, io, program, text, async flags => {
    const kind = flags.words[0] === 'collection' ? 'collection' : 'role'
    const [action, ...names] = flags.words[0] === kind ? flags.words.slice(1) : flags.words
    if (action === undefined) throw new UsageError('the following arguments are required: action')
    if (SERVER.includes(action))
      throw new Diagnostic(
        `${program} ${action} needs a Galaxy server or builds for one, which Understudy does not do`,
        {
          code: 'unsupported',
          hint: `Use ansible-galaxy for it. Here are: ${OFFLINE.join(', ')}.`,
        },
      )
    if (!OFFLINE.includes(action))
      throw new UsageError(`argument action: invalid choice: '${action}' (choose from ${OFFLINE.join(', ')})`)
    const settings = loadSettings({ environ: io.env, cwd: io.cwd })
    const folders = foldersOf(kind, settings, flags, io)
    if (action === 'list') return list(kind, folders, names, io)
    if (names.length === 0) throw new UsageError('the following arguments are required: name')
    for (const name of names) {
      if (action === 'init') init(kind, name, flags, io)
      else if (action === 'install') install(kind, name, folders[0]!, flags, io)
      else remove(kind, name, folders, io)
    }
    return 0
  })
}

type Kind = 'role' | 'collection'

function foldersOf(kind: Kind, settings: LoadedSettings, flags: ParsedFlags, io: Io): string[] {
  const given = flags.value('path')
  const folders =
    given === undefined
      ? settings.list(kind === 'role' ? 'DEFAULT_ROLES_PATH' : 'COLLECTIONS_PATHS')
      : given.split(':').map(path => resolve(io.cwd, path))
  return kind === 'role'
    ? folders
    : folders.map(folder => (basename(folder) === 'ansible_collections' ? folder : join(folder, 'ansible_collections')))
}

const ROLE = ['defaults', 'handlers', 'meta', 'tasks', 'vars'] as const

function init(kind: Kind, name: string, flags: ParsedFlags, io: Io): void {
  const parts = name.split('.')
  if (kind === 'collection' && !(parts.length === 2 && parts.every(part => /^[a-z][a-z0-9_]*$/.test(part))))
    throw new Diagnostic(`Invalid collection name '${name}', name must be in the format <namespace>.<collection>.`, {
      code: 'options',
    })
  const folder = resolve(io.cwd, flags.value('initPath') ?? '.', ...(kind === 'role' ? [name] : parts))
  if (existsSync(folder) && readdirSync(folder).length > 0 && !flags.has('force'))
    throw new Diagnostic(
      `- the directory ${folder} already exists. You can use --force to re-initialize this directory,\n` +
        'however it will reset any main.yml files that may have\nbeen modified there already.',
    )
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  if (kind === 'role') {
    for (const part of ROLE) if (part !== 'meta') write(`${part}/main.yml`, `---\n# ${part} of ${name}\n`)
    write(
      'meta/main.yml',
      'galaxy_info:\n  author: your name\n  description: your role\n  license: license\n\ndependencies: []\n',
    )
    for (const part of ['files', 'templates']) mkdirSync(join(folder, part), { recursive: true })
    write('README.md', `# ${name}\n`)
  } else {
    const [namespace, short] = parts
    write(
      'galaxy.yml',
      `namespace: ${namespace}\nname: ${short}\nversion: 1.0.0\nreadme: README.md\nauthors:\n- your name\ndependencies: {}\n`,
    )
    for (const part of ['docs', 'plugins', 'roles', 'playbooks']) mkdirSync(join(folder, part), { recursive: true })
    write('meta/runtime.yml', '---\n')
    write('README.md', `# ${name}\n`)
  }
  io.stdout.write(`- ${kind === 'role' ? 'Role' : 'Collection'} ${name} was created successfully\n`)
}

function list(kind: Kind, folders: readonly string[], names: readonly string[], io: Io): number {
  let found = false
  for (const folder of folders) {
    if (!isFolder(folder)) continue
    const all = (
      kind === 'role' ? subfolders(folder).filter(name => isRole(join(folder, name))) : collectionsIn(folder)
    ).filter(name => names.length === 0 || names.includes(name))
    if (all.length === 0 && names.length > 0) continue
    found = true
    io.stdout.write(kind === 'role' ? `# ${folder}\n` : `\n# ${folder}\n`)
    for (const name of all) {
      const path = kind === 'role' ? join(folder, name) : join(folder, ...name.split('.'))
      io.stdout.write(
        kind === 'role'
          ? `- ${name}, ${versionOf(path) ?? '(unknown version)'}\n`
          : `${name} ${versionOf(path) ?? '*'}\n`,
      )
    }
  }
  if (!found && names.length > 0) io.stderr.write(`[WARNING]: - the ${kind} ${names.join(', ')} was not found\n`)
  return found || names.length === 0 ? 0 : 1
}

function install(kind: Kind, name: string, folder: string, flags: ParsedFlags, io: Io): void {
  const source = resolve(io.cwd, name)
  if (!isFolder(source))
    throw new Diagnostic(`${name} is not a folder; Understudy installs ${kind}s only from folders on this machine`, {
      code: 'unsupported',
      hint: /\.tar\.gz$/.test(name)
        ? 'Unpack the archive (tar xzf) and give the folder.'
        : `Get it with ansible-galaxy or git, then: understudy galaxy ${kind} install ./folder`,
    })
  const short = kind === 'role' ? basename(source) : collectionName(source)
  if (short === undefined)
    throw new Diagnostic(`${source} has no galaxy.yml and no MANIFEST.json that names the collection`)
  const target = kind === 'role' ? join(folder, short) : join(folder, ...short.split('.'))
  if (existsSync(target)) {
    if (!flags.has('force')) {
      io.stdout.write(`- ${short} is already installed, skipping. Use --force to change it.\n`)
      return
    }
    rmSync(target, { recursive: true })
  }
  mkdirSync(join(target, '..'), { recursive: true })
  cpSync(source, target, { recursive: true, verbatimSymlinks: true })
  io.stdout.write(`- ${short} was installed successfully to ${target}\n`)
}

function remove(kind: Kind, name: string, folders: readonly string[], io: Io): void {
  if (kind === 'collection')
    throw new Diagnostic('ansible-galaxy cannot remove collections either; delete the folder', { code: 'options' })
  const path = folders.map(folder => join(folder, name)).find(isRole)
  if (name.includes('/') || path === undefined) io.stdout.write(`- ${name} is not installed, skipping.\n`)
  else {
    rmSync(path, { recursive: true })
    io.stdout.write(`- successfully removed ${name}\n`)
  }
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
const subfolders = (path: string): string[] =>
  readdirSync(path)
    .filter(name => isFolder(join(path, name)))
    .sort()
const isRole = (path: string): boolean => [...ROLE, 'files', 'templates'].some(part => isFolder(join(path, part)))
const collectionsIn = (folder: string): string[] =>
  subfolders(folder).flatMap(namespace => subfolders(join(folder, namespace)).map(name => `${namespace}.${name}`))

interface Manifest {
  readonly namespace?: string
  readonly name?: string
  readonly version?: string
}

/** MANIFEST.json of an installed collection, or the plain lines of galaxy.yml. */
function manifest(path: string): Manifest {
  const read = (name: string) => (existsSync(join(path, name)) ? readFileSync(join(path, name), 'utf8') : undefined)
  const json = read('MANIFEST.json')
  if (json !== undefined) return JSON.parse(json).collection_info ?? {}
  const lines = read('galaxy.yml') ?? ''
  const field = (name: string) => new RegExp(`^${name}:\\s*['"]?([\\w.+-]+)`, 'm').exec(lines)?.[1]
  const [namespace, name, version] = ['namespace', 'name', 'version'].map(field)
  return { ...(namespace ? { namespace } : {}), ...(name ? { name } : {}), ...(version ? { version } : {}) }
}
const collectionName = (path: string): string | undefined => {
  const { namespace, name } = manifest(path)
  return namespace && name ? `${namespace}.${name}` : undefined
}
function versionOf(path: string): string | undefined {
  const info = join(path, 'meta/.galaxy_install_info')
  if (existsSync(info)) return /^version:\s*(\S+)/m.exec(readFileSync(info, 'utf8'))?.[1]
  return manifest(path).version
}
