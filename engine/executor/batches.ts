/** `serial:`: how many hosts go through a play at a time. */
import { Diagnostic, type SourceRange } from '../diagnostics.js'
import type { Host } from '../inventory/tree.js'
import { pyStr } from '../python/repr.js'
import { isList, type Value } from '../python/values.js'

/** Sizes are numbers or percentages; the last one repeats until all hosts are placed. */
export function batchesOf(hosts: readonly Host[], serial: Value | undefined, at?: SourceRange): Host[][] {
  const sizes = serial === undefined || serial === null ? [] : isList(serial) ? serial : [serial]
  if (sizes.length === 0 || hosts.length === 0) return [[...hosts]]
  const batches: Host[][] = []
  const left = [...hosts]
  for (let index = 0; left.length > 0; index++) {
    const size = sizeOf(sizes[Math.min(index, sizes.length - 1)]!, hosts.length, at)
    batches.push(left.splice(0, size > 0 ? size : left.length))
  }
  return batches
}

function sizeOf(size: Value, total: number, at: SourceRange | undefined): number {
  const text = pyStr(size).trim()
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)
  if (percent) return Math.max(1, Math.trunc((Number(percent[1]) / 100) * total))
  if (/^-?\d+$/.test(text)) return Number(text)
  throw new Diagnostic(`serial must be a number, a percentage or a list of them, not '${text}'`, { code: 'serial', at })
}

/** `order:` of a play. */
export function ordered(hosts: readonly Host[], order: string | undefined, at?: SourceRange): Host[] {
  const byName = (a: Host, b: Host) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
  switch (order) {
    case undefined:
    case 'inventory':
      return [...hosts]
    case 'sorted':
      return [...hosts].sort(byName)
    case 'reverse_sorted':
      return [...hosts].sort(byName).reverse()
    case 'reverse_inventory':
      return [...hosts].reverse()
    case 'shuffle': {
      const shuffled = [...hosts]
      for (let index = shuffled.length - 1; index > 0; index--) {
        const other = Math.floor(Math.random() * (index + 1))
        ;[shuffled[index], shuffled[other]] = [shuffled[other]!, shuffled[index]!]
      }
      return shuffled
    }
    default:
      throw new Diagnostic(`Invalid 'order' specified for inventory hosts: ${order}`, { code: 'order', at })
  }
}
