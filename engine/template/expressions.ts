/** Expressions to closures. A closure may give a raw value (containers whose templates are not rendered yet); `value` settles it. */
import { didYouMean } from '../diagnostics.js'
import { arithmetic, negate, type Operator, objectOperation, positive } from '../python/arithmetic.js'
import { pyCompare, pyContains, pyEquals, truthy } from '../python/compare.js'
import { dictSet } from '../python/dict.js'
import { typeError } from '../python/errors.js'
import { items } from '../python/iterate.js'
import { pyRepr, pyStr } from '../python/repr.js'
import { Unknown } from '../python/unknown.js'
import {
  type Dict,
  isDict,
  isList,
  type KeywordArguments,
  PyObject,
  tuple,
  typeName,
  type Value,
} from '../python/values.js'
import { looksLikeTemplate, TemplateString, VaultString } from '../yaml/trust.js'
import { attribute, callMethod, item } from './access.js'
import type { Arguments, Expr, Slice } from './ast.js'
import { callDefinition, callValue, NO_KEYWORDS } from './call.js'
import type { Filter, Test } from './define.js'
import type { Engine, ForeignFunction } from './environment.js'
import { TemplateSyntaxError } from './lexer.js'
import { dictMethods, listMethods } from './methods/collections.js'
import { type Expression, type Frame, trace } from './runtime.js'
import { PySlice } from './slice.js'
import { LenientUndef, Undef } from './undefined.js'

type Placed = { readonly lineno: number; readonly colno: number }
type ArgumentsOf = (frame: Frame) => { args: Value[]; kwargs: KeywordArguments }

/** Names that the engine itself binds; always looked for among locals first. */
const SPECIAL = new Set(['loop', 'caller', 'varargs', 'kwargs', 'super', 'self'])
const MUTATING: ReadonlySet<string> = new Set(
  [...listMethods, ...dictMethods].filter(([, method]) => method.mutates).map(([name]) => name),
)
const LOOKUPS = new Set(['lookup', 'query', 'q'])
/** Kinds of nodes whose value never holds unrendered templates. */
const SETTLED: ReadonlySet<string> = new Set([
  'Literal', 'Array', 'Group', 'Dict', 'Is', 'Compare', 'Concat', 'Not', 'Add', 'Sub', 'Mul', 'Div', 'FloorDiv', 'Mod', 'Pow', 'Neg', 'Pos',
]) // biome-ignore format: a list

export class ExpressionCompiler {
  /** A mutating method is called somewhere: variables must be copied before use. */
  mutates = false
  /** In a block: a template that extends or is extended may bind names around it. */
  insideBlock = false
  /** Special names that were read since the caller last cleared the set. */
  readonly used = new Set<string>()

  constructor(
    readonly engine: Engine,
    readonly assigned: ReadonlySet<string>,
  ) {}

