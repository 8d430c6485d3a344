/**
 * What --syntax-check says of each keyword with values of every kind. `verdicts.json` holds Ansible's exit codes (core
 * 2.14), one digit per value; `-` where it ends with a traceback. `ours` lists what is refused here and fails in Ansible
 * only when the task runs.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { understudy } from '../understudy.js'
import recorded from './verdicts.json' with { type: 'json' }

const folder = mkdtempSync(join(tmpdir(), 'verdicts-'))
afterAll(() => rmSync(folder, { recursive: true }))

function put(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}
put('t.yml', '- debug:\n')
put('p.yml', '- hosts: h1\n  tasks: [{ debug: }]\n')
put('roles/r/tasks/main.yml', '- debug:\n')

const ours: { readonly [written: string]: number } = recorded.ours

test.each(recorded.places)('$place', { timeout: 60_000 }, async ({ place, text, verdicts }) => {
  for (const [keyword, digits] of Object.entries(verdicts)) {
    const said: string[] = []
    const expected: string[] = []
    for (const [index, value] of recorded.values.entries()) {
      const digit = digits[index]!
      if (digit === '-') continue
      const written = `${place} ${keyword}: ${value}`
      const content = text.replace('KEY', keyword).replace('VALUE', value)
      if (place === 'meta') put('roles/m/meta/main.yml', content)
      put('site.yml', place === 'meta' ? '- hosts: h1\n  roles: [m]\n' : content)
      const { code } = await understudy(folder, 'playbook', '-i', 'h1,', '--syntax-check', 'site.yml')
      said.push(`${written} gives ${code}`)
      expected.push(`${written} gives ${ours[written] ?? digit}`)
    }
    expect(said).toEqual(expected)
  }
})
