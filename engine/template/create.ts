/** Makes the Templar that the rest of the engine renders with. */
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import { UndeterminedCondition, Unknown } from '../python/unknown.js'
import type { Value } from '../python/values.js'
import { TemplateString } from '../yaml/trust.js'
import { conditionTruth } from './conditions.js'
import { Engine, FILE_SYNTAX, PLAYBOOK_SYNTAX } from './environment.js'
import { Evaluation, within } from './evaluation.js'
import { filters } from './filters/index.js'
import { builtinGlobals } from './globals.js'
import { withHeader } from './header.js'
import type { Syntax } from './lexer.js'
import { runLookup } from './lookup-call.js'
import { lookups } from './lookups/index.js'
import { Journal, Pending } from './pending.js'
import type { ResultMode } from './results.js'
import { Frame, guarded, Instance, type Origin } from './runtime.js'
import type { Scope } from './scope.js'
import type { Templar, TemplarHost, TextOptions } from './templar.js'
import { tests } from './tests/index.js'

export interface TemplarOptions {
  /** How results of templates become values; other than `value` only to compare with older Ansible. */
  readonly mode?: ResultMode
}

/** A Templar with all filters, tests and lookups. */
export function createTemplar(host: TemplarHost, options: TemplarOptions = {}): Templar {
  return new EngineTemplar(createEngine(host), options.mode ?? 'value')
}

/** The registry by itself, to add filters, tests and tags to. */
export function createEngine(host: TemplarHost): Engine {
  const engine = new Engine(host, { filters, tests, lookups })
  for (const [name, value] of builtinGlobals()) engine.globals.set(name, value)
  return engine
}

/** A Templar over an engine of one's own. */
export const templarOf = (engine: Engine, mode: ResultMode = 'value'): Templar => new EngineTemplar(engine, mode)

class EngineTemplar implements Templar {
  constructor(
    private readonly engine: Engine,
    private readonly mode: ResultMode,
  ) {}

  render(value: Value, scope: Scope): Promise<Value> {
    if (value === null || typeof value !== 'object') return Promise.resolve(value)
    return this.#awaited(scope, evaluation => this.#rendered(evaluation, value))
  }

  renderNow(value: Value, scope: Scope): Value {
    if (value === null || typeof value !== 'object') return value
    const evaluation = this.#evaluation(scope, new Journal())
    return within(evaluation, () => this.#rendered(evaluation, value))
  }

  #rendered(evaluation: Evaluation, value: Value): Value {
    if (!(value instanceof TemplateString)) return evaluation.finish(value)
    const origin: Origin = value.at ? { at: value.at, multiline: value.text.trimEnd().includes('\n') } : {}
    try {
      return guarded(origin, () => evaluation.finish(evaluation.templateValue(value.text, origin)))
    } catch (error) {
      if (error instanceof UndeterminedCondition) return new Unknown(error.dependsOn)
      throw error
    }
  }

  expression(source: string, scope: Scope, at?: SourceRange): Promise<Value> {
    return this.#awaited(scope, evaluation => evaluation.finish(this.#evaluated(evaluation, source, at)))
  }

  #evaluated(evaluation: Evaluation, source: string, at?: SourceRange): Value {
    const origin: Origin = at ? { at } : {}
    evaluation.origin = origin
    return guarded(origin, () => {
      const compiled = this.engine.expression(source)
      const instance = new Instance(evaluation, this.mode, undefined, false)
      const value = compiled(new Frame(instance, undefined, instance.vars))
      return evaluation.finish(value)
    })
  }

  truth(condition: Value, scope: Scope, at?: SourceRange, closed = false): Promise<boolean> {
    if (typeof condition === 'boolean') return Promise.resolve(condition)
    return this.#awaited(scope, evaluation => {
      const evaluateClosed = (source: string, place: SourceRange | undefined) => {
        const inner = new Evaluation(this.engine, scope, { ...evaluation.state, lookups: false, others: new Map() })
        return within(inner, () => this.#evaluated(inner, source, place))
      }
      return conditionTruth(condition, at, {
        evaluate: closed ? evaluateClosed : (source, place) => this.#evaluated(evaluation, source, place),
        evaluateClosed,
        render: value => this.#rendered(evaluation, value),
        warn: message => this.engine.host.warn(message),
      })
    })
  }

  renderText(source: string, scope: Scope, options: TextOptions = {}): Promise<string> {
    const { file, ...overrides } = options
    const written = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined))
    const syntax: Syntax = Object.keys(written).length === 0 ? FILE_SYNTAX : { ...FILE_SYNTAX, ...written }
    return this.#awaited(scope, evaluation => evaluation.renderText(source, syntax, file))
  }

  check(source: string, kind: 'template' | 'expression', at?: SourceRange): Diagnostic | undefined {
    const origin: Origin = at ? { at, multiline: source.trimEnd().includes('\n') } : {}
    try {
      guarded(origin, () => {
        if (kind === 'expression') return void this.engine.expression(source)
        const { body, syntax } = withHeader(source, PLAYBOOK_SYNTAX)
        this.engine.template(body, syntax)
      })
    } catch (error) {
      if (error instanceof Diagnostic) return error
      throw error
    }
    return undefined
  }

  lookup(name: string, terms: readonly Value[], options: ReadonlyMap<string, Value>, scope: Scope): Promise<Value[]> {
    return this.#awaited(scope, evaluation => runLookup(evaluation, name, terms, options))
  }

  #evaluation(scope: Scope, journal: Journal): Evaluation {
    return new Evaluation(this.engine, scope, {
      journal,
      templar: this,
      mode: this.mode,
      lookups: true,
      others: new Map(),
    })
  }

  /** Runs `work`, and again from the start whenever a lookup that had to wait has its answer. */
  async #awaited<T>(scope: Scope, work: (evaluation: Evaluation) => T): Promise<T> {
    const journal = new Journal()
    for (;;) {
      const evaluation = this.#evaluation(scope, journal)
      try {
        return within(evaluation, () => work(evaluation))
      } catch (error) {
        if (!(error instanceof Pending)) throw error
        await error.ready
        journal.rewind()
      }
    }
  }
}
