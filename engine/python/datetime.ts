/** Dates as Python has them; YAML timestamps become these, and facts and filters compute with them. */
import { typeError } from './errors.js'
import { momentOf, strftime } from './strftime.js'
import { asNumber, float, isNumber, PyObject, type Value } from './values.js'

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

  override equals(other: Value): boolean {
    return other instanceof PyDate && this.valueOf() === other.valueOf()
  }

  override compare(other: Value): number | undefined {
    return other instanceof PyDate ? this.valueOf() - other.valueOf() : undefined
  }

  override valueOf(): number {
    return new PyDateTime(this.year, this.month, this.day).valueOf()
  }

  override attribute(name: string): Value | undefined {
    return dateAttribute(this, name) ?? (name === 'isoformat' ? method(name, () => this.isoformat()) : undefined)
  }

  override binary(operator: string, other: Value, reflected: boolean): Value | undefined {
    if (operator === '-' && other instanceof PyDate) {
      const days = (this.valueOf() - other.valueOf()) / 86_400_000
      return new PyTimedelta((reflected ? -days : days) * 86_400_000_000)
    }
    if (other instanceof PyTimedelta && (operator === '+' || (operator === '-' && !reflected))) {
      const days = other.days * (operator === '-' ? -1 : 1)
      const moment = momentOf(this.valueOf() / 1000 + days * 86400, true)
      return new PyDate(moment.year, moment.month, moment.day)
    }
    return undefined
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

  override equals(other: Value): boolean {
    return other instanceof PyDateTime && this.micros === other.micros
  }

  override compare(other: Value): number | undefined {
    if (!(other instanceof PyDateTime)) return undefined
    sameKind(this, other, 'compare')
    return this.micros - other.micros
  }

  /** Microseconds since the epoch; a naive time is read as UTC. */
  get micros(): number {
    return Math.floor(this.valueOf() / 1000) * 1_000_000 + this.microsecond
  }

  override binary(operator: string, other: Value, reflected: boolean): Value | undefined {
    if (operator === '-' && other instanceof PyDateTime) {
      sameKind(this, other, 'subtract')
      return new PyTimedelta((this.micros - other.micros) * (reflected ? -1 : 1))
    }
    if (other instanceof PyTimedelta && (operator === '+' || (operator === '-' && !reflected)))
      return this.#moved(other.micros * (operator === '-' ? -1 : 1))
    return undefined
  }

  #moved(micros: number): PyDateTime {
    const total = this.micros + (this.offset ?? 0) * 60_000_000 + micros
    const { year, month, day, hour, minute, second } = momentOf(Math.floor(total / 1_000_000), true)
    return new PyDateTime(
      year,
      month,
      day,
      hour,
      minute,
      second,
      ((total % 1_000_000) + 1_000_000) % 1_000_000,
      this.offset,
    )
  }

  override attribute(name: string): Value | undefined {
    switch (name) {
      case 'hour':
      case 'minute':
      case 'second':
      case 'microsecond':
        return this[name]
      case 'isoformat':
        return method(name, ([separator]) => this.isoformat(typeof separator === 'string' ? separator : 'T'))
      case 'date':
        return method(name, () => new PyDate(this.year, this.month, this.day))
      case 'timestamp':
        // A naive time is local.
        return method(name, () =>
          float(
            this.offset === undefined
              ? new Date(this.year, this.month - 1, this.day, this.hour, this.minute, this.second).getTime() / 1000 +
                  this.microsecond / 1e6
              : this.micros / 1e6,
          ),
        )
    }
    return dateAttribute(this, name)
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

function sameKind(a: PyDateTime, b: PyDateTime, what: string): void {
  if ((a.offset === undefined) !== (b.offset === undefined))
    throw typeError(`can't ${what} offset-naive and offset-aware datetimes`)
}

/** A method bound to its date. */
class DateMethod extends PyObject {
  readonly typeName = 'builtin_function_or_method'
  constructor(
    readonly name: string,
    private readonly run: (args: readonly Value[]) => Value,
  ) {
    super()
  }
  override repr(): string {
    return `<built-in method ${this.name}>`
  }
  override call(args: readonly Value[]): Value {
    return this.run(args)
  }
}
const method = (name: string, run: (args: readonly Value[]) => Value) => new DateMethod(name, run)

/** What dates and times have in common. */
function dateAttribute(date: PyDate | PyDateTime, name: string): Value | undefined {
  const days = () => Math.floor((date.valueOf() + (('offset' in date ? date.offset : 0) ?? 0) * 60_000) / 86_400_000)
  switch (name) {
    case 'year':
    case 'month':
    case 'day':
      return date[name]
    case 'weekday':
      return method(name, () => (((days() + 3) % 7) + 7) % 7)
    case 'isoweekday':
      return method(name, () => ((((days() + 3) % 7) + 7) % 7) + 1)
    case 'toordinal':
      return method(name, () => days() + 719163)
    case 'strftime':
      return method(name, ([format]) => {
        const { year, month, day } = date
        const [hour, minute, second] = date instanceof PyDateTime ? [date.hour, date.minute, date.second] : [0, 0, 0]
        const written = String(format)
        const offset = date instanceof PyDateTime ? date.offset : undefined
        // Python knows %f, C does not; a naive time has no zone.
        const known = written
          .replaceAll('%f', pad(date instanceof PyDateTime ? date.microsecond : 0, 6))
          .replace(/%[zZ]/g, letter => (offset === undefined ? '' : letter))
        const seconds = Math.floor(date.valueOf() / 1000)
        return strftime(known, { year, month, day, hour, minute, second, offset: offset ?? 0, zone: 'UTC', seconds })
      })
  }
  return undefined
}

/** datetime.timedelta: what lies between two times. */
export class PyTimedelta extends PyObject {
  readonly typeName = 'timedelta'
  constructor(readonly micros: number) {
    super()
  }

  get days(): number {
    return Math.floor(this.micros / 86_400_000_000)
  }

  get seconds(): number {
    return Math.floor((this.micros - this.days * 86_400_000_000) / 1_000_000)
  }

  get microseconds(): number {
    return ((this.micros % 1_000_000) + 1_000_000) % 1_000_000
  }

  override str(): string {
    const { days, seconds, microseconds } = this
    const clock = `${Math.floor(seconds / 3600)}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`
    const fraction = microseconds ? `.${pad(microseconds, 6)}` : ''
    return `${days === 0 ? '' : `${days} day${Math.abs(days) === 1 ? '' : 's'}, `}${clock}${fraction}`
  }

  override repr(): string {
    const parts = (['days', 'seconds', 'microseconds'] as const).filter(name => this[name] !== 0)
    return `datetime.timedelta(${parts.length === 0 ? '0' : parts.map(name => `${name}=${this[name]}`).join(', ')})`
  }

  override truth(): boolean {
    return this.micros !== 0
  }

  override equals(other: Value): boolean {
    return other instanceof PyTimedelta && other.micros === this.micros
  }

  override compare(other: Value): number | undefined {
    return other instanceof PyTimedelta ? this.micros - other.micros : undefined
  }

  override attribute(name: string): Value | undefined {
    if (name === 'days' || name === 'seconds' || name === 'microseconds') return this[name]
    return name === 'total_seconds' ? method(name, () => float(this.micros / 1e6)) : undefined
  }

  override binary(operator: string, other: Value, reflected: boolean): Value | undefined {
    if (other instanceof PyTimedelta) {
      const [left, right] = reflected ? [other, this] : [this, other]
      if (operator === '+') return new PyTimedelta(left.micros + right.micros)
      if (operator === '-') return new PyTimedelta(left.micros - right.micros)
      if (operator === '/') return float(left.micros / right.micros)
      if (operator === '//') return Math.floor(left.micros / right.micros)
    }
    if (isNumber(other)) {
      if (operator === '*') return new PyTimedelta(Math.round(this.micros * asNumber(other)))
      if (operator === '/' && !reflected) return new PyTimedelta(Math.round(this.micros / asNumber(other)))
    }
    return undefined
  }
}
