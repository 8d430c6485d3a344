/** Checksums of files here, in hex. A large one is read in a thread: other hosts go on, and it is sent meanwhile. */
import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'

export type Algorithm = 'sha1' | 'md5'

/** Below this a thread takes longer to start than the file to read. */
const large = 8 * 1024 * 1024

/** Rejects with Node's error when the file cannot be read. */
export async function digestsOfFile<A extends Algorithm>(
  path: string,
  algorithms: readonly A[],
): Promise<Record<A, string>> {
  if ((await stat(path)).size >= large) return inThread(path, algorithms)
  const bytes = await readFile(path)
  const entries = algorithms.map(algorithm => [algorithm, createHash(algorithm).update(bytes).digest('hex')])
  return Object.fromEntries(entries) as Record<A, string>
}

/** It is text because a bundle has no file for a thread to start from. */
const work = `const { createHash } = require('node:crypto')
const { openSync, readSync } = require('node:fs')
const { parentPort, workerData } = require('node:worker_threads')
const hashes = workerData.algorithms.map(algorithm => [algorithm, createHash(algorithm)])
const file = openSync(workerData.path)
const buffer = Buffer.allocUnsafe(1 << 20)
for (;;) {
  const size = readSync(file, buffer)
  if (size === 0) break
  for (const [, hash] of hashes) hash.update(buffer.subarray(0, size))
}
parentPort.postMessage(Object.fromEntries(hashes.map(([algorithm, hash]) => [algorithm, hash.digest('hex')])))`

async function inThread<A extends Algorithm>(path: string, algorithms: readonly A[]): Promise<Record<A, string>> {
  const { Worker } = await import('node:worker_threads')
  return new Promise((resolve, reject) => {
    const worker = new Worker(work, { eval: true, workerData: { path, algorithms } })
    worker.once('message', (digests: Record<A, string>) => {
      resolve(digests)
    })
    worker.once('error', reject)
  })
}
