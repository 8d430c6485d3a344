/** Host ranges: `web[01:20]`, `db-[a:f]`, `n[0:10:2]`, several in one name. */
import { Diagnostic } from '../diagnostics.js'

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** True when the text claims to have a `[…:…]` part. */
export const hasRange = (text: string): boolean => text.includes('[')

/** Every name that the ranges stand for, the leftmost range changing slowest. */
export function expandRange(text: string): string[] {
  if (!hasRange(text)) return [text]
  const open = text.indexOf('[')
  const close = text.indexOf(']')
  if (close < open) throw bad(`host range has no closing bracket: ${text}`)
  const head = text.slice(0, open)
  const tails = expandRange(text.slice(close + 1))
  return members(text.slice(open + 1, close)).flatMap(member => tails.map(tail => head + member + tail))
}

function members(range: string): string[] {
  const bounds = range.split(':')
  if (bounds.length !== 2 && bounds.length !== 3) throw bad('host range must be begin:end or begin:end:step')
  const begin = bounds[0] || '0'
  const end = bounds[1]!
  if (!end) throw bad('host range must specify end value')
  const step = bounds[2] === undefined ? 1 : Number.parseInt(bounds[2], 10)
  if (!(step > 0)) throw bad(`host range has a bad step: ${bounds[2]}`)
  const padded = begin.startsWith('0') && begin.length > 1
  if (padded && begin.length !== end.length) {
    throw bad('host range must specify equal-length begin and end formats')
  }
  const [first, last] = letters(begin, end) ?? numbers(begin, end)
  const alphabetic = letters(begin, end) !== undefined
  if (alphabetic && first > last) throw bad('host range must have begin <= end')
  const made: string[] = []
  for (let index = first; index <= last; index += step) {
    made.push(alphabetic ? LETTERS[index]! : padded ? String(index).padStart(begin.length, '0') : String(index))
  }
  return made
}

function letters(begin: string, end: string): [number, number] | undefined {
  const first = LETTERS.indexOf(begin)
  const last = LETTERS.indexOf(end)
  return begin.length === 1 && end.length === 1 && first !== -1 && last !== -1 ? [first, last] : undefined
}

function numbers(begin: string, end: string): [number, number] {
  if (!/^-?\d+$/.test(begin) || !/^-?\d+$/.test(end)) throw bad(`host range has bad bounds: ${begin}:${end}`)
  return [Number(begin), Number(end)]
}

const bad = (message: string) => new Diagnostic(message, { code: 'inventory-range' })
