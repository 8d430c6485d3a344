import { describe, expect, test } from 'vitest'
import { loadYaml } from '../yaml/load.js'
import { argumentSpecsSchema, playbookSchema, schemaProblems } from './schema.js'

const yaml = (text: string) => loadYaml(text, { file: 'x.yml', trusted: true })
const problems = (text: string, schema = playbookSchema()) =>
  schemaProblems(yaml(text), schema).map(
    ({ message, at, hint }) => `${at?.line}:${at?.column} ${message}${hint ? ` ¶ ${hint}` : ''}`,
  )

describe('the schema of playbooks', () => {
  test('accepts what the loader accepts', () => {
    const text = `
- hosts: all
  gather_facts: no
  become: "{{ x }}"
  serial: [1, 30%]
  vars_files: [a.yml, [b.yml, c.yml]]
  roles: [a, {role: b, port: 1, x: y}]
  tasks:
    - debug: msg=x
      with_items: [1]
      when: [a, b]
      until: x
      loop_control: {label: "{{ item }}"}
    - block: [{command: ls}]
      rescue: [{debug: }]
      tags: x
  handlers: [{name: h, debug: , listen: [x]}]
- import_playbook: other.yml
  when: x
`
    expect(problems(text)).toEqual([])
  })

  test('points at what is wrong', () => {
    expect(problems('- hosts: all\n  taskss: []\n')).toContain(
      "2:3 0 has the unknown key 'taskss' ¶ Did you mean 'tasks'?",
    )
    expect(problems('- hosts: all\n  port: x\n').some(line => line.startsWith('2:3 0.port'))).toBe(true)
  })

  test('knows options of modules when it is given them', () => {
    const schema = playbookSchema([
      { name: 'ansible.builtin.ping', args: { data: { type: 'str', summary: 'text to send back' } } },
    ])
    expect(problems('- hosts: all\n  tasks: [{ping: {data: x}}, {ansible.builtin.ping: }]\n', schema)).toEqual([])
    expect(problems('- hosts: all\n  tasks: [{ping: {dat: x}}]\n', schema)).toContain(
      "2:19 0.tasks.0.ping has the unknown key 'dat' ¶ Did you mean 'data'?",
    )
  })
})

test('argument_specs: unknown keys and types are found', () => {
  const text = 'main:\n  options:\n    x:\n      typ: str\n    y:\n      type: strr\n'
  expect(problems(text, argumentSpecsSchema)).toEqual([
    "4:7 main.options.x has the unknown key 'typ' ¶ Did you mean 'type'?",
    expect.stringMatching(/^6:7 main.options.y.type must be one of str, int.* ¶ Did you mean 'str'\?$/),
  ])
})
