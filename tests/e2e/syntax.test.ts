/** The book's site is ordinary Ansible content: real Ansible accepts every playbook, and so does Understudy. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { projectFolder, understudy } from '../understudy.js'

const folder = mkdtempSync(join(tmpdir(), 'understudy-syntax-'))
afterAll(() => rmSync(folder, { recursive: true }))

const playbooks = readdirSync(join(projectFolder, 'playbooks')).filter(name => /\.ya?ml$/.test(name))
const inventory = join(projectFolder, 'inventory', 'hosts')
const ansible = spawnSync('ansible-playbook', ['--version'], { encoding: 'utf8' }).status === 0

describe.each(playbooks)('%s', name => {
  const file = join(projectFolder, 'playbooks', name)

  test('Understudy accepts it', async () => {
    const { code, stdout, stderr } = await understudy(folder, 'playbook', '-i', inventory, '--syntax-check', file)
    expect(stderr.replace(/^\[WARNING\].*\n?/gm, '')).not.toContain('ERROR')
    expect({ code, stdout }).toEqual({ code: 0, stdout: `\nplaybook: ${file}\n` })
  })

  test.skipIf(!ansible)('real Ansible accepts it', { timeout: 60_000 }, () => {
    const env = { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C.UTF-8', ANSIBLE_LOCAL_TEMP: folder }
    const { status, stdout } = spawnSync('ansible-playbook', ['-i', inventory, '--syntax-check', file], {
      env,
      cwd: folder,
      encoding: 'utf8',
    })
    expect({ status, stdout }).toEqual({ status: 0, stdout: `\nplaybook: ${file}\n` })
  })
})
