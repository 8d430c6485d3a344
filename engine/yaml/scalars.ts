/** What a plain scalar means in YAML 1.1: the resolvers of PyYAML, which Ansible uses, rule by rule. */
import { isRealDate, PyDate, PyDateTime } from '../python/datetime.js'
import { float, type Value } from '../python/values.js'

const INT =
  /^(?:[-+]?0b[0-1_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][0-9_]*)|[-+]?0x[0-9a-fA-F_]+|[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+)$/
const FLOAT =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/
const TIMESTAMP_LIKE =
  /^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}-[0-9][0-9]?-[0-9][0-9]?(?:[Tt]|[ \t]+)[0-9][0-9]?:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?(?:[ \t]*(?:Z|[-+][0-9][0-9]?(?::[0-9]{2})?))?)$/
const TIMESTAMP =
  /^([0-9]{4})-([0-9][0-9]?)-([0-9][0-9]?)(?:(?:[Tt]|[ \t]+)([0-9][0-9]?):([0-9]{2}):([0-9]{2})(?:\.([0-9]*))?(?:[ \t]*(Z|([-+])([0-9][0-9]?)(?::([0-9]{2}))?))?)?$/

const WORDS = new Map<string, Value>([
  ['', null],
  ['~', null],
])
for (const word of ['null', 'yes', 'no', 'true', 'false', 'on', 'off']) {
  const value = word === 'null' ? null : ['yes', 'true', 'on'].includes(word)
  for (const written of [word, word[0]!.toUpperCase() + word.slice(1), word.toUpperCase()]) WORDS.set(written, value)
}

/** The text is no value of the type it was tagged with, or no Python value at all (`0b_`, month 13). */
export class BadScalar extends Error {}

/** Only text that begins like this can be something else than a string. */
const mayMatter = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2b || code === 0x2e

/** A plain, untagged scalar's value; undefined when it is simply text. */
export function resolvePlain(text: string): Value | undefined {
  if (text.length <= 5) {
    const word = WORDS.get(text)
    if (word !== undefined) return word
    if (text === '=') throw new BadScalar("could not determine a constructor for the tag 'tag:yaml.org,2002:value'")
  }
  if (!mayMatter(text.charCodeAt(0))) return undefined
  if (FLOAT.test(text)) return parseFloat11(text)
  if (INT.test(text)) return parseInt11(text)
  if (TIMESTAMP_LIKE.test(text)) return parseTimestamp(text)
  return undefined
}

/** `!!int`: octal, hexadecimal, binary, sexagesimal and underscores; big integers survive. */
export function parseInt11(written: string): number | bigint {
  let text = written.replaceAll('_', '')
  const negative = text.startsWith('-')
  if (/^[-+]/.test(text)) text = text.slice(1)
  const signed = (value: bigint): number | bigint => {
    const result = negative ? -value : value
    return result >= -9007199254740991n && result <= 9007199254740991n ? Number(result) : result
  }
  const whole = (digits: string, base: number): bigint => {
    const prefix = base === 2 ? '0b' : base === 8 ? '0o' : base === 16 ? '0x' : ''
    const legal = base === 2 ? /^[01]+$/ : base === 8 ? /^[0-7]+$/ : base === 16 ? /^[0-9a-fA-F]+$/ : /^[0-9]+$/
    if (!legal.test(digits)) throw new BadScalar(`invalid literal for int() with base ${base}: '${digits}'`)
    return BigInt(prefix + digits)
  }
  if (text === '0') return 0
  if (text.startsWith('0b')) return signed(whole(text.slice(2), 2))
  if (text.startsWith('0x')) return signed(whole(text.slice(2), 16))
  if (text.startsWith('0')) return signed(whole(text, 8))
  if (text.includes(':')) return signed(text.split(':').reduce((sum, part) => sum * 60n + whole(part, 10), 0n))
  return signed(whole(text, 10))
}

/** `!!float`, sexagesimal too. */
export function parseFloat11(written: string): Value {
  let text = written.replaceAll('_', '').toLowerCase()
  const sign = text.startsWith('-') ? -1 : 1
  if (/^[-+]/.test(text)) text = text.slice(1)
  if (text === '.inf') return sign * Number.POSITIVE_INFINITY
  if (text === '.nan') return Number.NaN
  if (text.includes(':')) return float(sign * text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0))
  if (!/^(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?$/.test(text)) {
    throw new BadScalar(`could not convert string to float: '${text}'`)
  }
  return float(sign * Number(text))
}

export function parseTimestamp(text: string): PyDate | PyDateTime {
  const match = TIMESTAMP.exec(text)
  if (!match) throw new BadScalar(`'${text}' is not a timestamp`)
  const [year, month, day] = match.slice(1, 4).map(Number) as [number, number, number]
  if (!isRealDate(year, month, day)) {
    throw new BadScalar(month < 1 || month > 12 ? 'month must be in 1..12' : 'day is out of range for month')
  }
  if (match[4] === undefined) return new PyDate(year, month, day)
  const [hour, minute, second] = match.slice(4, 7).map(Number) as [number, number, number]
  if (hour > 23) throw new BadScalar('hour must be in 0..23')
  if (minute > 59) throw new BadScalar('minute must be in 0..59')
  if (second > 59) throw new BadScalar('second must be in 0..59')
  const microsecond = Number((match[7] ?? '').slice(0, 6).padEnd(6, '0'))
  const offset = match[8] === undefined ? undefined : match[8] === 'Z' ? 0 : zoneMinutes(match)
  return new PyDateTime(year, month, day, hour, minute, second, microsecond, offset)
}

function zoneMinutes(match: RegExpExecArray): number {
  const minutes = Number(match[10]) * 60 + Number(match[11] ?? 0)
  return match[9] === '-' ? -minutes : minutes
}

/** `!!bool` on text that is one of YAML's words. */
export function parseBool(text: string): boolean {
  const value = WORDS.get(text.toLowerCase())
  if (typeof value !== 'boolean') throw new BadScalar(`'${text}' is not a boolean`)
  return value
}
