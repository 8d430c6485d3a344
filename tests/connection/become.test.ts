import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Value } from '../../engine/python/values.js'
import { RemoteFailure } from '../../engine/remote/remote.js'
import { canInventUsers, type Sshd, startSshd } from '../sshd.js'
import { needs, sshTo } from './ssh-to.js'

describe.skipIf(!canInventUsers)('becoming another user (skipped unless root with mount namespaces)', () => {
  let sshd: Sshd
  beforeAll(async () => {
    sshd = await startSshd(
      ['PasswordAuthentication yes', 'KbdInteractiveAuthentication yes'],
      [
        { name: 'plain', password: 'plain secret', sudo: 'ALL=(ALL) ALL' },
        { name: 'free', password: 'x', sudo: 'ALL=(ALL) NOPASSWD: ALL', shell: '/bin/bash' },
        { name: 'nobodys', password: 'x' },
        { name: 'tty', password: "it's", sudo: 'ALL=(ALL) ALL' },
      ],
      ['Defaults:tty requiretty', 'Defaults !lecture', 'Defaults timestamp_timeout=0'],
    )
  })
  afterAll(() => sshd?.stop())

  async function become(user: string, vars: { [name: string]: Value } = {}, shell = 'id -un') {
    const { pool, target } = sshTo(sshd, { ansible_user: user, ansible_become: true, ...vars })
    const remote = pool.remote(target, needs)
    try {
      const outcome = await remote.exec({ shell, why: 'test' })
      const file = await remote.file('/etc/shadow', { want: 'stat' })
      return { said: outcome.stdout.trim(), stderr: outcome.stderr, shadow: file.owner }
    } catch (error) {
      return { error: error as Error }
    } finally {
      await pool.close()
    }
  }

  test('sudo without a password', async () => {
    expect(await become('free')).toMatchObject({ said: 'root', shadow: 'root' })
    expect(await become('free', { ansible_become_user: 'plain' })).toMatchObject({ said: 'plain' })
  })

  test('a command that removes a user finds no kept shell of theirs', async () => {
    const { pool, target } = sshTo(sshd, { ansible_user: 'free', ansible_become: true })
    const asUser = (user: string, shell: string) =>
      pool
        .remote({ ...target, keywords: new Map<string, Value>([['become_user', user]]) }, needs)
        .exec({ shell, why: 'test' })
    const shells = async () => (await asUser('root', 'ps -u nobodys -o pid= | wc -l')).stdout.trim()
    try {
      expect((await asUser('nobodys', 'id -un')).stdout).toBe('nobodys\n')
      expect(await shells()).not.toBe('0')
      await asUser('root', 'true userdel nobodys-not')
      expect(await shells()).not.toBe('0')
      await asUser('root', 'true userdel nobodys')
      expect(await shells()).toBe('0')
    } finally {
      await pool.close()
    }
  })

  test('a start of a shell is told at -vvv, without its password', async () => {
    const told: string[] = []
    const vars = { ansible_user: 'plain', ansible_become: true, ansible_become_password: 'plain secret' }
    const { pool, target } = sshTo(sshd, vars, { debug: (level, text) => void told.push(`${level} ${text}`) })
    try {
      await pool.remote(target, needs).exec({ shell: 'true', why: 'test' })
    } finally {
      await pool.close()
    }
    expect(told).toContain(`3 <${target.name}> ESTABLISH SSH CONNECTION FOR USER: plain`)
    expect(told.find(line => line.includes(' EXEC sudo -H -S '))).toContain('-u root')
    expect(told.join('\n')).not.toContain('plain secret')
  })

  test('sudo with a password, which no process list shows', async () => {
    const listed = await become('plain', { ansible_become_password: 'plain secret' }, 'id -un; ps -A -o args=')
    expect(listed.said).toMatch(/^root\n/)
    expect(listed.said).not.toContain('plain secret')
  })

  test('a missing and a wrong password are told apart', async () => {
    const missing = await become('plain')
    expect(missing.error).toBeInstanceOf(RemoteFailure)
    expect(missing.error!.message).toBe('Missing sudo password')
    expect((await become('plain', { ansible_become_password: 'guess' })).error!.message).toBe('Incorrect sudo password')
  })

  test('a user who may not become anybody is told why', async () => {
    const { error } = await become('nobodys', { ansible_become_password: 'x' })
    expect(error!.message).toMatch(/not in the sudoers file|not allowed/)
  })

  test.each(['ssh2', 'openssh'])('sudo that insists on a terminal gets one, by %s', async transport => {
    const outcome = await become(
      'tty',
      { ansible_become_password: "it's", ansible_ssh_transport: transport },
      'id -un; echo problem >&2; printf "\\377\\r\\n"',
    )
    expect(outcome).toMatchObject({ said: 'root\n\udcff', stderr: 'problem\n' })
  })

  test('su with a password', async () => {
    const su = { ansible_become_method: 'su', ansible_become_password: 'rootsecret' }
    expect(await become('nobodys', su)).toMatchObject({ said: 'root' })
    expect((await become('nobodys', { ...su, ansible_become_password: 'guess' })).error!.message).toBe(
      'Incorrect su password',
    )
    expect((await become('nobodys', { ansible_become_method: 'su' })).error!.message).toMatch(
      /^(Missing su password|Timeout)/,
    )
  })

  test('a method of no known name is an error before anything happens', async () => {
    expect((await become('free', { ansible_become_method: 'magic' })).error!.message).toMatch(
      /^Invalid become method specified/,
    )
  })

  test('nobody becomes the user one is already', async () => {
    expect(await become('nobodys', { ansible_become_user: 'nobodys' })).toMatchObject({ said: 'nobodys' })
  })

  test('a password logs in, a wrong one is told', async () => {
    const vars = { ansible_become: false, ansible_ssh_private_key_file: null }
    for (const ansible_ssh_transport of ['ssh2', 'openssh']) {
      expect(await become('plain', { ...vars, ansible_ssh_transport, ansible_password: 'plain secret' })).toMatchObject(
        { said: 'plain' },
      )
      const { error } = await become('plain', { ...vars, ansible_ssh_transport, ansible_password: 'guess' })
      expect(error!.message).toMatch(/^Invalid\/incorrect password: .*Permission denied/s)
    }
  })

  test('files are written with the right owner through sudo', async () => {
    const { pool, target } = sshTo(sshd, { ansible_user: 'free', ansible_become: true })
    const remote = pool.remote(target, needs)
    const path = `${sshd.folder}/home-free/by-root`
    await (await remote.file(path)).put({ text: 'x\n', owner: 'plain', group: 'free', mode: 'u=rw,g=r,o=' })
    const file = await remote.file(path)
    expect(file).toMatchObject({ owner: 'plain', group: 'free', mode: 416, text: 'x\n' })
    await file.put({ text: 'y\n' })
    expect(await remote.file(path)).toMatchObject({ owner: 'plain', group: 'free', mode: 416 })
    expect(readFileSync(path, 'utf8')).toBe('y\n')
    await pool.close()
  })
})
