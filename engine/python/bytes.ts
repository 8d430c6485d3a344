/** Python bytes, which YAML's `!!binary` makes. */
import { asciiRepr } from './format.js'
import { type KeywordArguments, PyObject, type Value } from './values.js'

export class PyBytes extends PyObject {
  readonly typeName = 'bytes'
  constructor(readonly data: Buffer) {
    super()
  }
  override repr(): string {
    return `b${asciiRepr(this.data.toString('latin1')).replace(/\\u00/g, '\\x')}`
  }
  override truth(): boolean {
    return this.data.length > 0
  }
  override equals(other: Value): boolean {
    return other instanceof PyBytes && other.data.equals(this.data)
  }
  override length(): number {
    return this.data.length
  }
  override iterate(): Iterable<Value> {
    return this.data.values()
  }
  override attribute(name: string): Value | undefined {
    if (name === 'decode') return new BytesMethod(() => this.data.toString('utf8'))
    if (name === 'hex') return new BytesMethod(() => this.data.toString('hex'))
    return undefined
  }
}

class BytesMethod extends PyObject {
  readonly typeName = 'builtin_function_or_method'
  constructor(private readonly run: () => Value) {
    super()
  }
  override call(_args: readonly Value[], _kwargs: KeywordArguments): Value {
    return this.run()
  }
}
