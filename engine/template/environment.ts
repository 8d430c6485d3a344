/** The registry (a nunjucks Environment), the compiled templates, and where templates are loaded from. */
import nunjucks, { type Environment } from 'nunjucks'
import { Diagnostic } from '../diagnostics.js'
import { float, fromJson, isDict, isList, type KeywordArguments, PyFloat, type Value } from '../python/values.js'
import { callDefinition } from './call.js'
import { type CompiledTemplate, compileTemplate } from './compile.js'
import type { Filter, Filters, Lookup, Lookups, Test, Tests } from './define.js'
import { ExpressionCompiler } from './expressions.js'
import type { Syntax } from './lexer.js'
import { parseBareExpression, parseTemplate } from './parser.js'
import type { Expression, Frame, Origin } from './runtime.js'
import type { TemplarHost } from './templar.js'

/** A function registered in nunjucks' own convention: plain JS values, keyword arguments as a last object. */
export type ForeignFunction = (...args: unknown[]) => unknown
const DEFINITION = Symbol('definition')

export const PLAYBOOK_SYNTAX: Syntax = {
  trim_blocks: true,
  lstrip_blocks: false,
  block_start_string: '{%',
  block_end_string: '%}',
  variable_start_string: '{{',
  variable_end_string: '}}',
  comment_start_string: '{#',
  comment_end_string: '#}',
  line_statement_prefix: undefined,
  line_comment_prefix: undefined,
  newline_sequence: '\n',
  keep_trailing_newline: false,
  keep_backslashes: true,
}
/** A template file: backslashes are Jinja's. */
export const FILE_SYNTAX: Syntax = { ...PLAYBOOK_SYNTAX, keep_backslashes: false }

/** Enough for the tasks and templates of a large site; the oldest go first. */
const MAX_CACHED = 20_000

export class Engine {
  /** Filters, tests, globals and tags are added here, in nunjucks' way. */
  readonly environment: Environment
  readonly globals = new Map<string, Value>()
  readonly #lookups = new Map<string, Lookup>()
  readonly #templates = new Map<Syntax, Map<string, CompiledTemplate>>()
  readonly #syntaxes = new Map<string, Syntax>()
  readonly #expressions = new Map<string, Expression>()
  readonly #files = new Map<string, { text: Buffer; template: CompiledTemplate }>()

  constructor(
    readonly host: TemplarHost,
    tables: { filters: Filters; tests: Tests; lookups: Lookups },
  ) {
    this.environment = new nunjucks.Environment([], { autoescape: false })
    // nunjucks' own filters and tests do not follow Python.
    this.environment.filters = Object.create(null)
    this.environment.tests = Object.create(null)
    this.environment.globals = Object.create(null)
    for (const [name, filter] of Object.entries(tables.filters)) this.addFilter(name, filter)
    for (const [name, test] of Object.entries(tables.tests)) this.addTest(name, test)
    for (const [name, lookup] of Object.entries(tables.lookups)) this.#lookups.set(name, lookup)
  }

  addFilter(name: string, filter: Filter): void {
    this.environment.addFilter(name, withDefinition(filter))
  }
  addTest(name: string, test: Test): void {
    this.environment.addTest(name, withDefinition(test))
  }

  filter(name: string): Filter | undefined {
    return definitionOf(this.environment.filters[name] ?? this.environment.filters[shortName(name)]) as
      | Filter
      | undefined
  }
  test(name: string): Test | undefined {
    return definitionOf(this.environment.tests[name] ?? this.environment.tests[shortName(name)]) as Test | undefined
  }
  foreignFilter(name: string): ForeignFunction | undefined {
    return this.environment.filters[name]
  }
  foreignTest(name: string): ForeignFunction | undefined {
    return this.environment.tests[name]
  }
  lookup(name: string): Lookup | undefined {
    return this.#lookups.get(name) ?? this.#lookups.get(shortName(name))
  }
  filterNames(): string[] {
    return Object.keys(this.environment.filters)
  }
  testNames(): string[] {
    return Object.keys(this.environment.tests)
  }
  lookupNames(): Iterable<string> {
    return this.#lookups.keys()
  }

  /** A global by name: ours, or one that was added in nunjucks' way. */
  global(name: string): Value | undefined {
    const own = this.globals.get(name)
    if (own !== undefined) return own
    const foreign = this.environment.globals[name]
    return foreign === undefined ? undefined : fromJson(foreign)
  }

