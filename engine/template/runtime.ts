/** What compiled templates run on: frames of names, instances of templates, and the place of the operation at work. */
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import { type KeywordArguments, PyObject, type Value } from '../python/values.js'
import type { CompiledTemplate } from './compile.js'
import type { Evaluation } from './evaluation.js'
import { TemplateSyntaxError } from './lexer.js'
import { newOutput, type Output, type ResultMode } from './results.js'

/** 0 goes on, BREAK and CONTINUE leave the innermost loop's body. */
export type Signal = 0 | 1 | 2
export const NEXT = 0
export const BREAK = 1
export const CONTINUE = 2

export type Expression = (frame: Frame) => Value
export type Statement = (frame: Frame, out: Output) => Signal

/** The node whose operation runs now; whoever catches an error reads where it happened. */
export const trace: { node: { readonly lineno: number; readonly colno: number } } = { node: { lineno: 0, colno: 0 } }

/** One level of local names. */
export class Frame {
  // Most frames hold one name, a loop's; a Map for it would cost more than the loop's body.
  #name: string | undefined
  #value: Value | undefined
  #more: Map<string, Value> | undefined

  constructor(
    readonly instance: Instance,
    readonly parent: Frame | undefined,
    vars?: Map<string, Value>,
  ) {
    this.#more = vars
  }

  set(name: string, value: Value): void {
    if (this.#name === name) this.#value = value
    else if (this.#more) this.#more.set(name, value)
    else if (this.#name === undefined) {
      this.#name = name
      this.#value = value
    } else this.#more = new Map([[name, value]])
  }

  find(name: string): Value | undefined {
    let frame: Frame | undefined = this
    do {
      if (frame.#name === name) return frame.#value
      const value = frame.#more?.get(name)
      if (value !== undefined) return value
      frame = frame.parent
    } while (frame)
    return undefined
  }
  /** As an included template sees it. */
  lookup(name: string): Value | undefined {
    const local = this.find(name)
    return local === undefined ? this.instance.resolve(name) : local
  }
}

/** One run of a template: its top-level names, its blocks, and what lies outside. */
export class Instance {
  /** Top-level assignments, seen by blocks, by parents and by importers. */
  readonly vars: Map<string, Value> = new Map()
  readonly blocks = new Map<string, BlockBody[]>()
  /** Set by `extends`. */
  parent: CompiledTemplate | undefined

  constructor(
    readonly evaluation: Evaluation,
    readonly mode: ResultMode,
    /** Frame of the template that includes this one with its context. */
    readonly outer: Frame | undefined,
    /** Imported or included without context: sees only globals. */
    readonly isolated: boolean,
  ) {}

  resolve(name: string): Value | undefined {
    if (this.vars.size > 0) {
      const own = this.vars.get(name)
      if (own !== undefined) return own
    }
    if (this.outer) return this.outer.lookup(name)
    if (this.isolated) return this.evaluation.global(name)
    const value = this.evaluation.variable(name)
    return value === undefined ? this.evaluation.global(name) : value
  }

  /** A variable as it is kept: a template unrendered, a secret undecrypted. */
  kept(name: string): Value | undefined {
    return this.outer || this.isolated || this.vars.has(name) ? undefined : this.evaluation.scope.get(name)
  }

  newOutput(): Output {
    return newOutput(this.mode)
  }

  /** Runs a template (and those it extends) in this instance. */
  run(template: CompiledTemplate, out: Output, origin: Origin): void {
    const root = new Frame(this, undefined, this.vars)
    if (template.mutates) this.evaluation.startMutating()
    let current: CompiledTemplate | undefined = template
    let currentOrigin = origin
    while (current) {
      for (const block of current.blocks) {
        const stack = this.blocks.get(block.name)
        const body: BlockBody = { block, origin: currentOrigin }
        if (stack) stack.push(body)
        else this.blocks.set(block.name, [body])
      }
      this.parent = undefined
      const running: CompiledTemplate = current
      const runningOrigin = currentOrigin
      guarded(runningOrigin, () => running.run(root, out))
      current = this.parent as CompiledTemplate | undefined
      currentOrigin = current?.origin ?? currentOrigin
    }
  }
}

export interface BlockBody {
  readonly block: CompiledBlock
  readonly origin: Origin
}
export interface CompiledBlock {
  readonly name: string
  readonly body: Statement
  readonly required: boolean
}

/** Where a template's text was written: a file of its own, or a place in a playbook. */
export interface Origin {
  readonly file?: string | undefined
  readonly at?: SourceRange | undefined
  /** The text spans lines of its own below `at` (block scalars). */
  readonly multiline?: boolean
}

/** Adds the place to errors of `work`. */
export function guarded<T>(origin: Origin, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw located(error, origin)
  }
}

export function located(error: unknown, origin: Origin): unknown {
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    return located(
      new Diagnostic('maximum recursion depth exceeded', {
        code: 'template-recursion',
        hint: 'a macro or an include calls itself without end',
      }),
      origin,
    )
  }
  if (!(error instanceof Diagnostic) || error.at) return error
  const syntax = error instanceof TemplateSyntaxError
  const line = syntax ? error.line - 1 : trace.node.lineno
  const column = syntax ? error.column - 1 : trace.node.colno
  if (origin.file !== undefined) error.at = { file: origin.file, line: line + 1, column: column + 1 }
  else if (origin.at) {
    const { file } = origin.at
    if (origin.multiline) error.at = { file, line: origin.at.line + 1 + line, column: column + 1 }
    else error.at = { file, line: origin.at.line, column: origin.at.column + (line === 0 ? column : 0) }
  }
  return error
}

/** The evaluation at work; rendering is synchronous, so there is one at a time. */
export const running: { evaluation: Evaluation | undefined } = { evaluation: undefined }

/** A global function that needs the evaluation that calls it: lookup, query, now. */
export class Builtin extends PyObject {
  readonly typeName = 'function'
  constructor(
    readonly name: string,
    private readonly run: (evaluation: Evaluation, args: readonly Value[], kwargs: KeywordArguments) => Value,
  ) {
    super()
  }
  override call(args: readonly Value[], kwargs: KeywordArguments): Value {
    return this.run(running.evaluation!, args, kwargs)
  }
  override repr(): string {
    return `<function ${this.name}>`
  }
}
