import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { main } from '../cli/main.js'

async function run(tasks: string, files: { readonly [name: string]: string } = {}, ...options: string[]) {
  const cwd = mkdtempSync(join(tmpdir(), 'templates-'))
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
  writeFileSync(join(cwd, 'site.yml'), `- hosts: localhost\n  gather_facts: no\n  tasks:\n${tasks}`)
  const stdin = new PassThrough()
  stdin.end()
  let text = ''
  const out = {
    write(chunk: string) {
      text += chunk
    },
  }
  const env = { PATH: process.env.PATH, HOME: cwd }
  const code = await main(['playbook', ...options, 'site.yml'], { stdin, stdout: out, stderr: out, env, cwd })
  return { code, text }
}

test('unknown filters and broken conditions are all told before any task begins, with their places', async () => {
  const { code, text } = await run(
    '    - debug: msg=one\n    - debug: msg="{{ x | nosuch }}"\n    - debug: msg=two\n      when: a = b\n',
  )
  expect(code).not.toBe(0)
  expect(text).toMatch(/No filter named 'nosuch'[\s\S]*site\.yml:5:/)
  expect(text).toMatch(/unexpected '='[\s\S]*site\.yml:6:/)
  expect(text).not.toContain('TASK')
})

test('--syntax-check only warns of them, as Ansible accepts such a playbook', async () => {
  const { code, text } = await run('    - debug: msg="{{ x | nosuch }}"\n', {}, '--syntax-check')
  expect([code, text]).toEqual([0, expect.stringContaining("No filter named 'nosuch'")])
})

test('a task whose failure is expected fails when it runs', async () => {
  const { code } = await run('    - debug: msg="{{ x | nosuch }}"\n      ignore_errors: yes\n')
  expect(code).toBe(0)
})

test('a filter written in Python is named as such', async () => {
  const plugin = "class FilterModule:\n    def filters(self):\n        return {'mine': str}\n"
  const { text } = await run('    - debug: msg="{{ 1 | mine }}"\n', { 'filter_plugins/own.py': plugin })
  expect(text).toMatch(/The filter 'mine' is written in Python \(.*own\.py\)/)
})

test('a task that its condition leaves out may use what is not there: a warning, and its own condition must still be right', async () => {
  const skipped = await run(
    '    - debug: msg="{{ x | nosuch }}"\n      when: ansible_connection == "never"\n    - debug: msg=two\n',
  )
  expect([skipped.code, skipped.text]).toEqual([0, expect.stringMatching(/WARNING.*No filter named 'nosuch'/)])
  const broken = await run('    - debug: msg=one\n    - debug: msg=two\n      when: a = b\n')
  expect([broken.code !== 0, broken.text.includes('TASK')]).toEqual([true, false])
})

test('wrong options and modules that are not here stop no run whose conditions leave them out', async () => {
  const tasks = (condition: string) =>
    `    - file: path=/nowhere state=enabled\n      when: ${condition}\n    - block:\n      - community.general.consul: {}\n      when: ${condition}\n      ignore_errors: yes\n`
  const left = await run(tasks('false'))
  expect([left.code, left.text]).toEqual([0, expect.stringMatching(/state must be one of/)])
  expect(left.text).toMatch(/community\.general\.consul/)
  expect(left.text).not.toContain('FAILED')
  const taken = await run(tasks('true'))
  expect([taken.code, taken.text]).toEqual([2, expect.stringMatching(/FAILED! => .*value of state must be one of/)])
})

test('nor does what is tagged never', async () => {
  const { code } = await run('    - community.general.consul: {}\n      tags: never\n    - debug: msg=two\n')
  expect(code).toBe(0)
})

test('a task whose loop may be empty may be wrong in all but its loop, as may what comes after its first condition', async () => {
  const left = await run(
    [
      '    - debug: msg="{{ x | nosuch }}"\n      loop: "{{ [] }}"\n      when: a = b\n',
      '    - file: path=/nowhere state=enabled\n      with_fileglob: /nowhere/*.none\n',
      '    - debug: msg=x\n      when: [false, a = b]\n      changed_when: c = d\n',
    ].join(''),
  )
  expect([left.code, left.text]).toEqual([0, expect.stringMatching(/WARNING.*unexpected '='/)])
  const taken = await run('    - debug: msg=one\n    - debug: msg=two\n      loop: "{{ [1] }}"\n      when: a = b\n')
  expect([taken.code, taken.text]).toEqual([2, expect.stringMatching(/TASK[\s\S]*FAILED/)])
  for (const loop of ['loop: [1]', 'with_items: [1]', 'loop: "{{ [] | nosuch }}"']) {
    const sure = await run(`    - debug: msg=one\n    - debug: msg=two\n      ${loop}\n      changed_when: a = b\n`)
    expect([sure.code !== 0, sure.text.includes('TASK')], loop).toEqual([true, false])
  }
})
