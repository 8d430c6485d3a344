/** What a file of variables may hold. */
import { Diagnostic } from '../diagnostics.js'
import { pyStr } from '../python/repr.js'
import { type Dict, isDict, isList, typeName, type Value } from '../python/values.js'
import { positionOf } from '../yaml/positions.js'

/** The variables of a file that `vars_files` names: a dictionary, or dictionaries in a list, of which later ones win. */
export function variablesOfFile(value: Value, file: string): Dict[] {
  if (value === null) return []
  if (isDict(value)) return [value]
  if (isList(value) && value.every(isDict)) return [...value]
  throw new Diagnostic(
    `variable files must contain either a dictionary of variables, or a list of dictionaries. Got: ${pyStr(value)} (<class '${typeName(value)}'>)`,
    { code: 'vars-file-type', at: positionOf(value) ?? { file, line: 1, column: 1 } },
  )
}
