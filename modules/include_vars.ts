import { readdirSync, statSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import type { ArgsOf } from '../engine/args.js'
import { defineModule, type ModuleContext } from '../engine/module/define.js'
import { search } from '../engine/python/regexp.js'
import { type Dict, isDict, type Json, type Value } from '../engine/python/values.js'
import { loadYaml } from '../engine/yaml/load.js'
import { checkedRegExp } from './files/checked-regexp.js'

const args = {
  file: { type: 'path', summary: 'file with variables' },
  dir: { type: 'path', summary: 'directory whose files hold variables' },
  name: { type: 'str', summary: 'variable to put them into, instead of setting each' },
  depth: { type: 'int', default: 0, summary: 'how deep to go into directories; 0: all the way' },
  files_matching: { type: 'str', summary: 'take only files whose name this regular expression matches' },
  ignore_files: { type: 'raw', summary: 'names, as regular expressions, of files to leave out' },
  extensions: {
    type: 'list',
    elements: 'str',
    default: ['yaml', 'yml', 'json'],
    summary: 'extensions of files to take',
  },
  ignore_unknown_extensions: { type: 'bool', default: false, summary: 'leave other files out instead of failing' },
  hash_behaviour: { type: 'str', choices: ['replace', 'merge'], summary: 'what to do with dicts that exist' },
} as const
type Context = ModuleContext<ArgsOf<typeof args> & { readonly _raw_params?: Value }>
const onlyForDirectories = ['dir', 'depth', 'files_matching', 'ignore_files', 'extensions', 'ignore_unknown_extensions']

export default defineModule({
  name: 'ansible.builtin.include_vars',
  summary: 'Load variables from files while the play runs',
  check: 'full',
  unknownOptions: (called, names) => `${names[0]} is not a valid option in ${called}`,
  where: 'controller',
  freeForm: true,
  args,
  returns: { ansible_facts: 'the variables', ansible_included_var_files: 'the files' },
  order: ['ansible_included_var_files', 'ansible_facts'],
  examples: `
- ansible.builtin.include_vars:
    file: stuff.yaml
    name: stuff

- ansible.builtin.include_vars:
    dir: vars/all
    extensions: [yml]
`,

  async run(given) {
    const context = given as Context
    const { args, task } = context
    const isDirectory = onlyForDirectories.some(name => context.given.has(name))
    if (isDirectory && (context.given.has('file') || context.given.has('_raw_params')))
      return context.fail('You are mixing file only and dir only arguments, these are incompatible')

    const read: string[] = []
    const fail = (message: string): never =>
      context.fail(message, { message, ansible_facts: {}, ansible_included_var_files: read })
    const [role, play] = await Promise.all([task.variable('role_path'), task.variable('playbook_dir')])
    const folder = role === undefined ? String(play ?? '.') : join(String(role), 'vars')
    const files = isDirectory ? filesBelow(context, folder, fail) : [oneFile(context, fail)]
    let found: Dict = new Map()
    let secret = false
    for (const file of files) {
      const { values, encrypted } = await load(context, file, fail)
      read.push(file)
      for (const [name, value] of values) found.set(name, value)
      secret ||= encrypted
    }
    if (args.name !== undefined) found = new Map([[args.name, found as Value]])
    if (args.hash_behaviour === 'merge')
      for (const [name, value] of found) found.set(name, merged((await task.variable(String(name))) ?? null, value))

    return {
      changed: false,
      ansible_facts: Object.fromEntries(found) as { [name: string]: Json },
      ansible_included_var_files: read,
      // Variables of a vault file are nobody's business on a terminal.
      ...(secret ? { _ansible_no_log: true } : {}),
    }
  },
})

function oneFile({ args, controller }: Context, fail: (msg: string) => never): string {
  const name = args.file ?? (typeof args._raw_params === 'string' ? args._raw_params.trim() : undefined)
  if (name === undefined || name === '')
    return fail(
      'Could not find file on the Ansible Controller.\nIf you are using a module and expect the file to exist on the remote, see the remote_src option',
    )
  try {
    return controller.findFile('vars', name)
  } catch (error) {
    return fail((error as Error).message)
  }
}

function filesBelow({ args, controller }: Context, folder: string, fail: (msg: string) => never): string[] {
  const top = findDirectory()
  if (!statSync(top).isDirectory()) fail(`${top} is not a directory`)
  const ignored = [args.ignore_files ?? []].flat().map(word => checkedRegExp(`${String(word)}$`, {}, fail))
  const matching = args.files_matching === undefined ? undefined : checkedRegExp(args.files_matching, {}, fail)
  const extensions = new Set(args.extensions.map(String))
  // A role's main file was loaded with the role.
  const isRoleVars = /\/roles\/[^/]+\/vars$/.test(top)

  const files: string[] = []
  const visit = (directory: string, level: number) => {
    const entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
    for (const { name } of entries.filter(entry => statSync(join(directory, entry.name)).isFile())) {
      if (ignored.some(pattern => search(pattern, name)) || (matching && !search(matching, name))) continue
      if (isRoleVars && directory === top && name === 'main.yml') continue
      if (extensions.has(extname(name).slice(1))) files.push(join(directory, name))
      else if (!args.ignore_unknown_extensions)
        fail(`${join(directory, name)} does not have a valid extension: ${args.extensions.join(', ')}`)
    }
    if (args.depth !== 0 && level >= args.depth) return
    for (const { name } of entries.filter(entry => statSync(join(directory, entry.name)).isDirectory()))
      visit(join(directory, name), level + 1)
  }
  visit(top, 1)
  return files

  function findDirectory(): string {
    try {
      return resolve(controller.findFile('vars', args.dir!).replace(/(.)\/+$/, '$1'))
    } catch {
      return fail(`${resolve(folder, args.dir!)} directory does not exist`)
    }
  }
}

async function load({ controller }: Context, file: string, fail: (msg: string) => never) {
  const raw = await controller.readFile(file, { decrypt: false })
  const encrypted = raw.subarray(0, 14).toString() === '$ANSIBLE_VAULT'
  const values = controller.loadYaml
    ? await controller.loadYaml(file)
    : loadYaml((await controller.readFile(file)).toString(), { file, trusted: true })
  if (values === null) return { values: new Map() as Dict, encrypted }
  if (!isDict(values)) return fail(`${file} must be stored as a dictionary/hash`)
  return { values, encrypted }
}

function merged(old: Value, fresh: Value): Value {
  if (!isDict(old) || !isDict(fresh)) return fresh
  const both: Dict = new Map(old)
  for (const [key, value] of fresh) both.set(key, both.has(key) ? merged(both.get(key)!, value) : value)
  return both
}
