/** Executable inventories: `script --list`, and `script --host NAME` when there is no `_meta`. */
import { execFile } from 'node:child_process'
import { Diagnostic } from '../diagnostics.js'
import { type Dict, isDict, isList, type Value } from '../python/values.js'
import type { VaultDecrypter } from '../yaml/load.js'
import { loadYaml } from '../yaml/load.js'
import type { GroupNames } from './names.js'
import type { Tree } from './tree.js'

export interface ScriptOptions {
  readonly tree: Tree
  readonly names: GroupNames
  readonly environ: Readonly<Record<string, string | undefined>>
  readonly vault?: VaultDecrypter | undefined
  readonly warn: (message: string) => void
  /** What scripts print on stderr. */
  readonly showError: (text: string) => void
}

/** Runs the script and adds what it prints to the tree. */
export async function readScript(path: string, options: ScriptOptions): Promise<void> {
  const { tree } = options
  const data = parse(await output(path, ['--list'], options), path, options)
  let meta: Dict | undefined
  const hosts = new Set<string>()
  for (const [name, group] of data) {
    if (name === '_meta') {
      const hostvars = isDict(group) ? group.get('hostvars') : undefined
      if (isDict(hostvars)) meta = hostvars
    } else readGroup(String(name), group, hosts, options)
  }
  for (const name of hosts) {
    const vars = meta ? meta.get(name) : await hostVariables(path, name, options)
    if (isDict(vars)) for (const [key, value] of vars) tree.hosts.get(name)!.setVariable(String(key), value)
  }
}

function readGroup(written: string, data: Value, seen: Set<string>, { tree, names }: ScriptOptions): void {
  const group = tree.ensureGroup(names.safe(written))
  let sections: Dict
  if (!isDict(data)) sections = new Map<Value, Value>([['hosts', data]])
  else if (!['hosts', 'vars', 'children'].some(section => data.has(section))) {
    // The oldest form: a name with variables is a host in a group of its own.
    sections = new Map<Value, Value>([
      ['hosts', [group.name]],
      ['vars', data],
    ])
  } else sections = data
  const hosts = sections.get('hosts')
  if (hosts !== undefined) {
    if (!isList(hosts)) {
      throw new Diagnostic(`You defined a group '${group.name}' with bad data for the host list:\n ${String(hosts)}`, {
        code: 'inventory-script',
      })
    }
    for (const name of hosts) {
      seen.add(String(name))
      tree.addToGroup(group, tree.ensureHost(String(name)))
    }
  }
  const vars = sections.get('vars')
  if (vars !== undefined) {
    if (!isDict(vars)) {
      throw new Diagnostic(`You defined a group '${group.name}' with bad data for variables:\n ${String(vars)}`, {
        code: 'inventory-script',
      })
    }
    for (const [key, value] of vars) group.setVariable(String(key), value)
  }
  const children = sections.get('children')
  if (isList(children)) for (const child of children) tree.addChild(group, tree.ensureGroup(names.safe(String(child))))
}

async function hostVariables(path: string, host: string, options: ScriptOptions): Promise<Value> {
  const text = await output(path, ['--host', host], options)
  return text.trim() === '' ? null : parse(text, path, options)
}

function parse(text: string, path: string, { vault, warn }: ScriptOptions): Dict {
  let data: Value
  try {
    data = loadYaml(text, { file: path, trusted: true, vault, warn })
  } catch (error) {
    if (!(error instanceof Diagnostic)) throw error
    throw new Diagnostic(`failed to parse executable inventory script results from ${path}: ${error.message}`, {
      code: 'inventory-script',
      cause: error,
      hint: `Line ${error.at?.line ?? 1} of its output is wrong.`,
    })
  }
  if (isDict(data)) return data
  throw new Diagnostic(`failed to parse executable inventory script results from ${path}: needs to be a json dict`, {
    code: 'inventory-script',
  })
}

function output(path: string, args: string[], { environ, showError }: ScriptOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      path,
      args,
      { env: environ as NodeJS.ProcessEnv, maxBuffer: 1 << 30, encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (!error) {
          if (stderr.trim() !== '') showError(stderr.trim())
          resolve(stdout)
        } else if (typeof error.code === 'string') {
          reject(
            new Diagnostic(`problem running ${[path, ...args].join(' ')} (${error.message})`, {
              code: 'inventory-script',
              hint: error.code === 'EACCES' ? `Make it executable: chmod +x ${path}` : undefined,
            }),
          )
        } else {
          reject(
            new Diagnostic(`Inventory script (${path}) had an execution error: ${stderr.trim()}`, {
              code: 'inventory-script',
            }),
          )
        }
      },
    )
    child.stdin?.end()
  })
}
