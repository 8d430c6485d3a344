import { parse } from 'csv-parse/sync'

/** Delimiters of the dialects that Python's csv has. */
export const csvDialects: { readonly [name: string]: string } = { excel: ',', 'excel-tab': '\t', unix: ',' }

export interface CsvOptions {
  readonly delimiter: string
  /** Blanks after a delimiter are no part of the field. */
  readonly skipInitialSpace: boolean
  /** Quotes out of place are errors. */
  readonly strict: boolean
}

/** Fields of each row, without empty lines; rows may be of any length. */
export const csvRows = (text: string, { delimiter, skipInitialSpace, strict }: CsvOptions): string[][] =>
  parse(text, {
    delimiter,
    ltrim: skipInitialSpace,
    relax_quotes: !strict,
    relax_column_count: true,
    skip_empty_lines: true,
  }) as string[][]
