/** Permission bits from what a playbook says: octal, number or symbolic, computed as Ansible computes them. */
import type { Value } from '../python/values.js'
import { RemoteFailure } from './remote.js'

const bitsOf = {
  u: { r: 0o400, w: 0o200, x: 0o100 },
  g: { r: 0o40, w: 0o20, x: 0o10 },
  o: { r: 4, w: 2, x: 1 },
} as const
const shift = { u: 6, g: 3, o: 0 } as const
type Who = keyof typeof bitsOf

export interface ModeContext {
  /** Bits the file has now (or would be created with). */
  readonly current: number
  readonly isDirectory: boolean
  readonly umask: number
}

/** The permission bits that `mode` asks for; undefined when it asks for nothing. */
export function permissionBits(mode: Value | undefined, context: ModeContext): number | undefined {
  if (mode === undefined || mode === null || mode === '') return undefined
  if (typeof mode === 'number' && Number.isInteger(mode)) return mode & 0o7777
  if (typeof mode !== 'string') throw malformed(String(mode))
  const text = mode.trim()
  if (/^(?:0o?)?[0-7]+$/.test(text)) {
    const bits = Number.parseInt(text.replace(/^0o/, ''), 8)
    if (bits <= 0o7777) return bits
  }
  return symbolic(text, context)
}

const malformed = (text: string) =>
  new RemoteFailure('mode must be in octal or symbolic form', {
    details: `bad symbolic permission for mode: ${text}`,
  })

/** Octal as Ansible's diffs show it: 0644, 01777. */
export const octal = (mode: number): string => `0${mode.toString(8).padStart(3, '0')}`

function symbolic(text: string, { current, isDirectory, umask }: ModeContext): number {
  let mode = current & 0o7777
  for (const clause of text.split(',')) {
    const parts = /^([ugo]*|a)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause)
    if (!parts) throw malformed(text)
    const named = parts[1]!
    const who: readonly Who[] = named === '' || named === 'a' ? ['u', 'g', 'o'] : ([...new Set(named)] as Who[])
    for (const [, operator, perms] of parts[2]!.matchAll(/([-+=])([rwxXst]*|[ugo])(?=[-+=]|$)/g)) {
      const before = mode
      for (const one of who)
        mode = applied(mode, before, one, operator!, perms!, { isDirectory, umask: named === '' ? umask : 0 })
    }
  }
  return mode
}

function applied(
  mode: number,
  before: number,
  who: Who,
  operator: string,
  perms: string,
  { isDirectory, umask }: { isDirectory: boolean; umask: number },
): number {
  const all = 7 << shift[who]
  const special = who === 'u' ? 0o4000 : who === 'g' ? 0o2000 : 0o1000
  let bits = 0
  if (perms !== '' && perms in shift) bits = ((before >> shift[perms as Who]) & 7) << shift[who]
  else {
    for (const letter of perms) {
      if (letter === 's') bits |= who === 'o' ? 0 : special
      else if (letter === 't') bits |= who === 'u' || who === 'g' ? 0 : 0o1000
      else if (letter === 'X') bits |= isDirectory || (before & 0o111) !== 0 ? bitsOf[who].x : 0
      else bits |= bitsOf[who][letter as 'r' | 'w' | 'x']
    }
  }
  bits &= ~(umask & all)
  if (operator === '+') return mode | bits
  if (operator === '-') return mode & ~bits
  return (mode & ~(all | special)) | bits
}

/** A mode for chmod, with five digits: with fewer, GNU's lets directories keep their set-user-ID and set-group-ID bits. */
export const chmodWord = (mode: number): string => mode.toString(8).padStart(5, '0')
