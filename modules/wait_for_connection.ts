import { setTimeout as sleep } from 'node:timers/promises'
import { Unreachable } from '../engine/connection/connection.js'
import { defineModule, invalidOptions } from '../engine/module/define.js'
import { sh } from '../engine/remote/quote.js'

export default defineModule({
  name: 'ansible.builtin.wait_for_connection',
  summary: 'Wait until a host can be reached and answers',
  check: 'none',
  unknownOptions: invalidOptions,
  where: 'controller',
  args: {
    connect_timeout: { type: 'int', default: 5, summary: 'seconds to give each attempt' },
    delay: { type: 'int', default: 0, summary: 'seconds to wait before the first attempt' },
    sleep: { type: 'int', default: 1, summary: 'seconds between attempts' },
    timeout: { type: 'int', default: 600, summary: 'seconds after which to give up' },
  },
  returns: { elapsed: 'seconds waited' },
  examples: `
- ansible.builtin.wait_for_connection:
    delay: 60
    timeout: 300
`,

  async run({ args, remote, controller, fail }) {
    const { signal } = controller
    const start = performance.now()
    const elapsed = () => Math.floor((performance.now() - start) / 1000)
    if (args.delay > 0) await sleep(args.delay * 1000, undefined, { signal })

    let problem = ''
    do {
      try {
        await withinSeconds(args.connect_timeout, remote.query({ command: sh`true`, parse: () => undefined }))
        return { changed: false, elapsed: elapsed() }
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error
        problem = error.message
      }
      await sleep(args.sleep * 1000, undefined, { signal })
    } while (performance.now() - start < args.timeout * 1000)
    return fail(`timed out waiting for ping module test: ${problem}`, { elapsed: elapsed() })
  },
})

async function withinSeconds<T>(seconds: number, work: Promise<T>): Promise<T> {
  const giveUp = new AbortController()
  work.catch(() => undefined)
  const late = sleep(Math.max(seconds, 1) * 1000, undefined, { signal: giveUp.signal, ref: false }).then(() => {
    throw new Unreachable(`no answer within ${seconds} seconds`)
  })
  late.catch(() => undefined)
  try {
    return await Promise.race([work, late])
  } finally {
    giveUp.abort()
  }
}
