import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { archiveState } from './state.js'

const folder = mkdtempSync(join(tmpdir(), 'archive-state-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A file `a` that holds "hi". */
const zip = Buffer.from(
  'UEsDBAoAAAAAAAAAIVB6em/tAwAAAAMAAAABAAAAYWhpClBLAQIeAwoAAAAAAAAAIVB6em/tAwAAAAMAAAABAAAAAAAAAAEAAACkgQAAAABhUEsFBgAAAAABAAEALwAAACIAAAAAAA==',
  'base64',
)
const busybox = spawnSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).stdout.trim()

test.skipIf(!busybox)('a zip that is unpacked differs in nothing for the unzip of BusyBox (needs busybox)', () => {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  const programs = ['sh', 'dd', 'od', 'tr', 'mktemp', 'unzip', 'sed', 'find', 'cmp', 'readlink', 'rm', 'grep', 'cat']
  for (const name of programs) symlinkSync(busybox, join(bin, name))
  const [src, dest] = [join(folder, 'a.zip'), join(folder, 'out')]
  writeFileSync(src, zip)
  mkdirSync(dest)
  const question = archiveState(src, dest, { exclude: [], include: [], extra_opts: [] })
  const look = () =>
    question.parse(
      execFileSync(join(bin, 'sh'), ['-c', question.command], { env: { PATH: bin }, encoding: 'utf8' }),
      0,
      '',
    )
  expect(look()).toMatchObject({
    handler: 'ZipArchive',
    names: ['a'],
    differences: ['./a: Warning: Cannot stat: No such file or directory'],
  })
  writeFileSync(join(dest, 'a'), 'hi\n')
  expect(look()).toMatchObject({ differences: [], problem: undefined })
})
