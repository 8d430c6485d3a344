import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { passphraseCheck, unfitPassphrase } from './passphrase.js'

const dir = mkdtempSync(join(tmpdir(), 'passphrase-'))
afterAll(() => rmSync(dir, { recursive: true }))
const unfit = 'Wrong or empty passphrase provided for private key'
const open = execFileSync('openssl', ['genpkey', '-algorithm', 'ED25519'], { encoding: 'utf8', stdio: 'pipe' })
const locked = execFileSync('openssl', ['pkey', '-aes256', '-passout', 'pass:right'], {
  encoding: 'utf8',
  input: open,
  stdio: 'pipe',
})

/** What the shell text says of a key; nothing when the passphrase fits. */
function said(key: string, passphrase: string | undefined): string {
  writeFileSync(join(dir, 'key'), key)
  writeFileSync(join(dir, 'pass'), `${passphrase ?? ''}\n`)
  const script = `t=${dir} key=$t/key\n${passphraseCheck(passphrase !== undefined, 'pass')}`
  try {
    return execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    return (error as { stderr: string }).stderr.trim()
  }
}

test.each([
  ['an open key', open, undefined, ''],
  ['a passphrase for an open key', open, 'right', unfit],
  ['no passphrase for a locked key', locked, undefined, unfit],
  ['the right passphrase', locked, 'right', ''],
  ['a wrong passphrase', locked, 'wrong', 'Wrong passphrase provided for private key'],
  ['a key of OpenSSH, which nobody can tell about', '-----BEGIN OPENSSH PRIVATE KEY-----', 'any', ''],
])('%s', (_, key, passphrase, complaint) => {
  expect(said(key, passphrase)).toBe(complaint)
  // Whether it opens the key is another question.
  if (passphrase !== 'wrong') expect(unfitPassphrase(key, passphrase) ?? '').toBe(complaint)
})
