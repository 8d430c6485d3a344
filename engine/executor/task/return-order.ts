import type { Dict } from '../../python/values.js'

/** What is said of a path, after what the module says. */
const aboutPath = ['uid', 'gid', 'owner', 'group', 'mode', 'state', 'size', 'secontext']
/** What is put behind a module's own words, one after another. */
const behind = ['invocation', 'stdout_lines', 'stderr_lines', 'failed', 'changed']

/**
 * The keys of a result in the order that Ansible gives them, which people see where a result is the item of a loop.
 * `order`: the module's own keys; one that does not name `changed` leaves it to the executor, which puts it last.
 */
export function inReturnOrder(result: Dict, order: readonly string[] | undefined): Dict {
  const failed = result.get('failed') === true
  const keys = [...result.keys()] as string[]
  const own = failed
    ? [...(order ?? []).filter(key => key !== 'msg'), ...leftOver(keys, order), 'failed', 'msg']
    : order
  const path = ['uid', 'gid', 'owner'].every(key => result.has(key)) ? aboutPath : []
  const ends = order === undefined && !failed ? behind.filter(key => key !== 'changed') : behind
  const named = new Set([...(own ?? []), ...path, ...ends])
  const all = [...(own ?? []), ...keys.filter(key => !named.has(key)), ...path, ...ends]
  return new Map([...new Set(all)].filter(key => result.has(key)).map(key => [key, result.get(key)!]))
}

/** Of a failure, what its words do not name. */
const leftOver = (keys: readonly string[], order: readonly string[] = []): string[] =>
  keys.filter(key => !['failed', 'msg', ...behind, ...order, ...aboutPath].includes(key))
