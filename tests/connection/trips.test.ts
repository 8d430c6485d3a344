import { appendFileSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { haveSshd, keygen, type Sshd, startSshd } from '../sshd.js'
import { type Relay, startRelay } from './relay.js'
import { needs, sshTo } from './ssh-to.js'

let sshd: Sshd
let relay: Relay
beforeAll(async () => {
  if (!haveSshd) return
  sshd = await startSshd()
  relay = await startRelay(sshd.port)
  // Long enough that what is sent without waiting arrives together.
  relay.delay = 25
})
afterAll(async () => {
  await relay?.close()
  await sshd?.stop()
})
const reach = (vars = {}) =>
  sshTo({ ...sshd, port: relay.port }, { ansible_ssh_extra_args: '-o StrictHostKeyChecking=no', ...vars })

/** Turns of the quickest of some logins: what arrives late, or in pieces, can only add some. */
async function firstAnswer(vars = {}): Promise<number> {
  const counts: number[] = []
  for (let count = 0; count < 4; count++) {
    const { pool, target } = reach(vars)
    const before = relay.turns
    const { stdout } = await pool.remote(target, needs).exec({ shell: 'echo hi', why: 'test' })
    counts.push(relay.turns - before)
    expect(stdout).toBe('hi\n')
    await pool.close()
  }
  return Math.min(...counts)
}

test.skipIf(!haveSshd)('the first answer takes seven round trips from the greeting on', async () => {
  // Greeting, key exchange (2), login, session, shell, command: nothing asks whether a key would do, or who we are.
  expect(await firstAnswer()).toBeLessThanOrEqual(7)
})

test.skipIf(!haveSshd)('then fifty commands and fifty looks take one each', async () => {
  const { pool, target } = reach()
  const remote = pool.remote(target, needs)
  await remote.exec({ shell: 'true', why: 'test' })
  const before = relay.turns
  for (let count = 0; count < 50; count++) {
    await remote.exec({ argv: ['/bin/true'], why: 'test' })
    await remote.file('/etc/passwd', { want: 'sha1' })
  }
  expect(relay.turns - before).toBe(100)
  await pool.close()
})

test.skipIf(!haveSshd)('an rsa key is shown with a signature that the server takes', async () => {
  const key = `${sshd.folder}/rsa`
  keygen('rsa', key)
  appendFileSync(`${sshd.folder}/authorized_keys`, readFileSync(`${key}.pub`))
  expect(await firstAnswer({ ansible_ssh_private_key_file: key })).toBeLessThanOrEqual(7)
})

test.skipIf(!haveSshd)('a key that the server does not know gives way to the next', async () => {
  const key = `${sshd.folder}/stranger`
  keygen('ed25519', key)
  const { pool, target } = reach({
    ansible_ssh_private_key_file: key,
    ansible_ssh_extra_args: `-o StrictHostKeyChecking=no -o IdentityFile=${sshd.key}`,
  })
  expect((await pool.remote(target, needs).exec({ shell: 'echo hi', why: 'test' })).stdout).toBe('hi\n')
  await pool.close()
})
