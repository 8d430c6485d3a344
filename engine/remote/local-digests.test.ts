import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { digestsOfFile } from './local-digests.js'

const folder = mkdtempSync(join(tmpdir(), 'understudy-digests-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each([0, 1000, 9 * 1024 * 1024 + 5])('a file of %i bytes', async size => {
  const bytes = randomBytes(size)
  const path = join(folder, String(size))
  writeFileSync(path, bytes)
  const of = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex')
  expect(await digestsOfFile(path, ['sha1', 'md5'])).toEqual({ sha1: of('sha1'), md5: of('md5') })
  expect(await digestsOfFile(path, ['sha1'])).toEqual({ sha1: of('sha1') })
})

test('a file that is not there', async () => {
  await expect(digestsOfFile(join(folder, 'none'), ['md5'])).rejects.toThrow(/ENOENT/)
})
