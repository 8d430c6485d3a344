import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { HostPool } from '../../engine/remote/pool.js'
import { testSettings } from './settings.js'
import { needs } from './ssh-to.js'

const canChroot = spawnSync('chroot', ['/', '/bin/true']).status === 0

test.skipIf(!canChroot)('another root is reached by chroot (skipped where that is not allowed)', async () => {
  const pool = new HostPool({ settings: testSettings() })
  const vars = (name: string) => (name === 'ansible_host' ? '/' : undefined)
  const remote = pool.remote({ name: 'there', connection: 'chroot', vars }, needs)
  expect((await remote.exec({ shell: 'echo hi', why: 'test' })).stdout).toBe('hi\n')
  await pool.close()
})

test('a client that is not installed is unreachable, and says which', async () => {
  const pool = new HostPool({ settings: testSettings() })
  const vars = (name: string) => (name === 'ansible_podman_executable' ? '/nonexistent/podman' : undefined)
  const remote = pool.remote({ name: 'box', connection: 'podman', vars }, needs)
  await expect(remote.exec({ shell: 'true', why: 'test' })).rejects.toThrow(
    '/nonexistent/podman command not found in PATH',
  )
  await pool.close()
})

test('a connection of no known name is an error', async () => {
  const pool = new HostPool({ settings: testSettings() })
  const remote = pool.remote({ name: 'box', connection: 'pigeon', vars: () => undefined }, needs)
  await expect(remote.exec({ shell: 'true', why: 'test' })).rejects.toThrow(
    "the connection plugin 'pigeon' was not found",
  )
})
