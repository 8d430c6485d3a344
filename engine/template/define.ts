/**
 * The contract filters, tests and lookups are written to. Each is a plain function over values, with a summary and with
 * examples that run as tests and are printed by `doc`.
 *
 * `signature` lists the parameters after the value as Python writes them: `"sep, maxsplit=-1, *args, **kwargs"`.
 * Positional and keyword arguments are both bound by it, with Python's errors; defaults are Python literals. The function
 * receives one argument per parameter, in that order (`*args` as an array, `**kwargs` as a Map).
 *
 *     export const split = defineFilter({
 *       summary: 'Cut text at a separator',
 *       examples: [["{{ 'a,b' | split(',') }}", ['a', 'b']]],
 *       signature: 'sep=None, maxsplit=-1',
 *       apply: (text: Value, sep: Value, maxsplit: Value) => …,
 *     })
 *
 * Arguments are always finished values: templates inside them are rendered. An undefined argument (and an Unknown) makes
 * the result that undefined, without a call, unless `acceptsUndefined`. Errors: throw `typeError`, `valueError`, or a
 * Diagnostic; the engine adds file, line and column.
 */
import type { ArgSpecs, ArgsOf } from '../args.js'
import type { KeywordArguments, Value } from '../python/values.js'
import type { Syntax } from './lexer.js'
import type { Scope } from './scope.js'
import { type Signature, signatureOf } from './signature.js'
import type { Templar, TemplarHost } from './templar.js'

/** What a filter or test may ask of the evaluation that calls it. */
export interface Context {
  readonly host: TemplarHost
  readonly scope: Scope
  /** Calls another filter by name, with Python-style arguments. */
  filter(name: string, value: Value, args?: readonly Value[], kwargs?: KeywordArguments): Value
  test(name: string, value: Value, args?: readonly Value[], kwargs?: KeywordArguments): boolean
  hasTest(name: string): boolean
  hasFilter(name: string): boolean
  /** Calls a macro, a method or another callable value. */
  call(callable: Value, args?: readonly Value[], kwargs?: KeywordArguments): Value
  /** `value.name`: attribute first, then item; an Undef when there is none. */
  attribute(value: Value, name: string): Value
  /** `value[key]`: item first, then attribute; an Undef when there is none. */
  item(value: Value, key: Value): Value
  /** The rendered value of a variable, or undefined. */
  variable(name: string): Value | undefined
  /** The rendered value of what `value` may still hold of templates. */
  settle(value: Value): Value
  /**
   * Something that gives another answer each time (now, random, a file just written) or that must wait: computed once
   * per call site and kept when the template has to be rendered again. A Promise suspends the render until it is settled.
   */
  once(make: () => Value | Promise<Value>): Value
  /** Renders template text at once, with `extra` names on top of the scope's. */
  renderText(source: string, syntax?: Syntax, file?: string, extra?: ReadonlyMap<string, Value>): string
  /** Runs another lookup by name; always a list. */
  lookup(name: string, terms: readonly Value[], options?: KeywordArguments): Value[]
  warn(message: string): void
}

/** A template and what it gives: JSON-like data; `{ error: /text/ }` for one that must fail. */
export type Example = readonly [template: string, expected: unknown]

interface Documented {
  /** One line, no full stop. */
  readonly summary: string
  readonly examples: readonly Example[]
  /** Parameters after the value, as Python writes them. */
  readonly signature?: string
  /** Called even when the value or an argument is undefined. */
  readonly acceptsUndefined?: boolean
  /** An argument may be undefined: it gives one of them back, and does not look at the others. */
  readonly choosesArgument?: boolean
  /** The value may be handed over with its templates unrendered (`default`, `first`): saves rendering what is not used. */
  readonly lazy?: boolean
  /** The value is handed over as it is kept where a variable or a member of one is meant: a secret undecrypted. */
  readonly kept?: boolean
}
// biome-ignore lint/suspicious/noExplicitAny: any parameter types; the values come from a template, the function checks them
type Parameters = any[]
type Returned = Value | Iterable<Value>

export interface FilterSpec extends Documented {
  /** The function; give one of `apply` and `applyIn`. */
  readonly apply?: (value: never, ...args: Parameters) => Returned
  /** The same with the evaluation's context first. */
  readonly applyIn?: (context: Context, value: never, ...args: Parameters) => Returned
}
export interface TestSpec extends Documented {
  /** It is about being undefined: `defined`, `undefined`. */
  readonly decidesUndefined?: boolean
  readonly apply?: (value: never, ...args: Parameters) => boolean
  readonly applyIn?: (context: Context, value: never, ...args: Parameters) => boolean
}

export interface Filter extends FilterSpec {
  readonly kind: 'filter'
  readonly parameters: Signature
}
export interface Test extends TestSpec {
  readonly kind: 'test'
  readonly parameters: Signature
}

export const defineFilter = (spec: FilterSpec): Filter => signed('filter', spec)
export const defineTest = (spec: TestSpec): Test => signed('test', spec)

function signed<K, S extends Documented>(kind: K, spec: S) {
  const parameters = signatureOf(spec.signature ?? '')
  return {
    ...spec,
    kind,
    get parameters() {
      return parameters()
    },
  }
}

/** What a lookup receives. Terms and options are rendered; relative files are found along `searchPath`. */
export interface LookupCall<O> {
  readonly terms: readonly Value[]
  readonly options: O
  /** Options as given, for lookups that take free-form ones. */
  readonly given: KeywordArguments
  readonly scope: Scope
  readonly templar: Templar
  readonly context: Context
  readonly host: TemplarHost
  readonly searchPath: readonly string[]
}

export interface LookupSpec<T extends ArgSpecs = ArgSpecs> {
  readonly summary: string
  readonly examples: readonly Example[]
  readonly options?: T
  /** Takes options that are not listed, in `given`. */
  readonly anyOptions?: boolean
  /** Refuses options that are not listed, as its Ansible plugin does; the others only warn. */
  readonly strictOptions?: boolean
  /** Terms that may be undefined values (first_found, vars with default). */
  readonly acceptsUndefined?: boolean
  /** Another answer each time (password, random_choice): kept when the template is rendered again. */
  readonly once?: boolean
  /** One result per term, or flattened as the plugin wants. A Promise suspends the render; local lookups answer at once. */
  run(call: LookupCall<ArgsOf<T>>): Value[] | Promise<Value[]>
}
export interface Lookup extends LookupSpec {
  readonly kind: 'lookup'
}

export const defineLookup = <const T extends ArgSpecs>(spec: LookupSpec<T>): Lookup =>
  ({ ...spec, kind: 'lookup' }) as unknown as Lookup

/** Tables that `filters/index.ts`, `tests/index.ts` and `lookups/index.ts` export: by short or fully qualified name. */
export type Filters = { readonly [name: string]: Filter }
export type Tests = { readonly [name: string]: Test }
export type Lookups = { readonly [name: string]: Lookup }
