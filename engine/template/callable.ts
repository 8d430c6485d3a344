/** A function as a value. */
import { type KeywordArguments, PyObject, type Value } from '../python/values.js'

export class BoundCallable extends PyObject {
  readonly typeName = 'method'
  constructor(
    readonly name: string,
    private readonly run: (args: readonly Value[], kwargs: KeywordArguments) => Value,
  ) {
    super()
  }
  override call(args: readonly Value[], kwargs: KeywordArguments): Value {
    return this.run(args, kwargs)
  }
  override repr(): string {
    return `<bound method ${this.name}>`
  }
}
