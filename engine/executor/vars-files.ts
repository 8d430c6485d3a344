/** `vars_files:` of a play: read once, or per host where their names are templates. */
import { existsSync, readFileSync } from 'node:fs'
import { isAbsolute, resolve } from 'node:path'
import { Diagnostic } from '../diagnostics.js'
import type { Host } from '../inventory/tree.js'
import { asList } from '../playbook/inherit.js'
import type { Play } from '../playbook/model.js'
import { variablesOfFile } from '../playbook/vars-file.js'
import { pyStr } from '../python/repr.js'
import type { Dict, Value } from '../python/values.js'
import type { Scope } from '../template/scope.js'
import { UndefinedError } from '../template/undefined.js'
import { loadYaml } from '../yaml/load.js'
import { TemplateString } from '../yaml/trust.js'
import type { Run } from './run-state.js'

export class VarsFiles {
  readonly #entries: readonly Value[]
  readonly #read = new Map<string, Dict[]>()
  /** Set while a name is rendered: names of vars files cannot depend on vars files. */
  #rendering = false

  constructor(
    private readonly run: Run,
    private readonly play: Play,
    private readonly scope: (host: Host | undefined) => Scope,
  ) {
    this.#entries = asList(play.keywords.get('vars_files') ?? null)
  }

  /** True when facts or host variables may change which files are read. */
  get depends(): boolean {
    return this.#entries.some(entry => asList(entry).some(name => name instanceof TemplateString))
  }

  of(host: Host | undefined): Dict[] {
    if (this.#rendering || this.#entries.length === 0) return []
    this.#rendering = true
    try {
      return this.#entries.flatMap(entry => this.#file(entry, host))
    } finally {
      this.#rendering = false
    }
  }

  /** One entry: a name, or a list of names of which the first that exists is taken. */
  #file(entry: Value, host: Host | undefined): Dict[] {
    const names = asList(entry)
    const tried: string[] = []
    for (const name of names) {
      let written: string
      try {
        written = pyStr(this.run.templar.renderNow(name, this.scope(host)))
      } catch (error) {
        // Before a host is known, or before its facts are, such a name has no meaning yet.
        if (error instanceof UndefinedError) return []
        throw error
      }
      const path = this.#path(written)
      if (path) return this.#load(path)
      tried.push(written)
    }
    throw new Diagnostic(`vars file ${tried.join(', ')} was not found`, {
      code: 'vars-file-missing',
      at: this.play.at,
      hint: `Looked in ${this.play.dir} and ${resolve(this.play.dir, 'vars')} on the Ansible Controller.`,
    })
  }

  #path(name: string): string | undefined {
    const candidates = isAbsolute(name) ? [name] : [resolve(this.play.dir, 'vars', name), resolve(this.play.dir, name)]
    return candidates.find(path => existsSync(path))
  }

  #load(path: string): Dict[] {
    let vars = this.#read.get(path)
    if (!vars) {
      const { vault } = this.run.options
      const text = vault.decryptFile(readFileSync(path), path).toString('utf8')
      const value = loadYaml(text, {
        file: path,
        trusted: true,
        vault,
        duplicateKeys: this.run.settings.string('DUPLICATE_YAML_DICT_KEY'),
        warn: message => this.run.emit({ type: 'warning', text: message }),
      })
      vars = variablesOfFile(value, path)
      this.#read.set(path, vars)
    }
    return vars
  }
}
