#!/usr/bin/env node
// Builds dist: the engine, the modules and the practice lab in few large scripts, which are loaded when they are first
// used, and the code that V8 makes of them (code-cache.js). Types are checked by `npm run check`.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
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

/** Libraries that few runs use, as CommonJS, so that the bundle holds them as functions to be called. */
const commonJs = createRequire(import.meta.url)
const alias = Object.fromEntries(
  ['@jmespath-community/jmespath', 'smol-toml'].map(name => [name, commonJs.resolve(name)]),
)

/** Node's own modules and libraries are loaded when something of them is first used: a run needs a few of them. */
function lazily(code) {
  const imported = /^var (import_\w+) = (.*\brequire(?:_\w+\(|\("(?!\.)).*);$/gm
  const loaders = new Map([...code.matchAll(imported)].map(([, name]) => [name, `${name}_loaded`]))
  if (loaders.size === 0) return code
  return code
    .replace(imported, (_, name, load) => `var from_${name}, ${name}_loaded = () => from_${name} ??= ${load};`)
    .replace(/\bimport_\w+\b(?!_loaded)/g, name => (loaders.has(name) ? `(${name}_loaded())` : name))
}

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

/** What ssh2's own compiled code is called from elsewhere. */
const nativeCode = {
  name: 'native-code',
  setup({ onResolve }) {
    onResolve({ filter: /\.node$/ }, ({ path, resolveDir }) => {
      const file = join(resolveDir, path)
      return { path: file.slice(file.lastIndexOf('node_modules/') + 'node_modules/'.length), external: true }
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
  alias,
  plugins: [asSources, nativeCode],
  // Native code, which ssh2 uses where it could be built.
  external: ['cpu-features'],
})
rmSync(dist, { recursive: true, force: true })
mkdirSync(dist)
for (const { path, text } of outputFiles) {
  const options = { format: 'cjs', platform: 'node', target: 'node20', supported: { 'dynamic-import': false } }
  const code = lazily((await transform(text, options)).code)
  writeFileSync(path, code.includes('sourceUrl(') ? sourceUrl + code : code)
}
writeFileSync(join(dist, 'package.json'), '{ "type": "commonjs" }\n')
execFileSync(process.execPath, [join(root, 'bin/code-cache.js')], { stdio: ['ignore', 'ignore', 'inherit'] })
