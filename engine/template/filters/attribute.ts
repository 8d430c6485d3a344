/** Jinja's `attribute=` argument: a name, a dotted path, an index, for sort several of them. */
import type { Value } from '../../python/values.js'
import type { Context } from '../define.js'
import { isUndef } from '../undefined.js'

/** What `attribute='a.b.0'` picks from an item; the item itself when there is none. */
export function attributeGetter(
  context: Context,
  attribute: Value,
  options: { ignoreCase?: boolean; fallback?: Value } = {},
): (item: Value) => Value {
  const { ignoreCase = false, fallback = null } = options
  const path = attributePath(attribute)
  return item => {
    let found = item
    for (const part of path) {
      found = context.item(found, part)
      if (fallback !== null && isUndef(found)) found = fallback
    }
    return ignoreCase && typeof found === 'string' ? found.toLowerCase() : found
  }
}

/** Several attributes, parted by commas: a list to sort by. */
export function attributesGetter(
  context: Context,
  attribute: Value,
  options: { ignoreCase?: boolean } = {},
): (item: Value) => Value[] {
  const parts = typeof attribute === 'string' ? attribute.split(',') : [attribute]
  const getters = parts.map(part => attributeGetter(context, part, options))
  return item => getters.map(getter => getter(item))
}

function attributePath(attribute: Value): Value[] {
  if (attribute === null) return []
  if (typeof attribute !== 'string') return [attribute]
  return attribute.split('.').map(part => (/^\d+$/.test(part) ? Number(part) : part))
}
