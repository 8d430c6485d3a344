/** Python's exceptions, as far as a playbook can meet them; the template stage adds the place. */
import { Diagnostic } from '../diagnostics.js'

export type PyErrorKind =
  | 'TypeError'
  | 'ValueError'
  | 'ZeroDivisionError'
  | 'OverflowError'
  | 'IndexError'
  | 'KeyError'
  | 'AttributeError'

export class PyError extends Diagnostic {
  constructor(
    readonly kind: PyErrorKind,
    message: string,
  ) {
    super(message, { code: kind })
    this.name = kind
  }
}

export const typeError = (message: string): PyError => new PyError('TypeError', message)
/** A method of str called on something else, where Python's own code calls it. */
export const noAttribute = (type: string, name: string): PyError =>
  new PyError('AttributeError', `'${type}' object has no attribute '${name}'`)
export const valueError = (message: string): PyError => new PyError('ValueError', message)
