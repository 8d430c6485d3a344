/** Counting: lookup('sequence') and with_sequence. */
import { percentFormat } from '../../python/format.js'
import { intFromText } from '../../python/numbers.js'
import { pyRepr, pyStr } from '../../python/repr.js'
import { isInt, type Value } from '../../python/values.js'
import { defineLookup } from '../define.js'
import { keyValueTerm, lookupError } from './terms.js'

const NUMBER = '0?x?[0-9a-f]+'
const SHORTCUT = new RegExp(`^(?:(${NUMBER})-)?(${NUMBER})(?:/(${NUMBER}))?(?::(.+))?$`, 'i')
const NAMES = ['start', 'end', 'count', 'stride', 'format'] as const

interface Sequence {
  start: number
  end: number | undefined
  count: number | undefined
  stride: number
  format: string
}

export const sequence = defineLookup({
  summary: 'Numbers from start to end (or count of them) as text, through a printf format',
  examples: [
    ["{{ query('sequence', '1-3') }}", ['1', '2', '3']],
    ["{{ query('sequence', 'start=4 end=16 stride=4') }}", ['4', '8', '12', '16']],
    ["{{ query('sequence', count=2, format='web%02d') }}", ['web01', 'web02']],
  ],
  options: {
    start: { type: 'raw', summary: 'the first number' },
    end: { type: 'raw', summary: 'the last number' },
    count: { type: 'raw', summary: 'how many, in place of end' },
    stride: { type: 'raw', summary: 'the step' },
    format: { type: 'str', summary: 'printf format of each' },
  },
  run: ({ terms, given }) => (terms.length === 0 ? [''] : terms).flatMap(term => numbers(pyStr(term), given)),
})

function numbers(term: string, given: ReadonlyMap<string, Value>): Value[] {
  const sequence: Sequence = { start: 1, end: undefined, count: undefined, stride: 1, format: '%d' }
  const shortcut = SHORTCUT.exec(term.trim())
  if (shortcut && term.trim() !== '') {
    const [, start, end, stride, format] = shortcut
    if (start !== undefined) sequence.start = parsed('start', start)
    sequence.end = parsed('end', end!)
    if (stride !== undefined) sequence.stride = parsed('stride', stride)
    if (format !== undefined) sequence.format = format
  } else {
    const { words, pairs } = keyValueTerm(term)
    if (words.length > 0)
      throw lookupError(
        `unknown error parsing with_sequence arguments: ${pyRepr(term)}. Error was: can't parse ${words.join(' ')}`,
      )
    const all = new Map<string, Value>([...given, ...pairs])
    const unknown = [...all.keys()].filter(name => !(NAMES as readonly string[]).includes(name))
    if (unknown.length > 0) throw lookupError(`unrecognized arguments to with_sequence: ${pyRepr(unknown)}`)
    for (const name of NAMES) {
      const value = all.get(name)
      if (value === undefined || value === null) continue
      if (name === 'format') sequence.format = pyStr(value)
      else sequence[name] = parsed(name, value)
    }
  }
  return counted(sequence)
}

function parsed(name: string, value: Value): number {
  const number = isInt(value) ? value : intFromText(pyStr(value), 0)
  if (number === undefined) throw lookupError(`can't parse ${name}=${pyStr(value)} as integer`)
  return Number(number)
}

function counted({ start, end: last, count, stride, format }: Sequence): string[] {
  let end = last
  if (count === undefined && end === undefined) throw lookupError('must specify count or end in with_sequence')
  if (count !== undefined && end !== undefined) throw lookupError("can't specify both count and end in with_sequence")
  if (count !== undefined) {
    if (count === 0) return []
    end = start + count * stride - 1
  }
  if (stride > 0 && end! < start) throw lookupError('to count backwards make stride negative')
  if (stride < 0 && end! > start) throw lookupError("to count forward don't make stride negative")
  if ((format.match(/%/g) ?? []).length !== 1) throw lookupError(`bad formatting string: ${format}`)
  if (stride === 0) return []
  const found: string[] = []
  for (let number = start; stride > 0 ? number <= end! : number >= end!; number += stride) {
    try {
      found.push(percentFormat(format, number))
    } catch {
      throw lookupError(`problem formatting ${number} with ${pyRepr(format)}`)
    }
  }
  return found
}
