export interface FstabEntry {
  readonly path: string
  readonly src: string
  readonly fstype: string
  readonly opts: string
  readonly dump: string
  readonly passno: string
}

const escaped = (text: string) =>
  text.replace(/[\\ \t\n]/g, char => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`)

/** fstab and the kernel's tables write spaces and the like as octal escapes. */
export const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))

function entryOf(line: string): FstabEntry | undefined {
  if (/^\s*(#|$)/.test(line)) return undefined
  const [src, path, fstype, opts = 'defaults', dump = '0', passno = '0', ...rest] = line.trim().split(/\s+/)
  if (fstype === undefined || rest.length > 0) return undefined
  return { src: unescaped(src!), path: unescaped(path!), fstype, opts: unescaped(opts), dump, passno }
}

/** Is this the entry that is meant? Swap areas all have the mount point none. */
const isSame = (one: FstabEntry, other: Pick<FstabEntry, 'path' | 'src'>) =>
  one.path === other.path && (!/^(none|swap|-)$/.test(one.path) || one.src === other.src)

const lineOf = ({ src, path, fstype, opts, dump, passno }: FstabEntry) =>
  `${escaped(src)} ${escaped(path)} ${fstype} ${escaped(opts)} ${dump} ${passno}`

export const fstabEntry = (text: string, path: string): FstabEntry | undefined =>
  text
    .split('\n')
    .map(entryOf)
    .find(entry => entry?.path === path)

/** The table with this entry; an entry that says the same in other spacing stays as it is. */
export function fstabWith(text: string, wanted: FstabEntry): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  let there = false
  const fresh = lines.map(line => {
    const entry = entryOf(line)
    if (!entry || !isSame(entry, wanted)) return line
    there = true
    return lineOf(entry) === lineOf(wanted) ? line : lineOf(wanted)
  })
  if (!there) fresh.push(lineOf(wanted))
  return `${fresh.join('\n')}\n`
}

/** The table without this entry; a src that is given must fit, too. */
export function fstabWithout(text: string, { path, src }: Pick<FstabEntry, 'path' | 'src'>): string {
  const kept = text.split('\n').filter(line => {
    const entry = entryOf(line)
    return !entry || entry.path !== path || (src !== '' && entry.src !== src)
  })
  return kept.join('\n')
}
