import { describe, test } from 'vitest'
import { haveSshd, startSshd } from '../sshd.js'
import { connectionContract } from './contract.js'
import { sshTo } from './ssh-to.js'

if (!haveSshd) describe.skip('ssh (no sshd is installed)', () => test('contract', () => {}))
else {
  for (const transport of ['ssh2', 'openssh']) {
    connectionContract(`ssh by ${transport}`, async () => {
      const sshd = await startSshd()
      const { pool, target } = sshTo(sshd, { ansible_ssh_transport: transport })
      return {
        pool,
        target,
        close: async () => {
          await pool.close()
          await sshd.stop()
        },
      }
    })
  }
}
