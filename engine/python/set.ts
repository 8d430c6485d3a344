/** A Python set, which YAML's `!!set` makes; members keep the order they were written in. */
import { PyObject, type Value } from './values.js'

export class PySet extends PyObject {
  readonly typeName = 'set'
  readonly items: ReadonlySet<Value>
  constructor(items: Iterable<Value>) {
    super()
    this.items = new Set(items)
  }
}
