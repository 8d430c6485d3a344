// Bundles run.ts and runs it; `node tests/bench/template/run.mjs`.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const folder = import.meta.dirname
const outfile = join(folder, `.bench-${process.pid}.mjs`)
try {
  await build({
    entryPoints: [join(folder, 'run.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'error',
  })
  await import(outfile)
} finally {
  rmSync(outfile, { force: true })
}
