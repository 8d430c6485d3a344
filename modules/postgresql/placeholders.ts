/** `%s` and `%(name)s` in a text of SQL, filled as Python's driver for PostgreSQL fills them, with its complaints. */
import { pyRepr } from '../../engine/python/repr.js'
import { type Dict, isDict, isList, type List, type Value } from '../../engine/python/values.js'
import { literal } from './client.js'

export type Arguments = List | Dict | undefined

/** Lists become the server's arrays, in Python's notation of their elements; nothing given is no arguments at all. */
export function preparedArguments(
  positional: readonly Value[] | undefined,
  named: ReadonlyMap<Value, Value> | undefined,
): Arguments {
  if (positional?.length) return positional.map(asArray)
  if (named?.size) return new Map([...named].map(([name, value]) => [name, asArray(value)]))
  return undefined
}

const asArray = (value: Value): Value => (isList(value) ? `{${pyRepr(value).replace(/^[[\]]+|[[\]]+$/g, '')}}` : value)

/** A text without any placeholder is taken as it is, whatever arguments there are. */
export function filled(text: string, given: Arguments): { sql: string } | { complaint: string } {
  if (given === undefined) return { sql: text }
  const placeholder = /%(?:%|\((.*?)\))?([-#0 +]*\d*)([\s\S])?/g
  let kind: 'named' | 'positional' | undefined
  let next = 0
  let sql = ''
  let end = 0
  let unsupported: string | undefined
  for (let match = placeholder.exec(text); match; match = placeholder.exec(text)) {
    sql += text.slice(end, match.index)
    if (match[0].startsWith('%%')) {
      sql += '%'
      placeholder.lastIndex = match.index + 2
    } else {
      const [whole, name, , letter = ''] = match
      const now = name === undefined ? 'positional' : 'named'
      if (kind !== undefined && kind !== now) return { complaint: "argument formats can't be mixed" }
      kind = now
      let value: Value | undefined
      if (name !== undefined) {
        if (!(given instanceof Map)) return { complaint: 'list indices must be integers or slices, not str' }
        if (!given.has(name)) return { complaint: pyRepr(name) }
        value = given.get(name)
      } else {
        if (!Array.isArray(given)) return { complaint: 'dict is not a sequence' }
        if (next >= given.length) return { complaint: 'list index out of range' }
        value = given[next++]
      }
      if (isDict(value)) return { complaint: "can't adapt type 'dict'" }
      if (letter !== 's') {
        const code = letter.charCodeAt(0).toString(16)
        unsupported ??= `unsupported format character '${letter}' (0x${code}) at index ${match.index + whole.length - 1}`
      }
      sql += sqlLiteral(value)
    }
    end = placeholder.lastIndex
  }
  if (kind === undefined) return { sql: text }
  if (unsupported) return { complaint: unsupported }
  if (Array.isArray(given) && next < given.length)
    return { complaint: 'not all arguments converted during string formatting' }
  return { sql: sql + text.slice(end) }
}

function sqlLiteral(value: Value | undefined): string {
  if (value === null || value === undefined) return 'NULL'
  // A space keeps `1 -%s` from becoming a comment.
  if (typeof value === 'number' || typeof value === 'bigint') return value < 0 ? ` ${value}` : String(value)
  if (typeof value === 'boolean') return String(value)
  return literal(String(value))
}
