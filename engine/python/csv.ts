/** Delimiters of the dialects that Python's csv has. */
export const csvDialects: { readonly [name: string]: string } = { excel: ',', 'excel-tab': '\t', unix: ',' }

export interface CsvOptions {
  readonly delimiter: string
  /** Blanks after a delimiter are no part of the field. */
  readonly skipInitialSpace: boolean
  /** Quotes out of place are errors. */
  readonly strict: boolean
}

type State = 'row' | 'field' | 'plain' | 'quoted' | 'quote' | 'end'

/**
 * Fields of each row as Python's csv.reader gives them; an empty line is an empty row, rows may be of any length. A quote
 * counts at the start of a field only; what follows its end belongs to the field. Throws with Python's words.
 */
export function csvRows(text: string, options: CsvOptions): string[][] {
  const { delimiter, skipInitialSpace, strict } = options
  const rows: string[][] = []
  let row: string[] = []
  let field = ''
  let state = 'row' as State
  const endField = (next: State) => {
    row.push(field)
    field = ''
    state = next
  }
  const endRow = () => {
    rows.push(row)
    row = []
    state = 'row'
  }
  const startField = (char: string) => {
    if (char === '"') state = 'quoted'
    else if (char === delimiter) endField('field')
    else if (char === ' ' && skipInitialSpace) state = 'field'
    else {
      field += char
      state = 'plain'
    }
  }

  for (const line of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    for (const char of line) {
      const ends = char === '\n' || char === '\r'
      switch (state) {
        case 'row':
          if (ends) state = 'end'
          else startField(char)
          break
        case 'field':
          if (ends) endField('end')
          else startField(char)
          break
        case 'plain':
          if (ends) endField('end')
          else if (char === delimiter) endField('field')
          else field += char
          break
        case 'quoted':
          if (char === '"') state = 'quote'
          else field += char
          break
        case 'quote':
          if (ends) endField('end')
          else if (char === delimiter) endField('field')
          else if (char !== '"' && strict) throw new Error(`'${delimiter}' expected after '"'`)
          else {
            field += char
            state = char === '"' ? 'quoted' : 'plain'
          }
          break
        case 'end':
          if (!ends)
            throw new Error(
              'new-line character seen in unquoted field - do you need to open the file in universal-newline mode?',
            )
      }
    }
    if (state === 'quoted') continue
    // The last line may lack its end.
    if (state === 'field' || state === 'plain' || state === 'quote') endField('end')
    endRow()
  }
  if (state === 'quoted') {
    if (strict) throw new Error('unexpected end of data')
    endField('end')
    endRow()
  }
  return rows
}
