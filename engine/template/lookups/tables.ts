/** Lookups in ini, properties and CSV files. */
import { interpolated, parseIni } from '../../python/configparser.js'
import { csvRows } from '../../python/csv.js'
import { PyError } from '../../python/errors.js'
import { intOf } from '../../python/numbers.js'
import { matchAt, pythonRegExp } from '../../python/regexp.js'
import { pyStr } from '../../python/repr.js'
import type { Value } from '../../python/values.js'
import { defineLookup } from '../define.js'
import { needFile } from './search-path.js'
import { keyValueTerm, lookupError } from './terms.js'

const decoder = (encoding: string) => new TextDecoder(encoding)
const yes = (text: string) => /^(?:1|true|yes|on|y|t)$/i.test(text)

export const ini = defineLookup({
  summary: 'Values of keys in ini or properties files',
  examples: [["{{ lookup('ini', 'key', file='/nosuchfile.ini') }}", { error: 'Invalid filename' }]],
  options: {
    file: { type: 'str', default: 'ansible.ini', summary: 'the file' },
    section: { type: 'str', default: 'global', summary: 'the section' },
    type: { type: 'str', default: 'ini', choices: ['ini', 'properties'], summary: 'kind of file' },
    re: { type: 'bool', default: false, summary: 'the key is a regular expression; all that match' },
    encoding: { type: 'str', default: 'utf-8', summary: 'encoding of the file' },
    default: { type: 'raw', default: '', summary: 'what stands for a missing key' },
    case_sensitive: { type: 'bool', default: false, summary: 'keys differ by upper and lower case' },
    allow_no_value: { type: 'bool', default: false, aliases: ['allow_none'], summary: 'keys may stand alone' },
    interpolation: { type: 'bool', default: true, summary: '%(key)s stands for the value of another key' },
  },
  run: ({ terms, options, host, searchPath }) =>
    terms.flatMap(term => {
      const text = pyStr(term)
      const { words, pairs } = keyValueTerm(text, iniOptions)
      if (words.length === 0)
        throw lookupError(`No key to lookup was provided as first term with in string inline options: ${text}`)
      const of = (name: string, fallback: string) => pairs.get(name) ?? fallback
      const key = pairs.size > 0 ? words.join(' ') : text
      const type = of('type', options.type)
      const section = type === 'properties' ? 'java_properties' : of('section', options.section)
      const file = of('file', options.file)
      const path = needFile(searchPath, 'files', file, `Invalid filename: '${file}' was not found`)
      const content = decoder(of('encoding', options.encoding)).decode(host.readFile(path))
      const fold = (name: string) =>
        options.case_sensitive || yes(of('case_sensitive', '')) ? name : name.toLowerCase()
      const parsed = parsedIni(type === 'properties' ? `[java_properties]\n${content}` : content, file, {
        allowNoValue: options.allow_no_value,
        fold,
        file: path,
      })
      const values = parsed.get(section)
      const inline = pairs.get('interpolation')
      const plain = inline === undefined ? !options.interpolation : !yes(inline)
      const textOf = (name: string) =>
        plain || !values?.has(name) ? values?.get(name) : interpolated(values, name, { section, fold })
      const fallback = (pairs.get('default') ?? options.default) as Value
      if (options.re || yes(of('re', ''))) {
        const pattern = pythonRegExp(key)
        const all = [...(values?.keys() ?? [])].map(name => [name, textOf(name)!] as const)
        return all.filter(([name]) => matchAt(pattern, name)).map(([, value]): Value => value)
      }
      if (!values) throw lookupError(`No section '${section}' in ${file}`)
      const value = textOf(fold(key))
      const answer = value === undefined ? fallback : value
      return answer === null ? [] : [answer]
    }),
})

const iniOptions = new Set([
  'type',
  'file',
  'section',
  're',
  'default',
  'encoding',
  'case_sensitive',
  'allow_no_value',
  'interpolation',
])
const csvOptions = new Set(['file', 'col', 'keycol', 'delimiter', 'encoding', 'default'])

function parsedIni(content: string, file: string, options: Parameters<typeof parseIni>[1]) {
  try {
    return parseIni(content, options)
  } catch (error) {
    const message = (error as Error).message
    throw message.includes('already exists') ? lookupError(`Duplicate option in '${file}': ${message}`) : error
  }
}

export const csvfile = defineLookup({
  summary: 'Columns of the first row in CSV or TSV files whose first column is the key',
  examples: [["{{ lookup('csvfile', 'key', file='/nosuchfile.csv') }}", { error: 'No such file' }]],
  options: {
    file: { type: 'str', default: 'ansible.csv', summary: 'the file' },
    col: { type: 'raw', default: '1', summary: 'the column to give, from 0' },
    keycol: { type: 'raw', default: '0', summary: 'the column that holds the key' },
    delimiter: { type: 'str', default: 'TAB', summary: 'what parts the columns' },
    encoding: { type: 'str', default: 'utf-8', summary: 'encoding of the file' },
    default: { type: 'raw', summary: 'what stands for a missing key' },
  },
  run: ({ terms, options, host, searchPath }) =>
    terms.flatMap((term): Value[] => {
      const text = pyStr(term)
      const { words, pairs } = keyValueTerm(text, csvOptions)
      if (words.length === 0) throw lookupError('Search key is required but was not found')
      const of = (name: string, fallback: string) => pairs.get(name) ?? fallback
      const key = words.join(' ')
      const delimiter = of('delimiter', options.delimiter)
      if (delimiter !== 'TAB' && [...delimiter].length !== 1)
        throw lookupError('csvfile: "delimiter" must be a 1-character string')
      const file = of('file', options.file)
      const path = needFile(searchPath, 'files', file, `csvfile: No such file or directory: '${file}'`)
      const rows = csvRows(
        decoder(of('encoding', options.encoding))
          .decode(host.readFile(path))
          .replaceAll(/\r(?!\n)/g, '\n'),
        { delimiter: delimiter === 'TAB' ? '\t' : delimiter, skipInitialSpace: false, strict: false },
      )
      const column = (name: string, value: Value) => {
        const number = intOf(value)
        if (number === undefined) throw lookupError(`csvfile: ${name} must be a number, not ${pyStr(value)}`)
        return Number(number)
      }
      const row = rows.find(cells => cells[column('keycol', of('keycol', pyStr(options.keycol as Value)))] === key)
      if (!row) {
        const fallback = pairs.get('default') ?? (options.default as Value | undefined) ?? null
        return fallback === null ? [] : [fallback]
      }
      const cell = row.at(column('col', of('col', pyStr(options.col as Value))))
      if (cell === undefined) throw new PyError('IndexError', 'csvfile: list index out of range')
      return [cell]
    }),
})
