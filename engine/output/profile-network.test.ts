import { expect, test } from 'vitest'
import type { Event } from '../executor/events.js'
import profileNetwork from './profile-network.js'
import { ends, recap, rehearse, task } from './test.js'

const copy = task('put a file')
const run = task('run it', { role: 'web' })
const spent = (of: typeof copy, host: string, trips: number, sent: number, waited: number): Event => ({
  type: 'spent',
  task: of,
  host,
  trips,
  sent,
  received: 2 * 1024 * 1024,
  waited,
})
const begins = (of: typeof copy, host: string): Event => ({ type: 'host_start', task: of, host })

test('tasks and hosts are listed by what they took, network and engine apart, with their sum', () => {
  const { stdout } = rehearse(
    profileNetwork,
    [
      begins(copy, 'h1'),
      spent(copy, 'h1', 2, 100, 0.25),
      ends(copy, 'h1', 'changed'),
      begins(run, 'h1'),
      // Two items of a loop.
      spent(run, 'h1', 1, 1000, 0.5),
      spent(run, 'h1', 1, 1000, 0.5),
      ends(run, 'h1', 'ok'),
      begins(copy, 'h2'),
      ends(copy, 'h2', 'ok'),
      recap({}),
    ],
    { clock: [0, 500, 1000, 3000, 3000, 3100] },
  )
  expect(stdout).toBe(`
TASK          trips    sent  received  network  engine
web : run it      2  2.0 KB    4.0 MB   1.000s  1.000s
put a file        2   100 B    2.0 MB   0.250s  0.350s
all               4  2.1 KB    6.0 MB   1.250s  1.350s

HOST  trips    sent  received  network  engine
h1        4  2.1 KB    6.0 MB   1.250s  1.250s
h2        0     0 B       0 B   0.000s  0.100s
all       4  2.1 KB    6.0 MB   1.250s  1.350s
`)
})

test('only the dearest are listed, as many as profile_tasks lists', () => {
  const { stdout } = rehearse(profileNetwork, [begins(copy, 'h1'), ends(copy, 'h1', 'ok'), recap({})], {
    environ: { PROFILE_TASKS_TASK_OUTPUT_LIMIT: '0' },
  })
  expect(stdout).not.toContain('put a file')
  expect(stdout).toContain('all ')
})
