/** The first line `#jinja2: trim_blocks: False, …`, which changes how the rest of a template is read. */
import { Diagnostic } from '../diagnostics.js'
import { truthy } from '../python/compare.js'
import { pythonLiteral } from '../python/literal.js'
import type { Syntax } from './lexer.js'

const HEADER = '#jinja2:'

export function withHeader(source: string, syntax: Syntax): { body: string; syntax: Syntax } {
  if (!source.startsWith(HEADER)) return { body: source, syntax }
  const end = source.indexOf('\n')
  const line = end < 0 ? source.slice(HEADER.length) : source.slice(HEADER.length, end)
  const changed: { [key: string]: string | boolean | undefined } = {}
  for (const pair of line.split(',')) {
    const colon = pair.indexOf(':')
    if (colon < 0) {
      throw new Diagnostic(
        `failed to parse jinja2 override '${pair}'. Did you use something different from colon as key-value separator?`,
        { code: 'template-header' },
      )
    }
    const key = pair.slice(0, colon).trim()
    const text = pair.slice(colon + 1).trim()
    const value = pythonLiteral(text)
    if (value === undefined)
      throw new Diagnostic(`malformed value in the #jinja2: header: ${text}`, { code: 'template-header' })
    if (!(key in syntax) || key === 'keep_backslashes') continue
    if (typeof syntax[key as keyof Syntax] === 'boolean') changed[key] = truthy(value)
    else changed[key] = value === null ? undefined : String(value)
  }
  return { body: end < 0 ? '' : source.slice(end + 1), syntax: { ...syntax, ...changed } }
}
