/** strftime and strptime with the letters and flags of C (English names, as in the C locale). */
import { PyDateTime } from './datetime.js'
import { valueError } from './errors.js'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

/** A moment taken apart, as `struct tm` has it. */
export interface Moment {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  /** Minutes east of UTC, and the zone's name. */
  readonly offset: number
  readonly zone: string
  readonly seconds: number
}

/** Seconds since the epoch as a moment here or in UTC. */
export function momentOf(seconds: number, utc: boolean): Moment {
  const date = new Date(Math.floor(seconds) * 1000)
  if (utc)
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      offset: 0,
      zone: 'GMT',
      seconds: Math.floor(seconds),
    }
  return {
    year: date.getFullYear(),
    month: date.getMonth() + 1,
    day: date.getDate(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds(),
    offset: -date.getTimezoneOffset(),
    zone: zoneName(date),
    seconds: Math.floor(seconds),
  }
}

const zoneName = (date: Date) =>
  /\(([^)]+)\)/.exec(date.toString())?.[1]?.replace(/^Coordinated Universal Time$/, 'UTC') ?? 'UTC'

/** time.strftime */
export function strftime(format: string, moment: Moment): string {
  return format.replace(
    /%([-_0^#]*)(\d*)([EO]?)([a-zA-Z%+])/g,
    (whole, flags: string, width: string, _, letter: string) => {
      const [text, pad, size] = field(letter, moment)
      if (text === undefined) return whole
      const filler = flags.includes('-') ? '' : flags.includes('_') ? ' ' : flags.includes('0') ? '0' : pad
      const bare = pad === '' ? text : text.replace(/^0+(?=\d)/, '')
      let out = filler === '' ? bare : bare.padStart(Math.max(size, Number(width || 0)), filler)
      if (filler === '' && width !== '') out = out.padStart(Number(width), pad === '' ? ' ' : pad)
      if (flags.includes('^')) out = out.toUpperCase()
      if (flags.includes('#')) out = letter === 'p' || letter === 'Z' ? out.toLowerCase() : out.toUpperCase()
      return out
    },
  )
}

/** The text of one field, what pads it, and to how many places. */
function field(letter: string, moment: Moment): [text: string | undefined, pad: string, size: number] {
  const { year, month, day, hour, minute, second } = moment
  const number = (value: number, size = 2, pad = '0'): [string, string, number] => [String(value), pad, size]
  const text = (value: string): [string, string, number] => [value, '', 0]
  const again = (format: string) => text(strftime(format, moment))
  const week = weekday(year, month, day)
  const nth = dayOfYear(year, month, day)
  switch (letter) {
    case 'a':
      return text(DAYS[week]!.slice(0, 3))
    case 'A':
      return text(DAYS[week]!)
    case 'b':
    case 'h':
      return text(MONTHS[month - 1]!.slice(0, 3))
    case 'B':
      return text(MONTHS[month - 1]!)
    case 'c':
      return again('%a %b %e %H:%M:%S %Y')
    case 'C':
      return number(Math.floor(year / 100))
    case 'd':
      return number(day)
    case 'D':
    case 'x':
      return again('%m/%d/%y')
    case 'e':
      return number(day, 2, ' ')
    case 'F':
      return again('%Y-%m-%d')
    case 'g':
      return number(isoWeek(year, month, day)[0] % 100)
    case 'G':
      return number(isoWeek(year, month, day)[0], 4)
    case 'H':
      return number(hour)
    case 'I':
      return number(hour % 12 || 12)
    case 'j':
      return number(nth, 3)
    case 'k':
      return number(hour, 2, ' ')
    case 'l':
      return number(hour % 12 || 12, 2, ' ')
    case 'm':
      return number(month)
    case 'M':
      return number(minute)
    case 'n':
      return text('\n')
    case 'p':
      return text(hour < 12 ? 'AM' : 'PM')
    case 'P':
      return text(hour < 12 ? 'am' : 'pm')
    case 'r':
      return again('%I:%M:%S %p')
    case 'R':
      return again('%H:%M')
    case 's':
      return number(moment.seconds, 1)
    case 'S':
      return number(second)
    case 't':
      return text('\t')
    case 'T':
    case 'X':
      return again('%H:%M:%S')
    case 'u':
      return number(week === 0 ? 7 : week, 1)
    case 'U':
      return number(Math.floor((nth + 6 - week) / 7))
    case 'V':
      return number(isoWeek(year, month, day)[1])
    case 'w':
      return number(week, 1)
    case 'W':
      return number(Math.floor((nth + 6 - ((week + 6) % 7)) / 7))
    case 'y':
      return number(((year % 100) + 100) % 100)
    case 'Y':
      return number(year, 1)
    case 'z': {
      const minutes = Math.abs(moment.offset)
      const clock = String(Math.floor(minutes / 60)).padStart(2, '0') + String(minutes % 60).padStart(2, '0')
      return text(`${moment.offset < 0 ? '-' : '+'}${clock}`)
    }
    case 'Z':
      return text(moment.zone)
    case '%':
      return text('%')
  }
  return [undefined, '', 0]
}

const utcDays = (year: number, month: number, day: number): number => {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return Math.round(date.getTime() / 86_400_000)
}
const weekday = (year: number, month: number, day: number) => (((utcDays(year, month, day) + 4) % 7) + 7) % 7
const dayOfYear = (year: number, month: number, day: number) => utcDays(year, month, day) - utcDays(year, 1, 1) + 1

/** Year and week of ISO 8601: weeks begin on Monday, the first has the year's first Thursday. */
function isoWeek(year: number, month: number, day: number): [year: number, week: number] {
  const days = utcDays(year, month, day)
  const thursday = days - ((weekday(year, month, day) + 6) % 7) + 3
  const of = new Date(thursday * 86_400_000).getUTCFullYear()
  return [of, Math.floor((thursday - utcDays(of, 1, 1)) / 7) + 1]
}

const patterns: Record<string, string> = {
  a: `(?<a>${DAYS.map(day => day.slice(0, 3)).join('|')})`,
  A: `(?<A>${DAYS.join('|')})`,
  b: `(?<b>${MONTHS.map(month => month.slice(0, 3)).join('|')})`,
  B: `(?<B>${MONTHS.join('|')})`,
  d: '(?<d>3[0-1]|[1-2]\\d|0[1-9]|[1-9]| [1-9])',
  f: '(?<f>[0-9]{1,6})',
  H: '(?<H>2[0-3]|[0-1]\\d|\\d)',
  I: '(?<I>1[0-2]|0[1-9]|[1-9])',
  j: '(?<j>36[0-6]|3[0-5]\\d|[1-2]\\d\\d|0[1-9]\\d|00[1-9]|[1-9]\\d|0[1-9]|[1-9])',
  m: '(?<m>1[0-2]|0[1-9]|[1-9])',
  M: '(?<M>[0-5]\\d|\\d)',
  p: '(?<p>am|pm)',
  S: '(?<S>6[0-1]|[0-5]\\d|\\d)',
  y: '(?<y>\\d\\d)',
  Y: '(?<Y>\\d\\d\\d\\d)',
  z: '(?<z>[+-]\\d\\d:?[0-5]\\d(?::?[0-5]\\d(?:\\.\\d{1,6})?)?|[Zz])',
  Z: '(?<Z>utc|gmt)',
  w: '(?<w>[0-6])',
  u: '(?<u>[1-7])',
  U: '(?<U>5[0-3]|[0-4]\\d|\\d)',
  W: '(?<W>5[0-3]|[0-4]\\d|\\d)',
  '%': '%',
}
const compounds: Record<string, string> = { c: '%a %b %d %H:%M:%S %Y', x: '%m/%d/%y', X: '%H:%M:%S' }

/** datetime.strptime */
export function strptime(text: string, format: string): PyDateTime {
  const whole = format.replace(/%([cxX])/g, (_, letter: string) => compounds[letter]!)
  let source = ''
  for (const [part] of whole.matchAll(/%(.?)|\s+|[^%\s]+/gs)) {
    if (part.startsWith('%')) {
      const letter = part.slice(1)
      const pattern = patterns[letter]
      if (letter === '') throw valueError(`stray % in format '${format}'`)
      if (pattern === undefined) throw valueError(`'${letter}' is a bad directive in format '${format}'`)
      source += pattern
    } else if (/^\s/.test(part)) source += '\\s+'
    else source += part.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  }
  let found: RegExpExecArray | null
  try {
    found = new RegExp(`^${source}`, 'i').exec(text)
  } catch {
    throw valueError(`a directive comes twice in format '${format}'`)
  }
  if (!found) throw valueError(`time data '${text}' does not match format '${format}'`)
  if (found[0].length !== text.length) throw valueError(`unconverted data remains: ${text.slice(found[0].length)}`)
  const got = found.groups ?? {}
  const number = (name: string, fallback: number) => (got[name] === undefined ? fallback : Number(got[name]))
  const named = (name: string, list: readonly string[], size?: number) =>
    got[name] === undefined ? -1 : list.findIndex(one => one.slice(0, size).toLowerCase() === got[name]!.toLowerCase())
  let year = number('Y', 1900)
  if (got.y !== undefined) year = Number(got.y) + (Number(got.y) < 69 ? 2000 : 1900)
  let month = number('m', 1)
  const monthName = Math.max(named('b', MONTHS, 3), named('B', MONTHS))
  if (monthName >= 0) month = monthName + 1
  let day = number('d', 1)
  let hour = number('H', 0)
  if (got.I !== undefined) hour = (Number(got.I) % 12) + (got.p?.toLowerCase() === 'pm' ? 12 : 0)
  if (got.j !== undefined && got.d === undefined) {
    const date = new Date((utcDays(year, 1, 1) + Number(got.j) - 1) * 86_400_000)
    month = date.getUTCMonth() + 1
    day = date.getUTCDate()
  }
  if (new Date(Date.UTC(2000, month - 1, day)).getUTCMonth() !== month - 1 || utcMonth(year, month, day) !== month)
    throw valueError('day is out of range for month')
  return new PyDateTime(
    year,
    month,
    day,
    hour,
    number('M', 0),
    number('S', 0),
    Number((got.f ?? '').padEnd(6, '0')),
    offsetOf(got.z),
  )
}

const utcMonth = (year: number, month: number, day: number) =>
  new Date(utcDays(year, month, day) * 86_400_000).getUTCMonth() + 1

function offsetOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (text === 'Z' || text === 'z') return 0
  const digits = text.slice(1).replaceAll(':', '')
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4))
  return text.startsWith('-') ? -minutes : minutes
}
