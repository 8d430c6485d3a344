/** Python's database placeholders (PEP 249: `%s` and `%(name)s`, `%%` for a percent sign), filled with SQL literals. */
import type { Value } from '../../engine/python/values.js'

export function bound(
  statement: string,
  positional: readonly Value[] | undefined,
  named: ReadonlyMap<unknown, Value> | undefined,
  literal: (value: Value | undefined) => string,
): string {
  if (positional === undefined && named === undefined) return statement
  let next = 0
  return statement.replace(/%(?:\((\w+)\)s|(s)|(%))/g, (_, name: string | undefined, plain: string | undefined) =>
    name !== undefined ? literal(named?.get(name)) : plain ? literal(positional?.[next++]) : '%',
  )
}
