/** Dates as Python has them; YAML timestamps become these, and facts and filters compute with them. */
import { PyObject } from './values.js'

const pad = (value: number, width = 2): string => String(value).padStart(width, '0')

/** datetime.date */
export class PyDate extends PyObject {
  readonly typeName: string = 'date'
  constructor(
    readonly year: number,
    readonly month: number,
    readonly day: number,
  ) {
    super()
  }

  isoformat(): string {
    return `${pad(this.year, 4)}-${pad(this.month)}-${pad(this.day)}`
  }

  override str(): string {
    return this.isoformat()
  }

  override toString(): string {
    return this.str()
  }

  override repr(): string {
    return `datetime.date(${this.year}, ${this.month}, ${this.day})`
  }
}

/** datetime.datetime; `offset` is minutes east of UTC, undefined for a naive time. */
export class PyDateTime extends PyObject {
  readonly typeName: string = 'datetime'
  constructor(
    readonly year: number,
    readonly month: number,
    readonly day: number,
    readonly hour = 0,
    readonly minute = 0,
    readonly second = 0,
    readonly microsecond = 0,
    readonly offset?: number,
  ) {
    super()
  }

  isoformat(separator = 'T'): string {
    const date = `${pad(this.year, 4)}-${pad(this.month)}-${pad(this.day)}`
    const time = `${pad(this.hour)}:${pad(this.minute)}:${pad(this.second)}`
    const fraction = this.microsecond ? `.${pad(this.microsecond, 6)}` : ''
    return `${date}${separator}${time}${fraction}${this.#zone()}`
  }

  #zone(): string {
    if (this.offset === undefined) return ''
    const minutes = Math.abs(this.offset)
    return `${this.offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
  }

  override str(): string {
    return this.isoformat(' ')
  }

  override toString(): string {
    return this.str()
  }

  override repr(): string {
    const parts = [this.year, this.month, this.day, this.hour, this.minute]
    if (this.second || this.microsecond) parts.push(this.second)
    if (this.microsecond) parts.push(this.microsecond)
    const zone = this.offset === undefined ? '' : `, tzinfo=${zoneRepr(this.offset)}`
    return `datetime.datetime(${parts.join(', ')}${zone})`
  }

  /** Milliseconds since the epoch; a naive time is read as UTC. */
  override valueOf(): number {
    const made = new Date(0)
    made.setUTCFullYear(this.year, this.month - 1, this.day)
    made.setUTCHours(this.hour, this.minute - (this.offset ?? 0), this.second, this.microsecond / 1000)
    return made.getTime()
  }
}

function zoneRepr(offset: number): string {
  if (offset === 0) return 'datetime.timezone.utc'
  const days = Math.floor(offset / 1440)
  const seconds = (offset - days * 1440) * 60
  const parts = [...(days ? [`days=${days}`] : []), ...(seconds ? [`seconds=${seconds}`] : [])]
  return `datetime.timezone(datetime.timedelta(${parts.join(', ')}))`
}

/** True when Python's date() would accept this day. */
export function isRealDate(year: number, month: number, day: number): boolean {
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) return false
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
}
