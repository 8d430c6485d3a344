/** Laying one dict of variables over another, by DEFAULT_HASH_BEHAVIOUR. */
import { type Dict, isDict, type Value } from '../python/values.js'

export type HashBehaviour = 'replace' | 'merge'

/** `over` laid over `under`, in a new dict; with `merge` dicts under one name are merged, all the way down. */
export function merged(under: Dict, over: Dict, behaviour: HashBehaviour): Dict {
  const result = new Map(under)
  mergeInto(result, over, behaviour)
  return result
}

export function mergeInto(target: Dict, over: Dict, behaviour: HashBehaviour): void {
  for (const [name, value] of over) {
    const present = behaviour === 'merge' ? target.get(name) : undefined
    target.set(name, isDict(present) && isDict(value) ? merged(present, value, behaviour) : value)
  }
}

/** The value a name has when every layer that knows it is a dict and hashes merge: nearest last. */
export function mergedValue(nearestFirst: readonly Value[]): Value {
  let result = nearestFirst.at(-1)!
  for (let index = nearestFirst.length - 2; index >= 0; index--) {
    const over = nearestFirst[index]!
    result = isDict(result) && isDict(over) ? merged(result, over, 'merge') : over
  }
  return result
}
