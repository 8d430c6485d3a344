// `npm run compat:modules [NAME …]`: bundles main.ts and runs it.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

const folder = import.meta.dirname
const outfile = join(folder, `.run-${process.pid}.mjs`)
try {
  await build({
    entryPoints: [join(folder, 'main.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    outfile,
    logLevel: 'error',
  })
  process.exitCode = await (await import(outfile)).main(process.argv.slice(2), join(folder, '..', '..', '..'))
} finally {
  rmSync(outfile, { force: true })
}
