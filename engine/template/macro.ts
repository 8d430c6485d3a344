/** Macros, callers and imported templates as values. */
import { typeError } from '../python/errors.js'
import { type KeywordArguments, PyObject, tuple, type Value } from '../python/values.js'
import {
  type BlockBody,
  type Expression,
  Frame,
  guarded,
  type Instance,
  type Origin,
  type Statement,
} from './runtime.js'
import { Undef } from './undefined.js'

export interface CompiledMacro {
  readonly name: string
  readonly parameters: readonly string[]
  /** Of the last parameters. */
  readonly defaults: readonly Expression[]
  readonly body: Statement
  readonly usesCaller: boolean
  readonly usesVarargs: boolean
  readonly usesKwargs: boolean
  /** A parameter is itself called caller. */
  readonly explicitCaller: boolean
}

export class Macro extends PyObject {
  readonly typeName = 'Macro'
  constructor(
    readonly macro: CompiledMacro,
    private readonly frame: Frame,
    private readonly origin: Origin,
  ) {
    super()
  }

  override repr(): string {
    return `<Macro '${this.macro.name}'>`
  }

  override attribute(name: string): Value | undefined {
    const { macro } = this
    switch (name) {
      case 'name':
        return macro.name
      case 'arguments':
        return tuple(macro.parameters)
      case 'caller':
        return macro.usesCaller
      case 'catch_kwargs':
        return macro.usesKwargs
      case 'catch_varargs':
        return macro.usesVarargs
    }
    return undefined
  }

  override call(args: readonly Value[], kwargs: KeywordArguments): Value {
    const { macro } = this
    const { parameters, defaults } = macro
    const frame = new Frame(this.frame.instance, this.frame)
    const rest = new Map(kwargs)
    const firstDefault = parameters.length - defaults.length
    const pending: [string, Expression][] = []
    parameters.forEach((name, index) => {
      let value = args[index]
      if (value === undefined && rest.has(name)) {
        value = rest.get(name)
        rest.delete(name)
      }
      if (value !== undefined) frame.set(name, value)
      else if (index >= firstDefault) pending.push([name, defaults[index - firstDefault]!])
      else frame.set(name, new Undef(`parameter '${name}' was not provided`))
    })
    if (macro.usesCaller && !macro.explicitCaller) {
      frame.set('caller', rest.get('caller') ?? new Undef('No caller defined'))
      rest.delete('caller')
    }
    if (macro.usesKwargs) frame.set('kwargs', rest)
    else if (rest.has('caller')) {
      throw typeError(
        `macro '${macro.name}' was invoked with two values for the special caller argument. This is most likely a bug.`,
      )
    } else if (rest.size > 0) {
      throw typeError(`macro '${macro.name}' takes no keyword argument '${[...rest.keys()][0]}'`)
    }
    if (macro.usesVarargs) frame.set('varargs', tuple(args.slice(parameters.length)))
    else if (args.length > parameters.length) {
      throw typeError(`macro '${macro.name}' takes not more than ${parameters.length} argument(s)`)
    }
    return guarded(this.origin, () => {
      for (const [name, fallback] of pending) frame.set(name, fallback(frame))
      const out = frame.instance.newOutput()
      macro.body(frame, out)
      return out.result()
    })
  }
}

/** What `import … as` gives: the exported names of a template. */
export class TemplateModule extends PyObject {
  readonly typeName = 'TemplateModule'
  constructor(
    readonly instance: Instance,
    private readonly file: string,
    private readonly text: () => string,
  ) {
    super()
  }
  override attribute(name: string): Value | undefined {
    return name.startsWith('_') ? undefined : this.instance.vars.get(name)
  }
  override str(): string {
    return this.text()
  }
  override repr(): string {
    return `<TemplateModule '${this.file}'>`
  }
}

/** `super` and `self.name`: a block that can be called for its text. */
export class BlockReference extends PyObject {
  readonly typeName = 'BlockReference'
  constructor(
    private readonly name: string,
    private readonly frame: Frame,
    private readonly stack: readonly BlockBody[],
    private readonly depth: number,
  ) {
    super()
  }
  override attribute(name: string): Value | undefined {
    if (name !== 'super') return undefined
    return superBlock(this.name, this.frame, this.stack, this.depth)
  }
  override call(): Value {
    const out = this.frame.instance.newOutput()
    runBlock(this.name, this.frame, this.stack, this.depth, out)
    return out.result()
  }
}

export function superBlock(name: string, frame: Frame, stack: readonly BlockBody[], depth: number): Value {
  if (depth + 1 >= stack.length) return new Undef(`there is no parent block called '${name}'.`)
  return new BlockReference(name, frame, stack, depth + 1)
}

/** Runs the block at `depth` of its stack; 0 is the most derived template's. */
export function runBlock(
  name: string,
  outer: Frame,
  stack: readonly BlockBody[],
  depth: number,
  out: import('./results.js').Output,
): void {
  const { block, origin } = stack[depth]!
  const frame = new Frame(outer.instance, outer)
  frame.set('super', superBlock(name, outer, stack, depth))
  guarded(origin, () => block.body(frame, out))
}

/** `self`: the blocks of a template by name. */
export class TemplateSelf extends PyObject {
  readonly typeName = 'TemplateReference'
  constructor(private readonly root: Frame) {
    super()
  }
  override attribute(name: string): Value | undefined {
    const stack = this.root.instance.blocks.get(name)
    return stack ? new BlockReference(name, this.root, stack, 0) : undefined
  }
}

/** `namespace()`: the one object whose attributes a template may set. */
export class Namespace extends PyObject {
  readonly typeName = 'Namespace'
  readonly #attributes: Map<string, Value>
  constructor(attributes: Iterable<[string, Value]>) {
    super()
    this.#attributes = new Map(attributes)
  }
  override attribute(name: string): Value | undefined {
    return this.#attributes.get(name)
  }
  override setAttribute(name: string, value: Value): void {
    this.#attributes.set(name, value)
  }
  override repr(): string {
    return `<Namespace {${[...this.#attributes.keys()].map(name => `'${name}'`).join(', ')}}>`
  }
}
