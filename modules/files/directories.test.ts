import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { makeDirectoriesScript } from './directories.js'

const top = mkdtempSync(join(tmpdir(), 'directories-'))
afterAll(() => rmSync(top, { recursive: true }))
const make = (path: string) =>
  execFileSync('/bin/sh', ['-c', makeDirectoriesScript, 'sh', '0750', '', '', path], { encoding: 'utf8' })

test('parents are made with the directory, with its mode, and named', () => {
  expect(make(`${top}/a/b`)).toBe(`${top}/a\n${top}/a/b\n`)
  expect(statSync(`${top}/a`).mode & 0o777).toBe(0o750)
})

test('a path may have slashes and dots too many', () => {
  make(`${top}/c//d///e`)
  make(`${top}/f/./g`)
  make(`${top}/h/../i`)
  expect(['c/d/e', 'f/g', 'h', 'i'].filter(path => !existsSync(join(top, path)))).toEqual([])
})

test('the empty path is no directory', () => {
  const made = spawnSync('/bin/sh', ['-c', makeDirectoriesScript, 'sh', '', '', '', ''], { encoding: 'utf8' })
  expect(made).toMatchObject({ status: 1, stderr: 'No such file or directory\n' })
})