  /** The finished value: no templates left inside. */
  value(node: Expr): Expression {
    const raw = this.raw(node)
    if (SETTLED.has(node.typename) || (node.typename === 'Filter' && !this.#isLazyFilter(node.name.value))) return raw
    return frame => {
      const value = raw(frame)
      return typeof value === 'object' && value !== null ? frame.instance.evaluation.settle(value) : value
    }
  }

  #isLazyFilter(name: string): boolean {
    return this.engine.filter(name)?.lazy === true
  }

  truth(node: Expr): (frame: Frame) => boolean {
    const raw = this.raw(node)
    return frame => {
      const value = raw(frame)
      if (value === true || value === false) return value
      trace.node = node
      return truthy(value)
    }
  }

  raw(node: Expr): Expression {
    switch (node.typename) {
      case 'Literal': {
        const { value } = node
        return () => value
      }
      case 'Symbol':
        return this.#name(node.value)
      case 'Attribute':
        return this.#attribute(node)
      case 'LookupVal':
        return this.#item(node)
      case 'FunCall':
        return this.#call(node)
      case 'Filter': {
        const target = this.#isLazyFilter(node.name.value) ? this.raw(node.target!) : this.value(node.target!)
        const apply = this.filter(node)
        return frame => apply(frame, target(frame))
      }
      case 'Is':
        return this.#test(node)
      case 'Array': {
        const parts = node.children.map(child => this.value(child))
        return frame => parts.map(part => part(frame))
      }
      case 'Group': {
        const parts = node.children.map(child => this.value(child))
        return frame => tuple(parts.map(part => part(frame)))
      }
      case 'Dict': {
        const pairs = node.children.map(pair => [this.value(pair.key), this.value(pair.value)] as const)
        return frame => {
          const dict: Dict = new Map()
          for (const [key, value] of pairs) dictSet(dict, usableKey(key(frame)), value(frame))
          return dict
        }
      }
      case 'InlineIf': {
        const cond = this.truth(node.cond)
        const body = this.raw(node.body)
        const rest = node.else_ ? this.raw(node.else_) : () => LENIENT
        return frame => (cond(frame) ? body(frame) : rest(frame))
      }
      case 'And':
      case 'Or': {
        const left = this.raw(node.left)
        const right = this.raw(node.right)
        const stopAt = node.typename === 'Or'
        return frame => {
          const value = left(frame)
          if (value === stopAt) return value
          trace.node = node.left
          return truthy(value) === stopAt ? value : right(frame)
        }
      }
      case 'Not': {
        const target = this.truth(node.target)
        return frame => !target(frame)
      }
      case 'Neg': {
        const target = this.value(node.target)
        return frame => {
          const value = target(frame)
          trace.node = node
          return negate(value)
        }
      }
      case 'Pos': {
        const target = this.value(node.target)
        return frame => {
          const value = target(frame)
          trace.node = node
          return positive(value)
        }
      }
      case 'Concat': {
        const parts = node.children.map(child => this.value(child))
        return frame => {
          const values = parts.map(part => part(frame))
          trace.node = node
          let text = ''
          for (const value of values) {
            if (value instanceof Unknown) return value
            text += pyStr(value)
          }
          return text
        }
      }
      case 'Compare':
        return this.#compare(node)
      case 'Add': {
        const left = this.value(node.left)
        const right = this.value(node.right)
        return frame => {
          const a = left(frame)
          const b = right(frame)
          if (typeof a === 'string' && typeof b === 'string') return a + b
          trace.node = node
          return arithmetic('+', a, b)
        }
      }
      default: {
        const operator = OPERATORS[node.typename]!
        const left = this.value(node.left)
        const right = this.value(node.right)
        return frame => {
          const a = left(frame)
          const b = right(frame)
          trace.node = node
          return arithmetic(operator, a, b)
        }
      }
    }
  }

  #name(name: string): Expression {
    if (!this.insideBlock && !this.assigned.has(name) && !SPECIAL.has(name)) {
      return frame => {
        const value = frame.instance.resolve(name)
        return value === undefined ? undefinedName(frame, name) : value
      }
    }
    this.used.add(name)
    return frame => {
      const value = frame.lookup(name)
      if (value === undefined) return undefinedName(frame, name)
      return value instanceof PyObject ? opened(frame, value, name) : value
    }
  }

