/** What a host prints is never run on the controller, not even as a condition of `assert`. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { understudy } from '../understudy.js'

test.each(['"{{ said.stdout }}"', '["{{ said.stdout }}"]', '"{{ [said.stdout] }}"'])('that: %s', async that => {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-trust-'))
  try {
    const mark = join(folder, 'mark')
    writeFileSync(
      join(folder, 'site.yml'),
      `- hosts: localhost
  gather_facts: false
  tasks:
    - command: echo "lookup('pipe', 'touch ${mark}') == ''"
      register: said
    - assert:
        that: ${that}
      ignore_errors: true
`,
    )
    await understudy(folder, 'playbook', '-i', 'localhost,', '-c', 'local', 'site.yml')
    expect(existsSync(mark)).toBe(false)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
