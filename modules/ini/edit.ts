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
  /** Options that tell sections of one name apart, with the values that will do; none: any. */
  readonly section_has_values?: readonly Condition[] | undefined
}

export interface Condition {
  readonly option: string
  readonly values: readonly string[]
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

/** The first section of the name that holds what is asked of it. */
function sectionOf(lines: readonly string[], { section, section_has_values: has = [] }: IniWish): Section | undefined {
  const endOf = (header: number) => {
    const next = lines.findIndex((line, index) => index > header && line.startsWith('['))
    return next === -1 ? lines.length : next
  }
  const holds = ({ option, values }: Condition, header: number) =>
    lines.slice(header + 1, endOf(header)).some(line => {
      const value = valueIn(line, option, true)
      return value !== undefined && (values.length === 0 || values.includes(value ?? ''))
    })
  const headers =
    section === undefined ? [-1] : lines.flatMap((line, at) => (line.startsWith(`[${section}]`) ? [at] : []))
  const header = headers.find(at => has.every(condition => holds(condition, at)))
  return header === undefined ? undefined : { header, end: endOf(header) }
}

/** The file with the option so; the order of everything else stays. */
export function withOption(lines: string[], wish: IniWish): IniEdit {
  const { section, option, exclusive, allow_no_value } = wish
  const line = (value: string | undefined) => optionLine(wish, option!, value)
  const place = sectionOf(lines, wish)
  if (!place) {
    const msg = option === undefined ? 'only section added' : 'section and option added'
    return { lines: [...lines, `[${section}]\n`, ...newSection(wish)], msg }
  }
  if (option === undefined) return { lines, msg: 'OK' }

  const body = lines.slice(place.header + 1, place.end)
  const done = new Set<number>()
  const left = [...wish.values]
  let msg = 'OK'
  const set = (index: number, text: string) => {
    done.add(index)
    const sameButSpaces = () => valueIn(body[index]!, option!, false) === valueIn(text, option!, false)
    if (body[index] === text || (wish.ignore_spaces && sameButSpaces())) return
    body[index] = text
    msg = 'option changed'
  }
  const valueHere = (text: string) => valueIn(text, option, wish.modify_inactive_option)

  let bare = false
  for (const [index, text] of body.entries()) {
    const value = valueHere(text)
    if (value === undefined) continue
    const at = left.indexOf(value ?? '')
    if (at !== -1) {
      set(index, line(left[at]))
      left.splice(at, 1)
    } else if (left.length === 0 && allow_no_value && !bare) {
      set(index, line(undefined))
      bare = true
    }
  }
  const kept: string[] = []
  for (const [index, text] of [...body].entries()) {
    const other = exclusive && !allow_no_value && !done.has(index) && valueHere(text) !== undefined
    if (other && left.length > 0) set(index, line(left.shift()))
    else if (other) {
      msg = 'option changed'
      continue
    }
    kept.push(body[index]!)
  }
  const missing = left.length > 0 ? left.map(line) : allow_no_value && !bare ? [line(undefined)] : []
  if (missing.length > 0) {
    kept.splice(kept.findLastIndex(text => !ignorable.test(text.replace(/\r?\n$/, ''))) + 1, 0, ...missing)
    msg = 'option added'
  }
  return { lines: [...lines.slice(0, place.header + 1), ...kept, ...lines.slice(place.end)], msg }
}

const optionLine = ({ no_extra_spaces }: IniWish, option: string, value: string | undefined) =>
  value === undefined ? `${option}\n` : `${option}${no_extra_spaces ? '=' : ' = '}${value}\n`

/** What a section starts with: what is asked of it, then the option. */
function newSection(wish: IniWish): string[] {
  const { option, values, exclusive, section_has_values = [] } = wish
  const bare = wish.allow_no_value ? [undefined] : []
  const lines = section_has_values
    .filter(asked => asked.option !== option)
    .flatMap(asked =>
      (asked.values.length > 0 ? asked.values : bare).map(value => optionLine(wish, asked.option, value)),
    )
  if (option === undefined) return lines
  const asked = exclusive ? [] : section_has_values.filter(one => one.option === option).flatMap(one => one.values)
  const all = [...new Set([...values, ...asked])]
  return [...lines, ...(all.length > 0 ? all : [undefined]).map(value => optionLine(wish, option, value))]
}

/** The file without the option, or without the whole section. */
export function withoutOption(lines: string[], wish: IniWish): IniEdit {
  const { option, values, exclusive } = wish
  const place = sectionOf(lines, wish)
  if (!place) return { lines, msg: 'OK' }
  const { header, end } = place
  if (option === undefined)
    return {
      lines: [...lines.slice(0, Math.max(header, 0)), ...lines.slice(end)],
      msg: end > header ? 'section removed' : 'OK',
    }

  const kept = lines.filter((text, index) => {
    const value = index > header && index < end ? valueIn(text, option, false) : undefined
    return value === undefined || !(exclusive || values.includes(value ?? ''))
  })
  return { lines: kept, msg: kept.length < lines.length ? 'option changed' : 'OK' }
}
