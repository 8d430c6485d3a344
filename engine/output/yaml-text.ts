/** Results as YAML that people read: long texts as blocks, and no second copy of stdout. */
import { type Dict, isDict, isList, PyObject, type Value } from '../python/values.js'
import { dumpYaml, Tagged } from '../python/yaml-dump.js'
import { asText } from './json-text.js'
import { shownResult } from './result-text.js'

/** The block that result_format=yaml puts below a status line. With `exact` (pretty_results=false) nothing is left out of it. */
export function resultAsYaml(result: Dict, verbosity: number, { keepNotices = false, exact = false } = {}): string {
  const seen = shownResult(result, { verbosity, keepNotices })
  const text = exact ? yamlText(seen, { exact }) : yamlText(withoutLines(seen), { indent: 4 })
  return `\n${text.trimEnd().replace(/^(?=.*\S)/gm, '    ')}`
}

/** stdout_lines and stderr_lines say nothing that stdout and stderr do not. */
export function withoutLines(result: Dict): Dict {
  const kept: Dict = new Map(result)
  for (const key of ['stdout', 'stderr'])
    if (kept.has(key) && kept.has(`${key}_lines`)) kept.set(`${key}_lines`, '<omitted>')
  return kept
}

export function yamlText(value: Value, { indent, exact = false }: { indent?: number; exact?: boolean } = {}): string {
  return dumpYaml(withBlocks(value, exact ? text => text : asBlock), {
    allowUnicode: true,
    width: 1000,
    flow: false,
    ...(indent === undefined ? {} : { indent }),
    represent: object => (object instanceof BlockText ? new Tagged('str', object.text, '|') : asText(object)),
  })
}

class BlockText extends PyObject {
  readonly typeName = 'str'
  constructor(readonly text: string) {
    super()
  }
}

function withBlocks(value: Value, blockOf: (text: string) => string): Value {
  if (typeof value === 'string')
    return /[\n\r\x1c-\x1e\x85\u2028\u2029]/.test(value) ? new BlockText(blockOf(value)) : value
  if (isList(value)) return value.map(item => withBlocks(item, blockOf))
  if (isDict(value)) return new Map([...value].map(([key, item]) => [key, withBlocks(item, blockOf)]))
  return value
}

/** Blocks cannot hold control characters nor blanks at the end of a line. */
const asBlock = (text: string): string =>
  text
    .trimEnd()
    .replace(/[^\t\n\v\f\r -~\xa0-\u{10ffff}]/gu, '')
    .split(/(?<=[\n\r])/)
    .map(withoutTabs)
    .join('')
    .replace(/[\v\f\r]/g, '')
    .replace(/ +\n/g, '\n')

/** A tab goes to the next column of eight. */
function withoutTabs(line: string): string {
  const [first = '', ...rest] = line.split('\t')
  let text = first
  let column = [...first].length
  for (const part of rest) {
    const blanks = 8 - (column % 8)
    text += ' '.repeat(blanks) + part
    column += blanks + [...part].length
  }
  return text
}
