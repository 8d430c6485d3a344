/** How long the run took. */
import { defineOutput } from './output.js'

export default defineOutput({
  name: 'timer',
  summary: 'How long the run took',
  kind: 'aggregate',
  create({ screen, now }) {
    const begin = now()
    return {
      stats() {
        const seconds = Math.floor((now() - begin) / 1000)
        const parts = [
          `${Math.floor(seconds / 86400)} days`,
          `${Math.floor(seconds / 3600) % 24} hours`,
          `${Math.floor(seconds / 60) % 60} minutes`,
          `${seconds % 60} seconds`,
        ]
        screen.print(`Playbook run took ${parts.join(', ')}`)
      },
    }
  },
})
