/** What several lookups do with their terms. */
import { Diagnostic } from '../../diagnostics.js'
import { isList, typeName, type Value } from '../../python/values.js'

export const lookupError = (message: string) => new Diagnostic(message, { code: 'lookup' })

/** A term that must be text. */
export function textTerm(term: Value): string {
  if (typeof term === 'string') return term
  throw lookupError(`Invalid setting identifier, "${String(term)}" is not a string, its a <class '${typeName(term)}'>`)
}

/** One level of lists taken apart. */
export const flattenOnce = (terms: readonly Value[]): Value[] =>
  terms.flatMap(term => (isList(term) ? [...term] : [term]))

/** Old terms such as `key file=a.csv delimiter=,`: the words without `=`, and the pairs. */
export function keyValueTerm(
  term: string,
  known?: ReadonlySet<string>,
): { words: string[]; pairs: Map<string, string> } {
  const words: string[] = []
  const pairs = new Map<string, string>()
  // Quotes keep a value together; in words they are part of what is looked for.
  const parts = term.match(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s])+/g) ?? []
  for (const part of parts) {
    const at = part.indexOf('=')
    if (at > 0) {
      const name = part.slice(0, at)
      if (known && !known.has(name)) throw lookupError(`${name} is not a valid option.`)
      pairs.set(name, part.slice(at + 1).replace(/^(['"])(.*)\1$/s, '$2'))
    } else words.push(part)
  }
  return { words, pairs }
}
