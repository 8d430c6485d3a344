/** Our playbooks, compared with what real Ansible printed for them (tests/compat/record). */
import { readdirSync, readFileSync } from 'node:fs'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { main } from '../../engine/cli/main.js'
import { normalized } from './normalize.js'

const folder = fileURLToPath(new URL('playbooks/', import.meta.url))
const expectedFolder = fileURLToPath(new URL('expected/', import.meta.url))

async function run(name: string): Promise<string> {
  const options = /^# options: (.*)$/m.exec(readFileSync(`${folder}${name}.yml`, 'utf8'))?.[1]?.split(' ') ?? []
  let stdout = ''
  const stdin = new PassThrough()
  stdin.end()
  const code = await main(['playbook', '-i', 'inventory.ini', ...options, `${name}.yml`], {
    stdin,
    stdout: {
      write(chunk) {
        stdout += chunk
      },
    },
    stderr: { write: () => {} },
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ANSIBLE_NOCOLOR: '1', ANSIBLE_LOCALHOST_WARNING: '0' },
    cwd: folder,
  })
  return `${stdout.replaceAll(folder, '@/')}exit code ${code}\n`
}

test.each(readdirSync(expectedFolder).map(file => file.replace(/\.txt$/, '')))('%s', async name => {
  expect(normalized(await run(name))).toBe(normalized(readFileSync(`${expectedFolder}${name}.txt`, 'utf8')))
})
