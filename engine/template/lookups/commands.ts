/** Commands on the controller. They run beside everything else: a template that needs one waits for it. */
import { spawn } from 'node:child_process'
import { pyStr } from '../../python/repr.js'
import { decodeBytes } from '../../python/surrogateescape.js'
import { splitLines } from '../../python/text.js'
import { defineLookup } from '../define.js'
import { baseDirectory } from './search-path.js'
import { lookupError } from './terms.js'

function output(name: string, command: string, directory: string, environ: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: directory,
      env: environ,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', error => reject(lookupError(`lookup_plugin.${name}(${command}) failed: ${error.message}`)))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(decodeBytes(Buffer.concat(chunks)))
      else reject(lookupError(`lookup_plugin.${name}(${command}) returned ${code ?? signal}`))
    })
  })
}

export const pipe = defineLookup({
  summary: 'What shell commands on the controller print',
  examples: [
    ["{{ lookup('pipe', 'echo hello') }}", 'hello'],
    ["{{ lookup('pipe', 'exit 3') }}", { error: 'lookup_plugin.pipe(exit 3) returned 3' }],
  ],
  run: async ({ terms, host, searchPath }) => {
    const found: string[] = []
    for (const term of terms) {
      const text = await output('pipe', pyStr(term), baseDirectory(searchPath), { ...host.environ })
      found.push(text.replace(/\s+$/, ''))
    }
    return found
  },
})

export const lines = defineLookup({
  summary: 'The lines that shell commands on the controller print',
  examples: [["{{ query('lines', 'echo a; echo b') }}", ['a', 'b']]],
  run: async ({ terms, host, searchPath }) => {
    const found: string[] = []
    for (const term of terms) {
      const text = await output('lines', pyStr(term), baseDirectory(searchPath), { ...host.environ })
      found.push(...splitLines(text))
    }
    return found
  },
})
