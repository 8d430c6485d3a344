/** Text: case, trimming, wrapping, quoting, comments. */
import { Diagnostic } from '../../diagnostics.js'
import { truthy } from '../../python/compare.js'
import { noAttribute, typeError, valueError } from '../../python/errors.js'
import { percentFormat } from '../../python/format.js'
import { pyLength } from '../../python/iterate.js'
import { wholeNumber } from '../../python/numbers.js'
import { prettyPrint } from '../../python/pprint.js'
import { pyRepr, pyStr } from '../../python/repr.js'
import { shlexQuote } from '../../python/shlex.js'
import * as text from '../../python/text.js'
import { isDict, type KeywordArguments, tuple, typeName, type Value } from '../../python/values.js'
import { defineFilter } from '../define.js'
import { isUndef } from '../undefined.js'

/** The value, which has to be text: what Python calls on it only text has. */
export function ownText(value: Value, method: string): string {
  if (typeof value !== 'string') throw noAttribute(typeName(value), method)
  return value
}

export const string = defineFilter({
  summary: 'The value as text',
  examples: [
    ['{{ 80 | string }}', '80'],
    ['{{ [1, none] | string }}', '[1, None]'],
  ],
  apply: (value: Value) => pyStr(value),
})

export const lower = defineFilter({
  summary: 'In lower case',
  examples: [["{{ 'ABC' | lower }}", 'abc']],
  apply: (value: Value) => text.lower(pyStr(value)),
})

export const upper = defineFilter({
  summary: 'In upper case',
  examples: [["{{ 'abc' | upper }}", 'ABC']],
  apply: (value: Value) => text.upper(pyStr(value)),
})

export const capitalize = defineFilter({
  summary: 'First letter in upper case, the rest in lower case',
  examples: [["{{ 'hello WORLD' | capitalize }}", 'Hello world']],
  apply: (value: Value) => text.capitalize(pyStr(value)),
})