  #attribute(node: Expr & { typename: 'Attribute' }): Expression {
    const target = this.raw(node.target)
    const { name } = node
    const label = pathOf(node)
    const isMethod = dictMethods.has(name)
    return frame => {
      const value = target(frame)
      let found: Value | undefined
      if (value instanceof Map && !isMethod) found = value.get(name)
      if (found === undefined) {
        trace.node = node
        found = attribute(value, name)
      }
      return found instanceof PyObject ? opened(frame, found, label) : found
    }
  }

  #item(node: Expr & { typename: 'LookupVal' }): Expression {
    const target = this.raw(node.target)
    const key = node.val.typename === 'Slice' ? this.#slice(node.val) : this.value(node.val)
    const label = pathOf(node)
    return frame => {
      const value = target(frame)
      const index = key(frame)
      trace.node = node
      if (index instanceof Unknown) return index
      const found = item(value, index)
      return found instanceof PyObject ? opened(frame, found, label) : found
    }
  }

  #slice(node: Slice): Expression {
    const part = (expr: Expr | null): Expression => (expr ? this.value(expr) : () => null)
    const [start, stop, step] = [part(node.start), part(node.stop), part(node.step)]
    return frame => new PySlice(start(frame), stop(frame), step(frame))
  }

  /** An argument of `lookup`: a template in its text is rendered, which old playbooks rely on, as `lookup('pipe', 'x {{ y }}')`. */
  #lookupArgument(node: Expr): Expression {
    if (node.typename === 'Array') {
      const parts = node.children.map(child => this.#lookupArgument(child))
      return frame => parts.map(part => part(frame))
    }
    if (node.typename !== 'Literal' || typeof node.value !== 'string' || !looksLikeTemplate(node.value))
      return this.value(node)
    const text = new TemplateString(node.value)
    return frame => frame.instance.evaluation.settle(opened(frame, text, 'an argument of lookup'))
  }

  /** Argument lists without splats, the usual case, are evaluated without further ado. */
  arguments(
    { positional, keywords }: Arguments,
    evaluator: (node: Expr) => Expression = node => this.value(node),
  ): ArgumentsOf {
    const named: { name: string; value: Expression }[] = []
    const keywordSplats: Expression[] = []
    for (const keyword of keywords) {
      if ('splat' in keyword) keywordSplats.push(this.value(keyword.splat))
      else named.push({ name: keyword.name, value: evaluator(keyword.value) })
    }
    const parts = positional.map(part =>
      part.typename === 'Splat'
        ? { splat: true, value: this.value(part.target) }
        : { splat: false, value: evaluator(part) },
    )
    const plain = parts.every(part => !part.splat)
    const evaluated = (frame: Frame): Value[] => {
      if (plain) return parts.map(part => part.value(frame))
      return parts.flatMap(part => (part.splat ? items(part.value(frame)) : [part.value(frame)]))
    }
    if (keywords.length === 0) return frame => ({ args: evaluated(frame), kwargs: NO_KEYWORDS })
    return frame => {
      const args = evaluated(frame)
      const kwargs = new Map<string, Value>()
      for (const { name, value } of named) {
        if (kwargs.has(name)) throw typeError(`got multiple values for keyword argument '${name}'`)
        kwargs.set(name, value(frame))
      }
      for (const splat of keywordSplats) {
        const mapping = splat(frame)
        if (!(mapping instanceof Map)) throw typeError(`argument after ** must be a mapping, not ${typeName(mapping)}`)
        for (const [name, value] of mapping) {
          if (typeof name !== 'string') throw typeError('keywords must be strings')
          if (kwargs.has(name)) throw typeError(`got multiple values for keyword argument '${name}'`)
          kwargs.set(name, value)
        }
      }
      return { args, kwargs }
    }
  }

  #call(node: Expr & { typename: 'FunCall' }): Expression {
    const isLookup = node.name.typename === 'Symbol' && LOOKUPS.has(node.name.value)
    const evaluated = this.arguments(node.args, isLookup ? one => this.#lookupArgument(one) : undefined)
    if (node.name.typename !== 'Attribute') {
      const callee = this.raw(node.name)
      return frame => {
        const target = callee(frame)
        const { args, kwargs } = evaluated(frame)
        trace.node = node
        return callValue(target, args, kwargs)
      }
    }
    const { name } = node.name
    if (MUTATING.has(name)) this.mutates = true
    const self = this.raw(node.name.target)
    return frame => {
      const target = self(frame)
      const { args, kwargs } = evaluated(frame)
      trace.node = node
      const result = callMethod(target, name, args, kwargs)
      if (result !== undefined) return result instanceof PyObject ? opened(frame, result, name) : result
      let callee = attribute(target, name)
      if (callee instanceof PyObject) callee = opened(frame, callee, name)
      return callValue(callee, args, kwargs)
    }
  }

  /** A filter with its arguments, to be applied to a value. */
  filter(node: Expr & { typename: 'Filter' }): (frame: Frame, target: Value) => Value {
    const name = node.name.value
    const definition = this.engine.filter(name)
    const foreign = definition ? undefined : this.engine.foreignFilter(name)
    if (!definition && !foreign) this.#unknown('filter', name, node, this.engine.filterNames())
    return this.#application(node, name, definition, foreign, node.args)
  }

  #test(node: Expr & { typename: 'Is' }): Expression {
    const { name } = node
    const definition = this.engine.test(name)
    const foreign = definition ? undefined : this.engine.foreignTest(name)
    if (!definition && !foreign) this.#unknown('test', name, node, this.engine.testNames())
    const open = definition?.lazy ? this.raw(node.target) : this.value(node.target)
    const target = definition?.kept ? this.#kept(node.target, open) : open
    const apply = this.#application(node, name, definition, foreign, node.args)
    return frame => apply(frame, target(frame))
  }

  /** The secret that a variable, or a member of one, is; else what `open` gives. */
  #kept(node: Expr, open: Expression): Expression {
    const secret = (found: Value | undefined, frame: Frame) => (found instanceof VaultString ? found : open(frame))
    if (node.typename === 'Symbol') {
      const { value: name } = node
      return frame => secret(frame.find(name) === undefined ? frame.instance.kept(name) : undefined, frame)
    }
    if (node.typename !== 'Attribute' && (node.typename !== 'LookupVal' || node.val.typename === 'Slice')) return open
    const holder = this.raw(node.target)
    const key = node.typename === 'Attribute' ? () => node.name : this.value(node.val as Expr)
    return frame => {
      const value = holder(frame)
      const at = key(frame)
      if (isDict(value)) return secret(value.get(at), frame)
      return secret(isList(value) && typeof at === 'number' ? value.at(at) : undefined, frame)
    }
  }

  #application(
    node: Placed,
    name: string,
    definition: Filter | Test | undefined,
    foreign: ForeignFunction | undefined,
    written: Arguments,
  ): (frame: Frame, target: Value) => Value {
    const bare = written.positional.length === 0 && written.keywords.length === 0
    const evaluated = this.arguments(written)
    if (foreign) {
      return (frame, target) => {
        const { args, kwargs } = evaluated(frame)
        trace.node = node
        return this.engine.callForeign(foreign, [target, ...args], kwargs)
      }
    }
    if (bare) {
      return (frame, target) => {
        trace.node = node
        return callDefinition(definition!, name, frame.instance.evaluation, target, NO_ARGUMENTS, NO_KEYWORDS)
      }
    }
    return (frame, target) => {
      const { args, kwargs } = evaluated(frame)
      trace.node = node
      return callDefinition(definition!, name, frame.instance.evaluation, target, args, kwargs)
    }
  }

  #unknown(kind: string, name: string, node: Placed, known: Iterable<string>): never {
    const near = didYouMean(name, known)
    throw new TemplateSyntaxError(
      `No ${kind} named ${pyRepr(name)}.`,
      node.lineno + 1,
      node.colno + 1,
      near === undefined ? undefined : `did you mean '${near}'?`,
    )
  }

  #compare(node: Expr & { typename: 'Compare' }): Expression {
    const first = this.value(node.expr)
    const ops = node.ops.map(op => ({ node: op, type: op.type, right: this.value(op.expr) }))
    if (ops.length === 1) {
      const { type, right, node: place } = ops[0]!
      return frame => {
        const a = first(frame)
        const b = right(frame)
        trace.node = place
        return compared(type, a, b)
      }
    }
    return frame => {
      let left = first(frame)
      let result: Value = true
      for (const { type, right, node: place } of ops) {
        const value = right(frame)
        trace.node = place
        result = compared(type, left, value)
        if (!truthy(result)) return result
        left = value
      }
      return result
    }
  }
}

