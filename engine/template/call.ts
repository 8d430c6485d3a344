/** Calling filters, tests and callable values. */
import { typeError } from '../python/errors.js'
import { Unknown } from '../python/unknown.js'
import { type KeywordArguments, PyObject, typeName, type Value } from '../python/values.js'
import type { Context, Filter, Test } from './define.js'
import { LazyDict } from './lazy-dict.js'
import { bind } from './signature.js'
import { Undef } from './undefined.js'

export const NO_KEYWORDS: KeywordArguments = new Map()

/** The first value that makes a call pointless: something undefined or unknown. */
export function absorbing(target: Value, args: readonly Value[], kwargs: KeywordArguments): Value | undefined {
  if (absorbs(target)) return target
  for (const arg of args) if (absorbs(arg)) return arg
  if (kwargs.size > 0) for (const arg of kwargs.values()) if (absorbs(arg)) return arg
  return undefined
}
const absorbs = (value: Value): boolean => value instanceof Undef || value instanceof Unknown

/** Runs a filter or test on finished arguments. */
export function callDefinition(
  definition: Filter | Test,
  name: string,
  context: Context,
  target: Value,
  args: readonly Value[],
  kwargs: KeywordArguments,
): Value {
  if (definition.acceptsUndefined) {
    if (target instanceof Unknown) return target
    if (definition.kind === 'test' && target instanceof Undef && target.typeless && !definition.decidesUndefined) {
      return target
    }
  } else {
    const absorbed = definition.choosesArgument ? absorbing(target, [], new Map()) : absorbing(target, args, kwargs)
    if (absorbed !== undefined) {
      return definition.kind === 'filter' && absorbed instanceof Undef ? absorbed.withoutType() : absorbed
    }
  }
  const value = target instanceof LazyDict && !definition.lazy ? target.toDict() : target
  const bound = bind(name, definition.parameters, args, kwargs)
  const result = definition.apply
    ? definition.apply(value as never, ...bound)
    : definition.applyIn!(context, value as never, ...bound)
  return finished(result)
}

/** Iterators become lists. */
export function finished(result: unknown): Value {
  if (typeof result !== 'object' || result === null) return result === undefined ? null : (result as Value)
  if (Array.isArray(result) || result instanceof Map || result instanceof PyObject) return result as Value
  return [...(result as Iterable<Value>)]
}

/** `callee(*args, **kwargs)`. */
export function callValue(callee: Value, args: readonly Value[], kwargs: KeywordArguments): Value {
  if (callee instanceof PyObject && callee.call) return callee.call(args, kwargs)
  throw typeError(`'${typeName(callee)}' object is not callable`)
}