export const title = defineFilter({
  summary: 'Each word with a capital',
  examples: [['{{ "they\'re here" | title }}', "They're Here"]],
  apply: (value: Value) =>
    pyStr(value)
      .split(/([-\s({[<]+)/)
      .filter(word => word !== '')
      .map(word => {
        const first = String.fromCodePoint(word.codePointAt(0)!)
        return first.toUpperCase() + word.slice(first.length).toLowerCase()
      })
      .join(''),
})

export const trim = defineFilter({
  summary: 'Without white space, or other characters, at both ends',
  examples: [
    ["{{ '  a ' | trim }}", 'a'],
    ["{{ '--a-' | trim('-') }}", 'a'],
  ],
  signature: 'chars=None',
  apply: (value: Value, chars: Value) => {
    if (chars !== null && typeof chars !== 'string') throw typeError('strip arg must be None or str')
    return text.strip(pyStr(value), chars)
  },
})

export const replace = defineFilter({
  summary: 'Each occurrence of a text replaced by another, or only so many',
  examples: [
    ["{{ 'a.b.c' | replace('.', '-') }}", 'a-b-c'],
    ["{{ 'aaa' | replace('a', 'b', 2) }}", 'bba'],
  ],
  signature: 'old, new, count=None',
  apply: (value: Value, old: Value, fresh: Value, count: Value) =>
    replaced(pyStr(value), pyStr(old), pyStr(fresh), count === null ? -1 : wholeNumber(count)),
})

function replaced(whole: string, old: string, fresh: string, count: number): string {
  if (old !== '') return text.splitText(whole, old, count).join(fresh)
  const characters = [...whole]
  const places = count < 0 ? characters.length + 1 : Math.min(count, characters.length + 1)
  return (
    characters.map((character, at) => (at < places ? fresh : '') + character).join('') +
    (places > characters.length ? fresh : '')
  )
}

export const center = defineFilter({
  summary: 'In the middle of a line of so many characters',
  examples: [["[{{ 'ab' | center(5) }}]", '[  ab ]']],
  signature: 'width=80',
  apply: (value: Value, width: Value) => text.center(pyStr(value), wholeNumber(width)),
})

export const indent = defineFilter({
  summary: 'Lines moved in by so many spaces or a text; the first line and blank lines only when asked',
  examples: [
    ["{{ 'a\nb' | indent(2) }}", 'a\n  b'],
    ["{{ 'a\n\nb' | indent(2, first=true, blank=true) }}", '  a\n  \n  b'],
  ],
  signature: 'width=4, first=False, blank=False',
  apply: (value: Value, width: Value, first: Value, blank: Value) => {
    const space = typeof width === 'string' ? width : ' '.repeat(Math.max(0, wholeNumber(width)))
    const lines = text.splitLines(`${ownText(value, 'splitlines')}\n`)
    const moved = truthy(blank)
      ? lines.join(`\n${space}`)
      : lines.map((line, at) => (at === 0 || line === '' ? line : space + line)).join('\n')
    return truthy(first) ? space + moved : moved
  },
})

export const format = defineFilter({
  summary: "The value as a template of Python's % operator",
  examples: [
    ["{{ '%s-%03d' | format('a', 7) }}", 'a-007'],
    ["{{ '%(a)s' | format(a=1) }}", '1'],
  ],
  acceptsUndefined: true,
  signature: '*args, **kwargs',
  apply: (value: Value, args: Value[], kwargs: KeywordArguments) => {
    if (isUndef(value)) return value.withoutType()
    if (args.length > 0 && kwargs.size > 0) {
      throw typeError("can't handle positional and keyword arguments at the same time")
    }
    return percentFormat(pyStr(value), kwargs.size > 0 ? new Map(kwargs) : tuple(args))
  },
})

export const truncate = defineFilter({
  summary: 'Cut to so many characters, at a word unless killwords, when it is longer by more than the leeway',
  examples: [
    ["{{ 'foo bar baz qux' | truncate(9) }}", 'foo...'],
    ["{{ 'foo bar baz qux' | truncate(9, true) }}", 'foo ba...'],
    ["{{ 'foo bar baz qux' | truncate(11) }}", 'foo bar baz qux'],
  ],
  signature: "length=255, killwords=False, end='...', leeway=None",
  apply: (value: Value, length: Value, killwords: Value, end: Value, leeway: Value) => {
    const tail = pyStr(end)
    const limit = wholeNumber(length)
    const slack = leeway === null ? 5 : wholeNumber(leeway)
    const room = limit - [...tail].length
    if (room < 0)
      throw new Diagnostic(`expected length >= ${[...tail].length}, got ${limit}`, { code: 'filter-argument' })
    if (slack < 0) throw new Diagnostic(`expected leeway >= 0, got ${slack}`, { code: 'filter-argument' })
    if (pyLength(value) <= limit + slack) return value
    if (typeof value !== 'string') throw typeError(`can only concatenate text, not "${typeName(value)}"`)
    const kept = [...value].slice(0, room).join('')
    if (truthy(killwords)) return kept + tail
    const space = kept.lastIndexOf(' ')
    return (space === -1 ? kept : kept.slice(0, space)) + tail
  },
})

export const wordwrap = defineFilter({
  summary: 'Lines of at most so many characters; line breaks in the text are kept',
  examples: [["{{ 'aaa bbb ccc' | wordwrap(7) }}", 'aaa bbb\nccc']],
  signature: 'width=79, break_long_words=True, wrapstring=None, break_on_hyphens=True',
  apply: (value: Value, width: Value, breakLongWords: Value, wrapstring: Value, breakOnHyphens: Value) => {
    const newline = wrapstring === null || wrapstring === '' ? '\n' : pyStr(wrapstring)
    if (wholeNumber(width) <= 0) throw valueError(`invalid width ${wholeNumber(width)} (must be > 0)`)
    const options = { breakLongWords: truthy(breakLongWords), breakOnHyphens: truthy(breakOnHyphens) }
    return text
      .splitLines(ownText(value, 'splitlines'))
      .map(line => text.wrap(line, wholeNumber(width), options).join(newline))
      .join(newline)
  },
})

export const wordcount = defineFilter({
  summary: 'How many words',
  examples: [["{{ 'one two, three' | wordcount }}", 3]],
  apply: (value: Value) => pyStr(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0,
})

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', "'": '&#39;', '"': '&#34;' }
const escaped = (value: Value) => pyStr(value).replace(/[&<>'"]/g, character => entities[character]!)

export const escapeHtml = defineFilter({
  summary: 'The text with &, <, >, \' and " written for HTML',
  examples: [["{{ '<a>' | e }}", '&lt;a&gt;']],
  apply: (value: Value) => escaped(value),
})

export const safe = defineFilter({
  summary: 'The text as it is: nothing is escaped here',
  examples: [["{{ '<a>' | safe }}", '<a>']],
  apply: (value: Value) => pyStr(value),
})

export const striptags = defineFilter({
  summary: 'The text without its HTML tags, white space as single spaces',
  examples: [["{{ '<p>a  <b>b</b></p>' | striptags }}", 'a b']],
  apply: (value: Value) =>
    text
      .splitText(
        pyStr(value)
          .replace(/<!--[\s\S]*?-->/g, '')
          .replace(/<[^\n]*?>/g, ''),
        null,
      )
      .join(' ')
      .replace(/&(?:#(\d+)|#[xX]([0-9a-fA-F]+)|(amp|lt|gt|quot|apos|nbsp|copy|reg));/g, (_, decimal, hex, name) =>
        decimal
          ? String.fromCodePoint(Number(decimal))
          : hex
            ? String.fromCodePoint(Number.parseInt(hex, 16))
            : { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\xa0', copy: '©', reg: '®' }[name as 'amp'],
      ),
})

export const xmlattr = defineFilter({
  summary: 'A dict as attributes of a tag; none and undefined members are left out',
  examples: [["{{ {'class': 'a', 'id': none} | xmlattr }}", ' class="a"']],
  signature: 'autospace=True',
  apply: (value: Value, autospace: Value) => {
    if (!isDict(value)) throw typeError(`'${typeName(value)}' object has no attribute 'items'`)
    const attributes = [...value]
      .filter(([, item]) => item !== null && !isUndef(item))
      .map(([key, item]) => {
        if (typeof key !== 'string') throw typeError(`expected string or bytes-like object, got '${typeName(key)}'`)
        if (/[\s/>=]/.test(key)) throw valueError(`Invalid character in attribute name: ${pyRepr(key)}`)
        return `${escaped(key)}="${escaped(item)}"`
      })
      .join(' ')
    return truthy(autospace) && attributes !== '' ? ` ${attributes}` : attributes
  },
})

export const urlize = defineFilter({
  summary: 'Addresses in the text made into HTML links',
  examples: [
    ["{{ 'see https://a.example' | urlize }}", 'see <a href="https://a.example" rel="noopener">https://a.example</a>'],
  ],
  signature: 'trim_url_limit=None, nofollow=False, target=None, rel=None, extra_schemes=None',
  apply: (value: Value, limit: Value, nofollow: Value, target: Value, rel: Value, schemes: Value) => {
    const rels = new Set(text.splitText(rel === null ? '' : pyStr(rel), null))
    if (truthy(nofollow)) rels.add('nofollow')
    rels.add('noopener')
    const attributes = ` rel="${escaped([...rels].sort().join(' '))}"${target === null ? '' : ` target="${escaped(target)}"`}`
    const shorten = (link: string) =>
      limit === null || [...link].length <= wholeNumber(limit)
        ? link
        : `${[...link].slice(0, wholeNumber(limit)).join('')}...`
    const extra = schemes === null ? [] : (schemes as Value[]).map(pyStr)
    return escaped(value)
      .split(/(\s+)/)
      .map(word => linked(word, attributes, shorten, extra))
      .join('')
  },
})

const HTTP_LINK =
  /^((https?:\/\/|www\.)(([\p{L}\p{N}_%-]+\.)+)?(com|net|int|edu|gov|org|info|mil|[a-z]{2,63})|(https?:\/\/)((([\d]{1,3})(\.[\d]{1,3}){3})|(\[([\da-f]{0,4}:){2}([\da-f]{0,4}:?){1,6}\])|localhost|[\p{L}\p{N}_-]+))(?::\d{1,5})?(?:[/?#]\S*)?$/iu
const MAIL = /^\S+@[\p{L}\p{N}_][\p{L}\p{N}_.-]*\.[\p{L}\p{N}_]+$/u

function linked(
  word: string,
  attributes: string,
  shorten: (link: string) => string,
  schemes: readonly string[],
): string {
  let middle = word
  let head = ''
  let tail = ''
  const opening = /^([(<]|&lt;)+/.exec(middle)
  if (opening) {
    head = opening[0]
    middle = middle.slice(head.length)
  }
  if (/[)>.,\n]$|&gt;$/.test(middle)) {
    const closing = /([)>.,\n]|&gt;)+$/.exec(middle)!
    tail = closing[0]
    middle = middle.slice(0, closing.index)
  }
  // A closing bracket belongs to the address when its opening one does.
  for (const [open, close] of [
    ['(', ')'],
    ['<', '>'],
    ['&lt;', '&gt;'],
  ] as const) {
    const opens = middle.split(open).length - 1
    const closes = middle.split(close).length - 1
    if (opens <= closes) continue
    for (let left = Math.min(opens, tail.split(close).length - 1); left > 0; left--) {
      const end = tail.indexOf(close) + close.length
      middle += tail.slice(0, end)
      tail = tail.slice(end)
    }
  }
  const link = (target: string, shown: string) => `<a href="${target}"${attributes}>${shown}</a>`
  if (HTTP_LINK.test(middle))
    middle = /^https?:\/\//.test(middle) ? link(middle, shorten(middle)) : link(`https://${middle}`, shorten(middle))
  else if (middle.startsWith('mailto:') && MAIL.test(middle.slice(7)))
    middle = `<a href="${middle}">${middle.slice(7)}</a>`
  else if (middle.includes('@') && !middle.startsWith('www.') && !middle.includes(':') && MAIL.test(middle))
    middle = `<a href="mailto:${middle}">${middle}</a>`
  else for (const scheme of schemes) if (middle !== scheme && middle.startsWith(scheme)) middle = link(middle, middle)
  return head + middle + tail
}

export const pprint = defineFilter({
  summary: "The value as Python's pprint writes it, for people",
  examples: [["{{ {'b': 1, 'a': [1, 2]} | pprint }}", "{'a': [1, 2], 'b': 1}"]],
  apply: (value: Value) => prettyPrint(value),
})

export const quote = defineFilter({
  summary: 'The value as one word for a POSIX shell',
  examples: [
    ['{{ "it\'s" | quote }}', `'it'"'"'s'`],
    ["{{ 'plain' | quote }}", 'plain'],
    ['{{ none | quote }}', "''"],
  ],
  apply: (value: Value) => shlexQuote(value === null ? '' : pyStr(value)),
})

export const split = defineFilter({
  summary: 'The pieces between separators, or between white space',
  examples: [
    ["{{ 'a,b' | split(',') }}", ['a', 'b']],
    ["{{ ' a  b ' | split }}", ['a', 'b']],
  ],
  signature: 'sep=None, maxsplit=-1',
  apply: (value: Value, separator: Value, limit: Value) => {
    if (separator !== null && typeof separator !== 'string')
      throw typeError(`must be str or None, not ${typeName(separator)}`)
    if (separator === '') throw new Diagnostic('empty separator', { code: 'ValueError' })
    return text.splitText(ownText(value, 'split'), separator, wholeNumber(limit))
  },
})

interface CommentStyle {
  readonly decoration: string
  readonly beginning?: string
  readonly end?: string
}
const commentStyles: Record<string, CommentStyle> = {
  plain: { decoration: '# ' },
  erlang: { decoration: '% ' },
  c: { decoration: '// ' },
  cblock: { beginning: '/*', decoration: ' * ', end: ' */' },
  xml: { beginning: '<!--', decoration: ' - ', end: '-->' },
}

export const comment = defineFilter({
  summary: 'The text as a comment: plain, erlang, c, cblock, xml, or decorated as asked',
  examples: [
    ["{{ 'a' | comment }}", '#\n# a\n#'],
    ["{{ 'a' | comment('cblock') }}", '/*\n *\n * a\n *\n */'],
    ["{{ 'a' | comment(prefix='', postfix='') }}", '# a\n'],
  ],
  signature: "style='plain', **kw",
  apply: (value: Value, style: Value, given: KeywordArguments) => {
    const known = commentStyles[pyStr(style)]
    if (!known) throw new Diagnostic(`Invalid style '${pyStr(style)}'.`, { code: 'filter-argument' })
    const option = (name: string, fallback: Value): Value => given.get(name) ?? fallback
    const newline = pyStr(option('newline', '\n'))
    const decoration = pyStr(option('decoration', known.decoration))
    const beginning = pyStr(option('beginning', known.beginning ?? ''))
    const end = pyStr(option('end', known.end ?? ''))
    const bare = decoration.replace(/[ \t\n\r\v\f]+$/, '')
    const prefix = pyStr(option('prefix', bare))
    const postfix = pyStr(option('postfix', bare))
    const times = (name: string) => Math.max(0, wholeNumber(option(name, 1)))
    const prefixRows =
      prefix === '' ? '' : (prefix === newline ? prefix : prefix + newline).repeat(times('prefix_count'))
    const postfixRows = (newline + postfix).repeat(times('postfix_count'))
    // Empty lines lose the white space behind their decoration, but not the last one.
    const body = (decoration + ownText(value, 'replace').replaceAll(newline, newline + decoration)).replaceAll(
      decoration + newline,
      bare + newline,
    )
    return `${beginning === '' ? '' : beginning + newline}${prefixRows}${body}${postfixRows}${end === '' ? '' : newline + end}`
  },
})

export const unicodeNormalize = defineFilter({
  summary: 'The text in a normal form of Unicode: NFC, NFD, NFKC, NFKD',
  examples: [["{{ '①' | community.general.unicode_normalize('NFKC') }}", '1']],
  signature: "form='NFC'",
  apply: (value: Value, form: Value) => {
    if (typeof value !== 'string')
      throw new Diagnostic(`<class '${typeName(value)}'> is not a valid input type`, { code: 'filter-type' })
    if (!['NFC', 'NFD', 'NFKC', 'NFKD'].includes(pyStr(form)))
      throw new Diagnostic(`${pyStr(form)} is not a valid form`, { code: 'filter-argument' })
    return value.normalize(pyStr(form))
  },
})
