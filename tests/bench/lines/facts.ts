/** gather_facts on 20 hosts. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Line } from '../line.js'

export const facts: Line = {
  name: 'facts',
  title: 'gather_facts × 20 hosts',
  bar: { ansible: 8 },
  hosts: 20,
  prepare({ folder }) {
    const playbook = join(folder, 'play.yml')
    writeFileSync(playbook, '- hosts: all\n  gather_facts: true\n')
    return { playbook }
  },
}
