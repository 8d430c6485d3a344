/** The program as it is started by hand: bin, dist and the Node of this machine. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectFolder } from './understudy.js'

test('a start says nothing but what was asked', () => {
  const done = spawnSync(process.execPath, [join(projectFolder, 'bin/understudy.js'), '--version'], {
    encoding: 'utf8',
  })
  expect(done).toMatchObject({ status: 0, stderr: '' })
  expect(done.stdout).toMatch(/^understudy \[/)
})
