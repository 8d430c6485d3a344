// Records what ansible-playbook prints for each playbook here: node tests/compat/output/record.mjs [name …]
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { normalized, settingsOf } from './normalize.mjs'

const folder = dirname(fileURLToPath(import.meta.url))
const names = process.argv.slice(2)
for (const file of readdirSync(folder).filter(name => name.endsWith('.yml'))) {
  const name = file.replace(/\.yml$/, '')
  if (names.length > 0 && !names.includes(name)) continue
  const { flags, env } = settingsOf(readFileSync(`${folder}/${file}`, 'utf8'))
  const { status, stdout } = spawnSync('ansible-playbook', ['-i', 'hosts', '-f', '1', ...flags, file], {
    cwd: folder,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  })
  writeFileSync(`${folder}/${name}.txt`, `exit ${status}\n${normalized(stdout, folder)}`)
  console.log(`${name}: exit ${status}`)
}
