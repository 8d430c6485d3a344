#!/usr/bin/env node
// Brings a checkout up to date before `npm run lab` and `npm test`: dependencies as the lock file has them, dist as built
// from the sources. Does nothing, and needs no network, when both are.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stampFile = join(root, 'node_modules', '.understudy-lock')
const builtFile = join(root, 'dist', '.built')

const lock = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex')
// npm ci would empty what a link points to, which may be another checkout's.
const linked = lstatSync(join(root, 'node_modules'), { throwIfNoEntry: false })?.isSymbolicLink() ?? false
if (!linked && (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== lock)) {
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'])
  mkdirSync(join(root, 'node_modules'), { recursive: true })
  writeFileSync(stampFile, lock)
}
const built = statSync(builtFile, { throwIfNoEntry: false })?.mtimeMs ?? 0
const sources = ['package.json', 'tsconfig.json', 'bin', 'engine', 'modules', 'lab']
if (sources.some(source => newest(join(root, source)) > built)) {
  run('npm', ['run', '--silent', 'build'])
  writeFileSync(builtFile, '')
}

function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (!stat) return 0
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...readdirSync(path).map(name => newest(join(path, name))))
}

function run(program, args) {
  // Progress goes to stderr: what the command itself prints stays alone on stdout.
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 1)
}
