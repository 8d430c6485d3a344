import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { Unreachable } from '../../engine/connection/connection.js'
import type { Value } from '../../engine/python/values.js'
import { haveSshd, type Sshd, startSshd } from '../sshd.js'
import { type Relay, startRelay } from './relay.js'
import { needs, sshTo } from './ssh-to.js'

describe.skipIf(!haveSshd)('a bad network (skipped without sshd)', () => {
  let sshd: Sshd
  let relay: Relay
  let folder: string
  beforeAll(async () => {
    sshd = await startSshd()
  })
  afterAll(() => sshd?.stop())
  beforeEach(async () => {
    relay = await startRelay(sshd.port)
    folder = mkdtempSync(join(tmpdir(), 'understudy-chaos-'))
  })
  afterEach(async () => {
    await relay.close()
    rmSync(folder, { recursive: true, force: true })
  })
  const through = (vars: { [name: string]: Value } = {}) =>
    sshTo(sshd, {
      ansible_port: relay.port,
      ansible_ssh_common_args: `-F none -o UserKnownHostsFile=${sshd.knownHosts} -o GlobalKnownHostsFile=/dev/null -o HostKeyAlias=[127.0.0.1]:${sshd.port} ${vars.args ?? ''}`,
      ...vars,
    })

  test('a connection that dies between two tasks is made anew without a word', async () => {
    const { pool, target } = through()
    const remote = pool.remote(target, needs)
    expect((await remote.exec({ shell: 'echo 1', why: 'test' })).stdout).toBe('1\n')
    relay.cut()
    await pause(30)
    expect((await remote.exec({ shell: 'echo 2', why: 'test' })).stdout).toBe('2\n')
    relay.cut()
    expect((await remote.file('/etc/passwd', { want: 'stat' })).exists).toBe(true)
    await pool.close()
  })

  test('a cut in the middle of a command is unreachable, and its scratch directory goes', async () => {
    const { pool, target } = through()
    const remote = pool.remote(target, needs)
    const scratch = await remote.scratch()
    const running = remote.exec({ shell: 'sleep 0.4', why: 'test' })
    await pause(100)
    relay.cut()
    await expect(running).rejects.toBeInstanceOf(Unreachable)
    await remote.dispose()
    for (let tries = 0; existsSync(scratch) && tries < 100; tries++) await pause(20)
    expect(existsSync(scratch)).toBe(false)
    await pool.close()
  })

  test('a cut while a large file is sent leaves neither half a file nor a temporary one', async () => {
    const { pool, target } = through()
    const remote = pool.remote(target, needs)
    const file = await remote.file(join(folder, 'big'))
    relay.delay = 5
    const sending = file.put({ bytes: Buffer.alloc(50_000_000, 'x') })
    await pause(60)
    relay.cut()
    await expect(sending).rejects.toBeInstanceOf(Unreachable)
    for (let tries = 0; readdirSync(folder).length > 0 && tries < 100; tries++) await pause(20)
    expect(readdirSync(folder)).toEqual([])
    await pool.close()
  })

  test('a busy sshd that drops connections is asked again', async () => {
    relay.refuse = 3
    const { pool, target } = through()
    expect((await pool.remote(target, needs).exec({ shell: 'echo hi', why: 'test' })).stdout).toBe('hi\n')
    expect(relay.connections).toBe(4)
    await pool.close()
  })

  test('a host that stops answering is noticed', async () => {
    const { pool, target } = through({ args: '-o ServerAliveInterval=0.2 -o ServerAliveCountMax=2' })
    const remote = pool.remote(target, needs)
    await remote.exec({ shell: 'echo hi', why: 'test' })
    relay.freeze()
    await expect(remote.exec({ shell: 'echo hi', why: 'test' })).rejects.toBeInstanceOf(Unreachable)
    await pool.close()
  })

  test('a flipped bit ends the connection instead of passing', async () => {
    const { pool, target } = through()
    const remote = pool.remote(target, needs)
    await remote.exec({ shell: 'echo hi', why: 'test' })
    relay.garble = true
    await expect(remote.exec({ shell: 'echo hi', why: 'test' })).rejects.toBeInstanceOf(Unreachable)
    await pool.close()
  })

  test('a host that never says hello times out', async () => {
    relay.freeze()
    const { pool, target } = through({ ansible_ssh_timeout: 1 })
    await expect(pool.remote(target, needs).exec({ shell: 'true', why: 'test' })).rejects.toThrow(/timed out/)
    await pool.close()
  }, 20_000)

  test('one task is one round trip, however long the way', async () => {
    const { pool, target } = through()
    const remote = pool.remote(target, needs)
    await remote.exec({ argv: ['/bin/true'], why: 'test' })
    relay.delay = 10
    const before = pool.stats.trips
    for (let count = 0; count < 20; count++) await remote.exec({ argv: ['/bin/true'], why: 'test' })
    expect(pool.stats.trips - before).toBe(20)
    await pool.close()
  })
})
