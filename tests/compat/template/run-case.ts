/** Runs one case of the corpus. */
import { isDict, isList, Tuple, type Value } from '../../../engine/python/values.js'
import { createEngine, templarOf } from '../../../engine/template/create.js'
import type { Engine } from '../../../engine/template/environment.js'
import type { ResultMode } from '../../../engine/template/results.js'
import type { Scope } from '../../../engine/template/scope.js'
import type { Templar, TemplarHost } from '../../../engine/template/templar.js'
import { trusted } from '../../../engine/yaml/trust.js'
import { decode, encode } from './values.js'

export interface Case {
  readonly t: string
  readonly v?: unknown
  readonly mode?: 'value' | 'text' | 'tpl' | 'lstrip' | 'native' | 'classic'
  readonly exp?: Expected
  readonly ours?: Expected
  readonly why?: string
  readonly approx?: boolean
}
export type Expected = { readonly ok: unknown } | { readonly err: string; readonly msg?: string }
export interface Corpus {
  readonly vars: unknown
  readonly templates?: { readonly [name: string]: string }
  readonly cases: readonly Case[]
}

/** A controller whose only files are the corpus's templates. */
export function hostWith(templates: { readonly [name: string]: string }): TemplarHost {
  return {
    readFile(path) {
      const name = path.startsWith('/corpus/') ? path.slice('/corpus/'.length) : path
      const text = templates[name]
      if (text === undefined) throw Object.assign(new Error(`no such file: ${path}`), { code: 'ENOENT' })
      return Buffer.from(text)
    },
    environ: { HOME: '/root', USER: 'root' },
    setting: () => undefined,
    warn() {},
  }
}

export class CaseRunner {
  readonly #engine: Engine
  readonly #templars = new Map<ResultMode, Templar>()
  readonly #vars: ReadonlyMap<Value, Value>

  constructor(corpus: Corpus) {
    this.#engine = createEngine(hostWith(corpus.templates ?? {}))
    this.#vars = variables(corpus.vars)
  }

  #templar(mode: ResultMode): Templar {
    let templar = this.#templars.get(mode)
    if (!templar) {
      templar = templarOf(this.#engine, mode)
      this.#templars.set(mode, templar)
    }
    return templar
  }

  async run({ t, v, mode = 'value' }: Case): Promise<Expected> {
    const vars = new Map([...this.#vars, ...variables(v ?? [])])
    const scope: Scope = {
      get: name => vars.get(name),
      names: () => [...vars.keys()].filter(name => typeof name === 'string'),
      searchPath: ['/corpus'],
    }
    try {
      if (mode === 'text' || mode === 'tpl' || mode === 'lstrip') {
        // The old cases' lazy variables were rendered by classic Ansible.
        const text = await this.#templar(mode === 'text' ? 'value' : 'classic').renderText(
          t,
          scope,
          mode === 'lstrip' ? { lstrip_blocks: true } : {},
        )
        return { ok: text }
      }
      const value = await this.#templar(mode).render(trusted(t), scope)
      return { ok: encode(value) }
    } catch (error) {
      if (!(error instanceof Error)) throw error
      return { err: error.name, msg: error.message }
    }
  }
}

function variables(data: unknown): ReadonlyMap<Value, Value> {
  const pairs = Array.isArray(data) ? (data as [string, unknown][]) : Object.entries(data as object)
  return new Map(pairs.map(([name, value]) => [name, decode(value, true)]))
}

/** Empty when `got` is what was expected, else a line that says what differs. */
export function difference(one: Case, got: Expected): string {
  const want = one.ours ?? one.exp
  if (!want) return 'not recorded yet: run record.py'
  if ('err' in want)
    return 'err' in got ? '' : `expected an error (${want.msg ?? want.err}), got ${JSON.stringify(got.ok)}`
  if ('err' in got) return `expected ${JSON.stringify(want.ok)}, got error ${got.err}: ${got.msg}`
  if (one.approx) return ''
  const [a, b] = [canonical(want.ok), canonical(got.ok)]
  return a === b ? '' : `expected ${a}, got ${b}`
}

/** One spelling for each value: dicts in pairs. */
function canonical(data: unknown): string {
  return JSON.stringify(encode(plain(decode(data))))
}
function plain(value: Value): Value {
  if (isDict(value)) return new Map([...value].map(([key, item]) => [key, plain(item)]))
  if (isList(value) && !(value instanceof Tuple)) return Array.from(value, plain)
  return value
}
