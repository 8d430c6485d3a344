/** Like `default`, with what a program printed as it printed it, below the result. */
import { truthy } from '../python/compare.js'
import { pyStr } from '../python/repr.js'
import type { Dict } from '../python/values.js'
import { defaultOutput, type ResultFormat } from './default.js'
import { jsonText } from './json-text.js'
import { defineOutput, type OutputContext } from './output.js'
import { shownResult } from './result-text.js'

/** Keys that are shown in sections of their own, in this order. */
const SECTIONS = ['stdout', 'stderr', 'msg', 'module_stdout', 'module_stderr']

export default defineOutput({
  name: 'debug',
  summary: 'Like default, with stdout, stderr and messages as text',
  kind: 'stdout',
  create: context => defaultOutput(context, format(context)),
})

const format =
  ({ verbosity }: OutputContext): ResultFormat =>
  (result, _, keepNotices = false) => {
    const rest: Dict = shownResult(result, { verbosity, keepNotices })
    let text = ''
    for (const key of SECTIONS) {
      const value = rest.get(key)
      if (value === undefined) continue
      rest.delete(key)
      rest.delete(`${key}_lines`)
      if (truthy(value)) text += `\n\n${key.toUpperCase()}:\n\n${pyStr(value)}\n`
    }
    return jsonText(rest, { indent: 4 }) + text
  }
