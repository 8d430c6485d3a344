// `node bin/run-source.js FILE.ts [ARGUMENT …]`: bundles a file that is no part of the program and runs its
// main(arguments, root of the project), where it has one; the exit code is what main returns.
import { rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { build } from 'esbuild'

const [file, ...args] = process.argv.slice(2)
const source = resolve(file)
const outfile = join(dirname(source), `.run-${process.pid}.mjs`)
try {
  await build({
    entryPoints: [source],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'error',
  })
  const { main } = await import(outfile)
  process.exitCode = await main?.(args, join(import.meta.dirname, '..'))
} finally {
  rmSync(outfile, { force: true })
}
