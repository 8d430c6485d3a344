/** Dates and spans of time. */
import { Diagnostic } from '../../diagnostics.js'
import { truthy } from '../../python/compare.js'
import { typeError } from '../../python/errors.js'
import { floatFromText, floatOf, rounded } from '../../python/numbers.js'
import { pyStr } from '../../python/repr.js'
import { strftime as format, momentOf, strptime } from '../../python/strftime.js'
import { asNumber, float, isInt, type KeywordArguments, typeName, type Value } from '../../python/values.js'
import { defineFilter, type Filter } from '../define.js'

export const strftime = defineFilter({
  summary: 'A moment (now, or seconds since 1970) in a format of C',
  examples: [
    ["{{ '%Y-%m-%d' | strftime(0, true) }}", '1970-01-01'],
    ["{{ '%H:%M' | strftime(3600, utc=true) }}", '01:00'],
  ],
  signature: 'second=None, utc=False',
  applyIn: (context, value: Value, second: Value, utc: Value) => {
    const now = () => float(Date.now() / 1000)
    const seconds = floatOf(second === null ? context.once(now) : second)
    if (seconds === undefined)
      throw new Diagnostic(`Invalid value for epoch value (${pyStr(second)})`, { code: 'filter-argument' })
    if (typeof value !== 'string') throw typeError(`strftime() argument 1 must be str, not ${typeName(value)}`)
    return format(value, momentOf(seconds, truthy(utc)))
  },
})

export const toDatetime = defineFilter({
  summary: 'The moment that a text describes in a format of C',
  examples: [
    ["{{ ('2016-08-14 20:00:12' | to_datetime).year }}", 2016],
    ["{{ ('14.08.2016' | to_datetime('%d.%m.%Y')).isoformat() }}", '2016-08-14T00:00:00'],
  ],
  signature: "format='%Y-%m-%d %H:%M:%S'",
  apply: (value: Value, written: Value) => strptime(pyStr(value), pyStr(written)),
})

/** Milliseconds of each unit, with all the names it goes by. */
const units: readonly [names: RegExp, factor: number, name: string][] = [
  [/^(?:ms|msec|msecs|msecond|mseconds|millisecond|milliseconds)$/, 1 / 1000, 'millisecond'],
  [/^(?:s|sec|secs|second|seconds)$/, 1, 'second'],
  [/^(?:m|min|mins|minute|minutes)$/, 60, 'minute'],
  [/^(?:h|hour|hours)$/, 3600, 'hour'],
  [/^(?:d|day|days)$/, 86400, 'day'],
  [/^(?:w|week|weeks)$/, 604800, 'week'],
  [/^(?:mo|month|months)$/, 2592000, 'month'],
  [/^(?:y|year|years)$/, 31536000, 'year'],
]

function inUnit(value: Value, unit: string, given: KeywordArguments): Value {
  const bad = (message: string) => new Diagnostic(message, { code: 'filter-argument' })
  let [month, year] = [2592000, 31536000]
  for (const [name, days] of given) {
    if (name === 'year') year = Number(asDays(days)) * 86400
    else if (name === 'month') month = Number(asDays(days)) * 86400
    else throw bad(`to_time_unit() got unknown keyword arguments: ${name}`)
  }
  const secondsOf = (name: string) => {
    const found = units.find(([names]) => names.test(name))
    return found && (found[2] === 'month' ? month : found[2] === 'year' ? year : found[1])
  }
  const target = secondsOf(unit)
  if (target === undefined)
    throw bad(
      `to_time_unit() can not convert to the following unit: ${unit}. Available units (singular or plural): ${units.map(([, , name]) => name).join(', ')}. Available short units: ms, s, m, h, d, w, mo, y`,
    )
  if ((isInt(value) || value === '0') && Number(value) === 0) return 0
  let total = 0
  for (const [piece] of pyStr(value).matchAll(/\S+/g)) {
    const part = /^(-?\d+)(\w+)$/.exec(piece)
    if (!part) throw bad(`to_time_unit() can not interpret following string: ${pyStr(value)}`)
    const factor = secondsOf(part[2]!)
    if (factor === undefined) throw bad(`to_time_unit() can not interpret following string: ${pyStr(value)}`)
    total += Number(part[1]) * factor * 1000
  }
  return rounded(float(total / (target * 1000)), 12)
}

const asDays = (value: Value) => floatFromText(pyStr(value)) ?? asNumber(value as number)

export const toTimeUnit = defineFilter({
  summary: 'A span such as "1h 30m" as a number of a unit',
  examples: [
    ["{{ '1h 30m' | community.general.to_time_unit('minutes') }}", 90.0],
    ["{{ '0' | community.general.to_time_unit('minutes') }}", 0],
  ],
  signature: "unit='ms', **kwargs",
  apply: (value: Value, unit: Value, given: KeywordArguments) => inUnit(value, pyStr(unit), given),
})

const to = (unit: string, example: readonly [string, number]): Filter =>
  defineFilter({
    summary: `A span such as "1h 30m" in ${unit}`,
    examples: [[example[0], example[1]]],
    signature: '**kwargs',
    apply: (value: Value, given: KeywordArguments) => inUnit(value, unit, given),
  })

export const toMilliseconds = to('milliseconds', ["{{ '2s' | community.general.to_milliseconds }}", 2000])
export const toSeconds = to('seconds', ["{{ '1m 5s' | community.general.to_seconds }}", 65])
export const toMinutes = to('minutes', ["{{ '2h' | community.general.to_minutes }}", 120])
export const toHours = to('hours', ["{{ '90m' | community.general.to_hours }}", 1.5])
export const toDays = to('days', ["{{ '48h' | community.general.to_days }}", 2])
export const toWeeks = to('weeks', ["{{ '14d' | community.general.to_weeks }}", 2])
export const toMonths = to('months', ["{{ '60d' | community.general.to_months }}", 2])
export const toYears = to('years', ["{{ '730d' | community.general.to_years }}", 2])
