/** 10,000 hosts: all of them, and those of a pattern. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Line } from '../line.js'

const line = (name: string, pattern: string, title: string): Line => ({
  name,
  title,
  bar: { ansible: 5 },
  prepare({ folder }) {
    const hosts = join(folder, 'many.ini')
    const groups = Array.from({ length: 50 }, (_, group) => {
      const own = Array.from(
        { length: 200 },
        (_, index) => `host${group * 200 + index} ansible_host=10.${group}.0.${index}`,
      )
      return `[group${group}]\n${own.join('\n')}\n`
    })
    writeFileSync(hosts, groups.join(''))
    const playbook = join(folder, 'play.yml')
    writeFileSync(playbook, `- hosts: "${pattern}"\n  gather_facts: false\n  tasks: []\n`)
    return { playbook, args: ['-i', hosts, '--list-hosts'] }
  },
})

export const inventory = [
  line('inventory', 'all', 'inventory of 10,000 hosts, list'),
  line('pattern', 'group1*:&group[1-3]*:!host2[0-4]*:~host\\\\d+7$', 'inventory of 10,000 hosts, pattern'),
]
