/** Times that commands took, told by a clock that somebody sets meanwhile. */
import { afterEach, expect, test, vi } from 'vitest'
import { HostPool } from '../../engine/remote/pool.js'
import { testSettings } from './settings.js'
import { needs } from './ssh-to.js'

afterEach(() => vi.useRealTimers())

test.each([-3600, 3600])('a clock that jumps by %i s makes no command longer or shorter', async jump => {
  const pool = new HostPool({ settings: testSettings() })
  const remote = pool.remote({ name: 'here', connection: 'local', vars: () => undefined }, needs)
  vi.useFakeTimers({ toFake: ['Date'] })
  const began = Date.now() / 1000
  const running = remote.exec({ shell: 'sleep 0.2', timeout: 5, why: 'test' })
  vi.setSystemTime(Date.now() + jump * 1000)
  const { start, end, timedOut } = await running
  expect(timedOut).toBe(false)
  expect(end - start).toBeGreaterThan(0.15)
  expect(end - start).toBeLessThan(5)
  expect([0, jump]).toContain(Math.round((start - began) / 3600) * 3600)
  await pool.close()
})
