/** Like `default`, without a word about hosts and items that are skipped; the banners of their tasks stay. */
import { defaultOutput, resultAsJson } from './default.js'
import { defineOutput, type Output } from './output.js'

export default defineOutput({
  name: 'skippy',
  summary: 'Like default, without skipped hosts and items',
  kind: 'stdout',
  create(context) {
    const all = defaultOutput(context, resultAsJson(context))
    const { result, item_result } = all
    const output: Output = {
      ...all,
      meta_skipped: undefined,
      result: event => event.outcome.status !== 'skipped' && result?.(event),
      item_result: event => event.outcome.status !== 'skipped' && item_result?.(event),
    }
    return output
  },
})
