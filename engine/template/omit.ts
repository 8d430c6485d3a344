/** The value of the variable `omit`: whatever holds it is left out. */
import { PyObject, type Value } from '../python/values.js'

class Omit extends PyObject {
  readonly typeName = 'Omit'
  override repr(): string {
    return '<<Omit>>'
  }
}

/** The only one; dropped from every dict and list that is rendered. */
export const OMIT: PyObject = new Omit()

export const isOmit = (value: unknown): boolean => value === OMIT

/** Drops omitted members, deeply; containers that hold none come back as they are. */
export function withoutOmitted(value: Value): Value {
  if (Array.isArray(value)) {
    if (!value.some(item => item === OMIT || withoutOmitted(item) !== item)) return value
    return value.filter(item => item !== OMIT).map(withoutOmitted)
  }
  if (value instanceof Map) {
    let changed = false
    const kept = new Map<Value, Value>()
    for (const [key, item] of value) {
      const inner = withoutOmitted(item)
      changed ||= item === OMIT || inner !== item
      if (item !== OMIT) kept.set(key, inner)
    }
    return changed ? kept : value
  }
  return value
}
