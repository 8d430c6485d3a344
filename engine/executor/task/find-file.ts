/** Where a file that a task names is found on the controller. */
import { existsSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { Diagnostic } from '../../diagnostics.js'

/**
 * In each folder of the search path first its `kind` folder, then the folder itself; a role's task folder is looked
 * into as the role itself is. https://docs.ansible.com/ansible/latest/playbook_guide/playbook_pathing.html
 */
export function findFile(kind: string, name: string, searchPath: readonly string[], home: string | undefined): string {
  const wanted = name.startsWith('~/') && home ? join(home, name.slice(2)) : name
  if (isAbsolute(wanted)) {
    if (existsSync(wanted)) return wanted
    throw notFound(name, [])
  }
  const tried = new Set<string>()
  for (const folder of searchPath) {
    const role = roleOf(folder)
    for (const base of role !== undefined ? [role, folder] : [folder]) {
      if (!wanted.startsWith(`${kind}/`)) tried.add(resolve(base, kind, wanted))
      tried.add(resolve(base, wanted))
    }
  }
  for (const path of tried) if (existsSync(path)) return path
  // Ansible names the playbook's folder as the task's, and once more as the last resort.
  const told = searchPath.length === 1 ? [...tried, ...tried] : [...tried]
  throw notFound(name, told)
}

/** The role that a task folder belongs to: one has a main file there. */
function roleOf(folder: string): string | undefined {
  const role = /^(.*)\/tasks$/.exec(folder)?.[1]
  return role !== undefined && MAIN_FILES.some(name => existsSync(join(folder, name))) ? role : undefined
}

const MAIN_FILES = ['main.yml', 'main.yaml', 'main.json', 'main']

function notFound(name: string, tried: readonly string[]): Diagnostic {
  const searched = tried.length > 0 ? `\nSearched in:\n${tried.map(path => `\t${path}`).join('\n')}` : ''
  return new Diagnostic(
    `Could not find or access '${name}'${searched} on the Ansible Controller.\n` +
      'If you are using a module and expect the file to exist on the remote, see the remote_src option',
    { code: 'file-not-found' },
  )
}
