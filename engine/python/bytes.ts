/** Python bytes, which YAML's `!!binary` makes. */
import { PyObject } from './values.js'

export class PyBytes extends PyObject {
  readonly typeName = 'bytes'
  constructor(readonly data: Buffer) {
    super()
  }
}
