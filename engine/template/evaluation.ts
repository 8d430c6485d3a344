/** One render: variables opened lazily and once, results settled and finished, lookups journaled. */
import { dirname, isAbsolute, join } from 'node:path'
import { Diagnostic, didYouMean } from '../diagnostics.js'
import { pyRepr, pyStr } from '../python/repr.js'
import { UndeterminedCondition, Unknown } from '../python/unknown.js'
import { type KeywordArguments, PyObject, PyRange, Tuple, tuple, type Value } from '../python/values.js'
import { TemplateString, VaultString } from '../yaml/trust.js'
import { attribute as attributeOf, item as itemOf } from './access.js'
import { callDefinition, callValue, NO_KEYWORDS } from './call.js'
import type { CompiledTemplate } from './compile.js'
import type { Context } from './define.js'
import { type Engine, FILE_SYNTAX, PLAYBOOK_SYNTAX } from './environment.js'
import { withHeader } from './header.js'
import { LazyDict, rendering } from './lazy-dict.js'
import type { Syntax } from './lexer.js'
import { runLookup } from './lookup-call.js'
import { OMIT } from './omit.js'
import type { Journal } from './pending.js'
import { newOutput, type ResultMode, soleResult } from './results.js'
import { Frame, guarded, Instance, type Origin, running, trace } from './runtime.js'
import type { Scope } from './scope.js'
import type { Templar, TemplarHost } from './templar.js'
import { LenientUndef, Undef, UndefinedError } from './undefined.js'

/** What all evaluations of one render share. */
export interface RenderState {
  readonly journal: Journal
  readonly templar: Templar
  readonly mode: ResultMode
  /** False while text is evaluated that came out of a template: it may hold what a host printed. */
  readonly lookups: boolean
  readonly others: Map<Scope, Evaluation>
}

/** Containers known to hold nothing to render; containers handed to a render are not changed afterwards. */
const clean = new WeakSet<object>()
/** Containers that moreover hold nothing undefined and nothing omitted. */
const final = new WeakSet<object>()

/** Filters whose text results keep ansible-core 2.14's native mode from reading them as literals. */
const NATIVE_TEXT = new Set(['string', 'to_json', 'to_nice_json', 'to_yaml', 'to_nice_yaml', 'ppretty', 'json'])

const chains = new WeakMap<Diagnostic, string[]>()

export class Evaluation implements Context {
  readonly host: TemplarHost
  origin: Origin = {}
  readonly #values = new Map<string, Value>()
  readonly #opened = new Map<PyObject, Value>()
  readonly #settled = new Map<object, Value>()
  readonly #active: { readonly text: PyObject; readonly label: string }[] = []
  #mutating = false

  constructor(
    readonly engine: Engine,
    readonly scope: Scope,
    readonly state: RenderState,
  ) {
    this.host = engine.host
    state.others.set(scope, this)
  }

  get templar(): Templar {
    return this.state.templar
  }

  // --- names ---

