/** A dict option given as text: JSON, a Python literal, or `a=1, b="two words"`. */
import { pythonLiteral } from '../python/literal.js'
import { type Dict, fromJson, isDict } from '../python/values.js'

export function dictFromText(text: string): Dict {
  const trimmed = text.trim()
  if (trimmed.startsWith('{')) {
    try {
      return fromJson(JSON.parse(trimmed)) as Dict
    } catch {
      const literal = pythonLiteral(trimmed)
      if (isDict(literal)) return literal
      throw new Error('unable to evaluate string as dictionary')
    }
  }
  if (!trimmed.includes('=')) throw new Error('dictionary requested, could not parse JSON or key=value')
  const dict: Dict = new Map()
  for (const field of fields(trimmed)) {
    const at = field.indexOf('=')
    if (at < 0) throw new Error('dictionary requested, could not parse JSON or key=value')
    dict.set(field.slice(0, at), field.slice(at + 1))
  }
  return dict
}

/** Splits at commas and blanks outside quotes; a backslash takes the next character as it is. */
function fields(text: string): string[] {
  const found: string[] = []
  let field = ''
  let quote = ''
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!
    if (char === '\\' && at + 1 < text.length) field += text[++at]
    else if (quote) {
      if (char === quote) quote = ''
      else field += char
    } else if (char === '"' || char === "'") quote = char
    else if (char === ',' || char === ' ') {
      if (field) found.push(field)
      field = ''
    } else field += char
  }
  if (field) found.push(field)
  return found
}
