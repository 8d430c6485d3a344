/** Remembers where containers and their members were written, beside the values, so that values stay plain. */
import type { SourceRange } from '../diagnostics.js'
import type { Value } from '../python/values.js'

/** One text that was read; turns offsets into lines and columns only when somebody asks. */
export class Source {
  #starts: number[] | undefined
  constructor(
    readonly file: string,
    readonly text: string,
    /** Added to every line, for text cut out of a larger file. */
    private readonly firstLine = 1,
  ) {}

  at(offset: number): SourceRange {
    this.#starts ??= lineStarts(this.text)
    const starts = this.#starts
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return { file: this.file, line: low + this.firstLine, column: offset - starts[low]! + 1 }
  }
}

function lineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

/** Offsets of a container and its members: compact, because a vars file of 5 MB has a million of them. */
export interface ContainerOffsets {
  readonly source: Source
  readonly start: number
  /** Keys of a dict as written, last one wins; absent for lists, whose items are found by index. */
  readonly keys?: readonly Value[]
  readonly keyOffsets: readonly number[]
  readonly valueOffsets: readonly number[]
}

const positions = new WeakMap<object, ContainerOffsets>()

export const remember = (container: object, where: ContainerOffsets): void => void positions.set(container, where)

/** Gives a container made from another one (a copy, a cleaned task) the same positions. */
export function inherit(copy: object, original: object): void {
  const where = positions.get(original)
  if (where) positions.set(copy, where)
}

const offsetsOf = (container: unknown) =>
  typeof container === 'object' && container !== null ? positions.get(container) : undefined

function member(container: unknown, key: Value, which: 'keyOffsets' | 'valueOffsets'): SourceRange | undefined {
  const where = offsetsOf(container)
  if (!where) return undefined
  const index = where.keys ? where.keys.lastIndexOf(key) : typeof key === 'number' ? key : -1
  const offset = where[which][index]
  return offset === undefined ? undefined : where.source.at(offset)
}

/** Where the container begins. */
export function positionOf(container: unknown): SourceRange | undefined {
  const where = offsetsOf(container)
  return where?.source.at(where.start)
}

/** Where the key `key` of a dict (or item `key` of a list) was written. */
export const keyPosition = (container: unknown, key: Value): SourceRange | undefined =>
  member(container, key, 'keyOffsets')

/** Where the value under `key` begins. */
export const valuePosition = (container: unknown, key: Value): SourceRange | undefined =>
  member(container, key, 'valueOffsets')
