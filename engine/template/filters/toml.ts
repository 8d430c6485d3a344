/** TOML written as Python's library `toml` lays it out: a table's own keys, then its arrays of tables, then tables level by level. */
import { Diagnostic } from '../../diagnostics.js'
import { PyDate, PyDateTime } from '../../python/datetime.js'
import { items } from '../../python/iterate.js'
import { floatRepr, pyRepr, pyStr } from '../../python/repr.js'
import { type Dict, isDict, isFloat, isList, PyFloat, PyObject, typeName, type Value } from '../../python/values.js'
import { defineFilter } from '../define.js'

export const toToml = defineFilter({
  summary: 'A dict as TOML',
  examples: [
    ['{{ {"a": 1, "b": ["x", True], "none": None} | debops.debops.to_toml }}', 'a = 1\nb = [ "x", true,]\n'],
    ['{{ {"t": {"u": {"k": 1.5}}, "l": [{"n": "q"}]} | debops.debops.to_toml }}', '[[l]]\nn = "q"\n\n[t.u]\nk = 1.5\n'],
    ['{{ ["a"] | debops.debops.to_toml }}', { error: 'to_toml requires a dict' }],
  ],
  signature: '',
  apply: (value: Value): Value => {
    if (!isDict(value)) throw bad(`to_toml requires a dict, got <class '${typeName(value)}'>`)
    return written(value)
  },
})

/** What a table holds itself, and the tables below it by their full names. */
interface Table {
  text: string
  below: [name: string, table: Dict][]
}

function written(document: Dict): string {
  const top = tableOf(document, '')
  let text = top.text
  for (let level = top.below; level.length > 0; ) {
    const next: Table['below'] = []
    for (const [name, dict] of level) {
      const table = tableOf(dict, name)
      if (table.text || table.below.length === 0) {
        if (text && !text.endsWith('\n\n')) text += '\n'
        text += `[${name}]\n${table.text}`
      }
      next.push(...table.below)
    }
    level = next
  }
  return text
}

function tableOf(dict: Dict, name: string): Table {
  let own = ''
  let arrays = ''
  const below: Table['below'] = []
  for (const [key, value] of dict) {
    const bare = keyOf(key)
    const full = name ? `${name}.${bare}` : bare
    if (isDict(value)) below.push([full, value])
    else if (isList(value) && value.some(isDict)) {
      for (const element of value) {
        if (!isDict(element)) throw bad(`to_toml cannot write a list of tables and other values: ${pyStr(key)}`)
        arrays += arrayElement(element, full)
      }
    } else if (value !== null) own += `${bare} = ${scalar(value)}\n`
  }
  return { text: own + arrays, below }
}

function arrayElement(element: Dict, name: string): string {
  const table = tableOf(element, name)
  // What begins with a table of its own follows after an empty line.
  let text = table.text.startsWith('[') ? `[[${name}]]\n\n${table.text}` : `[[${name}]]\n${table.text}\n`
  for (let level = table.below; level.length > 0; ) {
    const next: Table['below'] = []
    for (const [full, dict] of level) {
      const inner = tableOf(dict, full)
      if (inner.text) text += `[${full}]\n${inner.text}`
      next.push(...inner.below)
    }
    level = next
  }
  return text
}

const keyOf = (key: Value): string => {
  const text = pyStr(key)
  return /^[A-Za-z0-9_-]+$/.test(text) ? text : quoted(text)
}

function scalar(value: Value): string {
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (isFloat(value) && (value instanceof PyFloat || !Number.isInteger(value)))
    return floatRepr(Number(value instanceof PyFloat ? value.value : value)).replace(/e([-+])0/, 'e$1')
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  if (value instanceof PyDate || value instanceof PyDateTime) return value.isoformat()
  if (value === null || value instanceof PyObject) return `"${pyRepr(value)}"`
  return `[${items(value)
    .map(one => ` ${scalar(one)},`)
    .join('')}]`
}

/** Python's own escapes, which TOML knows but for \x, in double quotes. */
const quoted = (text: string): string =>
  `"${pyRepr(`"'${text}`)
    .slice(4, -1)
    .replaceAll("\\'", "'")
    .replaceAll('"', '\\"')
    .replace(/(\\\\)|\\x/g, (_, backslash?: string) => backslash ?? '\\u00')}"`

const bad = (message: string) => new Diagnostic(message, { code: 'filter-type' })