  callForeign(run: ForeignFunction, args: readonly Value[], kwargs: KeywordArguments): Value {
    const plain = args.map(toPlain)
    if (kwargs.size > 0)
      plain.push({ ...Object.fromEntries([...kwargs].map(([key, value]) => [key, toPlain(value)])), __keywords: true })
    return fromPlain(run.apply({ env: this.environment, ctx: {} }, plain))
  }

  callExtension(
    extension: unknown,
    method: string,
    frame: Frame,
    args: readonly Value[],
    bodies: readonly (() => string)[],
  ): Value {
    const found = (typeof extension === 'string' ? this.environment.extensions[extension] : extension) as
      | { [method: string]: ForeignFunction }
      | undefined
    const run = found?.[method]
    if (!run) throw new Diagnostic(`extension has no method '${method}'`, { code: 'template-extension' })
    const context = { env: this.environment, lookup: (name: string) => toPlain(frame.lookup(name) ?? null) }
    return fromPlain(run.call(found, context, ...args.map(toPlain), ...bodies))
  }

  /** Compiles the text of a template, once per text and syntax. */
  template(source: string, syntax: Syntax): CompiledTemplate {
    let cache = this.#templates.get(syntax)
    if (!cache) {
      const known = this.#known(syntax)
      if (known !== syntax) return this.template(source, known)
      cache = new Map()
      this.#templates.set(syntax, cache)
    }
    let compiled = cache.get(source)
    if (!compiled) {
      compiled = compileTemplate(this, parseTemplate(source, syntax, this.environment.extensionsList))
      remember(cache, source, compiled)
    }
    return compiled
  }

  /** One object per syntax, so that it can be a key. */
  #known(syntax: Syntax): Syntax {
    const text = JSON.stringify(syntax)
    const known = this.#syntaxes.get(text)
    if (known) return known
    this.#syntaxes.set(text, syntax)
    return syntax
  }

  /** Compiles a bare expression. */
  expression(source: string): Expression {
    let compiled = this.#expressions.get(source)
    if (!compiled) {
      const compiler = new ExpressionCompiler(this, NO_NAMES)
      compiled = compiler.raw(parseBareExpression(source, FILE_SYNTAX))
      if (compiler.mutates) {
        const inner = compiled
        compiled = frame => {
          frame.instance.evaluation.startMutating()
          return inner(frame)
        }
      }
      remember(this.#expressions, source, compiled)
    }
    return compiled
  }

  /** The template file at `path`; undefined when there is none. */
  file(path: string, syntax: Syntax): CompiledTemplate | undefined {
    let text: Buffer
    try {
      text = this.host.readFile(path)
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
    const key = `${syntax === FILE_SYNTAX ? '' : JSON.stringify(syntax)}\n${path}`
    const known = this.#files.get(key)
    if (known?.text.equals(text)) return known.template
    const origin: Origin = { file: path }
    const template = compileTemplate(
      this,
      parseTemplate(text.toString('utf8'), syntax, this.environment.extensionsList),
      origin,
    )
    remember(this.#files, key, { text, template })
    return template
  }
}

const NO_NAMES: ReadonlySet<string> = new Set()

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR'
}

function remember<T>(cache: Map<string, T>, key: string, value: T): void {
  if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value!)
  cache.set(key, value)
}

/** Filters of Ansible itself may be written with its namespace. */
const shortName = (name: string): string => name.replace(/^ansible\.(?:builtin|legacy)\./, '')

type Registered = ForeignFunction & { [DEFINITION]?: Filter | Test }

/** The definition as the plain function that nunjucks' registry holds. */
function withDefinition(definition: Filter | Test): Registered {
  const run: Registered = (value, ...args) => {
    if (!definition.apply) throw new Error('this filter can only be called from a template')
    return toPlain(
      callDefinition(definition, 'filter', undefined as never, fromPlain(value), args.map(fromPlain), new Map()),
    )
  }
  run[DEFINITION] = definition
  return run
}
const definitionOf = (registered: unknown): Filter | Test | undefined =>
  (registered as Registered | undefined)?.[DEFINITION]

function toPlain(value: Value): unknown {
  if (value instanceof PyFloat) return value.value
  if (isList(value)) return value.map(toPlain)
  if (isDict(value)) return Object.fromEntries([...value].map(([key, item]) => [String(key), toPlain(item)]))
  return value
}

function fromPlain(data: unknown): Value {
  if (typeof data === 'function' || typeof data === 'symbol') return null
  if (typeof data === 'number' && !Number.isInteger(data)) return float(data)
  if (data instanceof String) return data.toString()
  return fromJson(data)
}
