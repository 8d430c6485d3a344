/** Names that every template sees: Jinja's functions, and Ansible's lookup, query, now, undef and omit. */
import { truthy } from '../python/compare.js'
import { PyDateTime } from '../python/datetime.js'
import { typeError, valueError } from '../python/errors.js'
import { pyStr } from '../python/repr.js'
import {
  type Dict,
  isInt,
  type KeywordArguments,
  PyObject,
  range as rangeOf,
  typeName,
  type Value,
} from '../python/values.js'
import { BoundCallable } from './callable.js'
import type { Evaluation } from './evaluation.js'
import { lookupGlobal } from './lookup-call.js'
import { Namespace } from './macro.js'
import { updateDict } from './methods/collections.js'
import { OMIT } from './omit.js'
import { Builtin } from './runtime.js'
import { bind, parseSignature } from './signature.js'
import { Undef } from './undefined.js'

const MAX_RANGE = 10_000_000

/** Every global by name. */
export function builtinGlobals(): Map<string, Value> {
  const globals = new Map<string, Value>()
  const define = (
    name: string,
    run: (evaluation: Evaluation, args: readonly Value[], kwargs: KeywordArguments) => Value,
  ) => globals.set(name, new Builtin(name, run))
  const declare = (name: string, signature: string, run: (evaluation: Evaluation, ...args: never[]) => Value) => {
    const parameters = parseSignature(signature)
    define(name, (evaluation, args, kwargs) => run(evaluation, ...(bind(name, parameters, args, kwargs) as never[])))
  }

  define('range', (_evaluation, args) => range(args))
  define('dict', (_evaluation, args, kwargs) => {
    const made: Dict = new Map()
    updateDict(made, args[0] ?? null, kwargs)
    return made
  })
  define('namespace', (_evaluation, args, kwargs) => {
    const made: Dict = new Map()
    updateDict(made, args[0] ?? null, kwargs)
    return new Namespace(Array.from(made, ([key, value]) => [pyStr(key), value]))
  })
  define('cycler', (_evaluation, args) => {
    if (args.length === 0) throw typeError('at least one item has to be provided')
    return new Cycler(args)
  })
  declare('joiner', "sep=', '", (_evaluation, separator: Value) => new Joiner(pyStr(separator)))
  declare('lipsum', 'n=5, html=True, min=20, max=100', (evaluation, n: Value, html: Value, min: Value, max: Value) =>
    evaluation.once(() => lipsum(Number(n), truthy(html), Number(min), Number(max))),
  )
  define('lookup', (evaluation, args, kwargs) => lookupGlobal(evaluation, args, kwargs, false))
  define('query', (evaluation, args, kwargs) => lookupGlobal(evaluation, args, kwargs, true))
  globals.set('q', globals.get('query')!)
  declare('now', 'utc=False, fmt=None', (evaluation, utc: Value, format: Value) => {
    const moment = evaluation.once(() => now(truthy(utc)))
    if (format === null || !truthy(format)) return moment
    return evaluation.call(evaluation.attribute(moment, 'strftime'), [format])
  })
  declare(
    'undef',
    'hint=None',
    (_evaluation, hint: Value) =>
      new Undef(hint === null || hint === '' ? 'Mandatory variable has not been overridden' : pyStr(hint)),
  )
  globals.set('omit', OMIT)
  return globals
}

function range(args: readonly Value[]): Value {
  const bounds = args.map(arg => {
    if (arg instanceof Undef) arg.fail()
    if (!isInt(arg)) throw typeError(`'${typeName(arg)}' object cannot be interpreted as an integer`)
    return Number(arg)
  })
  if (bounds.length === 0) throw typeError('range expected at least 1 argument, got 0')
  if (bounds.length > 3) throw typeError(`range expected at most 3 arguments, got ${bounds.length}`)
  const [start, stop, step] = bounds.length === 1 ? [0, bounds[0]!, 1] : [bounds[0]!, bounds[1]!, bounds[2] ?? 1]
  if (step === 0) throw valueError('range() arg 3 must not be zero')
  const count = Math.max(0, Math.ceil((stop - start) / step))
  if (count > MAX_RANGE) throw valueError(`range() of ${count} items is too long for a template`)
  return rangeOf(start, stop, step)
}

class Cycler extends PyObject {
  readonly typeName = 'Cycler'
  #at = 0
  constructor(private readonly items: readonly Value[]) {
    super()
  }
  override attribute(name: string): Value | undefined {
    switch (name) {
      case 'current':
        return this.items[this.#at]!
      case 'next':
        return new BoundCallable('next', () => {
          const value = this.items[this.#at]!
          this.#at = (this.#at + 1) % this.items.length
          return value
        })
      case 'reset':
        return new BoundCallable('reset', () => {
          this.#at = 0
          return null
        })
      case 'items':
        return [...this.items]
      case 'pos':
        return this.#at
    }
    return undefined
  }
}

class Joiner extends PyObject {
  readonly typeName = 'Joiner'
  #used = false
  constructor(private readonly separator: string) {
    super()
  }
  override call(): Value {
    if (this.#used) return this.separator
    this.#used = true
    return ''
  }
}

function now(utc: boolean): Value {
  const date = new Date()
  const micros = date.getMilliseconds() * 1000
  return utc
    ? new PyDateTime(
        date.getUTCFullYear(),
        date.getUTCMonth() + 1,
        date.getUTCDate(),
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCSeconds(),
        micros,
      )
    : new PyDateTime(
        date.getFullYear(),
        date.getMonth() + 1,
        date.getDate(),
        date.getHours(),
        date.getMinutes(),
        date.getSeconds(),
        micros,
      )
}

const WORDS =
  'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua'.split(
    ' ',
  )

function lipsum(paragraphs: number, html: boolean, min: number, max: number): string {
  const pick = (limit: number) => Math.floor(Math.random() * limit)
  const made = Array.from({ length: paragraphs }, () => {
    const count = min + pick(Math.max(1, max - min))
    const words = Array.from({ length: count }, () => WORDS[pick(WORDS.length)]!)
    const text = words.join(' ')
    return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
  })
  return html ? made.map(text => `<p>${text}</p>`).join('\n') : made.join('\n\n')
}