  variable(name: string): Value | undefined {
    const known = this.#values.get(name)
    if (known !== undefined) return known
    const raw = this.scope.get(name)
    if (raw === undefined) return raw
    if (raw === null || typeof raw !== 'object') {
      this.#values.set(name, raw)
      return raw
    }
    let value = raw instanceof PyObject ? this.#openObject(raw, name) : raw
    if (this.#mutating) value = copied(value)
    this.#values.set(name, value)
    return value
  }

  global(name: string): Value | undefined {
    return this.engine.global(name)
  }

  suggestion(name: string): string | undefined {
    const near = didYouMean(name, this.scope.names())
    return near === undefined ? undefined : `did you mean '${near}'?`
  }

  /** From now on variables are copied before a template sees them, since it changes containers. */
  startMutating(): void {
    if (this.#mutating) return
    this.#mutating = true
    this.#values.clear()
  }

  // --- templates in values ---

  /** What a template or secret stands for; may be a container that is still to be settled. */
  open(text: TemplateString | VaultString, label: string): Value {
    const known = this.#opened.get(text)
    if (known !== undefined) return known
    if (this.#active.some(one => one.text === text)) this.#failRecursion(text, label)
    const node = trace.node
    const { origin } = this
    this.#active.push({ text, label })
    let value: Value
    try {
      value = this.#textValue(text)
      if (value instanceof Undef) value = value.through(label)
    } catch (error) {
      if (error instanceof UndefinedError) value = new Undef(error.message, error.hint, [label, ...error.chain])
      else if (error instanceof UndeterminedCondition) value = new Unknown(error.dependsOn)
      else {
        if (error instanceof Diagnostic) chains.set(error, [label, ...(chains.get(error) ?? [])])
        throw error
      }
    } finally {
      this.#active.pop()
      this.origin = origin
      trace.node = node
    }
    this.#opened.set(text, value)
    return value
  }

  #openObject(value: PyObject, label: string): Value {
    return value instanceof TemplateString || value instanceof VaultString ? this.open(value, label) : value
  }

  #failRecursion(text: PyObject, label: string): never {
    const from = this.#active.findIndex(one => one.text === text)
    const cycle = [...this.#active.slice(from).map(one => one.label), label]
    throw new Diagnostic(`recursive loop detected in template: ${cycle.join(' -> ')}`, { code: 'template-recursion' })
  }

  #textValue(text: TemplateString | VaultString): Value {
    if (text instanceof VaultString) return text.plain
    const { at } = text
    return this.templateValue(text.text, at ? { at, multiline: text.text.trimEnd().includes('\n') } : {})
  }

  /** Renders template text to a value. */
  templateValue(source: string, origin: Origin): Value {
    this.origin = origin
    const { body, syntax } = withHeader(source, PLAYBOOK_SYNTAX)
    const template = guarded(origin, () => this.engine.template(body, syntax))
    const { mode } = this.state
    const { sole } = template
    let value: Value
    if (sole?.variable !== undefined && mode === 'value') {
      const name = sole.variable
      let found = this.variable(name)
      if (found === undefined) found = this.global(name)
      value = found === undefined ? new Undef(`'${name}' is undefined`, () => this.suggestion(name)) : found
      // The name is where a message should point.
      trace.node = sole.node
    } else if (sole) {
      if (template.mutates) this.startMutating()
      const instance = new Instance(this, mode, undefined, false)
      value = guarded(origin, () => sole.raw(new Frame(instance, undefined, instance.vars)))
      trace.node = sole.node
      if (mode !== 'value' && !(value instanceof Undef && !(value instanceof LenientUndef))) {
        const exempt =
          mode === 'native'
            ? sole.node.typename === 'Filter' && NATIVE_TEXT.has(sole.node.name.value)
            : sole.variable !== undefined
        value = soleResult(mode, this.settle(value), exempt)
      } else if (value instanceof LenientUndef) value = ''
    } else {
      const instance = new Instance(this, mode, undefined, false)
      const out = newOutput(mode)
      instance.run(template, out, origin)
      value = out.result()
    }
    return source.endsWith('\n') && mode !== 'native' ? withNewlines(source, value) : value
  }

  /** Renders the text of a template file. */
  renderText(source: string, syntax: Syntax = FILE_SYNTAX, file?: string, extra?: ReadonlyMap<string, Value>): string {
    const origin: Origin = file === undefined ? {} : { file }
    const before = this.origin
    this.origin = origin
    const header = withHeader(source, syntax)
    // Lines of the header count.
    const template = guarded(origin, () => this.engine.template(header.body, header.syntax))
    const instance = new Instance(this, 'text', undefined, false)
    for (const [name, value] of extra ?? []) instance.vars.set(name, value)
    const out = newOutput('text')
    instance.run(template, out, origin)
    this.origin = before
    return withNewlines(source, out.result(), header.syntax.newline_sequence) as string
  }

  /** The value with every template in it rendered, deeply; what cannot be defined becomes an Undef in its place. */
  settle(value: Value): Value {
    if (typeof value !== 'object' || value === null || clean.has(value)) return value
    if (value instanceof PyObject) {
      const opened = this.#openObject(value, '…')
      return opened === value ? value : this.#settledValue(opened)
    }
    if (!holdsTemplates(value)) return value
    const known = this.#settled.get(value)
    if (known !== undefined) return known
    const settled = this.#settledCopy(value)
    this.#settled.set(value, settled)
    return settled
  }

  #settledCopy(value: Value[] | Map<Value, Value>): Value {
    if (Array.isArray(value)) {
      const copy = value instanceof Tuple ? tuple([]) : []
      for (const [index, item] of value.entries()) copy.push(this.#settledMember(item, `[${index}]`))
      return copy
    }
    const copy = new Map<Value, Value>()
    for (const [key, item] of value) {
      copy.set(
        key instanceof TemplateString ? key.text : key,
        this.#settledMember(item, typeof key === 'string' ? key : pyRepr(key)),
      )
    }
    return copy
  }

  #settledMember(member: Value, label: string): Value {
    return this.#settledValue(member instanceof PyObject ? this.#openObject(member, label) : member)
  }

