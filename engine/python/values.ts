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

/** Base of every value that has no JS primitive or container of its own. */
export abstract class PyObject {
  /** What Python's `type(x).__name__` says. */
  abstract readonly typeName: string
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
  const made = new Tuple()
  for (const item of items) made.push(item)
  return made
}

/** A float from a JS number: boxed when integral, bare otherwise. */
export function float(value: number): number | PyFloat {
  return Number.isInteger(value) ? new PyFloat(value) : value
}

export const isDict = (value: unknown): value is Dict => value instanceof Map
export const isList = (value: unknown): value is List => Array.isArray(value)

/** Anything JSON could hold, as modules return it. */
export type Json =
  | null
  | boolean
  | number
  | string
  | bigint
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
