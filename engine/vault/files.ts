/** Writing vault files: never half, never open to others, and no plain text left behind. */
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  mkdtempSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, extname, join } from 'node:path'

/** Writes beside the file and renames over it; `keep` leaves mode and owner of the old file, else it is private. */
export function replaceFile(
  path: string,
  data: string | Buffer,
  { keep = false }: { readonly keep?: boolean } = {},
): void {
  const target = followed(path)
  const before = keep ? status(target) : undefined
  const temporary = join(dirname(target), `.understudy-${randomBytes(8).toString('hex')}`)
  const descriptor = openSync(temporary, 'wx', 0o600)
  try {
    writeFileSync(descriptor, data)
    fsyncSync(descriptor)
    closeSync(descriptor)
    if (before) {
      chmodSync(temporary, before.mode & 0o7777)
      if (process.getuid?.() === 0) chownSync(temporary, before.uid, before.gid)
    }
    renameSync(temporary, target)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

const followed = (path: string): string => {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
const status = (path: string) => {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

/** Lends plain text to an editor in a folder only we can open; overwritten and removed afterwards, come what may. */
export async function withPlainFile<T>(name: string, plain: Buffer, work: (path: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-vault-'))
  const path = join(folder, `plain${extname(name)}`)
  const clean = () => {
    shred(path)
    rmSync(folder, { recursive: true, force: true })
  }
  const stop = (signal: NodeJS.Signals) => {
    clean()
    process.removeListener(signal, stop)
    process.kill(process.pid, signal)
  }
  const signals: NodeJS.Signals[] = ['SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, stop)
  // An interrupt at the keyboard belongs to the editor.
  const ignore = () => {}
  process.on('SIGINT', ignore)
  try {
    writeFileSync(path, plain, { mode: 0o600 })
    return await work(path)
  } finally {
    for (const signal of signals) process.removeListener(signal, stop)
    process.removeListener('SIGINT', ignore)
    clean()
  }
}

function shred(path: string): void {
  const size = status(path)?.size
  if (size === undefined) return
  try {
    const descriptor = openSync(path, 'r+')
    writeSync(descriptor, randomBytes(Math.max(size, 1)), 0, size, 0)
    fsyncSync(descriptor)
    closeSync(descriptor)
    unlinkSync(path)
  } catch {
    // Removing the folder is what matters; overwriting is a courtesy that some file systems ignore anyway.
  }
}
