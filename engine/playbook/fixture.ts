/** For tests: playbooks from text, loaded with a handful of modules and a templar that knows `{{ name }}`. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Diagnostic, Diagnostics, didYouMean } from '../diagnostics.js'
import type { Dict, Value } from '../python/values.js'
import type { Settings } from '../settings/settings.js'
import type { Scope } from '../template/scope.js'
import type { Templar } from '../template/templar.js'
import { TemplateString } from '../yaml/trust.js'
import { listedTasks } from './list.js'
import { createLoader, type LoadedPlaybook, type Loader } from './load.js'
import type { ModuleTable } from './module-table.js'

const ours =
  `debug command shell copy meta set_fact include_vars include include_tasks import_tasks include_role import_role
  validate_argument_spec ping`.split(/\s+/)

export const fewModules: ModuleTable = {
  resolve(written) {
    const name = written.replace(/^ansible\.(builtin|legacy)\./, '')
    const known = name === 'yum' || ours.includes(name)
    return { fqcn: `ansible.builtin.${name}`, known, ours: ours.includes(name) }
  },
  inFile: file => (file.endsWith('.py') ? undefined : `program:${file}`),
  error(written, found, at) {
    const near = didYouMean(written, ours)
    return found.known
      ? new Diagnostic(`no ${found.fqcn} here yet`, { code: 'unsupported-module', at })
      : new Diagnostic(
          `couldn't resolve module/action '${written}'. This often indicates a misspelling, missing collection, or incorrect module path.`,
          { code: 'unknown-module', at, hint: near && `Did you mean '${near}'?` },
        )
  },
}

const render = (value: Value, scope: Scope): Value => {
  if (Array.isArray(value)) return value.map(one => render(one, scope))
  if (!(value instanceof TemplateString)) return value
  return value.text.replace(/\{\{ *(\w+) *\}\}/g, (_, name: string) => {
    const found = scope.get(name)
    if (found === undefined) throw new Diagnostic(`'${name}' is undefined`, { code: 'undefined-variable' })
    return String(render(found, scope))
  })
}

export interface Fixture {
  readonly dir: string
  readonly loader: Loader
  readonly warnings: string[]
  load(file?: string): Promise<LoadedPlaybook>
  /** What is wrong: `file:line:column message` per problem, with the hint after ` ¶ `. */
  problems(file?: string): Promise<string[]>
  /** `name [tags]` of every task that --list-tasks shows. */
  tasks(file?: string): Promise<string[]>
}

/** Writes files into a temporary directory and loads from there. */
export function playbooks(
  files: { readonly [path: string]: string },
  { extraVars = new Map(), paths = {} }: { extraVars?: Dict; paths?: { readonly [setting: string]: string[] } } = {},
): Fixture {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'playbook-')))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  const warnings: string[] = []
  const settings = {
    has: (name: string) => name in paths,
    get: (name: string) => (paths[name] ?? []).map(path => join(dir, path)),
    list: (name: string) => (paths[name] ?? []).map(path => join(dir, path)),
  } as unknown as Settings
  const loader = createLoader({
    settings,
    modules: fewModules,
    templar: { renderNow: render, check: () => undefined } as unknown as Templar,
    extraVars,
    magic: { get: () => undefined, names: () => [], searchPath: [] },
    lookups: new Set(['items', 'dict']),
    warn: message => warnings.push(message),
    deprecated: message => warnings.push(message),
    cwd: dir,
  })
  const load = (file = 'site.yml') => loader.playbook(file)
  return {
    dir,
    loader,
    warnings,
    load,
    tasks: async file =>
      (await load(file)).plays.flatMap(play =>
        listedTasks(play, { selection: { only: ['all'], skip: [] } }).map(
          task => `${task.name} [${task.tags.join(' ')}]`,
        ),
      ),
    async problems(file) {
      try {
        await load(file)
      } catch (error) {
        if (error instanceof Diagnostics) return error.all.map(one => shown(one, dir))
        throw error
      }
      return []
    },
  }
}

function shown({ message, at, hint }: Diagnostic, dir: string): string {
  const place = at ? `${at.file.replace(`${dir}/`, '')}:${at.line}:${at.column} ` : ''
  return `${place}${message.replaceAll(`${dir}/`, '')}${hint ? ` ¶ ${hint}` : ''}`
}
