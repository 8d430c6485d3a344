import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { scratchText } from './scratch-text.js'

const folder = mkdtempSync(join(tmpdir(), 'scratch-text-'))
afterAll(() => rmSync(folder, { recursive: true }))
const env = { PATH: process.env.PATH, HOME: `${folder}/home`, TMPDIR: `${folder}/tmp` }
mkdirSync(env.HOME)
mkdirSync(env.TMPDIR)

const mounts = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', env.TMPDIR]).status === 0
const ask = `; printf '%s ' "$_x"; ls -A "$_x"; stat -c %a "$_x"`

test('a directory for programs is the usual one where they may be started', () => {
  const said = execFileSync('sh', ['-c', scratchText('programs') + ask], { env, encoding: 'utf8' })
  expect(said).toMatch(new RegExp(`^${env.TMPDIR}/understudy-\\w{10} 700\\n$`))
})

test.skipIf(!mounts).each(['sh', 'bash --posix', 'busybox ash'])(
  'it is in the home where /tmp is noexec, in %s (needs unshare)',
  shell => {
    const script = `mount -t tmpfs -o noexec tmpfs "$TMPDIR" && ${scratchText('programs')}${ask}; ls -A "$TMPDIR"`
    const said = execFileSync('unshare', ['-rm', ...shell.split(' '), '-c', script], { env, encoding: 'utf8' })
    expect(said).toMatch(new RegExp(`^${env.HOME}/\\.ansible/tmp/understudy-\\w{10} 700\\n$`))
  },
)
