import { defineModule } from '../engine/module/define.js'
import { csvDialects, csvRows } from '../engine/python/csv.js'
import type { Json } from '../engine/python/values.js'

export default defineModule({
  name: 'community.general.read_csv',
  summary: 'The rows of a CSV file',
  check: 'full',
  args: {
    path: { type: 'path', required: true, aliases: ['filename'], summary: 'the file' },
    key: { type: 'str', summary: 'column whose values name the rows: gives a dict instead of a list' },
    unique: { type: 'bool', default: true, summary: 'fail where two rows have the same key' },
    fieldnames: { type: 'list', elements: 'str', summary: 'names of the columns, for a file without a header' },
    dialect: { type: 'str', default: 'excel', summary: 'excel, excel-tab or unix' },
    delimiter: { type: 'str', summary: 'what stands between fields, instead of the dialect’s' },
    skipinitialspace: { type: 'bool', summary: 'leave out blanks after a delimiter' },
    strict: { type: 'bool', summary: 'fail for quotes out of place' },
  },
  returns: { list: 'the rows', dict: 'the rows by their key' },
  examples: `
- name: Read users by name
  community.general.read_csv:
    path: users.csv
    key: name
  register: users
`,

  async run({ args, remote, fail }) {
    const { key, delimiter = csvDialects[args.dialect] } = args
    if (csvDialects[args.dialect] === undefined)
      fail(`Dialect '${args.dialect}' is not supported by your version of python.`)
    if (delimiter?.length !== 1)
      return fail('Unable to create custom dialect: "delimiter" must be a 1-character string')
    const file = await remote.file(args.path)
    if (!file.exists) fail(`Unable to open file: [Errno 2] No such file or directory: '${args.path}'`)
    if (file.isDirectory) fail(`Unable to open file: [Errno 21] Is a directory: '${args.path}'`)

    let cells: string[][]
    try {
      const skipInitialSpace = args.skipinitialspace ?? false
      cells = csvRows(file.text.replace(/^\ufeff/, ''), { delimiter, skipInitialSpace, strict: args.strict ?? false })
    } catch (error) {
      return fail(`Unable to process file: ${(error as Error).message}`)
    }
    const fields = args.fieldnames ?? cells.shift() ?? []
    const rows = cells.filter(row => row.length > 0).map(row => named(fields, row))
    if (key === undefined) return { changed: false, list: rows, dict: {} }

    if (!fields.includes(key)) fail(`Key '${key}' was not found in the CSV header fields: ${fields.join(', ')}`)
    const dict: { [name: string]: Json } = {}
    for (const row of rows) {
      const name = row[key] as string | null
      if (args.unique && Object.hasOwn(dict, String(name)))
        fail(`Key '${key}' is not unique for value '${name ?? 'None'}'`)
      dict[String(name)] = row
    }
    return { changed: false, list: [], dict }
  },
})

/** A row by the names of its columns; what is too much is under `null`, what is missing is null, as in Python's DictReader. */
function named(fields: readonly string[], row: readonly string[]): { [field: string]: Json } {
  const made: { [field: string]: Json } = {}
  fields.forEach((field, index) => {
    made[field] = row[index] ?? null
  })
  if (row.length > fields.length) made.null = row.slice(fields.length)
  return made
}
