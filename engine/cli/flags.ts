/** Reads command lines the way Python's argparse does: `--name value`, `--name=value`, `-nvalue`, unique beginnings. */

export interface Flag {
  /** All spellings, `-x` and `--long`. */
  readonly names: readonly string[]
  readonly kind: 'switch' | 'value' | 'list' | 'count'
  readonly summary: string
  readonly metavar?: string
  readonly choices?: readonly string[]
  /** Flags of one group exclude each other. */
  readonly group?: string
}
export type Flags = { readonly [name: string]: Flag }

export interface ParsedFlags {
  readonly words: readonly string[]
  has(name: string): boolean
  value(name: string): string | undefined
  list(name: string): readonly string[]
  count(name: string): number
}

/** The command line makes no sense; the message is what argparse would print after `error:`. */
export class UsageError extends Error {}

export function parseFlags(argv: readonly string[], flags: Flags): ParsedFlags {
  const values = new Map<string, string[]>()
  const words: string[] = []
  const groups = new Map<string, string>()
  const spelled = new Map<string, string>()
  for (const [name, flag] of Object.entries(flags)) for (const spelling of flag.names) spelled.set(spelling, name)

  const store = (name: string, spelling: string, value: string) => {
    const flag = flags[name]!
    if (flag.choices && !flag.choices.includes(value)) {
      const choices = flag.choices.map(choice => `'${choice}'`).join(', ')
      throw new UsageError(`argument ${flag.names.join('/')}: invalid choice: '${value}' (choose from ${choices})`)
    }
    const other = flag.group === undefined ? undefined : groups.get(flag.group)
    if (other !== undefined && other !== name) {
      throw new UsageError(
        `argument ${flag.names.join('/')}: not allowed with argument ${flags[other]!.names.join('/')}`,
      )
    }
    if (flag.group !== undefined) groups.set(flag.group, name)
    const list = values.get(name) ?? []
    if (flag.kind === 'value') list.length = 0
    list.push(value)
    values.set(name, list)
    void spelling
  }

  const rest = [...argv]
  while (rest.length > 0) {
    const word = rest.shift()!
    if (word === '--') {
      words.push(...rest)
      break
    }
    if (!word.startsWith('-') || word === '-' || /^-\d+(\.\d*)?$/.test(word)) {
      words.push(word)
      continue
    }
    const equals = word.startsWith('--') ? word.indexOf('=') : -1
    const spelling = equals === -1 ? word : word.slice(0, equals)
    const name = word.startsWith('--') ? longName(spelling, spelled) : spelled.get(word.slice(0, 2))
    if (name === undefined) throw new UsageError(`unrecognized arguments: ${word}`)
    const flag = flags[name]!
    const takesValue = flag.kind === 'value' || flag.kind === 'list'
    if (!word.startsWith('--') && word.length > 2) {
      if (takesValue) store(name, spelling, word.slice(2).replace(/^=/, ''))
      else {
        store(name, spelling, '')
        rest.unshift(`-${word.slice(2)}`)
      }
    } else if (!takesValue) {
      if (equals !== -1)
        throw new UsageError(`argument ${flag.names.join('/')}: ignored explicit argument '${word.slice(equals + 1)}'`)
      store(name, spelling, '')
    } else if (equals !== -1) store(name, spelling, word.slice(equals + 1))
    else {
      const next = rest[0]
      if (next === undefined || (next.startsWith('-') && next !== '-' && !/^-\d/.test(next) && !next.includes(' '))) {
        throw new UsageError(`argument ${flag.names.join('/')}: expected one argument`)
      }
      store(name, spelling, rest.shift()!)
    }
  }
  return {
    words,
    has: name => values.has(name),
    value: name => values.get(name)?.at(-1),
    list: name => values.get(name) ?? [],
    count: name => values.get(name)?.length ?? 0,
  }
}

function longName(spelling: string, spelled: ReadonlyMap<string, string>): string | undefined {
  const exact = spelled.get(spelling)
  if (exact !== undefined) return exact
  const near = [...spelled].filter(([known]) => known.startsWith(spelling))
  const names = new Set(near.map(([, name]) => name))
  if (names.size > 1) {
    throw new UsageError(`ambiguous option: ${spelling} could match ${near.map(([known]) => known).join(', ')}`)
  }
  return near[0]?.[1]
}

/** The option list of a help text. */
export function describeFlags(flags: Flags): string {
  const lines: string[] = []
  for (const { names, kind, summary, metavar } of Object.values(flags)) {
    const value =
      kind === 'value' || kind === 'list'
        ? ` ${metavar ?? names.at(-1)!.replace(/^-+/, '').replaceAll('-', '_').toUpperCase()}`
        : ''
    const left = `  ${names.map(name => name + value).join(', ')}`
    lines.push(left.length > 22 ? `${left}\n${' '.repeat(24)}${summary}` : left.padEnd(24) + summary)
  }
  return lines.join('\n')
}
