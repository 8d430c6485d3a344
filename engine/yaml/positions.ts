/** Remembers where containers and their members were written, beside the values, so that values stay plain. */
import type { SourceRange } from '../diagnostics.js'
import type { Value } from '../python/values.js'

interface ContainerPositions {
  readonly at: SourceRange
  /** Key (dict) or index (list) → where that key or item, and its value, begin. */
  readonly keys: Map<Value, SourceRange>
  readonly values: Map<Value, SourceRange>
}

const positions = new WeakMap<object, ContainerPositions>()

export const remember = (container: object, where: ContainerPositions): void => void positions.set(container, where)

/** Where the container begins. */
export const positionOf = (container: unknown): SourceRange | undefined =>
  typeof container === 'object' && container !== null ? positions.get(container)?.at : undefined

/** Where the key `key` of a dict (or item `key` of a list) was written. */
export const keyPosition = (container: unknown, key: Value): SourceRange | undefined =>
  typeof container === 'object' && container !== null ? positions.get(container)?.keys.get(key) : undefined

/** Where the value under `key` begins. */
export const valuePosition = (container: unknown, key: Value): SourceRange | undefined =>
  typeof container === 'object' && container !== null ? positions.get(container)?.values.get(key) : undefined
