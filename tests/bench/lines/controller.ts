/** 1,000 tasks that only the controller works on. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Line } from '../line.js'

export const controller: Line = {
  name: 'controller',
  title: '1,000 controller-only tasks',
  bar: { ansible: 40 },
  prepare({ folder }) {
    const tasks = Array.from({ length: 500 }, (_, index) => [
      `    - set_fact: {count${index}: "{{ ${index} + 1 }}"}`,
      `    - debug: {msg: "{{ count${index} }}"}`,
    ])
    const playbook = join(folder, 'play.yml')
    const lines = ['- hosts: localhost', '  connection: local', '  gather_facts: false', '  tasks:', ...tasks.flat()]
    writeFileSync(playbook, `${lines.join('\n')}\n`)
    return { playbook }
  },
}
