/** Python's pprint.pformat: 80 columns, dicts sorted by key. */
import { pyCompare } from './compare.js'
import { pyRepr } from './repr.js'
import { isDict, isList, Tuple, tuple, type Value } from './values.js'

/** pprint.pformat(value) */
export function prettyPrint(value: Value, width = 80): string {
  return new Printer(width).format(value, 0, 0)
}

class Printer {
  constructor(private readonly width: number) {}

  /** `column` is where the text begins, `after` how many characters must still fit behind it. */
  format(value: Value, column: number, after: number): string {
    const flat = this.flat(value)
    if ([...flat].length <= this.width - column - after) return flat
    if (isDict(value) && value.size > 0) {
      const entries = sortedEntries(value)
      const lines = entries.map(([key, item], at) => {
        const name = this.flat(key)
        const inner = column + 1 + [...name].length + 2
        return `${name}: ${this.format(item, inner, at === entries.length - 1 ? after + 1 : 1)}`
      })
      return `{${lines.join(`,\n${' '.repeat(column + 1)}`)}}`
    }
    if (isList(value) && value.length > 0) {
      const end = value instanceof Tuple ? (value.length === 1 ? ',)' : ')') : ']'
      const lines = value.map((item, at) =>
        this.format(item, column + 1, at === value.length - 1 ? after + end.length : 1),
      )
      return `${value instanceof Tuple ? '(' : '['}${lines.join(`,\n${' '.repeat(column + 1)}`)}${end}`
    }
    if (typeof value === 'string') return this.longText(value, column, after)
    return flat
  }

  flat(value: Value): string {
    if (isDict(value))
      return `{${sortedEntries(value)
        .map(([key, item]) => `${this.flat(key)}: ${this.flat(item)}`)
        .join(', ')}}`
    if (isList(value)) {
      const parts = value.map(item => this.flat(item))
      if (value instanceof Tuple) return `(${parts.join(', ')}${parts.length === 1 ? ',' : ''})`
      return `[${parts.join(', ')}]`
    }
    return pyRepr(value)
  }

  longText(value: string, column: number, after: number): string {
    const lines = value.match(/[^\n]*\n|[^\n]+$/g) ?? []
    const outermost = column === 0 && after === 0
    const at = outermost ? 1 : column
    const tail = outermost ? 1 : after
    const chunks: string[] = []
    lines.forEach((line, index) => {
      const lastLine = index === lines.length - 1
      const room = this.width - at - (lastLine ? tail : 0)
      if ([...pyRepr(line)].length <= room) {
        chunks.push(pyRepr(line))
        return
      }
      const parts = line.match(/\S*\s*/g)!.filter(part => part !== '')
      let current = ''
      parts.forEach((part, partAt) => {
        const joined = current + part
        const lastPart = partAt === parts.length - 1
        const limit = lastLine && lastPart ? this.width - at - tail : this.width - at
        if ([...pyRepr(joined)].length > limit) {
          if (current !== '') chunks.push(pyRepr(current))
          current = part
        } else current = joined
      })
      if (current !== '') chunks.push(pyRepr(current))
    })
    if (chunks.length === 1) return chunks[0]!
    const joined = chunks.join(`\n${' '.repeat(at)}`)
    return outermost ? `(${joined})` : joined
  }
}

function sortedEntries(dict: Map<Value, Value>): [Value, Value][] {
  const entries = [...dict]
  try {
    return entries.toSorted(([a], [b]) => pyCompare(a, b))
  } catch {
    // Python orders keys that do not compare by the names of their types.
    const name = (value: Value) => pyRepr(tuple([typeof value, pyRepr(value)]))
    return entries.toSorted(([a], [b]) => (name(a) < name(b) ? -1 : 1))
  }
}
