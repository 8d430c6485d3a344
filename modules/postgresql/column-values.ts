/** The text of a column, by the type that the server names → the value that a playbook gets. */
import type { Json } from '../../engine/python/values.js'

type Reader = (text: string) => Json

/** Types whose arrays come back as lists; arrays of others stay text. */
const readers: { readonly [type: string]: Reader } = {
  smallint: integer,
  integer,
  bigint: integer,
  oid: integer,
  real: Number,
  'double precision': Number,
  numeric: Number,
  boolean: text => text === 't',
  json: text => JSON.parse(text) as Json,
  jsonb: text => JSON.parse(text) as Json,
  text: asIs,
  name: asIs,
  character: asIs,
  'character varying': asIs,
  inet: asIs,
  cidr: asIs,
  macaddr: asIs,
  'time without time zone': asIs,
  'time with time zone': asIs,
  date: text => (text === 'infinity' ? '9999-12-31' : text === '-infinity' ? '0001-01-01' : text),
  'timestamp without time zone': isoTime,
  'timestamp with time zone': isoTime,
  interval: duration,
}

export function columnValue(text: string | null, type: string): Json {
  if (text === null) return null
  // `numeric(5,2)[]`, `timestamp(3) without time zone`: the size tells nothing of the kind.
  const plain = type.replace(/\([^)]*\)/, '')
  const list = plain.endsWith('[]')
  const reader = readers[list ? plain.slice(0, -2) : plain]
  if (!reader) return text
  return list ? arrayOf(text, reader) : reader(text)
}

function asIs(text: string): Json {
  return text
}

function integer(text: string): Json {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : BigInt(text)
}

/** `2020-01-02 03:04:05.1+02` → `2020-01-02T03:04:05.100000+02:00` */
function isoTime(text: string): Json {
  if (text === 'infinity') return '9999-12-31T23:59:59.999999'
  if (text === '-infinity') return '0001-01-01T00:00:00'
  const parts = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?([+-]\d\d)?(:\d\d)?$/.exec(text)
  if (!parts) return text
  const [, day, time, fraction, hours, minutes = ':00'] = parts
  return `${day}T${time}${fraction ? `.${fraction.padEnd(6, '0')}` : ''}${hours ? hours + minutes : ''}`
}

/** `1 year 2 mons 3 days -04:05:06.7` as days and hours; a year has 365 days here and a month 30. */
function duration(text: string): Json {
  const days = [...text.matchAll(/(-?\d+) (year|mon|day)/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * { year: 365, mon: 30, day: 1 }[unit as 'year' | 'mon' | 'day'],
    0,
  )
  const clock = /(-?)(\d+):(\d\d):(\d\d)(?:\.(\d+))?$/.exec(text)
  let micros = 0
  if (clock) {
    const [, sign, hours, minutes, seconds, fraction = ''] = clock
    micros = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1e6 + Number(fraction.padEnd(6, '0'))
    if (sign) micros = -micros
  } else if (days === 0 && !/\d+ (?:year|mon|day)/.test(text)) return text
  const wholeDays = days + Math.floor(micros / 86_400e6)
  const rest = micros - Math.floor(micros / 86_400e6) * 86_400e6
  const two = (value: number) => String(value).padStart(2, '0')
  const seconds = Math.floor(rest / 1e6)
  const time = `${Math.floor(seconds / 3600)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  const fraction = rest % 1e6 ? `.${String(rest % 1e6).padStart(6, '0')}` : ''
  return `${wholeDays ? `${wholeDays} day${Math.abs(wholeDays) === 1 ? '' : 's'}, ` : ''}${time}${fraction}`
}

/** The server's notation of arrays: `{1,NULL,"a \"b\"",{…}}`, with bounds before it when they do not begin at 1. */
function arrayOf(text: string, reader: Reader): Json {
  const scan = /"((?:[^"\\]|\\[\s\S])*)"|([^{},"]+)|[{}]/g
  scan.lastIndex = text.indexOf('{')
  const open: Json[][] = [[]]
  for (let match = scan.exec(text); match; match = scan.exec(text)) {
    const [one, quoted, bare] = match
    if (one === '{') {
      const inner: Json[] = []
      open.at(-1)!.push(inner)
      open.push(inner)
    } else if (one === '}') open.pop()
    else if (bare === 'NULL') open.at(-1)!.push(null)
    else open.at(-1)!.push(reader(bare ?? quoted!.replace(/\\([\s\S])/g, '$1')))
  }
  return open[0]![0] ?? text
}
