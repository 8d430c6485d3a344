#!/usr/bin/env node
// Builds dist: the engine, the modules and the practice lab in few large scripts, which are loaded when they are first
// used, and the code that V8 makes of them (code-cache.js). Types are checked by `npm run check`.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, transform } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')

/** Modules are found by the names of their files, which a build does not keep. */
const moduleTable = () => {
  const names = readdirSync(join(root, 'modules')).flatMap(file => /^(\w+)\.ts$/.exec(file)?.[1] ?? [])
  return `const table = { ${names.map(name => `${name}: () => import('../../modules/${name}.js')`).join(', ')} }
export const moduleFiles = Object.keys(table)
export const importModule = name => table[name]()`
}

/** Where a source was: what it reads lies beside it. */
const sourceUrl = `const sourceUrl = file => require('node:url').pathToFileURL(require('node:path').join(__dirname, '..', file)).href
`

const asSources = {
  name: 'as-sources',
  setup({ onLoad }) {
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const file = relative(root, path)
      if (file === 'engine/module/files.ts') return { contents: moduleTable(), loader: 'ts' }
      const text = readFileSync(path, 'utf8')
      return { contents: text.replaceAll('import.meta.url', `sourceUrl(${JSON.stringify(file)})`), loader: 'ts' }
    })
  },
}

const { outputFiles } = await build({
  entryPoints: [join(root, 'engine/cli/main.ts')],
  outdir: dist,
  write: false,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  legalComments: 'inline',
  logLevel: 'warning',
  plugins: [asSources],
  // ssh2 loads native code where there is some.
  external: ['ssh2'],
})
rmSync(dist, { recursive: true, force: true })
mkdirSync(dist)
for (const { path, text } of outputFiles) {
  const options = { format: 'cjs', platform: 'node', target: 'node20', supported: { 'dynamic-import': false } }
  const { code } = await transform(text, options)
  writeFileSync(path, code.includes('sourceUrl(') ? sourceUrl + code : code)
}
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n')
execFileSync(process.execPath, [join(root, 'bin/code-cache.js')], { stdio: ['ignore', 'ignore', 'inherit'] })
