/** A mapping whose members are only made when asked for: hostvars, vars, the facts of a host. */
import { type KeywordArguments, PyObject, tuple, type Value } from '../python/values.js'
import type { Scope } from './scope.js'

/**
 * The vars stage subclasses this. `get` may answer with raw values (templates unrendered); they are rendered against
 * `scope` when that is set (hostvars: the other host's), else against the scope of the template that asks.
 */
export abstract class LazyDict extends PyObject {
  readonly typeName: string = 'dict'
  readonly scope?: Scope | undefined
  abstract get(key: string): Value | undefined
  abstract keys(): Iterable<string>
  has(key: string): boolean {
    return this.get(key) !== undefined
  }
  /** What to say when `key` is missing, if not Jinja's usual words. */
  missing?(key: string): string

  override truth(): boolean {
    for (const _ of this.keys()) return true
    return false
  }
  override length(): number {
    return [...this.keys()].length
  }
  override iterate(): Iterable<Value> {
    return this.keys()
  }
  override contains(item: Value): boolean {
    return typeof item === 'string' && this.has(item)
  }
  override equals(other: Value): boolean {
    return this === other
  }
  override item(key: Value): Value | undefined {
    if (typeof key !== 'string') return undefined
    const raw = this.get(key)
    return raw === undefined ? undefined : rendering.settle(raw, this.scope)
  }
  getOr(key: Value, fallback: Value): Value {
    const found = this.item(key)
    return found === undefined ? fallback : found
  }
  override attribute(name: string): Value | undefined {
    return METHODS.has(name) ? new LazyDictMethod(this, name) : this.item(name)
  }
  /** A plain dict of one level: members are rendered, lazy members stay lazy. */
  toDict(): Map<Value, Value> {
    const made = new Map<Value, Value>()
    for (const key of this.keys()) {
      const value = this.item(key)
      if (value !== undefined) made.set(key, value)
    }
    return made
  }
  override repr(): string {
    return rendering.repr(this.toDict())
  }
}

const METHODS: ReadonlySet<string> = new Set(['get', 'items', 'keys', 'values', 'copy'])

class LazyDictMethod extends PyObject {
  readonly typeName = 'builtin_function_or_method'
  constructor(
    private readonly dict: LazyDict,
    private readonly name: string,
  ) {
    super()
  }
  override call(args: readonly Value[], kwargs: KeywordArguments): Value {
    switch (this.name) {
      case 'get':
        return this.dict.getOr(args[0] ?? null, args[1] ?? kwargs.get('default') ?? null)
      case 'keys':
        return [...this.dict.keys()]
      case 'values':
        return [...this.dict.toDict().values()]
      case 'items':
        return [...this.dict.toDict()].map(pair => tuple(pair))
    }
    return this.dict.toDict()
  }
}

/** Installed by the evaluation that is running; a value cannot know it otherwise. */
export const rendering: {
  settle(value: Value, scope: Scope | undefined): Value
  repr(value: Value): string
} = {
  settle: value => value,
  repr: () => '{...}',
}
