import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { Vault } from '../vault/vault.js'
import { loadYaml } from '../yaml/load.js'
import type { VaultString } from '../yaml/trust.js'
import { vault } from './vault.js'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'understudy-test-'))
  writeFileSync(join(folder, 'pw1'), 'one\n')
  writeFileSync(join(folder, 'pw2'), 'two\n')
  writeFileSync(join(folder, 'get-client.sh'), '#!/bin/sh\n[ "$2" = dev ] && echo one || exit 2\n')
  chmodSync(join(folder, 'get-client.sh'), 0o755)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeEach(() => writeFileSync(join(folder, 'a.yml'), 'hello: world\n', { mode: 0o644 }))

async function run(args: string, { stdin = '', env = {}, answers = [] as string[] } = {}) {
  const stdout: string[] = []
  const stderr: string[] = []
  const asked: string[] = []
  const code = await vault(args.split(' '), {
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout: { write: chunk => stdout.push(chunk.toString()) },
    stderr: { write: chunk => stderr.push(chunk.toString()) },
    env: { PATH: process.env.PATH, HOME: folder, ...env },
    cwd: folder,
    ask: async prompt => {
      asked.push(prompt)
      return answers.shift() ?? ''
    },
  })
  return { code, stdout: stdout.join(''), stderr: stderr.join(''), asked }
}
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

it('encrypts, views, rekeys, edits and decrypts a file in place', async () => {
  expect(await run('encrypt --vault-id dev@pw1 a.yml')).toMatchObject({ code: 0, stdout: '', stderr: '' })
  expect(read('a.yml')).toMatch(/^\$ANSIBLE_VAULT;1\.2;AES256;dev\n([0-9a-f]{1,80}\n)+$/)
  expect(statSync(join(folder, 'a.yml')).mode & 0o777).toBe(0o600)
  expect((await run('view --vault-password-file pw1 a.yml')).stdout).toBe('hello: world\n')
  expect((await run('rekey --vault-password-file pw1 --new-vault-password-file pw2 a.yml')).stderr).toBe(
    'Rekey successful\n',
  )
  expect(read('a.yml')).toMatch(/^\$ANSIBLE_VAULT;1\.1;AES256\n/)
  const editor = join(folder, 'editor.sh')
  writeFileSync(editor, '#!/bin/sh\necho more: 1 >> "$1"\n', { mode: 0o755 })
  expect((await run('edit --vault-password-file pw2 a.yml', { env: { EDITOR: editor } })).code).toBe(0)
  expect((await run('decrypt --vault-password-file pw2 a.yml')).code).toBe(0)
  expect(read('a.yml')).toBe('hello: world\nmore: 1\n')
  expect(readdirSync(folder).filter(name => name.startsWith('.'))).toEqual([])
})

it('keeps the header of a file that it edits', async () => {
  const editor = join(folder, 'editor.sh')
  writeFileSync(editor, '#!/bin/sh\necho more: 1 >> "$1"\n', { mode: 0o755 })
  await run('encrypt --vault-password-file pw1 a.yml')
  await run('edit --vault-id other@pw1 a.yml', { env: { EDITOR: editor } })
  expect(read('a.yml')).toMatch(/^\$ANSIBLE_VAULT;1\.1;AES256\n/)
  expect((await run('view --vault-password-file pw1 a.yml')).stdout).toBe('hello: world\nmore: 1\n')
})

it('leaves the file alone when the editor fails or changes nothing', async () => {
  await run('encrypt --vault-password-file pw1 a.yml')
  const before = read('a.yml')
  expect(await run('edit --vault-password-file pw1 a.yml', { env: { EDITOR: 'false' } })).toMatchObject({ code: 1 })
  expect(await run('edit --vault-password-file pw1 a.yml', { env: { EDITOR: 'true' } })).toMatchObject({ code: 0 })
  expect(read('a.yml')).toBe(before)
})

it('asks for a new password twice', async () => {
  const { code, asked } = await run('encrypt --ask-vault-pass a.yml', { answers: ['s3', 's3'] })
  expect([code, asked]).toEqual([0, ['New Vault password: ', 'Confirm New Vault password: ']])
  const wrong = await run('encrypt --vault-id x@prompt a.yml', { answers: ['s3', 'other'] })
  expect(wrong.stderr).toContain('Passwords do not match')
})

it('tells a client script which id is wanted', async () => {
  expect((await run('encrypt --vault-id dev@get-client.sh a.yml')).code).toBe(0)
  const { code, stderr } = await run('view --vault-id prod@get-client.sh a.yml')
  expect(code).toBe(1)
  expect(stderr).toContain('did not find a secret for vault-id=prod')
})

it('encrypts strings as YAML that loads', async () => {
  const { stdout, stderr } = await run('encrypt_string --vault-id dev@pw1 foo bar -n one --name two')
  expect(stderr).toBe(
    '# The encrypted version of variable ("one", the string #1 from the command line args).\n' +
      '# The encrypted version of variable ("two", the string #2 from the command line args).\n',
  )
  const opener = new Vault([{ id: 'dev', password: Buffer.from('one') }])
  const vars = loadYaml(stdout, { file: 'x.yml', trusted: true, vault: opener }) as Map<string, VaultString>
  expect([...vars].map(([name, value]) => [name, value.plain])).toEqual([
    ['one', 'foo'],
    ['two', 'bar'],
  ])
  const piped = await run('encrypt_string --vault-id dev@pw1 --stdin-name st', { stdin: 'piped' })
  expect(piped.stdout.startsWith('st: !vault |\n          $ANSIBLE_VAULT;1.2;AES256;dev\n')).toBe(true)
})

it('wants to know which of several ids encrypts', async () => {
  const { code, stderr } = await run('encrypt --vault-id a@pw1 --vault-id b@pw2 a.yml')
  expect(code).toBe(5)
  expect(stderr).toContain('The vault-ids a,b are available to encrypt.')
  expect((await run('encrypt --vault-id a@pw1 --vault-id b@pw2 --encrypt-vault-id=b a.yml')).code).toBe(0)
  expect(read('a.yml')).toMatch(/;b\n/)
})

it('refuses nonsense with the exit codes of ansible-vault', async () => {
  expect((await run('nonsense')).code).toBe(2)
  expect((await run('view --nonsense')).code).toBe(2)
  expect((await run('decrypt --vault-password-file pw1 a.yml')).stderr).toContain('input is not vault encrypted data.')
  expect((await run('view --vault-password-file gone a.yml')).stderr).toContain('was not found')
})
