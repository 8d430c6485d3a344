/** Our playbooks, compared with what real Ansible printed for them (tests/compat/record). */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { PassThrough } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { main } from '../../engine/cli/main.js'
import { normalized } from './normalize.js'

const folder = fileURLToPath(new URL('playbooks/', import.meta.url))
const expectedFolder = fileURLToPath(new URL('expected/', import.meta.url))
const names = readdirSync(expectedFolder).map(file => file.replace(/\.txt$/, ''))

/** `# options:`, `# inventory:`, `# env:` and `# run-twice` in a playbook's first lines: see `record`. */
function directives(name: string) {
  const text = readFileSync(`${folder}${name}.yml`, 'utf8')
  const words = (key: string) => new RegExp(`^# ${key}: (.*)$`, 'm').exec(text)?.[1]?.split(/\s+/).filter(Boolean) ?? []
  return {
    options: words('options'),
    inventory: words('inventory'),
    env: words('env'),
    needs: words('needs'),
    types: [...text.matchAll(/^# types: (.*)$/gm)].map(([, line]) => `${line}\n`),
    runs: /^# run-twice/m.test(text) ? 2 : 1,
  }
}

async function run(name: string): Promise<{ text: string; stderr: string }> {
  const { options, inventory, env, types, runs } = directives(name)
  const scratch = mkdtempSync(`${tmpdir()}/compat-`)
  const environment = Object.fromEntries(env.map(word => word.replace('$SCRATCH', scratch).split(/=(.*)/s).slice(0, 2)))
  // Commands on this machine see the environment of the process.
  process.env.SCRATCH = scratch
  let text = ''
  let stderr = ''
  try {
    for (let time = 0; time < runs; time++) {
      const stdin = new PassThrough()
      stdin.end(types.join(''))
      const sources = (inventory.length ? inventory : ['inventory.ini']).flatMap(source => ['-i', source])
      const code = await main(['playbook', ...sources, ...options, `${name}.yml`], {
        stdin,
        stdout: {
          write(chunk) {
            text += chunk
          },
        },
        stderr: {
          write(chunk) {
            stderr += chunk
          },
        },
        env: {
          PATH: process.env.PATH,
          HOME: process.env.HOME,
          ANSIBLE_NOCOLOR: '1',
          ANSIBLE_LOCALHOST_WARNING: '0',
          SCRATCH: scratch,
          ...environment,
        },
        cwd: folder,
      })
      text += `exit code ${code}\n`
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  const anonymous = (output: string) => output.replaceAll(folder, '@/').replaceAll(scratch, '~scratch')
  return { text: anonymous(text), stderr: anonymous(stderr) }
}

/** `# needs: root sudo`: what a machine must have for the comparison to make sense. */
const possible = (name: string): boolean =>
  directives(name).needs.every(need =>
    need === 'root'
      ? process.getuid?.() === 0
      : (process.env.PATH ?? '').split(':').some(dir => existsSync(`${dir}/${need}`)),
  )

for (const name of names)
  test.runIf(possible(name))(name, async () => {
    const recorded = readFileSync(`${expectedFolder}${name}.txt`, 'utf8')
    const { text, stderr } = await run(name)
    expect(normalized(text)).toBe(normalized(recorded.replace(/^refused at .*\n/gm, '')))
    // Where Ansible names a file, so do we, with a line in it.
    for (const [, file] of recorded.matchAll(/^refused at @\/(.*):\d+$/gm))
      expect(stderr).toMatch(new RegExp(`${file}:\\d+`))
  })
