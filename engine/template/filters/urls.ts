/** Addresses of the web: taking apart, escaping. */
import { Diagnostic } from '../../diagnostics.js'
import { valueError } from '../../python/errors.js'
import { isIterable, iterate } from '../../python/iterate.js'
import { pyStr } from '../../python/repr.js'
import { isDict, isList, type Value } from '../../python/values.js'
import { defineFilter } from '../define.js'
import { ownText } from './text.js'

const SCHEME = /^([a-zA-Z][a-zA-Z0-9+.-]*):/
const PARTS = ['fragment', 'hostname', 'netloc', 'password', 'path', 'port', 'query', 'scheme', 'username']

/** urllib.parse.urlsplit, with what its result derives from the network location. */
export function urlParts(address: string): Map<string, Value> {
  let rest = address.replace(/^[\0-\x20]+/, '').replace(/[\t\r\n]/g, '')
  let scheme = ''
  let netloc = ''
  const named = SCHEME.exec(rest)
  if (named) {
    scheme = named[1]!.toLowerCase()
    rest = rest.slice(named[0].length)
  }
  if (rest.startsWith('//')) {
    const end = rest.slice(2).search(/[/?#]/)
    netloc = end === -1 ? rest.slice(2) : rest.slice(2, end + 2)
    rest = end === -1 ? '' : rest.slice(end + 2)
    if (netloc.includes('[') !== netloc.includes(']')) throw valueError('Invalid IPv6 URL')
  }
  const cut = (mark: string) => {
    const at = rest.indexOf(mark)
    const after = at === -1 ? '' : rest.slice(at + 1)
    if (at !== -1) rest = rest.slice(0, at)
    return after
  }
  const fragment = cut('#')
  const query = cut('?')
  const at = netloc.lastIndexOf('@')
  const user = at === -1 ? null : netloc.slice(0, at)
  const host = at === -1 ? netloc : netloc.slice(at + 1)
  const colon = user === null ? -1 : user.indexOf(':')
  return new Map<string, Value>([
    ['fragment', fragment],
    ['hostname', hostOf(host)],
    ['netloc', netloc],
    ['password', user !== null && colon !== -1 ? user.slice(colon + 1) : null],
    ['path', rest],
    ['port', portOf(host)],
    ['query', query],
    ['scheme', scheme],
    ['username', user === null ? null : colon === -1 ? user : user.slice(0, colon)],
  ])
}

function hostOf(host: string): Value {
  const bracketed = /^\[([^\]]*)\]/.exec(host)
  const name = bracketed ? bracketed[1]! : host.split(':')[0]!
  return name === '' ? null : name.toLowerCase()
}

function portOf(host: string): Value {
  const after = host.startsWith('[') ? host.slice(host.indexOf(']') + 1) : host
  const colon = after.indexOf(':')
  const text = colon === -1 ? '' : after.slice(colon + 1)
  if (text === '') return null
  if (!/^\d+$/.test(text)) throw valueError(`Port could not be cast to integer value as '${text}'`)
  if (Number(text) > 65535) throw valueError('Port out of range 0-65535')
  return Number(text)
}

export const urlsplit = defineFilter({
  summary: 'The parts of an address as a dict, or one of them',
  examples: [
    ["{{ 'http://u:p@host:8080/a?q#f' | urlsplit('port') }}", 8080],
    ["{{ 'http://host/a?q=1' | urlsplit('query') }}", 'q=1'],
    ["{{ 'http://h/' | urlsplit('nosuch') }}", { error: 'urlsplit: unknown URL component: nosuch' }],
  ],
  signature: "query='', alias='urlsplit'",
  apply: (value: Value, query: Value, alias: Value): Value => {
    const parts = urlParts(ownText(value, 'decode'))
    if (query === '' || query === null) return new Map(PARTS.map((name): [Value, Value] => [name, parts.get(name)!]))
    const part = parts.get(pyStr(query))
    if (part === undefined)
      throw new Diagnostic(`${pyStr(alias)}: unknown URL component: ${pyStr(query)}`, { code: 'filter-argument' })
    return part
  },
})

/** urllib.parse.quote */
export const percentEncoded = (text: string, safe = '/'): string =>
  [...Buffer.from(text, 'utf8')]
    .map(byte => {
      const character = String.fromCharCode(byte)
      return /[A-Za-z0-9_.~-]/.test(character) || safe.includes(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')

const queryEncoded = (value: Value) => percentEncoded(pyStr(value), '').replaceAll('%20', '+')

export const urlencode = defineFilter({
  summary: 'Text escaped for an address, or a dict as a query',
  examples: [
    ["{{ 'a b/c?d' | urlencode }}", 'a%20b/c%3Fd'],
    ["{{ {'a': 'x y', 'b': 1} | urlencode }}", 'a=x+y&b=1'],
  ],
  apply: (value: Value) => {
    if (typeof value === 'string' || !isIterable(value)) return percentEncoded(pyStr(value))
    const pairs = isDict(value)
      ? [...value]
      : [...iterate(value)].map(pair => (isList(pair) ? pair : [...iterate(pair)]))
    return pairs
      .map(pair => {
        if (pair.length !== 2)
          throw valueError(
            pair.length > 2
              ? 'too many values to unpack (expected 2)'
              : `not enough values to unpack (expected 2, got ${pair.length})`,
          )
        return `${queryEncoded(pair[0]!)}=${queryEncoded(pair[1]!)}`
      })
      .join('&')
  },
})

export const urldecode = defineFilter({
  summary: 'Text with the escapes of an address undone; + is a space',
  examples: [["{{ 'a%20b+c%C3%A9' | urldecode }}", 'a b cé']],
  apply: (value: Value) => percentDecoded(ownText(value, 'replace').replaceAll('+', ' ')),
})

/** urllib.parse.unquote: bytes that are no UTF-8 become replacement characters. */
export const percentDecoded = (text: string): string =>
  text.replace(/(?:%[0-9a-fA-F]{2})+/g, run => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'))
