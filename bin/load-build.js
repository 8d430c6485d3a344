/** Loads dist with the code that V8 made of it when it was built: runs start in half the time. */
import { readFileSync, writeFileSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { Script } from 'node:vm'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const cacheFile = `${dist}code-cache`

// Most runs are shorter than it takes to optimise their code: V8 may begin later (half of the processor time of a short run).
// Later Nodes have no such flag, and complain on stderr.
if (process.versions.node.startsWith('20.')) setFlagsFromString('--interrupt-budget=1000000')

/** What dist exports. */
export function loadBuild() {
  const cache = readCache()
  if (cache) return load('main.js', cache)
  // Another Node than the one that built: 22 and later keep compiled code themselves.
  module.enableCompileCache?.()
  return createRequire(dist)('./main.js')
}

/** Runs `work` on what dist exports and keeps the code of all that it used. */
export async function keepCode(work) {
  const scripts = new Map()
  await work(load('main.js', new Map(), scripts))
  const code = [...scripts].map(([name, script]) => ({ name, bytes: script.createCachedData() }))
  const sizes = code.map(({ name, bytes }) => [name, bytes.length])
  const head = Buffer.from(`${JSON.stringify({ node: process.version, sizes })}\n`)
  writeFileSync(cacheFile, Buffer.concat([head, ...code.map(({ bytes }) => bytes)]))
}

/** The code of each script; undefined where there is none that this Node takes. */
function readCache() {
  try {
    const bytes = readFileSync(cacheFile)
    let at = bytes.indexOf('\n') + 1
    const { node, sizes } = JSON.parse(bytes.toString('utf8', 0, at))
    if (node !== process.version) return undefined
    const cache = new Map()
    for (const [name, size] of sizes) {
      cache.set(name, bytes.subarray(at, at + size))
      at += size
    }
    return cache
  } catch {
    return undefined
  }
}

/** As Node loads CommonJS, which takes no code from elsewhere. */
function load(name, cache, scripts = new Map()) {
  const outside = createRequire(dist)
  const loaded = new Map()
  const require = id => {
    if (!id.startsWith('./')) return outside(id)
    const file = id.slice(2)
    const known = loaded.get(file)
    if (known) return known.exports
    const filename = dist + file
    // What esbuild writes is ASCII.
    const script = new Script(module.wrap(readFileSync(filename, 'latin1')), { filename, cachedData: cache.get(file) })
    scripts.set(file, script)
    const made = { exports: {} }
    loaded.set(file, made)
    script.runInThisContext()(made.exports, require, made, filename, dirname(filename))
    return made.exports
  }
  return require(`./${name}`)
}