  /** A container that is used whole ought to be defined: what is not can be left out, not asked what it is. */
  #settledValue(opened: Value): Value {
    return opened instanceof Undef ? opened.withoutType() : this.settle(opened)
  }

  /** The finished result of a render: settled, nothing undefined, nothing omitted. */
  finish(value: Value, label = '…'): Value {
    if (typeof value !== 'object' || value === null || final.has(value)) return value
    if (value instanceof PyObject) {
      if (value instanceof TemplateString || value instanceof VaultString)
        return this.finish(this.open(value, label), label)
      if (value instanceof LenientUndef) return ''
      if (value instanceof Undef) return value.fail()
      if (value instanceof LazyDict) return this.finish(value.toDict())
      if (value.call && !(value instanceof Unknown)) return pyStr(value)
      return value
    }
    let changed = value instanceof PyRange
    let unknown = false
    const member = (item: Value, key: string): Value => {
      const finished = this.finish(item, key)
      if (finished !== item) changed = true
      if (finished instanceof Unknown) unknown = true
      return finished
    }
    let copy: Value
    if (Array.isArray(value)) {
      const kept = value instanceof Tuple ? tuple([]) : []
      value.forEach((item, index) => {
        if (item === OMIT) changed = true
        else {
          const finished = member(item, `[${index}]`)
          if (finished === OMIT) changed = true
          else kept.push(finished)
        }
      })
      copy = kept
    } else {
      const kept = new Map<Value, Value>()
      for (const [key, item] of value) {
        const plainKey = key instanceof TemplateString ? key.text : key
        if (plainKey !== key) changed = true
        const finished = member(item, typeof key === 'string' ? key : pyRepr(plainKey))
        if (finished === OMIT) changed = true
        else kept.set(plainKey, finished)
      }
      copy = kept
    }
    const result = changed ? copy : value
    if (!unknown) final.add(result as object)
    return result
  }

  // --- loading templates ---

  /** The first of `names` that exists; names may also be templates themselves (imported modules cannot). */
  find(names: readonly Value[]): CompiledTemplate | undefined {
    for (const name of names) {
      if (name instanceof Undef) name.fail()
      const found = this.#findOne(pyStr(name))
      if (found) return found
    }
    return undefined
  }

  load(names: readonly Value[]): CompiledTemplate {
    return this.find(names) ?? this.notFound(names)
  }

  notFound(names: readonly Value[]): never {
    const shown = names.map(name => pyStr(name)).join(', ')
    throw new Diagnostic(
      names.length === 1 ? `template not found: ${shown}` : `none of the templates given were found: ${shown}`,
      {
        code: 'template-not-found',
        hint: `searched in: ${this.#templateFolders().join(', ')}`,
      },
    )
  }

  #templateFolders(): string[] {
    const folders = this.scope.searchPath.flatMap(folder => [join(folder, 'templates'), folder])
    if (this.origin.file !== undefined) folders.push(dirname(this.origin.file))
    return folders
  }

  #findOne(name: string): CompiledTemplate | undefined {
    // As Jinja's loaders: names never climb out of the search path.
    if (name.split('/').includes('..')) return undefined
    if (isAbsolute(name)) {
      const absolute = this.#templateFolders().find(folder => name.startsWith(`${folder}/`))
      if (absolute !== undefined) return this.engine.file(name, FILE_SYNTAX)
    }
    for (const folder of this.#templateFolders()) {
      const found = this.engine.file(join(folder, name), FILE_SYNTAX)
      if (found) return found
    }
    return undefined
  }

  // --- Context: what filters, tests and lookups may ask ---

  filter(name: string, value: Value, args: readonly Value[] = [], kwargs: KeywordArguments = NO_KEYWORDS): Value {
    const definition = this.engine.filter(name)
    if (definition) return callDefinition(definition, name, this, value, args, kwargs)
    const foreign = this.engine.foreignFilter(name)
    if (!foreign) throw this.#unknownName('filter', name, this.engine.filterNames())
    return this.engine.callForeign(foreign, [value, ...args], kwargs)
  }
  test(name: string, value: Value, args: readonly Value[] = [], kwargs: KeywordArguments = NO_KEYWORDS): boolean {
    const definition = this.engine.test(name)
    if (definition) {
      const result = callDefinition(definition, name, this, value, args, kwargs)
      if (result instanceof PyObject) return result.truth()
      return Boolean(result)
    }
    const foreign = this.engine.foreignTest(name)
    if (!foreign) throw this.#unknownName('test', name, this.engine.testNames())
    return Boolean(this.engine.callForeign(foreign, [value, ...args], kwargs))
  }
  #unknownName(kind: string, name: string, known: Iterable<string>): Diagnostic {
    const near = didYouMean(name, known)
    return new Diagnostic(`No ${kind} named ${pyRepr(name)}.`, {
      code: 'template-syntax',
      hint: near === undefined ? undefined : `did you mean '${near}'?`,
    })
  }
  hasFilter(name: string): boolean {
    return (this.engine.filter(name) ?? this.engine.foreignFilter(name)) !== undefined
  }
  hasTest(name: string): boolean {
    return (this.engine.test(name) ?? this.engine.foreignTest(name)) !== undefined
  }
  call(callable: Value, args: readonly Value[] = [], kwargs: KeywordArguments = NO_KEYWORDS): Value {
    return callValue(callable, args, kwargs)
  }
  attribute(value: Value, name: string): Value {
    return this.#opened1(attributeOf(value, name), name)
  }
  item(value: Value, key: Value): Value {
    return this.#opened1(itemOf(value, key), typeof key === 'string' ? key : '…')
  }
  #opened1(value: Value, label: string): Value {
    return this.settle(value instanceof PyObject ? this.#openObject(value, label) : value)
  }
  once(make: () => Value | Promise<Value>): Value {
    return this.state.journal.once('once', make)
  }
  lookup(name: string, terms: readonly Value[], options: KeywordArguments = NO_KEYWORDS): Value[] {
    return runLookup(this, name, terms, options)
  }
  warn(message: string): void {
    this.host.warn(message)
  }

  /** The evaluation of another host's variables, in the same render. */
  forScope(scope: Scope | undefined): Evaluation {
    if (scope === undefined) return this
    return this.state.others.get(scope) ?? new Evaluation(this.engine, scope, this.state)
  }
}

