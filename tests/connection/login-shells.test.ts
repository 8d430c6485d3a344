/** Users whose login shell is not sh: everything runs in the sh that it starts. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canInventUsers, type Sshd, startSshd } from '../sshd.js'
import { needs, sshTo } from './ssh-to.js'

const shells = ['/usr/bin/fish', '/bin/tcsh', '/bin/zsh', '/bin/bash', '/bin/dash'].filter(shell => existsSync(shell))
const nameOf = (shell: string) => `user-${shell.split('/').at(-1)}`

describe.skipIf(!canInventUsers)('login shells (skipped unless root with mount namespaces)', () => {
  let sshd: Sshd
  beforeAll(async () => {
    const users = [...shells, '/usr/sbin/nologin'].map(shell => ({ name: nameOf(shell), password: 'secret', shell }))
    sshd = await startSshd([], users)
    // What a shell prints at login, and what it would read from its input, is not ours.
    writeFileSync(join(sshd.folder, 'home-user-bash', '.bashrc'), 'echo noise; echo more >&2; read -t 0.1 line\n')
  })
  afterAll(() => sshd.stop())

  test.each(shells)('%s', async shell => {
    const { pool, target } = sshTo(sshd, { ansible_user: nameOf(shell) })
    const remote = pool.remote(target, needs)
    const { stdout, stderr, rc } = await remote.exec({
      shell: `printf '%s\\n' "it's $HOME" '! %d $x {a,b} ~'; echo no >&2; exit 3`,
      why: 'test',
    })
    const home = join(sshd.folder, `home-${nameOf(shell)}`)
    expect([stdout, stderr, rc]).toEqual([`it's ${home}\n! %d $x {a,b} ~\n`, 'no\n', 3])
    const bytes = Buffer.from("set x='!'\n$(touch evil)\n".repeat(20_000))
    await (await remote.file(join(home, 'file'))).put({ bytes })
    expect(readFileSync(join(home, 'file')).equals(bytes)).toBe(true)
    await pool.close()
  })

  test('a user who may not log in is unreachable, with what the host says', async () => {
    const { pool, target } = sshTo(sshd, { ansible_user: 'user-nologin' })
    await expect(pool.remote(target, needs).exec({ shell: 'true', why: 'test' })).rejects.toThrow(/not available/)
    await pool.close()
  })
})
