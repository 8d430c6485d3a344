/** The last result of each host in a file named after it. */
import { join } from 'node:path'
import type { TaskOutcome } from '../executor/events.js'
import { defineOutput } from './output.js'
import { resultText } from './result-text.js'

export default defineOutput({
  name: 'tree',
  summary: 'The last result of each host in a file',
  kind: 'aggregate',
  create({ settings, treeDirectory, verbosity, writeFile }) {
    const folder = treeDirectory ?? settings.string('callback.tree.directory')
    return {
      result({ outcome: { host, result } }: { outcome: TaskOutcome }) {
        writeFile(join(folder, host), `${resultText(result, { verbosity })}\n`)
      },
    }
  },
})
