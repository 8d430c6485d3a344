/** CSV and ini as data. */
import { Diagnostic } from '../../diagnostics.js'
import { truthy } from '../../python/compare.js'
import { parseIni } from '../../python/configparser.js'
import { csvDialects, csvRows } from '../../python/csv.js'
import { pyStr } from '../../python/repr.js'
import { type Dict, isDict, isList, typeName, type Value } from '../../python/values.js'
import { defineFilter } from '../define.js'

export const fromCsv = defineFilter({
  summary: 'The rows of CSV text as dicts',
  examples: [["{{ 'a,b\n1,2' | community.general.from_csv }}", [{ a: '1', b: '2' }]]],
  signature: "dialect='excel', fieldnames=None, delimiter=None, skipinitialspace=None, strict=None",
  apply: (value: Value, dialect: Value, names: Value, delimiter: Value, skip: Value, strict: Value) => {
    const known = csvDialects[pyStr(dialect)]
    if (known === undefined)
      throw new Diagnostic(`Dialect '${pyStr(dialect)}' is not supported by your version of python.`, {
        code: 'filter-argument',
      })
    let rows: string[][]
    try {
      rows = csvRows(pyStr(value), {
        delimiter: delimiter === null ? known : pyStr(delimiter),
        skipInitialSpace: truthy(skip ?? false),
        strict: truthy(strict ?? false),
      })
    } catch (error) {
      throw new Diagnostic(`Unable to process file: ${(error as Error).message}`, { code: 'filter-argument' })
    }
    const fields = isList(names) ? names.map(pyStr) : (rows.shift() ?? [])
    return rows.flatMap((row): Dict[] => {
      if (row.length === 0) return []
      const made: Dict = new Map()
      for (const [at, name] of fields.entries()) made.set(name, row[at] ?? null)
      if (row.length > fields.length) made.set(null, row.slice(fields.length))
      return [made]
    })
  },
})

export const fromIni = defineFilter({
  summary: 'The sections of ini text as dicts',
  examples: [["{{ '[a]\nk = v' | community.general.from_ini }}", { a: { k: 'v' } }]],
  apply: (value: Value): Dict => {
    if (typeof value !== 'string')
      throw new Diagnostic(`from_ini requires a str, got <class '${typeName(value)}'>`, { code: 'filter-type' })
    const sections = parseIni(value, { fold: name => name })
    return new Map([...sections].map(([name, values]): [Value, Value] => [name, new Map(values)]))
  },
})

export const toIni = defineFilter({
  summary: 'A dict of dicts as ini text',
  examples: [["{{ {'a': {'k': 'v'}} | community.general.to_ini }}", '[a]\nk = v\n\n']],
  apply: (value: Value) => {
    if (!isDict(value))
      throw new Diagnostic(`to_ini requires a dict, got <class '${typeName(value)}'>`, { code: 'filter-type' })
    return [...value]
      .map(([name, section]) => {
        if (!isDict(section)) throw new Diagnostic('to_ini failed to parse given dict', { code: 'filter-type' })
        const lines = [...section].map(([key, item]) => `${pyStr(key)} = ${pyStr(item).replaceAll('\n', '\n\t')}\n`)
        return `[${pyStr(name)}]\n${lines.join('')}\n`
      })
      .join('')
  },
})