const NO_ARGUMENTS: readonly Value[] = []
const LENIENT = new LenientUndef('the inline if-expression evaluated to false and no else section was defined.')
const OPERATORS: { readonly [typename: string]: Operator } = {
  Add: '+', Sub: '-', Mul: '*', Div: '/', FloorDiv: '//', Mod: '%', Pow: '**',
} // biome-ignore format: a table

function compared(type: string, a: Value, b: Value): Value {
  if (a instanceof PyObject || b instanceof PyObject) {
    if (a instanceof Unknown) return a
    if (b instanceof Unknown) return b
    if (type !== '==' && type !== '!=' && type !== 'in' && type !== 'not in') {
      const special = objectOperation(type, a, b)
      if (special !== undefined) return special
    }
  }
  switch (type) {
    case '==':
      return a === b || pyEquals(a, b)
    case '!=':
      return !pyEquals(a, b)
    case 'in':
    case 'not in':
      if (a instanceof Undef && b instanceof Map) a.fail()
      return pyContains(b, a) === (type === 'in')
    case '<':
      return pyCompare(a, b, '<') < 0
    case '<=':
      return pyCompare(a, b, '<=') <= 0
    case '>':
      return pyCompare(a, b, '>') > 0
  }
  return pyCompare(a, b, '>=') >= 0
}

function usableKey(key: Value): Value {
  return key instanceof Undef ? key.fail() : key
}

/** Templates and secrets give way to what they stand for. */
export function opened(frame: Frame, value: PyObject, label: string): Value {
  return value instanceof TemplateString || value instanceof VaultString
    ? frame.instance.evaluation.open(value, label)
    : value
}

function undefinedName(frame: Frame, name: string): Undef {
  return new Undef(`'${name}' is undefined`, () => frame.instance.evaluation.suggestion(name))
}

/** The path as the user wrote it, for messages about nested variables. */
function pathOf(node: Expr): string {
  switch (node.typename) {
    case 'Symbol':
      return node.value
    case 'Attribute':
      return `${pathOf(node.target)}.${node.name}`
    case 'LookupVal':
      return `${pathOf(node.target)}[${node.val.typename === 'Literal' ? pyRepr(node.val.value) : '…'}]`
  }
  return '…'
}
