/** `meta: reset_connection`: a local connection has nothing to reset, which Ansible says. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { main } from '../../engine/cli/main.js'

test('a local connection is not reset, and a warning says so', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'reset-'))
  try {
    writeFileSync(join(folder, 'site.yml'), '- hosts: all\n  gather_facts: no\n  tasks:\n  - meta: reset_connection\n')
    let stderr = ''
    const code = await main(['playbook', '-i', 'h1,', '-c', 'local', 'site.yml'], {
      stdin: Readable.from([]),
      stdout: { write: () => true },
      stderr: { write: (text: string | Uint8Array) => (stderr += text) },
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      cwd: folder,
    })
    expect(code).toBe(0)
    expect(stderr).toContain('[WARNING]: Reset is not implemented for this connection')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