/** Runs `work` with values able to reach the evaluation. */
export function within<T>(evaluation: Evaluation, work: () => T): T {
  const { settle, repr } = rendering
  const before = running.evaluation
  running.evaluation = evaluation
  rendering.settle = (value, scope) => {
    if (value === null || typeof value !== 'object') return value
    if (scope === undefined) return value
    return evaluation.forScope(scope).settle(value)
  }
  rendering.repr = value => pyRepr(evaluation.settle(value))
  try {
    return work()
  } catch (error) {
    throw withChain(error)
  } finally {
    running.evaluation = before
    rendering.settle = settle
    rendering.repr = repr
  }
}

/** Names the variables on the way to an error. */
function withChain(error: unknown): unknown {
  if (!(error instanceof Diagnostic)) return error
  const chain = error instanceof UndefinedError ? error.chain : (chains.get(error) ?? [])
  const names = chain.filter(name => name !== '…')
  if (names.length === 0) return error
  const path = `in ${names.map(name => `'${name}'`).join(' -> ')}`
  if (!error.hint?.includes(path)) error.hint = error.hint === undefined ? path : `${path}\n${error.hint}`
  return error
}

function holdsTemplates(value: Value[] | Map<Value, Value>): boolean {
  if (clean.has(value)) return false
  for (const item of Array.isArray(value) ? value : value.values()) {
    if (typeof item !== 'object' || item === null) continue
    if (item instanceof PyObject) {
      if (item instanceof TemplateString || item instanceof VaultString) return true
    } else if (holdsTemplates(item)) return true
  }
  if (value instanceof Map) for (const key of value.keys()) if (key instanceof TemplateString) return true
  clean.add(value)
  return false
}

function copied(value: Value): Value {
  if (Array.isArray(value)) return value instanceof Tuple ? tuple(value.map(copied)) : value.map(copied)
  if (value instanceof Map) return new Map([...value].map(([key, item]) => [key, copied(item)]))
  return value
}

/** Puts back the newlines that Jinja took from the end; a value that was written as a block stays a value. */
function withNewlines(source: string, value: Value, newline = '\n'): Value {
  if (typeof value === 'object' && value !== null) return value
  const wanted = newlinesAtEnd(source)
  // Jinja does not see the last one: `x: |` with a sole expression below it gives its value.
  if (wanted === 0 || (wanted === 1 && typeof value !== 'string')) return value
  const text = typeof value === 'string' ? value : value === null ? '' : pyStr(value)
  const had = newlinesAtEnd(text)
  return wanted > had ? text + newline.repeat(wanted - had) : text
}

function newlinesAtEnd(text: string): number {
  let count = 0
  while (text[text.length - 1 - count] === '\n') count++
  return count
}
