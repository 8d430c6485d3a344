/** Dict access by Python's rules: 1, 1.0 and True are one key, tuples are keys by value, containers are not keys. */
import { pyEquals } from './compare.js'
import { typeError } from './errors.js'
import { type Dict, PyFloat, Tuple, typeName, type Value } from './values.js'

/** The key under which `dict` already holds an equal of `key`, or the key to add it under. */
function canonicalKey(dict: Dict, key: Value): Value {
  if (typeof key === 'string') return key
  if (dict.has(key)) return key
  if (key instanceof PyFloat || typeof key === 'number' || typeof key === 'bigint' || typeof key === 'boolean') {
    for (const known of dict.keys()) {
      if (typeof known !== 'string' && known !== null && pyEquals(known, key)) return known
    }
    return key
  }
  if (key instanceof Tuple) {
    key.forEach(checkHashable)
    for (const known of dict.keys()) if (known instanceof Tuple && pyEquals(known, key)) return known
    return key
  }
  checkHashable(key)
  if (key !== null && typeof key === 'object') {
    for (const known of dict.keys())
      if (typeof known === 'object' && known !== null && pyEquals(known, key)) return known
  }
  return key
}

/** Fails for what cannot be a key or a member of a set. */
export function checkHashable(key: Value): void {
  if (key instanceof Tuple) key.forEach(checkHashable)
  else if (Array.isArray(key) || key instanceof Map) throw typeError(`unhashable type: '${typeName(key)}'`)
}

export const dictGet = (dict: Dict, key: Value): Value | undefined => {
  const direct = dict.get(key)
  if (direct !== undefined || typeof key === 'string') return direct
  return dict.get(canonicalKey(dict, key))
}
export const dictHas = (dict: Dict, key: Value): boolean =>
  dict.has(key) || (typeof key !== 'string' && dict.has(canonicalKey(dict, key)))
export const dictSet = (dict: Dict, key: Value, value: Value): void => void dict.set(canonicalKey(dict, key), value)
export const dictDelete = (dict: Dict, key: Value): boolean => dict.delete(canonicalKey(dict, key))
