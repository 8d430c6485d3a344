/** Python's parameter lists: reading them, and binding a call's arguments to them with Python's errors. */
import { typeError } from '../python/errors.js'
import { pythonLiteral } from '../python/literal.js'
import type { KeywordArguments, Value } from '../python/values.js'

interface Parameter {
  readonly name: string
  /** Undefined: required. */
  readonly default: Value | undefined
}
export interface Signature {
  readonly parameters: readonly Parameter[]
  /** How many of them may be given by position; those after a bare `*` may not. */
  readonly positional: number
  readonly rest: boolean
  readonly keywords: boolean
  /** What a call without arguments passes, when every parameter has a default. */
  readonly defaults: readonly Value[] | undefined
}

const EMPTY: KeywordArguments = new Map()

/** Reads `a, b=1, *args, c=None, **kwargs`. */
export function parseSignature(text: string): Signature {
  const parameters: Parameter[] = []
  let positional = -1
  let rest = false
  let keywords = false
  for (const part of splitTopLevel(text)) {
    if (part.startsWith('**')) keywords = true
    else if (part.startsWith('*')) {
      positional = parameters.length
      rest = part !== '*'
    } else {
      const [name, written] = part.split(/\s*=\s*(.*)/s) as [string, string | undefined]
      const value = written === undefined ? undefined : pythonLiteral(written)
      if (written !== undefined && value === undefined) throw new Error(`bad default in signature: ${part}`)
      parameters.push({ name, default: value })
    }
  }
  const defaults = parameters.map(parameter => parameter.default)
  return {
    parameters,
    positional: positional < 0 ? parameters.length : positional,
    rest,
    keywords,
    defaults: rest || keywords || defaults.includes(undefined) ? undefined : (defaults as Value[]),
  }
}

/** The same, read when it is first asked for: there are hundreds of filters, and a playbook calls a few. */
export function signatureOf(text: string): () => Signature {
  let read: Signature | undefined
  return () => {
    read ??= parseSignature(text)
    return read
  }
}

function splitTopLevel(text: string): string[] {
  const parts = text.match(/(?:'[^']*'|"[^"]*"|\([^)]*\)|\[[^\]]*\]|\{[^}]*\}|[^,'"([{])+/g) ?? []
  return parts.map(part => part.trim()).filter(part => part !== '')
}

/** One JS argument per parameter: those by position and name, then `*args`, then `**kwargs`. */
export function bind(
  callee: string,
  signature: Signature,
  args: readonly Value[],
  kwargs: KeywordArguments = EMPTY,
): readonly unknown[] {
  const { parameters, positional, rest, keywords } = signature
  if (kwargs.size === 0 && signature.defaults) {
    if (args.length === 0) return signature.defaults
    if (args.length === positional && positional === parameters.length) return args
  }
  const bound: unknown[] = new Array(parameters.length)
  if (args.length > positional && !rest) throw tooMany(callee, parameters, positional, args.length)
  for (let index = 0; index < parameters.length; index++) {
    const { name, default: fallback } = parameters[index]!
    if (index < positional && index < args.length) {
      if (kwargs.size > 0 && kwargs.has(name)) throw typeError(`${callee}() got multiple values for argument '${name}'`)
      bound[index] = args[index]
    } else {
      const given = kwargs.size > 0 ? kwargs.get(name) : undefined
      if (given === undefined && fallback === undefined)
        throw typeError(`${callee}() missing 1 required positional argument: '${name}'`)
      bound[index] = given === undefined ? fallback : given
    }
  }
  if (rest) bound.push(args.slice(positional))
  if (keywords) {
    const extra = new Map<string, Value>()
    for (const [name, value] of kwargs)
      if (!parameters.some(parameter => parameter.name === name)) extra.set(name, value)
    bound.push(extra)
  } else if (kwargs.size > 0) {
    for (const name of kwargs.keys()) {
      if (!parameters.some(parameter => parameter.name === name))
        throw typeError(`${callee}() got an unexpected keyword argument '${name}'`)
    }
  }
  return bound
}

function tooMany(callee: string, parameters: readonly Parameter[], positional: number, given: number) {
  const required = parameters.slice(0, positional).filter(parameter => parameter.default === undefined).length
  // Python counts the value that is filtered as the first argument.
  const takes = required === positional ? `${positional + 1}` : `from ${required + 1} to ${positional + 1}`
  return typeError(
    `${callee}() takes ${takes} positional argument${positional === 0 ? '' : 's'} but ${given + 1} were given`,
  )
}
