export interface IniWish {
  readonly section: string | undefined
  readonly option: string | undefined
  /** What the option should be; several make several lines. */
  readonly values: readonly string[]
  readonly exclusive: boolean
  readonly no_extra_spaces: boolean
  readonly ignore_spaces: boolean
  readonly allow_no_value: boolean
  readonly modify_inactive_option: boolean
}

export interface IniEdit {
  readonly lines: string[]
  readonly msg: string
}

interface Section {
  /** Index of its header; -1 for what stands before all sections. */
  readonly header: number
  readonly end: number
}

const ignorable = /^[ \t]*([#;].*)?$/

/** Lines with their newlines; an empty file counts as one empty line, and the last line is ended. */
export function iniLines(text: string): string[] {
  const lines: string[] = text.match(/[^\n]*\n|[^\n]+$/g) ?? ['\n']
  return lines.at(-1)!.endsWith('\n') ? lines : lines.with(-1, `${lines.at(-1)}\n`)
}

/** What a line says about an option: its value, `null` for an option without one; undefined for other lines. */
function valueIn(line: string, option: string, comments: boolean): string | null | undefined {
  const text = line.replace(/\r?\n$/, '').replace(comments ? /^[ \t#;]*/ : /^[ \t]*/, '')
  if (!text.startsWith(option)) return undefined
  const rest = /^[ \t]*(?:=[ \t]*(.*)|)$/.exec(text.slice(option.length))
  return rest ? (rest[1] ?? null) : undefined
}

function sectionOf(lines: readonly string[], name: string | undefined): Section | undefined {
  const header = name === undefined ? -1 : lines.findIndex(line => line.startsWith(`[${name}]`))
  if (name !== undefined && header === -1) return undefined
  const next = lines.findIndex((line, index) => index > header && line.startsWith('['))
  return { header, end: next === -1 ? lines.length : next }
}

/** The file with the option so; the order of everything else stays. */
export function withOption(lines: string[], wish: IniWish): IniEdit {
  const { section, option, exclusive, allow_no_value } = wish
  const line = (value: string | undefined) =>
    value === undefined ? `${option}\n` : `${option}${wish.no_extra_spaces ? '=' : ' = '}${value}\n`
  const place = sectionOf(lines, section)
  if (!place) {
    const options = option === undefined ? [] : wish.values.length > 0 ? wish.values.map(line) : [line(undefined)]
    const msg = options.length > 0 ? 'section and option added' : 'only section added'
    return { lines: [...lines, `[${section}]\n`, ...options], msg }
  }
  if (option === undefined) return { lines, msg: 'OK' }

  const body = lines.slice(place.header + 1, place.end)
  const done = new Set<number>()
  const left = [...wish.values]
  let msg = 'OK'
  const set = (index: number, text: string) => {
    done.add(index)
    const sameButSpaces = wish.ignore_spaces && body[index]!.replace(/[ \t]/g, '') === text.replace(/[ \t]/g, '')
    if (body[index] === text || sameButSpaces) return
    body[index] = text
    msg = 'option changed'
  }
  const isOption = (text: string) => valueIn(text, option, wish.modify_inactive_option) !== undefined

  let bare = false
  for (const [index, text] of body.entries()) {
    const value = valueIn(text, option, wish.modify_inactive_option)
    if (value === undefined) continue
    const at = value === null ? -1 : left.indexOf(value)
    if (at !== -1) {
      set(index, line(left[at]))
      left.splice(at, 1)
    } else if (wish.values.length === 0 && allow_no_value && !bare) {
      set(index, line(undefined))
      bare = true
    }
  }
  const kept: string[] = []
  for (const [index] of [...body].entries()) {
    if (exclusive && !allow_no_value && !done.has(index) && left.length > 0 && isOption(body[index]!))
      set(index, line(left.shift()))
    const superfluous =
      exclusive && !allow_no_value && !done.has(index) && valueIn(body[index]!, option, false) !== undefined
    if (superfluous) msg = 'option changed'
    else kept.push(body[index]!)
  }
  const missing =
    left.length > 0 ? left.map(line) : wish.values.length === 0 && allow_no_value && !bare ? [line(undefined)] : []
  if (missing.length > 0) {
    kept.splice(kept.findLastIndex(text => !ignorable.test(text.replace(/\r?\n$/, ''))) + 1, 0, ...missing)
    msg = 'option added'
  }
  return { lines: [...lines.slice(0, place.header + 1), ...kept, ...lines.slice(place.end)], msg }
}

/** The file without the option, or without the whole section. */
export function withoutOption(lines: string[], { section, option, values, exclusive }: IniWish): IniEdit {
  const place = sectionOf(lines, section)
  if (!place) return { lines, msg: 'OK' }
  const { header, end } = place
  if (option === undefined)
    return {
      lines: [...lines.slice(0, Math.max(header, 0)), ...lines.slice(end)],
      msg: end > header ? 'section removed' : 'OK',
    }

  const kept = lines.filter((text, index) => {
    const value = index > header && index < end ? valueIn(text, option, false) : undefined
    return value === undefined || !(exclusive || (value !== null && values.includes(value)))
  })
  return { lines: kept, msg: kept.length < lines.length ? 'option changed' : 'OK' }
}
