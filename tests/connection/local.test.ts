import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import { HostPool } from '../../engine/remote/pool.js'
import { connectionContract } from './contract.js'
import { testSettings } from './settings.js'

const folder = mkdtempSync(join(tmpdir(), 'understudy-busybox-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A host that has nothing but busybox: a PATH of its applets alone. */
function busyboxShell(without: readonly string[] = []): string | undefined {
  const { status, stdout } = spawnSync('busybox', ['--list'], { encoding: 'utf8' })
  if (status !== 0) return undefined
  const path = join(folder, without.join('-') || 'all')
  mkdirSync(path)
  const program = spawnSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).stdout.trim()
  for (const applet of stdout.split('\n')) {
    if (applet && !without.includes(applet)) symlinkSync(program, join(path, applet))
  }
  return `env PATH=${path} ${join(path, 'sh')}`
}

const shells: { [name: string]: string | undefined } = {
  dash: '/bin/sh',
  bash: '/bin/bash --posix',
  busybox: busyboxShell(),
  'busybox without stat, sha1sum and mktemp': busyboxShell(['stat', 'sha1sum', 'mktemp', 'busybox']),
}
for (const [name, shell] of Object.entries(shells)) {
  if (shell === undefined) continue
  connectionContract(`local with ${name}`, async () => {
    const pool = new HostPool({ settings: testSettings() })
    const vars = (name: string) => (name === 'ansible_shell_executable' ? shell : undefined)
    return { pool, target: { name: 'here', connection: 'local', vars }, close: () => pool.close() }
  })
}
