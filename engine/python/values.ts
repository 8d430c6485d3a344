/**
 * The values playbooks compute with, as Python would have them.
 *
 * int   a JS number that is integral and safe, or a bigint beyond 2^53
 * float a JS number that is not integral (NaN and infinities too), or a PyFloat box when it is (1.0, -0.0)
 * str   string      bool  boolean      None  null
 * list  Array       tuple Tuple        dict  Map (insertion order; int, bool and tuple keys survive)
 * Everything else (undefined, dates, template text, secrets, unknowns) is a PyObject.
 */
export type Value = null | boolean | number | bigint | string | List | Dict | PyObject
export type List = Value[]
export type Dict = Map<Value, Value>
export type KeywordArguments = ReadonlyMap<string, Value>

/**
 * Base of every value that has no JS primitive or container of its own. The optional methods are Python's protocols;
 * one that is absent means that the type does not support it, and using it is Python's TypeError.
 */
export abstract class PyObject {
  /** What `%r` shows, where that differs from `repr`. */
  debugRepr(): string {
    return this.repr()
  }
  /** What Python's `type(x).__name__` says. */
  abstract readonly typeName: string
  repr(): string {
    return `<${this.typeName} object>`
  }
  str(): string {
    return this.repr()
  }
  truth(): boolean {
    return true
  }
  equals(other: Value): boolean {
    return this === other
  }
  /** Negative, zero or positive; undefined: the two cannot be ordered. */
  compare?(other: Value): number | undefined
  iterate?(): Iterable<Value>
  length?(): number
  contains?(item: Value): boolean
  /** `value.name`; undefined: no such attribute. Only what is listed here is reachable from a template. */
  attribute?(name: string): Value | undefined
  /** `value[key]`; undefined: no such item. */
  item?(key: Value): Value | undefined
  setAttribute?(name: string, value: Value): void
  call?(args: readonly Value[], kwargs: KeywordArguments): Value
  /** `this OPERATOR other`, or `other OPERATOR this` when reflected; undefined: not supported. */
  binary?(operator: string, other: Value, reflected: boolean): Value | undefined
}

/** A float whose value is integral, so that `1.0` stays `1.0`. */
export class PyFloat extends PyObject {
  readonly typeName = 'float'
  constructor(readonly value: number) {
    super()
  }
}

export class Tuple extends Array<Value> {
  static override get [Symbol.species]() {
    return Array
  }
}

/** Makes a tuple; `new Tuple(3)` would be three holes, so nobody calls the constructor. */
export function tuple(items: Iterable<Value>): Tuple {
  const list = Array.isArray(items) ? (items as Value[]) : [...items]
  // Pairs are most of all tuples; a constructor call is many times faster than filling them.
  if (list.length === 2) return new Tuple(list[0]!, list[1]!)
  const made = new Tuple(list.length)
  for (let index = 0; index < list.length; index++) made[index] = list[index]!
  return made
}

/** What range() gives: a list that is equal to no list, and becomes one when a template prints it. */
export class PyRange extends Array<Value> {
  /** start, stop and step as they were given. */
  bounds: readonly [number, number, number] = [0, 0, 1]
  static override get [Symbol.species]() {
    return Array
  }
}
export function range(start: number, stop: number, step: number): PyRange {
  const made = new PyRange(Math.max(0, Math.ceil((stop - start) / step)))
  made.bounds = [start, stop, step]
  for (let index = 0; index < made.length; index++) made[index] = start + index * step
  return made
}

/** A tuple whose items also have names, as groupby's. */
export class NamedTuple extends Tuple {
  names: readonly string[] = []
}
export function namedTuple(named: { readonly [name: string]: Value }): NamedTuple {
  const made = new NamedTuple()
  made.names = Object.keys(named)
  for (const item of Object.values(named)) made.push(item)
  return made
}

/** A float from a JS number: boxed when integral, bare otherwise. */
export function float(value: number): number | PyFloat {
  return Number.isInteger(value) ? new PyFloat(value) : value
}

/** An int from a bigint: a number when it is safe. */
export function int(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value
}

export const isDict = (value: unknown): value is Dict => value instanceof Map
export const isList = (value: unknown): value is List => Array.isArray(value)
/** int or bool, as Python's `isinstance(x, int)` has it. */
export const isInt = (value: unknown): value is number | bigint | boolean =>
  typeof value === 'number' ? Number.isInteger(value) : typeof value === 'bigint' || typeof value === 'boolean'
export const isFloat = (value: unknown): value is number | PyFloat =>
  typeof value === 'number' ? !Number.isInteger(value) : value instanceof PyFloat
export const isNumber = (value: unknown): value is number | bigint | boolean | PyFloat =>
  typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' || value instanceof PyFloat

/** The JS number of an int, bool or float. */
export const asNumber = (value: number | bigint | boolean | PyFloat): number =>
  value instanceof PyFloat ? value.value : Number(value)

/** `type(value).__name__`. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'str'
    case 'boolean':
      return 'bool'
    case 'bigint':
      return 'int'
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float'
  }
  if (value === null) return 'NoneType'
  if (value instanceof Tuple) return 'tuple'
  if (value instanceof PyRange) return 'range'
  if (Array.isArray(value)) return 'list'
  if (value instanceof Map) return 'dict'
  return value.typeName
}

/** Anything JSON could hold, as modules return it. */
export type Json =
  | null
  | boolean
  | number
  | string
  | bigint
  | PyFloat
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

/** Plain JS data (a module's result, parsed JSON) to values; undefined members are dropped. */
export function fromJson(data: unknown): Value {
  if (data === undefined || data === null) return null
  if (typeof data === 'object') {
    if (Array.isArray(data)) return data instanceof Tuple ? data : data.map(fromJson)
    if (data instanceof Map) return new Map([...data].map(([key, value]) => [key, fromJson(value)]))
    if (data instanceof PyObject) return data
    const dict: Dict = new Map()
    for (const [key, value] of Object.entries(data)) if (value !== undefined) dict.set(key, fromJson(value))
    return dict
  }
  return data as Value
}
