/** Like `default`, with results as YAML below the status line. */
import { pyStr } from '../python/repr.js'
import { defaultOutput, type ResultFormat } from './default.js'
import { defineOutput, type OutputContext } from './output.js'
import { shownResult } from './result-text.js'
import { withoutLines, yamlText } from './yaml-text.js'

export default defineOutput({
  name: 'yaml',
  summary: 'Like default, with results as YAML',
  kind: 'stdout',
  create: context => defaultOutput(context, format(context)),
})

const format =
  ({ verbosity }: OutputContext): ResultFormat =>
  (result, _, keepNotices = false) => {
    const rest = withoutLines(shownResult(result, { verbosity, keepNotices }))
    let head = ''
    for (const key of ['changed', 'skipped']) {
      if (!rest.has(key)) continue
      head += `${key}=${pyStr(rest.get(key)!).toLowerCase()} `
      rest.delete(key)
    }
    if (rest.size === 0) return head
    return `${head}\n${yamlText(rest)}`.split('\n').join('\n  ').trimEnd()
  }
