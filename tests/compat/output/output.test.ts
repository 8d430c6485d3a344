import { readdirSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { main } from '../../../engine/cli/main.js'
import { normalized, settingsOf } from './normalize.mjs'

const folder = fileURLToPath(new URL('.', import.meta.url)).replace(/\/$/, '')
const names = readdirSync(folder)
  .filter(name => name.endsWith('.yml'))
  .map(name => name.replace(/\.yml$/, ''))

/** Not the same yet, with what is missing; each line here is to go. */
const missing = new Map([['diffs', 'path_content of a folder that file removes']])

/** stdout is what people parse; what Ansible printed was recorded by record.mjs. */
describe('the output of ansible-playbook', () => {
  it.each(names.filter(name => !missing.has(name)))('%s', async name => {
    const { flags, env } = settingsOf(readFileSync(`${folder}/${name}.yml`, 'utf8'))
    let stdout = ''
    const io = {
      stdin: Readable.from([]),
      stdout: { write: (text: string | Uint8Array) => (stdout += text) },
      stderr: { write: () => true },
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      cwd: folder,
    }
    const code = await main(['playbook', '-i', 'hosts', '-f', '1', ...flags, `${name}.yml`], io)
    expect(`exit ${code}\n${normalized(stdout, folder)}`).toBe(readFileSync(`${folder}/${name}.txt`, 'utf8'))
  })
})
