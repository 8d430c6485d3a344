/** Jinja's undefined values: harmless to look at, an error to use. */
import { Diagnostic } from '../diagnostics.js'
import { PyObject, type Value } from '../python/values.js'

/** The use of something that is not defined. */
export class UndefinedError extends Diagnostic {
  constructor(
    message: string,
    hint?: string,
    /** Variables on the way to the undefined one, outermost first. */
    readonly chain: readonly string[] = [],
  ) {
    super(message, { code: 'undefined-variable', hint })
    this.name = 'UndefinedError'
  }
}

/** Absorbs attribute and item access, answers `is defined` and `default`; every other use is an error. */
export class Undef extends PyObject {
  readonly typeName = 'AnsibleUndefined'
  constructor(
    readonly message: string,
    /** What to do about it; a function is only asked when the error is shown. */
    readonly hint?: string | (() => string | undefined),
    readonly chain: readonly string[] = [],
    /** Went through a filter or is a member of a variable that is used whole: it can no longer be asked what type it is. */
    readonly typeless = false,
  ) {
    super()
  }
  error(): UndefinedError {
    const hint = typeof this.hint === 'function' ? this.hint() : this.hint
    return new UndefinedError(this.message, hint, this.chain)
  }
  /** The same, reached through the variable `name`. */
  through(name: string): Undef {
    return new Undef(this.message, this.hint, [name, ...this.chain], this.typeless)
  }
  withoutType(): Undef {
    return this.typeless || this instanceof LenientUndef ? this : new Undef(this.message, this.hint, this.chain, true)
  }
  fail(): never {
    throw this.error()
  }
  override repr(): never {
    return this.fail()
  }
  override debugRepr(): string {
    const name = /^'(\w+)' is undefined$/.exec(this.message)?.[1]
    return `AnsibleUndefined(hint=None, obj=missing, name=${name === undefined ? 'None' : `'${name}'`})`
  }
  override str(): string {
    return this.fail()
  }
  override truth(): boolean {
    return this.fail()
  }
  override equals(_other: Value): boolean {
    return this.fail()
  }
  override compare(): never {
    return this.fail()
  }
  override iterate(): Iterable<Value> {
    return this.fail()
  }
  override length(): number {
    return this.fail()
  }
  override contains(): boolean {
    return this.fail()
  }
  override attribute(): Value {
    return this
  }
  override item(): Value {
    return this
  }
  override call(): never {
    return this.fail()
  }
  override binary(): never {
    return this.fail()
  }
}

/** What an inline-if without else gives: prints nothing and is false, but is not defined. */
export class LenientUndef extends Undef {
  override str(): string {
    return ''
  }
  override truth(): boolean {
    return false
  }
  override equals(other: Value): boolean {
    return other instanceof LenientUndef
  }
  override iterate(): Iterable<Value> {
    return []
  }
  override length(): number {
    return 0
  }
}

export const isUndef = (value: unknown): value is Undef => value instanceof Undef
